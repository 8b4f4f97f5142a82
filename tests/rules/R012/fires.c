#include <stdlib.h>
int port(const char *text) { return atoi(text); }	/* @finding */
