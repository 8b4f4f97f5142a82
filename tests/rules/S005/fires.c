#include <unistd.h>
int each(int n)
{
	while (n-- > 0)
		if (!fork())	/* @finding */
			return 1;
	return 0;
}
