#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <poll.h>
int ask(int fd, const struct sockaddr *to, socklen_t n)
{
	struct timeval limit = {5, 0};
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit))
		return -1;
	return connect(fd, to, n);
}
