/* depends on two others, and only "stable" on it: easily changed */
#include "loose/l.h"
#include "u0/v.h"
#include "u1/v.h"
void l(void) { v0(); v1(); }
