#include "x.h"
void x(void) { }
