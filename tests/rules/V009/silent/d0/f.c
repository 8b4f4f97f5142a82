#include <stdlib.h>
const char *f(void) { return getenv("SETTING"); }
const char *g(void) { return getenv("OTHER"); }
