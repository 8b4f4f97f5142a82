#include <pthread.h>
static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
void a(void) { pthread_mutex_lock(&own); pthread_mutex_unlock(&own); }
