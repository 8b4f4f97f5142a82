#include "b.h"
int of_b(int n) { return n; }
