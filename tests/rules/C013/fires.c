#include <stdio.h>
FILE *scratch(void) { return fopen("/tmp/scratch", "w+"); }	/* @finding */
