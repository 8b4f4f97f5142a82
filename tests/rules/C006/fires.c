#include <unistd.h>
#include <stdlib.h>
void background(void)
{
	if (fork())
		exit(0);
	setsid();	/* @finding */
}
