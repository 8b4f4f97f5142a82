#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <poll.h>
int ask(int fd, const struct sockaddr *to, socklen_t n)
{
	return connect(fd, to, n);	/* @finding */
}
