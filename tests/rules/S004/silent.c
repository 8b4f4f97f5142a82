#include <pthread.h>
#include <stddef.h>
static void *work(void *argument) { return argument; }
/* a fixed number of workers */
int serve(void)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			return -1;
	return 0;
}
