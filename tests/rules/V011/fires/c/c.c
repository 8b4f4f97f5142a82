#include "g.h"
void c(void) { level++; }
