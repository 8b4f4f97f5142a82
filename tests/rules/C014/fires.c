#include <stdio.h>
FILE *journal(void) { return fopen("server.log", "a"); }	/* @finding */
