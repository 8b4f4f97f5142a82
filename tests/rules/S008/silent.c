#include <string.h>
void clear(char *s)
{
	for (size_t i = 0, n = strlen(s); i < n; i++)
		s[i] = 32;
}
