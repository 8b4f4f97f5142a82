/* SPDX-License-Identifier: MIT */
/* Wraps: shared memory and message queues of POSIX and System V, named semaphores, timers, event descriptors. */
#include "core.h"
#include "descriptors.h"
#include "wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* ---- POSIX: by name ---- */

static void told_named(const struct scene *scene, enum trace_resource_kind kind, const char *name, const char *type,
		       enum trace_operation operation, bool failed)
{
	scene_use(scene, resource_named(kind, name, type), operation, 0, failed);
}

static void told_descriptor(const struct scene *scene, enum trace_resource_kind kind, const char *name, const char *type,
			    enum trace_operation operation, int descriptor)
{
	uint32_t resource = resource_named(kind, name, type);

	if (descriptor >= 0)
		descriptor_set(descriptor, resource);
	scene_use(scene, resource, operation, 0, descriptor < 0);
}

WRAPPED(shm_open);
AGENT_EXPORT int shm_open(const char *name, int flags, mode_t mode)
{
	int descriptor = REAL(shm_open)(name, flags, mode);
	TELL(told_descriptor(&scene, TRACE_RESOURCE_SHARED_MEMORY, name, NULL, flags & O_CREAT ? TRACE_CREATE : TRACE_OPEN, descriptor));
	return descriptor;
}

WRAPPED(shm_unlink);
AGENT_EXPORT int shm_unlink(const char *name)
{
	int result = REAL(shm_unlink)(name);
	TELL(told_named(&scene, TRACE_RESOURCE_SHARED_MEMORY, name, NULL, TRACE_REMOVE, result != 0));
	return result;
}

WRAPPED(memfd_create);
AGENT_EXPORT int memfd_create(const char *name, unsigned flags)
{
	int descriptor = REAL(memfd_create)(name, flags);
	TELL(told_descriptor(&scene, TRACE_RESOURCE_SHARED_MEMORY, name, "memfd", TRACE_CREATE, descriptor));
	return descriptor;
}

WRAPPED(mq_open);
AGENT_EXPORT mqd_t mq_open(const char *name, int flags, ...)
{
	mode_t mode = 0;
	struct mq_attr *attributes = NULL;

	if (flags & O_CREAT) {
		va_list arguments;
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		attributes = va_arg(arguments, struct mq_attr *);
		va_end(arguments);
	}
	mqd_t queue = REAL(mq_open)(name, flags, mode, attributes);
	TELL(told_descriptor(&scene, TRACE_RESOURCE_QUEUE, name, "posix", flags & O_CREAT ? TRACE_CREATE : TRACE_OPEN, queue));
	return queue;
}

WRAPPED(mq_unlink);
AGENT_EXPORT int mq_unlink(const char *name)
{
	int result = REAL(mq_unlink)(name);
	TELL(told_named(&scene, TRACE_RESOURCE_QUEUE, name, "posix", TRACE_REMOVE, result != 0));
	return result;
}

WRAPPED(mq_close);
AGENT_EXPORT int mq_close(mqd_t queue)
{
	uint32_t resource = descriptor_take(queue);
	int result = REAL(mq_close)(queue);
	TELL(told_close(&scene, resource, result));
	return result;
}

#define WRAP_QUEUE(name, type, operation, moved, parameters, ...)                                                      \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT type name parameters                                                                              \
	{                                                                                                              \
		type result = REAL(name)(__VA_ARGS__);                                                                 \
		TELL(descriptor_used(&scene, queue, operation, result < 0 ? -1 : (long)(moved)));                      \
		return result;                                                                                         \
	}
WRAP_QUEUE(mq_send, int, TRACE_SEND, size, (mqd_t queue, const char *bytes, size_t size, unsigned priority), queue, bytes, size,
	   priority)
WRAP_QUEUE(mq_timedsend, int, TRACE_SEND, size,
	   (mqd_t queue, const char *bytes, size_t size, unsigned priority, const struct timespec *until), queue, bytes, size,
	   priority, until)
WRAP_QUEUE(mq_receive, ssize_t, TRACE_RECEIVE, result, (mqd_t queue, char *bytes, size_t size, unsigned *priority), queue, bytes,
	   size, priority)
