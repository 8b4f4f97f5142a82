#include "a.h"
#include "b.h"
/* ... and b needs a, twice: cutting a -> b is cheaper */
void b(void) { a_part(); a_part(); }
