#include <stdio.h>
void say(const char *text) { fprintf(stderr, "%s\n", text); }
