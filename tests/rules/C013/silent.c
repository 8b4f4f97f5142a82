#include <stdio.h>
#include <stdlib.h>
int scratch(char *to, int n)
{
	const char *folder = getenv("TMPDIR");
	if (folder)
		return snprintf(to, n, "%s/scratch", folder);
	return snprintf(to, n, "/tmp/scratch");
}
