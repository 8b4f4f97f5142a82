#include <unistd.h>
void save(int fd, const char *text)
{
	ftruncate(fd, 0);	/* @finding */
	if (write(fd, text, 1) != 1)
		return;
}
