#include "stable/s.h"
void u0(void) { s(); }
