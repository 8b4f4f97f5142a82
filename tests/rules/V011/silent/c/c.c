#include "g.h"
int c(void) { return level; }
