/* SPDX-License-Identifier: MIT */
/* Owns: which resource a lock's address is, what each thread holds, and the orders that result.
 * Must not: lock; know how the host's locks work.
 *
 * A lock in a module's data is told by its address. One on the heap or a stack is told by the place that initialised it:
 * all locks made there are one resource, as a reader of the source would have it, and their number stays bounded. */
#include "locks.h"
#include "core.h"
#include "uses.h"

#include <dlfcn.h>

enum { KNOWN = 1 << 15, PROBES = 8, UNNAMED_LARGEST = 1024, HELD = sizeof(thread_now.held) / sizeof(thread_now.held[0]) };

/* By address; value: resource, and the number of the file above it. The last to come stays where there is no room. */
static struct known_lock { uintptr_t lock; uint64_t value; } known[KNOWN];
static uint32_t file_number = 1, unnamed_count;

static struct known_lock *known_place(uintptr_t lock)
{
	uint32_t home = (uint32_t)((lock * 0x9e3779b97f4a7c15ull) >> 40);
	struct known_lock *free_one = NULL;

	for (uint32_t probe = 0; probe < PROBES; probe++) {
		struct known_lock *place = &known[(home + probe) % KNOWN];
		uintptr_t found = __atomic_load_n(&place->lock, __ATOMIC_ACQUIRE);
		if (found == lock)
			return place;
		if (!free_one && (!found || (uint32_t)(place->value >> 32) != file_number))
			free_one = place;
	}
	return free_one ? free_one : &known[home % KNOWN];
}

static uint32_t known_resource(uintptr_t lock)
{
	const struct known_lock *place = known_place(lock);
	uint64_t value = __atomic_load_n(&place->value, __ATOMIC_ACQUIRE);

	if (__atomic_load_n(&place->lock, __ATOMIC_ACQUIRE) != lock || (uint32_t)(value >> 32) != file_number)
		return 0;
	return (uint32_t)value;
}

static void known_set(uintptr_t lock, uint32_t resource)
{
	struct known_lock *place = known_place(lock);

	__atomic_store_n(&place->lock, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&place->value, (uint64_t)file_number << 32 | resource, __ATOMIC_RELEASE);
	__atomic_store_n(&place->lock, lock, __ATOMIC_RELEASE);
}

#if defined(DLFO_STRUCT_HAS_EH_DBASE)
#pragma weak _dl_find_object
static bool is_in_module(uintptr_t address)
{
	struct dl_find_object object;

	return _dl_find_object && _dl_find_object((void *)address, &object) == 0;
}
#else
static bool is_in_module(uintptr_t address)
{
	return module_of(address) != NULL;
}
#endif

static uint32_t lock_number(uintptr_t lock, const char *type, uintptr_t made_at)
{
	if (is_in_module(lock))
		return resource_number(TRACE_RESOURCE_LOCK, NULL, 0, type, lock, made_at);
	if (!made_at && __atomic_fetch_add(&unnamed_count, 1, __ATOMIC_RELAXED) >= UNNAMED_LARGEST)
		return resource_named(TRACE_RESOURCE_LOCK, "(more)", type);
	return resource_number(TRACE_RESOURCE_LOCK, NULL, 0, type, made_at ? 0 : lock, made_at);
}

void lock_made(const struct scene *scene, const void *lock, const char *type)
{
	known_set((uintptr_t)lock, lock_number((uintptr_t)lock, type, scene->from));
}

void lock_gone(const void *lock)
{
	struct known_lock *place = known_place((uintptr_t)lock);

	if (place->lock == (uintptr_t)lock)
		__atomic_store_n(&place->lock, 0, __ATOMIC_RELEASE);
}

static uint32_t lock_resource(const void *lock, const char *type)
{
	uint32_t resource = known_resource((uintptr_t)lock);

	if (__builtin_expect(resource == 0, 0)) {
		resource = lock_number((uintptr_t)lock, type, 0);
		known_set((uintptr_t)lock, resource);
	}
	return resource;
}

static void lock_use(const struct scene *scene, uint32_t resource, enum trace_operation operation, struct wait wait, bool is_error)
{
	const struct use_event event = {.resource = resource, .operation = operation, .bytes = wait.happened, .ns = wait.ns,
					.is_error = is_error};

	resource_use(scene->thread, scene->from, scene->frame, &event);
}

void lock_event(const struct scene *scene, const void *lock, const char *type, enum trace_operation operation, struct wait wait,
		bool is_error)
{
	lock_use(scene, lock_resource(lock, type), operation, wait, is_error);
}

static void order_count(const struct scene *scene, uint32_t held, uint32_t taken)
{
	bool is_new;
	struct trace_order *order = order_find(scene->thread, scene->from, held, taken, &is_new);

	if (!order)
		return;
	count_add(&order->count, 1);
	if (is_new) {
		order->first = pool_order();
		order_publish(order, scene->from);
	}
}

void lock_taken(const struct scene *scene, const void *lock, const char *type, struct wait wait)
{
	struct thread *thread = scene->thread;
	uint32_t resource = lock_resource(lock, type);

	lock_use(scene, resource, TRACE_LOCK, wait, false);
	for (uint32_t i = 0; i < thread->held_count; i++)
		if (thread->held[i] != resource) /* the same one: recursive, or two that were made at one place */
			order_count(scene, thread->held[i], resource);
	if (thread->held_count < HELD)
		thread->held[thread->held_count++] = resource;
}

void lock_given_back(const struct scene *scene, const void *lock, const char *type)
{
	struct thread *thread = scene->thread;
	uint32_t resource = lock_resource(lock, type);

	lock_use(scene, resource, TRACE_UNLOCK, (struct wait){0}, false);
	for (uint32_t i = thread->held_count; i-- > 0;) {
		if (thread->held[i] != resource)
			continue;
		for (uint32_t j = i + 1; j < thread->held_count; j++)
			thread->held[j - 1] = thread->held[j];
		thread->held_count--;
		break;
	}
}

void locks_reset(void)
{
	file_number++;
	unnamed_count = 0;
}
