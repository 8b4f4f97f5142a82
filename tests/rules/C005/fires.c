#include <stdio.h>
FILE *scores(void) { return fopen("scores.dat", "w"); }	/* @finding */
