#include "h.h"
int a(void) { return big(1); }
