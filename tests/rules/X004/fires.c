#include <stdio.h>
void greet(char *to, const char *name) { sprintf(to, "Hello %s", name); }	/* @finding */
