#include "h.h"
int a(void) { return small(1); }
