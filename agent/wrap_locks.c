/* SPDX-License-Identifier: MIT */
/* Wraps: mutexes, read-write locks, spin locks, condition variables, semaphores, barriers, those of C11 too. Locks are
 * tried first; only where that is refused for being held is the waiting timed. Trying a lock that is free is what taking
 * it does; errors other than "held" are the same from both. */
#include "locks.h"
#include "wrap.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include <time.h>

static const struct wait at_once = {false, 0};

static bool is_recording(void)
{
	return pool_header && !agent_control_page->paused;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool is_taken(int result)
{
	return result == 0 || result == EOWNERDEAD;
}

static void told_lock(const struct scene *scene, const void *lock, const char *type, struct wait wait, int result)
{
	if (is_taken(result))
		lock_taken(scene, lock, type, wait);
	else
		lock_event(scene, lock, type, TRACE_LOCK, wait, true);
}

static void told_unlock(const struct scene *scene, const void *lock, const char *type, int result)
{
	if (result == 0)
		lock_given_back(scene, lock, type);
	else
		lock_event(scene, lock, type, TRACE_UNLOCK, at_once, true);
}

/* What was taken before a pause may be given back in it: then nothing is held for certain. */
#define TELL_UNLOCK(lock, type)                                                                                        \
	do {                                                                                                           \
		if (!is_recording())                                                                                   \
			thread_now.held_count = 0;                                                                     \
		else                                                                                                   \
			TELL(told_unlock(&scene, lock, type, result));                                                 \
	} while (0)

#define WRAP_INIT(name, type, parameters, ...)                                                              \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int result = REAL(name)(__VA_ARGS__);                                                                  \
		if (result == 0)                                                                                       \
			TELL(lock_made(&scene, (const void *)lock, type));                                             \
		return result;                                                                                         \
	}
#define WRAP_DESTROY(name, lock_type)                                                                                  \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(lock_type *lock)                                                                         \
	{                                                                                                              \
		int result = REAL(name)(lock);                                                                         \
		if (result == 0)                                                                                       \
			TELL(lock_gone((const void *)lock));                                                           \
		return result;                                                                                         \
	}
/* try_name must be wrapped before. */
#define WRAP_LOCK(name, try_name, busy, type, parameters, ...)                                                         \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		struct wait wait = at_once;                                                                            \
		if (!is_recording())                                                                                   \
			return REAL(name)(__VA_ARGS__);                                                                \
		int result = REAL(try_name)(lock);                                                                     \
		if (result == busy) {                                                                                  \
			uint64_t start = now();                                                                        \
			result = REAL(name)(__VA_ARGS__);                                                              \
			wait = (struct wait){true, now() - start};                                                     \
		}                                                                                                      \
		TELL(told_lock(&scene, (const void *)lock, type, wait, result));                                       \
		return result;                                                                                         \
	}
#define WRAP_TRY(name, type, lock_type)                                                                                \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(lock_type *lock)                                                                         \
	{                                                                                                              \
		int result = REAL(name)(lock);                                                                         \
		TELL(told_lock(&scene, (const void *)lock, type, at_once, result));                                    \
		return result;                                                                                         \
	}
#define WRAP_UNLOCK(name, type, lock_type)                                                                             \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(lock_type *lock)                                                                         \
	{                                                                                                              \
		int result = REAL(name)(lock);                                                                         \
		TELL_UNLOCK((const void *)lock, type);                                                                 \
		return result;                                                                                         \
	}

/* ---- mutexes ---- */

#define MUTEX "mutex"
WRAP_INIT(pthread_mutex_init, MUTEX, (pthread_mutex_t *lock, const pthread_mutexattr_t *attributes), lock,
	  attributes)
WRAP_DESTROY(pthread_mutex_destroy, pthread_mutex_t)
WRAP_TRY(pthread_mutex_trylock, MUTEX, pthread_mutex_t)
WRAP_LOCK(pthread_mutex_lock, pthread_mutex_trylock, EBUSY, MUTEX, (pthread_mutex_t *lock), lock)
WRAP_LOCK(pthread_mutex_timedlock, pthread_mutex_trylock, EBUSY, MUTEX, (pthread_mutex_t *lock, const struct timespec *until),
	  lock, until)
