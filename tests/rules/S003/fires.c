#include <netdb.h>
#include <sys/epoll.h>
#include <stddef.h>
static void serve(const char *name)
{
	struct addrinfo *found;
	if (!getaddrinfo(name, NULL, NULL, &found))	/* @finding: all clients wait for DNS */
		freeaddrinfo(found);
}
int main(void)
{
	struct epoll_event event;
	while (epoll_wait(3, &event, 1, -1) > 0)
		serve("peer");
}
