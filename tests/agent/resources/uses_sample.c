/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs under --sample: uses_sample cpu: two threads work, three parts to one; signals: all real-time signals are the
 * program's own; wait: it waits for any signal; exec: all signals are blocked when it becomes another program. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __clang__ /* clones nothing, and does not know the word */
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noinline, noclone))
#endif

#define NOINLINE APART
static volatile unsigned long sum;
NOINLINE static void heavy(int n) { for (int i = 0; i < 3 * n; i++) sum += (unsigned)i; }
NOINLINE static void light(int n) { for (int i = 0; i < n; i++) sum += (unsigned)i; }
NOINLINE static int deep(int depth)
{
	if (depth)
		return deep(depth - 1) + 1;
	heavy(1000);
	light(1000);
	return 0;
}

static double cpu_seconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

NOINLINE static void *work(void *depth)
{
	for (double end = cpu_seconds() + 0.4; cpu_seconds() < end;)
		for (int i = 0; i < 50; i++)
			sum += (unsigned long)deep(*(int *)depth);
	return NULL;
}

static void cpu(void)
{
	static int shallow = 0, five = 5;
	pthread_t thread;

	pthread_create(&thread, NULL, work, &five);
	work(&shallow);
	pthread_join(thread, NULL);
}

static volatile sig_atomic_t got[65];
static void on_signal(int number) { got[number]++; }

static void signals(void)
{
	static int shallow = 0;

	for (int number = SIGRTMIN; number <= SIGRTMAX; number++) {
		struct sigaction action = {.sa_handler = on_signal}, old;
		assert(sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
		assert(sigaction(number, &action, &old) == 0 && old.sa_handler == SIG_DFL);
		assert(sigaction(number, NULL, &old) == 0 && old.sa_handler == on_signal);
	}
	work(&shallow);
	for (int number = SIGRTMIN; number <= SIGRTMAX; number++) {
		assert(got[number] == 0 && raise(number) == 0 && got[number] == 1);
	}
}

static void waits(void)
{
	struct timespec soon = {0, 100000000};
	static int shallow = 0;
	sigset_t all;
	int number;

	sigfillset(&all);
	assert(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
	work(&shallow);
	assert(sigtimedwait(&all, NULL, &soon) == -1 && errno == EAGAIN);
	assert(kill(getpid(), SIGUSR1) == 0 && sigwait(&all, &number) == 0 && number == SIGUSR1);
	assert(pthread_sigmask(SIG_UNBLOCK, &all, NULL) == 0);
}

int main(int count, char **arguments)
{
	const char *what = count > 1 ? arguments[1] : "cpu";

	if (strcmp(what, "cpu") == 0)
		cpu();
	else if (strcmp(what, "signals") == 0)
		signals();
	else if (strcmp(what, "wait") == 0)
		waits();
	else if (strcmp(what, "unblock") == 0) {
		sigset_t all;
		sigfillset(&all);
		assert(pthread_sigmask(SIG_UNBLOCK, &all, NULL) == 0);
	} else {
		static int shallow = 0;
		sigset_t all;
		sigfillset(&all);
		assert(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
		work(&shallow);
		execl(arguments[0], arguments[0], "unblock", NULL);
		return 9;
	}
	printf("%s done\n", what);
	return 0;
}
