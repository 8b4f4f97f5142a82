#include <sys/socket.h>
#include <pthread.h>
#include <stddef.h>
static void *work(void *argument) { return argument; }
static int start(void)
{
	pthread_t thread;
	return pthread_create(&thread, NULL, work, NULL);	/* @finding */
}
void serve(int fd)
{
	while (accept(fd, NULL, NULL) >= 0)
		if (start())
			return;
}
