#include <stdio.h>
FILE *data(void) { return fopen("/usr/share/game/levels", "r"); }	/* @finding */
