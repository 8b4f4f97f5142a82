#include "u0/v.h"
void v0(void) { }
