#include "down/down.h"
#include "up/up.h"	/* @finding: the lower layer uses the upper one */
void down(void) { up(); }
