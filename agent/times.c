/* SPDX-License-Identifier: MIT */
/* --time: how long functions ran. Owns the tables of TRACE_TIMES, one per thread, handed on like edge tables. Only the
 * outermost activation of a function adds to its total: how many of them are active is kept beside the table, not in it. */
#include "times.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "core.h"

#define RECORDS 8192u
#define SPARES 256u

struct time_table {
	struct trace_segment *segment;
	uint32_t generation;          /* of the process: a forked child leaves its parent's table */
	uint32_t active[RECORDS];
};

static AGENT_TLS struct time_table *table_now;
static struct time_table *spares[SPARES];
static int (*read_clock)(clockid_t, struct timespec *);

void times_start(void)
{
	*(void **)&read_clock = real_function("clock_gettime");
}

uint64_t times_now(void)
{
	struct timespec now = {0, 0};
	if (read_clock)
		read_clock(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct time_table *take_spare(uint32_t entry)
{
	for (uint32_t i = 0; i < SPARES; i++) {
		struct time_table *table = __atomic_load_n(&spares[i], __ATOMIC_ACQUIRE);
		if (table && table->generation == pool_header->pid && table->segment->entry == entry &&
		    __atomic_compare_exchange_n(&spares[i], &table, NULL, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return table;
	}
	return NULL;
}

static struct time_table *make_table(uint32_t entry)
{
	if (pool_is_frozen)
		return NULL;
	long address = system_call(SYS_mmap, NULL, sizeof(struct time_table), (long)(PROT_READ | PROT_WRITE),
				   (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1L, 0L);
	if (address < 0 && address > -4096)
		return NULL;
	struct time_table *table = (struct time_table *)address;
	table->segment = pool_segment(TRACE_TIMES, sizeof(struct trace_time), sizeof(struct trace_time) * RECORDS);
	if (!table->segment) {
		system_call(SYS_munmap, address, sizeof *table);
		return NULL;
	}
	table->segment->entry = entry;
	table->generation = pool_header->pid;
	return table;
}

static struct time_table *table_of(const struct thread *thread)
{
	struct time_table *table = table_now;
	if (__builtin_expect(table && table->generation == pool_header->pid, 1))
		return table;
	table = take_spare(thread->entry);
	return table_now = table ? table : make_table(thread->entry);
}

/* The function's record, from 1; 0: no room. Only this thread writes the table, and no handler of it (depth). */
static uint32_t record_of(struct time_table *table, uintptr_t function)
{
	struct trace_time *records = (struct trace_time *)(table->segment + 1);
	uint32_t at = (uint32_t)(function * 0x9E3779B97F4A7C15u >> 40);
	for (uint32_t i = 0; i < 64; i++) {
		struct trace_time *record = &records[(at + i) % RECORDS];
		if (record->function == 0)
			__atomic_store_n(&record->function, function, __ATOMIC_RELEASE);
		if (record->function == function)
			return (at + i) % RECORDS + 1;
	}
	return 0;
}

void times_enter(struct thread *thread, struct time_frame *frame, uintptr_t function, uint64_t now)
{
	struct time_table *table = table_of(thread);
	frame->record = table ? record_of(table, function) : 0;
	frame->entered = now;
	frame->children_ns = 0;
	if (frame->record)
		table->active[frame->record - 1]++;
	else
		pool_lost(TRACE_LOST_FRAMES, 1);
}

void times_leave(struct thread *thread, const struct time_frame *frame, struct time_frame *caller, bool has_returned,
		 uint64_t now)
{
	uint64_t elapsed = now - frame->entered;
	struct time_table *table = table_of(thread);
	if (caller)
		caller->children_ns += elapsed;
	if (!frame->record || !table)
		return;
	struct trace_time *record = (struct trace_time *)(table->segment + 1) + (frame->record - 1);
	uint32_t *active = &table->active[frame->record - 1];
	if (record->function == 0) /* entered before a fork: in the parent's table */
		return;
	record->calls += has_returned;
	record->self_ns += elapsed > frame->children_ns ? elapsed - frame->children_ns : 0;
	if (*active && --*active == 0)
		record->total_ns += elapsed;
}

void times_end(struct thread *thread)
{
	(void)thread;
	struct time_table *table = table_now;
	table_now = NULL;
	for (uint32_t i = 0; i < SPARES && table; i++) {
		struct time_table *none = NULL;
		if (__atomic_compare_exchange_n(&spares[i], &none, table, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	}
}
