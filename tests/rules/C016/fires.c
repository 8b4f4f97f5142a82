#include <stdio.h>
FILE *mark(void) { return fopen("/run/game.pid", "w"); }	/* @finding */
