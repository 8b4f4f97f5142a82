#include <unistd.h>
int child(void) { return fork(); }
/* A shell on a session of its own is no daemon. */
int shell(void)
{
	if (fork())
		return 0;
	setsid();
	return execl("/bin/sh", "sh", (char *)0);
}
