#include "h.h"
int other(void) { return shared(2); }
