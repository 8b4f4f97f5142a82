/* SPDX-License-Identifier: MIT */
/* A library whose constructor runs threads before main. */
#include <pthread.h>

static volatile long sinks[3 * 8];
static void early_work(long which) { sinks[which * 8]++; }
static void *early(void *which)
{
	for (int i = 0; i < 1000; i++)
		early_work((long)which);
	return which;
}

__attribute__((constructor(101))) static void start_early(void)
{
	pthread_t threads[3];
	for (long i = 0; i < 3; i++)
		pthread_create(&threads[i], 0, early, (void *)i);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], 0);
}
