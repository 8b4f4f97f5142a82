#include "k.h"
int f1(void) { return kernel(1); }
