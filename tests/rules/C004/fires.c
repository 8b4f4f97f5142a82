#include <stdlib.h>
void log_in(void) { setenv("DB_PASSWORD", "hunter2", 1); }	/* @finding */
