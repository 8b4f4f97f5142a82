#include <stdio.h>
FILE *levels(void) { return fopen("levels.dat", "r"); }
FILE *scores(const char *path) { return fopen(path, "w"); }
