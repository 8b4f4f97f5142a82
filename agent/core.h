/* SPDX-License-Identifier: MIT */
/* Inside the agent's core: what options, pool, threads, edges and the life cycle offer each other beyond agent.h.
 *
 * "Quiet" files (system.c, control.c, describe.c, environment.c, pool.c, thread.c, edges.c, modules.c but for the refresh)
 * run on the slow path of entry hooks, where every register of the host is live but those that the hub saved: they are
 * compiled for general registers alone, call nothing of libc, and use < 1 KiB of stack. */
#ifndef SIGHTLINE_AGENT_CORE_H
#define SIGHTLINE_AGENT_CORE_H

#include "agent.h"

#define AGENT_HIDDEN __attribute__((visibility("hidden")))
#define AGENT_PAGE 4096u

/* ---- system.c ---- */

/* memcpy, memset, strlen without libc. */
void copy_bytes(void *to, const void *from, size_t length);
void zero_bytes(void *to, size_t length);
bool same_bytes(const void *a, const void *b, size_t length);
size_t text_length(const char *text);
bool text_is(const char *a, const char *b);
/* The last component of a path. */
const char *text_file_name(const char *path);
/* Appends at *length, always ended with a NUL; false: cut. */
bool text_append(char *buffer, size_t size, size_t *length, const char *text);
void text_append_hex(char *buffer, size_t size, size_t *length, const uint8_t *bytes, size_t count);
void text_append_number(char *buffer, size_t size, size_t *length, uint64_t number);
/* A whole file from its start, at most size bytes; -errno or the number of bytes. */
long read_file(const char *path, void *buffer, size_t size);

/* ---- options.c ---- */

/* From the value of TRACE_VARIABLE; false: it names no folder. */
bool options_read(const char *value);

/* ---- pool.c ---- */

/* No system call may be made any more (a seccomp filter is about to be set): what is there must do. */
extern bool pool_is_frozen;
/* "DIR/<pid>-<id>.trace"; false: too long. */
bool pool_file_name(uint32_t pid, const uint8_t id[16], char *buffer, size_t size);
/* Whether the process may make a file that large: beyond its limit the kernel would send SIGXFSZ. */
bool pool_file_may_have(uint64_t size);
/* Makes sure that so many bytes are free, as long as system calls can still be made. */
void pool_reserve(size_t bytes);
/* Visits the published segments of a kind. */
void pool_visit(enum trace_segment_kind kind, void (*visit)(struct trace_segment *segment, void *context), void *context);
/* In a forked child: a file of its own instead of the parent's. false: none (counted in the parent's file unless
 * children are not to be followed); the pool is off then. */
bool pool_fork(void);

/* ---- own.c ---- */

/* A path without links, ".." and where one is; false: nobody knows. */
bool real_path(const char *path, char *out, size_t size);
/* Whether a module is of the codebase; path: as the loader has it. */
bool own_has(const struct module *module, const char *path);
/* A sanitizer's runtime is linked into it. */
bool own_is_sanitized(const struct module *module);

/* ---- untraced.c ---- */

/* Tells whoever started this program that it is not recorded. */
void untraced_tell(void);

/* ---- describe.c ---- */

/* At start: reads what the process is. Then, and in a forked child: tells it in the header of the new file. */
void describe_read(void);
void describe_process(void);

/* ---- thread.c ---- */

/* A table set of a thread: which table its next call counts in. Both 0: the empty table in the view. One pair per hub;
 * a hub reads mask first, so "offset" is stored first when a table grows, and a table never shrinks. */
struct edge_set {
	uint64_t mask;    /* of byte offsets of records */
	int64_t offset;   /* of the first record, from the empty table */
};
enum edge_set_kind { EDGE_CALLS, EDGE_PLT, EDGE_SAMPLES, EDGE_FUNCTIONS, EDGE_SETS };
/* Lives in memory that a fork wipes (MADV_WIPEONFORK): a child, however it was forked, counts nowhere until it has
 * tables of its own. A multiple of 64 bytes: threads do not share cache lines. */
struct edge_view {
	struct edge_set sets[EDGE_SETS];
	struct trace_edge empty[2]; /* a table, always zero */
	uint32_t tables[EDGE_SETS]; /* made so far */
	uint64_t reserved[6];
};
static_assert(offsetof(struct edge_view, empty) == 64 && sizeof(struct edge_view) % 64 == 0, "edge_table_x86_64.h");

/* Where the thread's own data is: a stack that libc made lies below it. */
static inline uintptr_t thread_pointer(void)
{
	uintptr_t pointer;
#if defined(__x86_64__)
	__asm__("movq %%fs:0, %0" : "=r"(pointer));
#else
	__asm__("mrs %0, tpidr_el0" : "=r"(pointer));
#endif
	return pointer;
}

