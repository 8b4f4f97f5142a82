#include <stdio.h>
#include <stdlib.h>
int show(const char *file)
{
	char line[256];
	snprintf(line, sizeof line, "less %s", file);
	return system(line);	/* @finding */
}
