#include <stdlib.h>
const char *f0(void) { return getenv("SETTING_0"); }	/* @finding */
