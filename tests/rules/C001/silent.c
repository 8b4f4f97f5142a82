#include <stdio.h>
#include <stdlib.h>
FILE *data(void)
{
	const char *path = getenv("LEVELS");
	return path ? fopen(path, "r") : NULL;
}
FILE *nothing(void) { return fopen("/dev/null", "r"); }
