#include "stable/s.h"
void u1(void) { s(); }