/* Whether the thread is inside the agent still: not where the stack pointer is above the place at which it entered. */
bool thread_is_inside(struct thread *thread, uintptr_t sp);
/* At start, in the initial thread; top: an address above all its frames, self: what libc knows it by (pthread_self). */
bool threads_start(const void *top, const void *self);
/* The entry point that the calling thread runs: before its first call where that can be done. */
void thread_begin(uintptr_t start_function, uintptr_t creator, size_t stack_size);
/* Gives the thread's tables to the next one with its entry. */
void thread_end(void);
/* Tells the name of a thread: of the one that libc knows by self, NULL: the calling one. */
void thread_name(const void *self, const char *name);
/* After any fork, in the child: new file, new tables. Found by the wiped memory; threads_forked wipes it where the kernel
 * does not (before 4.14): fork() is seen there too, raw clones are not. */
void child_start(void);
void threads_forked(void);

/* ---- edges.c ---- */

/* Base of the offsets of views; a page, always zero, and so itself the view of nobody. */
extern char edge_base[];
static inline struct edge_view *thread_view(const struct thread *thread)
{
	return (struct edge_view *)(void *)(edge_base + thread->view);
}
#define EDGE_LOG_SMALLEST 9u
#define EDGE_LOG_LARGEST 16u
#define EDGE_TABLE_LARGEST (sizeof(struct trace_edge) << EDGE_LOG_LARGEST)
/* Where the hubs come on a miss; set: enum edge_set_kind. */
void edge_miss(uintptr_t from, uintptr_t callee);
void edge_miss_plt(uintptr_t from, uintptr_t callee);
/* Counts a call in one of the calling thread's sets. */
void edge_count_in(enum edge_set_kind kind, uintptr_t from, uintptr_t callee, uint64_t weight);
/* The record of an edge in the table that the thread counts in now; NULL: not there. It stays valid until a fork: counts
 * of a table that was outgrown add up with those of the next one. */
struct trace_edge *edge_find(const struct thread *thread, enum edge_set_kind kind, uintptr_t from, uintptr_t callee);
/* Gives a finished thread's tables away; forgets all of them after a fork. */
void edges_give_back(struct edge_view *view);
void edges_forget(void);
/* Other code comes to these addresses: edges from and to what was there since that number of order get no more counts;
 * the newcomer's have records of their own. */
void edges_retire(uintptr_t start, uintptr_t end, uint64_t since);
/* A hub found recording paused. */
extern volatile uint8_t edge_saw_pause;

/* Where the hubs look first. Keep in step with edge_table_x86_64.h. */
static inline uint64_t edge_home(uint64_t key)
{
	return key * 9; /* calls are at least five bytes apart: each has a home of its own, 45 bytes or more from the last */
}

static inline void edge_add(uint64_t *count, uint64_t weight)
{
#if defined(__x86_64__)
	/* One instruction: a signal handler that counts the same edge comes before or after it. */
	__asm__ volatile("addq %1, %0" : "+m"(*count) : "er"(weight) : "cc");
#else
	__atomic_fetch_add(count, weight, __ATOMIC_RELAXED);
#endif
}

/* ---- hub.c ---- */

/* In the constructor: makes the hubs faster. */
void hub_start(void);

/* ---- modules.c ---- */

void modules_start(const char *own_file_name);
/* In a forked child, one after the other: nobody else holds the lock any more; what the parent's file says of them is
 * kept; the same modules are told in the new file. Quiet. */
void modules_unlock(void);
void modules_keep(void);
void modules_record_again(void);

/* ---- instrument.c ---- */

/* At start: the clock for --time. A thread has ended: its shadow stack is for another. What is known of addresses does
 * not hold any more: other modules, or another process (quiet). */
void instrument_start(void);
void instrument_end(struct thread *thread);
void instrument_forget(void);
extern AGENT_TLS struct shadow *thread_shadow;
/* What the hooks' fast path leaves to C; sp: at the hook. */
void instrument_enter(uintptr_t function, uintptr_t call_site, uintptr_t site, uintptr_t sp);
void instrument_leave(uintptr_t function, uintptr_t call_site, uintptr_t site, uintptr_t sp);

/* ---- sites.c ---- */

/* The program runs from now on: other threads may. */
void sites_started(void);

/* ---- patch_module.c ---- */

/* Likewise. */
void patch_started(void);

/* ---- control.c ---- */

/* The page that hubs test; agent_control_page points to it. */
union control_area {
	struct trace_control control;
	char page[AGENT_PAGE];
};
extern union control_area agent_control_area;
void control_open(void);
/* Nothing is recorded from now on: hubs return at once. Quiet. */
void control_off(void);

/* ---- lifecycle.c, environment.c ---- */

/* Takes what the agent was told by out of the environment, with the agent's own part of LD_PRELOAD; the value stays
 * valid. NULL: it was told nothing. */
const char *environment_take(char **environment);
/* The file name by which the loader was told of the agent; NULL: not by LD_PRELOAD. */
const char *environment_own_name(void);
void lifecycle_start(void);
/* Takes our words out of an environment made by environment_with_agent, and puts the program's own LD_PRELOAD back as it
 * is in the original. */
void environment_clean(char **environment, char *const original[]);
/* Threads that the calling thread has started. */
extern AGENT_TLS uint32_t threads_started;

#endif
