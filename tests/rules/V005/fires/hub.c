/* @finding: two files need it, it needs two */
#include "hub.h"
#include "x.h"
void hub(void) { x(); y(); }
