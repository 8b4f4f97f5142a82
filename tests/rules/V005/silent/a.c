#include "hub.h"
void a(void) { hub(); }
