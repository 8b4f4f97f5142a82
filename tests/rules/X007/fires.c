#include <stdio.h>
void say(const char *name)
{
	char line[80];
	snprintf(line, sizeof line, "Hello %s", name);
	printf(line);	/* @finding */
}