WRAP_QUEUE(mq_timedreceive, ssize_t, TRACE_RECEIVE, result,
	   (mqd_t queue, char *bytes, size_t size, unsigned *priority, const struct timespec *until), queue, bytes, size, priority,
	   until)

static void told_sem_open(const struct scene *scene, const char *name, int flags, bool failed)
{
	told_named(scene, TRACE_RESOURCE_LOCK, name, "semaphore", flags & O_CREAT ? TRACE_CREATE : TRACE_OPEN, failed);
}

WRAPPED(sem_open);
AGENT_EXPORT sem_t *sem_open(const char *name, int flags, ...)
{
	mode_t mode = 0;
	unsigned value = 0;

	if (flags & O_CREAT) {
		va_list arguments;
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		value = va_arg(arguments, unsigned);
		va_end(arguments);
	}
	sem_t *semaphore = REAL(sem_open)(name, flags, mode, value);
	TELL(told_sem_open(&scene, name, flags, semaphore == SEM_FAILED));
	return semaphore;
}

WRAPPED(sem_unlink);
AGENT_EXPORT int sem_unlink(const char *name)
{
	int result = REAL(sem_unlink)(name);
	TELL(told_named(&scene, TRACE_RESOURCE_LOCK, name, "semaphore", TRACE_REMOVE, result != 0));
	return result;
}

/* ---- System V: by key; the ids that the kernel gave are looked up again in a small table ---- */

enum { IDS = 1 << 12 };
enum sysv { SYSV_SHARED, SYSV_QUEUE, SYSV_SEMAPHORE };
static uint64_t ids[3][IDS]; /* id + 1 above, key below */
static const enum trace_resource_kind sysv_kinds[] = {TRACE_RESOURCE_SHARED_MEMORY, TRACE_RESOURCE_QUEUE, TRACE_RESOURCE_LOCK};
static const char *const sysv_types[] = {"system v", "system v", "system v semaphore"};

static uint32_t key_resource(enum sysv what, key_t key)
{
	static const char digits[] = "0123456789abcdef";
	char name[] = "key 0x00000000";

	if (key == IPC_PRIVATE)
		return resource_named(sysv_kinds[what], "private", sysv_types[what]);
	for (int i = 0; i < 8; i++)
		name[sizeof(name) - 2 - (size_t)i] = digits[(uint32_t)key >> (4 * i) & 15];
	return resource_named(sysv_kinds[what], name, sysv_types[what]);
}

static uint32_t id_resource(enum sysv what, int id)
{
	uint64_t known = __atomic_load_n(&ids[what][(unsigned)id % IDS], __ATOMIC_RELAXED);

	if (known >> 32 != (uint32_t)id + 1u)
		return resource_named(sysv_kinds[what], "(key not seen)", sysv_types[what]);
	return key_resource(what, (key_t)(uint32_t)known);
}

static void told_key(const struct scene *scene, enum sysv what, key_t key, int flags, int id)
{
	if (id >= 0)
		__atomic_store_n(&ids[what][(unsigned)id % IDS], (uint64_t)((uint32_t)id + 1u) << 32 | (uint32_t)key,
				 __ATOMIC_RELAXED);
	scene_use(scene, key_resource(what, key), flags & IPC_CREAT || key == IPC_PRIVATE ? TRACE_CREATE : TRACE_OPEN, 0, id < 0);
}

#define WRAP_GET(name, what, parameters, ...)                                                                          \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int id = REAL(name)(__VA_ARGS__);                                                                      \
		TELL(told_key(&scene, what, key, flags, id));                                                          \
		return id;                                                                                             \
	}
WRAP_GET(shmget, SYSV_SHARED, (key_t key, size_t size, int flags), key, size, flags)
WRAP_GET(msgget, SYSV_QUEUE, (key_t key, int flags), key, flags)
WRAP_GET(semget, SYSV_SEMAPHORE, (key_t key, int count, int flags), key, count, flags)

#define WRAP_ID(name, type, what, operation, failed, moved, parameters, ...)                                           \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT type name parameters                                                                              \
	{                                                                                                              \
		type result = REAL(name)(__VA_ARGS__);                                                                 \
		TELL(scene_use(&scene, id_resource(what, id), operation, (failed) ? 0 : (uint64_t)(moved), failed));   \
		return result;                                                                                         \
	}
