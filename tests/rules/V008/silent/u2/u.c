#include "stable/s.h"
void u2(void) { s(); }
