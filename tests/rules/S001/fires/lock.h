#include <pthread.h>
extern pthread_mutex_t everything;
