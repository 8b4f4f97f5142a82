#include <pthread.h>
#include <unistd.h>
#include <stddef.h>
static void *work(void *argument) { return argument; }
int start(void) { pthread_t t; return pthread_create(&t, NULL, work, NULL); }
int copy(void) { return fork(); }	/* @finding */
