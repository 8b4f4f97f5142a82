#include "k.h"
int f(void) { return kernel(1); }
