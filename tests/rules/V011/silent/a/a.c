#include "g.h"
int level;
void a(void) { level = 1; }
