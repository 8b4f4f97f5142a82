#include "g.h"
void b(void) { level = 2; }
