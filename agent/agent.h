/* SPDX-License-Identifier: MIT */
/* Inside the agent: what its parts offer each other. A guest in someone else's process:
 *   - no malloc, no stdio, no locks that a signal handler or a fork could find taken, no exit work, no threads;
 *   - errno is as the host left it, descriptors are closed as soon as what they name is mapped;
 *   - any fault counts a loss or switches the agent off; it never stops its host.
 * Everything here may be called from signal handlers and from several threads at once unless said otherwise. */
#ifndef SIGHTLINE_AGENT_AGENT_H
#define SIGHTLINE_AGENT_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

#define AGENT_EXPORT __attribute__((visibility("default")))
#define AGENT_TLS __thread __attribute__((tls_model("initial-exec")))

/* ---- options.c: TRACE_VARIABLE, read once before anything else ---- */

struct agent_options {
	char directory[1024];   /* of the trace files; "" = the agent stays off */
	char cache[1024];       /* of patch plans; "" = none are kept */
	char own[4096];         /* what is of the codebase: folders and files, one absolute path a line; "" = nothing */
	char apis[1024];        /* table of outside APIs; "" = the built-in one only */
	enum trace_mode mode;   /* TRACE_MODE_AUTO .. TRACE_MODE_PLT */
	uint64_t sample_period; /* ns; 0 = no sampling */
	bool time, follow, paused;
	uint8_t run_id[16];
	uint8_t parent_id[16];  /* trace_id of the process that started this program; zero: none known */
};
extern struct agent_options agent_options;

/* ---- system.c: raw system calls that neither set errno nor are seen by our own wrappers ---- */

long system_call(long number, ...);                 /* -errno on failure, as the kernel answers */

/* ---- pool.c: the trace file of this process ---- */

extern struct trace_header *pool_header;            /* NULL: off */
/* Makes the file and its first segments; in a forked child again, for a file of its own. Not in handlers. */
bool pool_open(const uint8_t parent_id[16], uint32_t flags);
/* A new segment with room for at least bytes behind its header, zeroed, published; NULL: no room (the caller counts a
 * loss). Lock-free. */
struct trace_segment *pool_segment(enum trace_segment_kind kind, uint32_t record_size, size_t bytes);
/* A list entry of that many bytes, 8-aligned and zeroed, in the list segment of that kind; NULL: no room. It is unpublished
 * until pool_publish: fill it, then publish. Lists are short-lived critical sections: lock-free by reservation. */
void *pool_append(enum trace_segment_kind kind, size_t bytes);
void pool_publish(enum trace_segment_kind kind, void *entry, size_t bytes);
trace_ref pool_reference(const void *in_file);      /* offset from the header; 0 for NULL */
trace_ref pool_string(const char *text, size_t length); /* appended anew each time; 0: no room */
uint64_t pool_order(void);                           /* the next number for "first" */
void pool_lost(enum trace_loss what, uint64_t count);

/* ---- thread.c: what the agent keeps per thread ---- */

struct thread {
	intptr_t view;           /* first: of its edge tables, from edge_base (edges.c); 0: none yet */
	uint32_t tid, entry;
	uint32_t depth;          /* > 0: inside the agent; wrappers then only pass through */
	uintptr_t entered_sp;    /* stack pointer where that began: longjmp from a handler may have skipped its end */
	bool is_attached;
	void *stack_low, *stack_high; /* bounds of its stack where known, for walks; else NULL */
	/* Owned by the parts named: */
	uint32_t held[32];       /* locks.c: resources of the locks it holds, oldest first */
	uint32_t held_count;
	uintptr_t start_function, creator; /* as in struct trace_thread */
	struct trace_thread *row; /* its row in THREADS, or NULL */
	uint8_t log_size[8];     /* of its edge tables: never smaller, not even after a fork */
	bool is_attaching, has_ended;
};
extern AGENT_TLS struct thread thread_now;
/* The calling thread's state, attached (own tables, a row in THREADS) if that is possible; never NULL. Cheap once
 * attached. Attaching uses < 1 KiB of stack. */
struct thread *thread_self(void);
/* Wrappers: false = we are inside the agent already, or it is off or paused: only pass the call through, and do not call
 * agent_leave. */
bool agent_enter(struct thread **thread);
void agent_leave(struct thread *thread);
extern struct trace_control *agent_control_page;     /* MAP_SHARED; never NULL (a static one where there is no file) */

/* ---- modules.c: loaded objects ---- */

struct module {
	uint32_t id;
	enum trace_mode mode;
	enum trace_reason reason;     /* for that mode */
	uintptr_t bias, start, end;   /* start, end: executable mappings */
	const char *path;
	const void *eh_frame_header;  /* PT_GNU_EH_FRAME in memory; NULL: none */
	size_t eh_frame_header_size;
	const void *dynamic;          /* ElfW(Dyn) * in memory */
	bool is_system;               /* ld.so, libc family, vdso, the agent: never touched */
	void *moved;                  /* patch: its moved instructions; NULL: none */
	size_t moved_size;
	struct trace_module *record;
};
/* The module that holds an address, or NULL. Lock-free, no dl_iterate_phdr. */
const struct module *module_of(uintptr_t address);
/* Reads the loader's list anew: new modules get a mode and are hooked, gone ones are closed. After dlopen and dlclose
 * and at start; not in handlers. */
void modules_refresh(void);
/* The module at an address may have come without dlopen: libc itself loads some (NSS, iconv). Takes it into the table; its
 * own calls are hooked at the next refresh. false: nothing new there. Lock-free but for one try: for handlers, too. */
