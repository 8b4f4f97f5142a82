/* needs nothing */
#include "hub.h"
void hub(void) { }
