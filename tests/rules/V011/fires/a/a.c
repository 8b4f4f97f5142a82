#include "g.h"
int level;	/* @finding: three domains write it */
void a(void) { level = 1; }
