#include <stdlib.h>
const char *f1(void) { return getenv("SETTING_1"); }	/* @finding */
