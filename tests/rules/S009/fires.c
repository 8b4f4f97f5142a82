#include <string.h>
void join(char *to, char **parts)
{
	while (*parts)
		strcat(to, *parts++);	/* @finding */
}
