#include <stdlib.h>
int port(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	return *end || n < 1 || n > 65535 ? -1 : (int)n;
}
