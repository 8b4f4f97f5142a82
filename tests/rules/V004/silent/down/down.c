#include "down/down.h"
void down(void) { }
