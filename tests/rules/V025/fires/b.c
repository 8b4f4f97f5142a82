#include "h.h"
int b(void) { return big(2); }
