#include <string.h>
void name(char *to, const char *from) { strcpy(to, from); }	/* @finding */
