/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More names, locks and threads than anybody wants to keep apart. */
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *thread_main(void *unused)
{
	pthread_mutex_t mutex;
	int descriptor = open("/dev/null", O_WRONLY);

	pthread_mutex_init(&mutex, NULL);
	pthread_mutex_lock(&mutex);
	assert(descriptor >= 0 && write(descriptor, "x", 1) == 1 && close(descriptor) == 0);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void run_threads(int count)
{
	pthread_t thread;

	for (int i = 0; i < count; i++)
		assert(pthread_create(&thread, NULL, thread_main, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

int main(void)
{
	char name[64];

	run_threads(500);
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "/nonexistent/file-%d", i);
		assert(open(name, O_RDONLY) == -1);
	}
	for (int i = 0; i < 3000; i++) {
		static const pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
		pthread_mutex_t *mutex = malloc(sizeof(*mutex));
		*mutex = fresh;
		assert(pthread_mutex_lock(mutex) == 0 && pthread_mutex_unlock(mutex) == 0);
	}
	run_threads(1000);
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();
		if (child == 0)
			_exit(open("/nonexistent/child", O_RDONLY) == -1 ? 0 : 1);
		assert(waitpid(child, NULL, 0) == child);
	}
	printf("done\n");
	return 0;
}
