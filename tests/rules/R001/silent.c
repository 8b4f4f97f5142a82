#include <unistd.h>
int save(int fd, const char *text)
{
	(void)ftruncate(fd, 0); /* only to save room */
	return write(fd, text, 1) == 1 ? 0 : -1;
}
