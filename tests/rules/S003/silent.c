#include <netdb.h>
#include <sys/epoll.h>
#include <stddef.h>
int main(void)
{
	struct epoll_event event;
	while (epoll_wait(3, &event, 1, -1) > 0)
		;
}
int lookup(const char *name)
{
	struct addrinfo *found;
	return getaddrinfo(name, NULL, NULL, &found);
}
