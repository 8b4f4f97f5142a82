#include "h.h"
int b(void) { return small(2); }
