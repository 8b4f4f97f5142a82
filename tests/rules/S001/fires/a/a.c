#include "lock.h"
pthread_mutex_t everything = PTHREAD_MUTEX_INITIALIZER;	/* @finding */
void a(void) { pthread_mutex_lock(&everything); }
