#include "g.h"
int b(void) { return level; }
