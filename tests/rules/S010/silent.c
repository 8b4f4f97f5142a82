#include <poll.h>
int wait_for(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	return poll(&p, 1, 1000);
}
