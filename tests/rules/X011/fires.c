#include <stdlib.h>
int token(void) { return rand(); }	/* @finding */
