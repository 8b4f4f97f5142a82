#include <pthread.h>
#include <stddef.h>
static void *work(void *argument) { return argument; }
int run(void)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, work, NULL))
		return -1;
	return pthread_join(thread, NULL);
}
