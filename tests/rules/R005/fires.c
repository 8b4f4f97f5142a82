#include <fcntl.h>
#include <unistd.h>
int first(const char *path)
{
	char c;
	int fd = open(path, O_RDONLY);	/* @finding */
	if (fd < 0 || read(fd, &c, 1) != 1)
		return -1;
	return c;
}
