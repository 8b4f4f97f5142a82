#include "u1/v.h"
void v1(void) { }
