/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLite allocates. Its own accounting takes a lock with each allocation, and its own limit is one for all connections:
 * threads that read side by side would wait for each other, and one query's hunger fail another's. So each thread counts for
 * itself. */
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#include "model/internal.h"

#define FOREIGN_HEAP_BYTES (INT64_C(1) << 30) /* what foreign SQL may sort and collect; in memory, so that it fills no disk */
#define LARGEST_BLOCK (INT32_MAX - 16)        /* SQLite counts in int */

static _Thread_local unsigned limits;     /* that hold for this thread */
static _Thread_local int64_t allocated;   /* by it, less what it freed, since the first of them began */

static _Thread_local void *spare;         /* a large block that was written to once: a fresh one costs more than what is done with it */

static void *take(int size)
{
	if (spare && (size_t)size >= malloc_usable_size(spare) / 2) {
		void *memory = realloc(spare, (size_t)size);
		if (memory) {
			spare = NULL;
			return memory;
		}
	}
	if (limits && allocated + size > FOREIGN_HEAP_BYTES)
		return NULL;
	void *memory = malloc((size_t)size);
	if (memory && limits)
		allocated += (int64_t)malloc_usable_size(memory);
	return memory;
}

static void give(void *memory)
{
	if (limits)
		allocated -= (int64_t)malloc_usable_size(memory);
	free(memory);
}

static void *resize(void *memory, int size)
{
	int64_t before = limits ? (int64_t)malloc_usable_size(memory) : 0;
	if (limits && allocated - before + size > FOREIGN_HEAP_BYTES)
		return NULL;
	void *moved = realloc(memory, (size_t)size);
	if (moved && limits)
		allocated += (int64_t)malloc_usable_size(moved) - before;
	return moved;
}

static int size_of(void *memory)
{
	return memory ? (int)malloc_usable_size(memory) : 0;
}

static int round_up(int size)
{
	return size > LARGEST_BLOCK ? size : (size + 7) & ~7;
}

static int start(void *context)
{
	(void)context;
	return SQLITE_OK;
}

static void stop(void *context)
{
	(void)context;
}

static void configure(void)
{
	static const struct sqlite3_mem_methods methods = {take, give, resize, size_of, round_up, start, stop, NULL};
	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void memory_use(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, configure);
}

void memory_keep(void *block)
{
	free(spare);
	spare = block;
}

void memory_limit_begin(void)
{
	if (!limits++)
		allocated = 0;
}

void memory_limit_end(void)
{
	limits--;
}
