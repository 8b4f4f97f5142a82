#include <stdlib.h>
const char *f3(void) { return getenv("SETTING_3"); }	/* @finding */
