/* depends on nothing: most stable of all */
#include "loose/l.h"
void l(void) { }
