#include <stdlib.h>
const char *f2(void) { return getenv("SETTING_2"); }	/* @finding */
