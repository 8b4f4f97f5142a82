#include <string.h>
void join(char *to, const char *part)
{
	do {
		strcat(to, part);
	} while (0);
}
