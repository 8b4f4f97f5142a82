#include <fcntl.h>
#include <unistd.h>
int first(const char *path)
{
	char c = 0;
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	if (read(fd, &c, 1) != 1)
		c = 0;
	close(fd);
	return c;
}
int give(const char *path)
{
	int fd = open(path, O_RDONLY);
	return fd;
}
