#include "b.h"
/* b is at the bottom */
void b(void) { }
