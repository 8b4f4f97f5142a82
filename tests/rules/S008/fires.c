#include <string.h>
void clear(char *s)
{
	for (size_t i = 0; i < strlen(s); i++)	/* @finding */
		s[i] = 32;
}
