#include "k.h"
int f2(void) { return kernel(2); }
