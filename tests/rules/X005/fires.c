#include <stdio.h>
int word(char *to) { return scanf("%s", to); }	/* @finding */
