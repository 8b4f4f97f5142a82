#include "x.h"
void y(void) { }
