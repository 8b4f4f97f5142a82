#include <unistd.h>
#include <fcntl.h>
int careful(const char *path)
{
	if (access(path, R_OK))	/* @finding */
		return -1;
	return open(path, O_RDONLY);
}
