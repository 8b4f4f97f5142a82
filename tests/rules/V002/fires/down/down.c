#include "down/down.h"
#include "up/up.h"
void down(void) { up(); }