WRAP_ID(shmat, void *, SYSV_SHARED, TRACE_MAP, result == (void *)-1, 0, (int id, const void *address, int flags), id, address, flags)
WRAP_ID(msgsnd, int, SYSV_QUEUE, TRACE_SEND, result < 0, size, (int id, const void *message, size_t size, int flags), id, message,
	size, flags)
WRAP_ID(msgrcv, ssize_t, SYSV_QUEUE, TRACE_RECEIVE, result < 0, result,
	(int id, void *message, size_t size, long type, int flags), id, message, size, type, flags)
WRAP_ID(semop, int, SYSV_SEMAPHORE, TRACE_CHANGE, result < 0, 0, (int id, struct sembuf *steps, size_t count), id, steps, count)
WRAP_ID(semtimedop, int, SYSV_SEMAPHORE, TRACE_CHANGE, result < 0, 0,
	(int id, struct sembuf *steps, size_t count, const struct timespec *timeout), id, steps, count, timeout)

/* ---- timers and event descriptors ---- */

static void told_timer(const struct scene *scene, const char *name, enum trace_operation operation, bool failed)
{
	told_named(scene, TRACE_RESOURCE_TIMER, name, NULL, operation, failed);
}

WRAPPED(timer_create);
AGENT_EXPORT int timer_create(clockid_t clock, struct sigevent *event, timer_t *timer)
{
	int result = REAL(timer_create)(clock, event, timer);
	TELL(told_timer(&scene, "timer_create", TRACE_CREATE, result != 0));
	return result;
}

WRAPPED(timer_settime);
AGENT_EXPORT int timer_settime(timer_t timer, int flags, const struct itimerspec *value, struct itimerspec *old)
{
	int result = REAL(timer_settime)(timer, flags, value, old);
	TELL(told_timer(&scene, "timer_create", TRACE_SET, result != 0));
	return result;
}

WRAPPED(setitimer);
AGENT_EXPORT int setitimer(__itimer_which_t which, const struct itimerval *value, struct itimerval *old)
{
	int result = REAL(setitimer)(which, value, old);
	TELL(told_timer(&scene, which == ITIMER_REAL ? "real" : which == ITIMER_VIRTUAL ? "virtual" : "profile", TRACE_SET,
			result != 0));
	return result;
}

WRAPPED(alarm);
AGENT_EXPORT unsigned alarm(unsigned seconds)
{
	unsigned result = REAL(alarm)(seconds);
	TELL(told_timer(&scene, "alarm", TRACE_SET, false));
	return result;
}

WRAPPED(timerfd_create);
AGENT_EXPORT int timerfd_create(clockid_t clock, int flags)
{
	int descriptor = REAL(timerfd_create)(clock, flags);
	TELL(told_descriptor(&scene, TRACE_RESOURCE_TIMER, "timerfd", NULL, TRACE_CREATE, descriptor));
	return descriptor;
}

WRAPPED(timerfd_settime);
AGENT_EXPORT int timerfd_settime(int descriptor, int flags, const struct itimerspec *value, struct itimerspec *old)
{
	int result = REAL(timerfd_settime)(descriptor, flags, value, old);
	TELL(descriptor_used(&scene, descriptor, TRACE_SET, result));
	return result;
}

WRAPPED(eventfd);
AGENT_EXPORT int eventfd(unsigned value, int flags)
{
	int descriptor = REAL(eventfd)(value, flags);
	TELL(told_descriptor(&scene, TRACE_RESOURCE_OTHER, "eventfd", "descriptor", TRACE_CREATE, descriptor));
	return descriptor;
}

#define WRAP_EPOLL(name, parameters, ...)                                                                              \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int descriptor = REAL(name)(__VA_ARGS__);                                                              \
		TELL(told_descriptor(&scene, TRACE_RESOURCE_OTHER, "epoll", "descriptor", TRACE_CREATE, descriptor));  \
		return descriptor;                                                                                     \
	}
WRAP_EPOLL(epoll_create, (int size), size)
WRAP_EPOLL(epoll_create1, (int flags), flags)
