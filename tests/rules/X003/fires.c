#include <string.h>
void add(char *to, const char *from) { strcat(to, from); }	/* @finding */