WRAP_LOCK(pthread_mutex_clocklock, pthread_mutex_trylock, EBUSY, MUTEX,
	  (pthread_mutex_t *lock, clockid_t clock, const struct timespec *until), lock, clock, until)
WRAP_UNLOCK(pthread_mutex_unlock, MUTEX, pthread_mutex_t)
WRAP_INIT(mtx_init, MUTEX, (mtx_t *lock, int kind), lock, kind)
WRAP_TRY(mtx_trylock, MUTEX, mtx_t)
WRAP_LOCK(mtx_lock, mtx_trylock, thrd_busy, MUTEX, (mtx_t *lock), lock)
WRAP_LOCK(mtx_timedlock, mtx_trylock, thrd_busy, MUTEX, (mtx_t *lock, const struct timespec *until), lock, until)
WRAP_UNLOCK(mtx_unlock, MUTEX, mtx_t)

/* ---- read-write and spin locks ---- */

#define RWLOCK "rwlock"
WRAP_INIT(pthread_rwlock_init, RWLOCK, (pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes), lock,
	  attributes)
WRAP_DESTROY(pthread_rwlock_destroy, pthread_rwlock_t)
WRAP_TRY(pthread_rwlock_tryrdlock, RWLOCK, pthread_rwlock_t)
WRAP_TRY(pthread_rwlock_trywrlock, RWLOCK, pthread_rwlock_t)
WRAP_LOCK(pthread_rwlock_rdlock, pthread_rwlock_tryrdlock, EBUSY, RWLOCK, (pthread_rwlock_t *lock), lock)
WRAP_LOCK(pthread_rwlock_wrlock, pthread_rwlock_trywrlock, EBUSY, RWLOCK, (pthread_rwlock_t *lock), lock)
WRAP_LOCK(pthread_rwlock_timedrdlock, pthread_rwlock_tryrdlock, EBUSY, RWLOCK,
	  (pthread_rwlock_t *lock, const struct timespec *until), lock, until)
WRAP_LOCK(pthread_rwlock_timedwrlock, pthread_rwlock_trywrlock, EBUSY, RWLOCK,
	  (pthread_rwlock_t *lock, const struct timespec *until), lock, until)
WRAP_UNLOCK(pthread_rwlock_unlock, RWLOCK, pthread_rwlock_t)
#define SPIN "spinlock"
WRAP_INIT(pthread_spin_init, SPIN, (pthread_spinlock_t *lock, int shared), lock, shared)
WRAP_DESTROY(pthread_spin_destroy, pthread_spinlock_t)
WRAP_TRY(pthread_spin_trylock, SPIN, pthread_spinlock_t)
WRAP_LOCK(pthread_spin_lock, pthread_spin_trylock, EBUSY, SPIN, (pthread_spinlock_t *lock), lock)
WRAP_UNLOCK(pthread_spin_unlock, SPIN, pthread_spinlock_t)

/* ---- condition variables and barriers ---- */

#define CONDITION "condition"
#define WRAP_WAIT(name, version, type, is_failure, parameters, ...)                                                    \
	WRAPPED_VERSION(name, version);                                                                                \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		if (!is_recording())                                                                                   \
			return REAL(name)(__VA_ARGS__);                                                                \
		uint64_t start = now();                                                                                \
		int result = REAL(name)(__VA_ARGS__);                                                                  \
		struct wait wait = {true, now() - start};                                                              \
		TELL(lock_event(&scene, (const void *)lock, type, TRACE_WAIT, wait, is_failure));                      \
		return result;                                                                                         \
	}
#define WRAP_NOTIFY(name, version, parameters)                                                                               \
	WRAPPED_VERSION(name, version);                                                                                \
	AGENT_EXPORT int name parameters                                                                                   \
	{                                                                                                              \
		int result = REAL(name)(lock);                                                                         \
		TELL(lock_event(&scene, (const void *)lock, CONDITION, TRACE_NOTIFY, at_once, result != 0));           \
		return result;                                                                                         \
	}
