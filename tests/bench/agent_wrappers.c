/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one call of the hottest wrapped functions costs: to be run natively and under the agent (agent_wrappers.py). */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

#define MEASURE(name, count, statement)                                                                                \
	do {                                                                                                           \
		double start = now();                                                                                  \
		for (int i = 0; i < (count); i++) {                                                                    \
			statement;                                                                                     \
		}                                                                                                      \
		printf("%s %.2f\n", name, (now() - start) / (count));                                                 \
	} while (0)

int main(void)
{
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	char byte[1];
	FILE *stream = fopen("/dev/null", "w");

	MEASURE("mutex_lock+unlock", 2000000, pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex));
	MEASURE("rwlock_rdlock+unlock", 2000000, pthread_rwlock_rdlock(&rwlock); pthread_rwlock_unlock(&rwlock));
	MEASURE("read", 1000000, if (read(zero, byte, 1) != 1) abort());
	MEASURE("write", 1000000, if (write(null, byte, 1) != 1) abort());
	MEASURE("getenv", 1000000, if (getenv("PATH") == byte) abort());
	MEASURE("fwrite", 1000000, if (fwrite(byte, 1, 1, stream) != 1) abort());
	MEASURE("open+close", 100000, int d = open("/dev/null", O_RDONLY); close(d));
	MEASURE("abs (through the PLT alone)", 5000000, byte[0] = (char)(strtol("", NULL, 10)));
	return 0;
}
