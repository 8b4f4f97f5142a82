#include <pthread.h>
#include <unistd.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value;
void keep(int fd)
{
	pthread_mutex_lock(&lock);
	value++;
	fsync(fd);	/* @finding: all wait for the disk */
	pthread_mutex_unlock(&lock);
}
