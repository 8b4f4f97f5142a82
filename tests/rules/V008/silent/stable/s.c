#include "stable/s.h"
#include "loose/l.h"
void s(void) { l(); }