bool modules_notice(uintptr_t address);
extern uint32_t modules_generation;                  /* changes with every refresh that found a difference */

/* ---- edges.c, hub_x86_64.S: counting calls ---- */

/* Counts one call. The assembly hubs do the same in their fast path, and come here on a miss. */
void edge_count(uintptr_t from, uintptr_t callee);
/* The hub that entry hooks call: on entry (rsp) = an address within the callee, (rsp+8) = return address in its caller.
 * Keeps every register and flag but those the psABI lets a "call __fentry__" clobber: none. */
void edge_hub(void);
void __fentry__(void); /* the same for -pg -mfentry */
/* The hub for GOT stubs: on entry (rsp) = return address in the caller, r11 = the callee. Counts in tables flagged
 * TRACE_EDGES_PLT, then jumps to r11. May clobber r11 and flags alone. */
void edge_hub_plt(void);
/* Weight in tables flagged TRACE_EDGES_SAMPLED. */
void edge_sample(uintptr_t from, uintptr_t callee, uint64_t weight);

/* ---- modes: each hooks one module and says how many functions it has and records ---- */

bool sites_present(const struct module *module);     /* sites.c: __fentry__ or patchable entries */
void sites_hook(struct module *module);
bool instrument_present(const struct module *module); /* instrument.c */
void instrument_hook(struct module *module);
void patch_hook(struct module *module);              /* patch.c */
/* Gives back what patch_hook took for a module that was unloaded. */
void patch_unhook(struct module *module);
/* got.c: calls of other modules' functions, whatever the mode: all but those of functions that are counted at their entries,
 * which must be hooked before. false: the module does not allow it. */
bool got_hook(struct module *module);
/* Whether the function that starts there has itself counted: by the code at its entry. */
bool sites_has_hook(uintptr_t function);
bool patch_has_hook(uintptr_t function);
void apis_start(void);                               /* apis.c: before any module is hooked */
void sample_start(void);                             /* sample.c: the calling thread's timer */
void sample_forked(void);                            /* in a forked child, in its place */
void sample_thread_end(void);

/* The "ret" by which a dlopen that runs now comes back (loader.c): a return address with no call before it; 0: none. */
extern AGENT_TLS uintptr_t loader_ret;
/* How many dlopens of the calling thread run, one in a constructor of the other's. */
extern AGENT_TLS uint32_t loader_depth;

/* ---- cfi.c, stack.c: call stacks without locks or allocation ---- */

struct frame_state { uintptr_t pc, sp, bp; };        /* pc: a return address (or, at is_exact, the very instruction) */
/* The stack above a wrapper's frame, interned: offset of a struct trace_stack, 0 where none could be had.
 * frame: __builtin_frame_address(0) of the wrapper (agent code keeps frame pointers). */
uint64_t stack_record(const void *frame, struct thread *thread);
/* Whether an event that happened there, off its thread's stack, can be recorded without overrunning an alternate signal stack. */
bool stack_has_room(uintptr_t sp);

/* ---- resources.c: what the wrappers tell ---- */

/* The number of a resource; equal (kind, name, type, address) give the same. name may be NULL. 0: no room. */
uint32_t resource_number(enum trace_resource_kind kind, const char *name, size_t length, const char *type,
			 uintptr_t address, uintptr_t made_at);
struct use_event { uint32_t resource; enum trace_operation operation; uint64_t bytes, ns; bool is_error; };
/* Counts a use by the wrapper's caller; its stack is taken when place and resource are seen together first. */
void resource_use(struct thread *thread, uintptr_t from, const void *frame, const struct use_event *event);

/* ---- lifecycle.c: fork, exec, threads' start, exit ---- */

/* envp with our variables put in (follow) or left as is: in buffer (at least environment_need(envp) bytes), or NULL if it
 * does not fit. Safe after vfork. */
size_t environment_need(char *const envp[]);
char **environment_with_agent(char *const envp[], void *buffer, size_t size);
/* The real function behind a wrapper of ours: dlsym(RTLD_NEXT), resolved at start for all wrappers. */
void *real_function(const char *name);

/* ---- what other parts are told; empty and weak in main.c until a part defines them ---- */

/* Once, in the constructor: pool, threads and modules work; hooks follow. */
void resources_start(void);
/* In a forked child, after it got a file of its own: numbers and offsets of the parent's file mean nothing here. May run
 * inside an entry hook: general registers only, no libc (see "quiet" in core.h): set a flag or zero memory. */
void resources_forked(void);
/* The calling thread ends: its tables go to the next one with its entry. */
void resources_thread_end(void);
/* lifecycle.c wraps fork, exec*, posix_spawn*, system, popen and pthread_create, and tells of each here: before it for
 * those that do not return (exec: error is 0), else afterwards. from, frame: as in resource_use; name: the program or
 * command, may be NULL; error: errno value or 0. Not called inside the agent (agent_enter was refused). */
struct process_event { enum trace_operation operation; const char *name; int error; };
void process_event(struct thread *thread, uintptr_t from, const void *frame, const struct process_event *event);
void thread_event(struct thread *thread, uintptr_t from, const void *frame, uintptr_t start_function, int error);
/* loader.c wraps dlopen and dlmopen: after each; path may be NULL (the program itself). */
void library_event(struct thread *thread, uintptr_t from, const void *frame, const char *path, bool is_error);

#endif
