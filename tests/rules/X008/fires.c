#include <stdio.h>
char *scratch(void) { return tmpnam(NULL); }	/* @finding */