WRAP_INIT(pthread_cond_init, CONDITION, (pthread_cond_t *lock, const pthread_condattr_t *attributes), lock,
	  attributes)
WRAP_DESTROY(pthread_cond_destroy, pthread_cond_t)
WRAP_WAIT(pthread_cond_wait, "GLIBC_2.3.2", CONDITION, result != 0, (pthread_cond_t *lock, pthread_mutex_t *mutex), lock, mutex)
WRAP_WAIT(pthread_cond_timedwait, "GLIBC_2.3.2", CONDITION, result != 0,
	  (pthread_cond_t *lock, pthread_mutex_t *mutex, const struct timespec *until), lock, mutex, until)
WRAP_WAIT(pthread_cond_clockwait, NULL, CONDITION, result != 0,
	  (pthread_cond_t *lock, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until), lock, mutex, clock, until)
WRAP_NOTIFY(pthread_cond_signal, "GLIBC_2.3.2", (pthread_cond_t *lock))
WRAP_NOTIFY(pthread_cond_broadcast, "GLIBC_2.3.2", (pthread_cond_t *lock))
WRAP_WAIT(cnd_wait, NULL, CONDITION, result != thrd_success, (cnd_t *lock, mtx_t *mutex), lock, mutex)
WRAP_WAIT(cnd_timedwait, NULL, CONDITION, result != thrd_success, (cnd_t *lock, mtx_t *mutex, const struct timespec *until), lock,
	  mutex, until)
WRAP_NOTIFY(cnd_signal, NULL, (cnd_t *lock))
WRAP_NOTIFY(cnd_broadcast, NULL, (cnd_t *lock))
WRAP_INIT(pthread_barrier_init, "barrier",
	  (pthread_barrier_t *lock, const pthread_barrierattr_t *attributes, unsigned count), lock, attributes, count)
WRAP_DESTROY(pthread_barrier_destroy, pthread_barrier_t)
WRAP_WAIT(pthread_barrier_wait, NULL, "barrier", result != 0 && result != PTHREAD_BARRIER_SERIAL_THREAD, (pthread_barrier_t *lock),
	  lock)

/* ---- semaphores: nobody holds them, so they have no order ---- */

#define SEMAPHORE "semaphore"
WRAP_INIT(sem_init, SEMAPHORE, (sem_t *lock, int shared, unsigned value), lock, shared, value)
WRAP_DESTROY(sem_destroy, sem_t)

WRAPPED(sem_trywait);
AGENT_EXPORT int sem_trywait(sem_t *lock)
{
	int result = REAL(sem_trywait)(lock);
	TELL(lock_event(&scene, lock, SEMAPHORE, TRACE_WAIT, at_once, result != 0));
	return result;
}

/* These are cancellation points even where nothing has to be waited for, which trying is not. */
#define WRAP_SEM_WAIT(name, parameters, ...)                                                                           \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		struct wait wait = at_once;                                                                            \
		int error = errno;                                                                                     \
		if (!is_recording())                                                                                   \
			return REAL(name)(__VA_ARGS__);                                                                \
		pthread_testcancel();                                                                                  \
		int result = REAL(sem_trywait)(lock);                                                                  \
		if (result != 0) {                                                                                     \
			uint64_t start = now();                                                                        \
			errno = error;                                                                                 \
			result = REAL(name)(__VA_ARGS__);                                                              \
			wait = (struct wait){true, now() - start};                                                     \
		}                                                                                                      \
		TELL(lock_event(&scene, lock, SEMAPHORE, TRACE_WAIT, wait, result != 0));                              \
		return result;                                                                                         \
	}
WRAP_SEM_WAIT(sem_wait, (sem_t *lock), lock)
WRAP_SEM_WAIT(sem_timedwait, (sem_t *lock, const struct timespec *until), lock, until)
WRAP_SEM_WAIT(sem_clockwait, (sem_t *lock, clockid_t clock, const struct timespec *until), lock, clock, until)

WRAPPED(sem_post);
AGENT_EXPORT int sem_post(sem_t *lock)
{
	int result = REAL(sem_post)(lock);
	TELL(lock_event(&scene, lock, SEMAPHORE, TRACE_NOTIFY, at_once, result != 0));
	return result;
}
