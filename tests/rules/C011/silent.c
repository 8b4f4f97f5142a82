#include <stdlib.h>
const char *name(void) { return getenv("INSTANCE"); }
