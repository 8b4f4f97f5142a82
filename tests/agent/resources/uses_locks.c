/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks of all kinds: orders, waiting, refusals, and the results that a program must get all the same. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER, contended = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static sem_t semaphore;
static int state, turns, waiter;
enum { WAITS = 20, HAMMERS = 10, BLOWS = 20000 };

static void *other_order(void *unused)
{
	pthread_mutex_lock(&second);
	pthread_mutex_lock(&first);
	pthread_mutex_unlock(&first);
	pthread_mutex_unlock(&second);
	return unused;
}

static void orders(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++) {
		pthread_mutex_lock(&first);
		pthread_mutex_lock(&second);
		pthread_mutex_unlock(&first); /* not last in, first out */
		pthread_mutex_unlock(&second);
	}
	pthread_create(&thread, NULL, other_order, NULL);
	pthread_join(thread, NULL);
}

/* Does a thread sleep, as the kernel tells? By system calls: no use of a file is to be recorded. */
static int sleeps(int thread)
{
	char path[64], text[256] = "";
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
	long descriptor = syscall(SYS_open, path, 0);
	if (descriptor < 0)
		return 0;
	syscall(SYS_read, descriptor, text, sizeof text - 1);
	syscall(SYS_close, descriptor);
	const char *name_end = strrchr(text, ')');
	return name_end && name_end[1] == ' ' && name_end[2] == 'S';
}

/* Each of these has to wait: the lock is held until it sleeps in it. */
static void *wait_for_it(void *unused)
{
	__atomic_store_n(&waiter, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	for (int i = 0; i < WAITS; i++) {
		while (__atomic_load_n(&turns, __ATOMIC_ACQUIRE) != 2 * i + 1)
			sched_yield();
		pthread_mutex_lock(&contended);
		pthread_mutex_unlock(&contended);
		__atomic_store_n(&turns, 2 * i + 2, __ATOMIC_RELEASE);
	}
	return unused;
}

static void waiting(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_it, NULL);
	for (int i = 0; i < WAITS; i++) {
		pthread_mutex_lock(&contended);
		__atomic_store_n(&turns, 2 * i + 1, __ATOMIC_RELEASE);
		while (!sleeps(__atomic_load_n(&waiter, __ATOMIC_ACQUIRE)))
			sched_yield();
		pthread_mutex_unlock(&contended);
		while (__atomic_load_n(&turns, __ATOMIC_ACQUIRE) != 2 * i + 2)
			sched_yield();
	}
	pthread_join(thread, NULL);
}

static void *die_with_it(void *lock)
{
	pthread_mutex_lock(lock);
	return NULL;
}

static void kinds(void)
{
	pthread_mutexattr_t attributes;
	pthread_mutex_t checked, recursive, robust, *heap = malloc(sizeof(*heap));
	struct timespec past = {1, 0};
	pthread_t thread;
	mtx_t c11;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&checked, &attributes);
	assert(pthread_mutex_lock(&checked) == 0 && pthread_mutex_lock(&checked) == EDEADLK);
	assert(pthread_mutex_trylock(&checked) == EBUSY && pthread_mutex_timedlock(&checked, &past) == EDEADLK);
	assert(pthread_mutex_unlock(&checked) == 0 && pthread_mutex_unlock(&checked) == EPERM && pthread_mutex_destroy(&checked) == 0);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&recursive, &attributes);
	assert(pthread_mutex_lock(&recursive) == 0 && pthread_mutex_lock(&recursive) == 0);
	assert(pthread_mutex_unlock(&recursive) == 0 && pthread_mutex_unlock(&recursive) == 0 && pthread_mutex_destroy(&recursive) == 0);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_NORMAL);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attributes);
	pthread_create(&thread, NULL, die_with_it, &robust);
	pthread_join(thread, NULL);
	assert(pthread_mutex_lock(&robust) == EOWNERDEAD && pthread_mutex_consistent(&robust) == 0 && pthread_mutex_unlock(&robust) == 0);
	assert(pthread_mutex_init(heap, NULL) == 0 && pthread_mutex_lock(heap) == 0 && pthread_mutex_timedlock(heap, &past) == ETIMEDOUT);
	assert(pthread_mutex_unlock(heap) == 0 && pthread_mutex_destroy(heap) == 0);
	free(heap);
	assert(mtx_init(&c11, mtx_plain) == thrd_success && mtx_lock(&c11) == thrd_success && mtx_trylock(&c11) == thrd_busy);
	assert(mtx_unlock(&c11) == thrd_success);
	assert(pthread_rwlock_rdlock(&shared) == 0 && pthread_rwlock_rdlock(&shared) == 0 && pthread_rwlock_trywrlock(&shared) == EBUSY);
	assert(pthread_rwlock_unlock(&shared) == 0 && pthread_rwlock_unlock(&shared) == 0);
	assert(pthread_rwlock_wrlock(&shared) == 0 && pthread_rwlock_wrlock(&shared) == EDEADLK && pthread_rwlock_unlock(&shared) == 0);
	assert(pthread_spin_init(&spin, 0) == 0 && pthread_spin_lock(&spin) == 0 && pthread_spin_trylock(&spin) == EBUSY);
	assert(pthread_spin_unlock(&spin) == 0);
	errno = 5;
	assert(sem_init(&semaphore, 0, 1) == 0 && sem_wait(&semaphore) == 0 && errno == 5);
	assert(sem_trywait(&semaphore) == -1 && errno == EAGAIN && sem_timedwait(&semaphore, &past) == -1 && errno == ETIMEDOUT);
	assert(sem_post(&semaphore) == 0);
}

static void *changer(void *unused)
{
	usleep(3000);
	pthread_mutex_lock(&first);
	state = 1;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&first);
	return unused;
}

static void conditions(void)
{
	struct timespec past = {1, 0};
	pthread_t thread;

	pthread_create(&thread, NULL, changer, NULL);
	pthread_mutex_lock(&first);
	while (!state)
		pthread_cond_wait(&changed, &first);
	assert(pthread_cond_timedwait(&changed, &first, &past) == ETIMEDOUT);
	pthread_mutex_unlock(&first);
	pthread_join(thread, NULL);
}

static void cancelled(void *unused)
{
	(void)unused;
	printf("cancelled in sem_wait, though it had to wait for nothing\n");
}

static void *cancel_me(void *unused)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cancel(pthread_self());
	pthread_cleanup_push(cancelled, NULL);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	sem_wait(&semaphore);
	pthread_cleanup_pop(0);
	return unused;
}

static void *hammer(void *unused)
{
	for (int i = 0; i < BLOWS; i++) {
		pthread_mutex_lock(&first);
		state++;
		pthread_mutex_unlock(&first);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[HAMMERS];

	orders();
	waiting();
	kinds();
	conditions();
	pthread_create(&threads[0], NULL, cancel_me, NULL);
	pthread_join(threads[0], NULL);
	state = 0;
	for (int i = 0; i < HAMMERS; i++)
		pthread_create(&threads[i], NULL, hammer, NULL);
	for (int i = 0; i < HAMMERS; i++)
		pthread_join(threads[i], NULL);
	printf("%d\n", state);
	return 0;
}
