#include "k.h"
int f3(void) { return kernel(3); }
