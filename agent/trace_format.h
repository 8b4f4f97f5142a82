/* SPDX-License-Identifier: MIT */
/* The trace file: what the agent writes into shared memory and ingest reads, the one header both sides have.
 *
 * One file per process image (an exec starts a new one). All numbers little-endian, all structs without hidden
 * padding. The file is a header page, then segments, each a multiple of TRACE_PAGE bytes at a multiple of TRACE_PAGE.
 * It is a MAP_SHARED mapping that is never closed in an orderly way: whatever was stored before a kill -9 is there, and
 * every state of it is readable. The rules for that:
 *   - a segment's magic is stored last (release); a page without the magic belongs to no segment and is skipped;
 *   - in tables (edges, uses ...) a record counts once its key is not 0; the key is stored last (release). Records with
 *     equal keys may occur several times (several tables, an interrupted insertion): their counts add up;
 *   - in lists (modules, strings, stacks ...) the segment's "used" says how many bytes are complete (release).
 * The reader trusts nothing: every offset, length and count is checked against the file's real size.
 *
 * Several trace files may stand behind each other in one file (what "sightline trace -o" writes): each starts at a
 * multiple of TRACE_PAGE with its own header, and spans header.file_size bytes. Offsets are relative to its header. */
#ifndef SIGHTLINE_AGENT_TRACE_FORMAT_H
#define SIGHTLINE_AGENT_TRACE_FORMAT_H

#include <assert.h>
#include <stdint.h>

#define TRACE_MAGIC "SLTRACE" /* 8 bytes with its NUL */
#define TRACE_VERSION 2
#define TRACE_BYTE_ORDER 0x01020304u
#define TRACE_PAGE 4096u
#define TRACE_SEGMENT_MAGIC 0x47455347454c5353ull
#define TRACE_NONE 0xffffffffu

/* How the calls of a module are recorded. The order is that of the ladder, best first. */
enum trace_mode {
	TRACE_MODE_AUTO = 0,   /* header.requested only */
	TRACE_MODE_FENTRY,     /* -pg -mfentry or -fpatchable-function-entry: every machine-level call, entry only */
	TRACE_MODE_INSTRUMENT, /* -finstrument-functions: every source-level call, by a shadow stack */
	TRACE_MODE_PATCH,      /* first instructions of unmodified functions replaced: as fentry */
	TRACE_MODE_PLT,        /* calls into other modules, and stacks at resource events */
	TRACE_MODE_NONE,       /* not recorded: system libraries, the agent, modules that cannot be */
	TRACE_MODE_END,
};

enum trace_loss { /* indices into header.lost: what could not be recorded, in events */
	TRACE_LOST_EDGES,     /* calls: a full table, no memory for a thread */
	TRACE_LOST_USES,      /* resource events */
	TRACE_LOST_STACKS,    /* stacks not stored or cut: their uses are kept without */
	TRACE_LOST_SAMPLES,
	TRACE_LOST_MODULES,
	TRACE_LOST_THREADS,   /* threads that share the tables of others ("any") */
	TRACE_LOST_CHILDREN,  /* processes that could not be followed: no file could be made */
	TRACE_LOST_FRAMES,    /* shadow stack deeper than kept (instrument) */
	TRACE_LOSSES = 16,
};

enum trace_state {
	TRACE_RUNNING = 1,
	TRACE_EXITED,       /* exit handlers ran, or _exit was called */
	TRACE_EXECED,
	TRACE_SWITCHED_OFF, /* see off_reason */
};

enum trace_flag {
	TRACE_SAMPLED = 1 << 0,       /* --sample */
	TRACE_TIMED = 1 << 1,         /* --time */
	TRACE_FORKED = 1 << 2,        /* made by fork, not by exec: parent_id names the parent's file */
	TRACE_SNAPSHOT = 1 << 3,      /* a copy taken while the process ran */
	TRACE_WAS_PAUSED = 1 << 4,    /* recording was off at times */
};

/* Offset of a struct trace_string from the header; 0: none. */
typedef uint64_t trace_ref;

struct trace_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order;
	uint32_t header_size;     /* sizeof (struct trace_header) */
	uint32_t machine;         /* ELF e_machine */
	uint64_t file_size;       /* bytes reserved so far; grows; a multiple of TRACE_PAGE */
	uint8_t run_id[16];       /* of one "sightline trace"; all its processes share it */
	uint8_t trace_id[16];     /* of this file: by it repeats are recognised */
	uint8_t parent_id[16];    /* trace_id of the process that forked or execed this one; zero: none known */
	uint32_t pid, parent_pid;
	uint64_t started_at;      /* CLOCK_REALTIME, ns */
	uint32_t requested;       /* enum trace_mode */
	uint32_t flags;           /* enum trace_flag */
	uint32_t state;           /* enum trace_state */
	uint32_t off_reason;      /* errno or 0 */
	trace_ref program;        /* real path of the executable */
	trace_ref arguments;      /* NUL-separated, at most 4 KiB */
	trace_ref directory;      /* working directory at start */
	uint64_t sample_period;   /* ns of CPU time between samples; 0: none */
	uint64_t order;           /* next number for "first": advances with every new record, so that records can be put
	                           * in the order in which their events occurred first */
	uint64_t lost[TRACE_LOSSES];
};
static_assert(sizeof(struct trace_header) == 280, "struct trace_header changed size");

enum trace_segment_kind {
	TRACE_STRINGS = 1, /* list of struct trace_string, each at a multiple of 8 */
	TRACE_MODULES,     /* list of struct trace_module */
	TRACE_THREADS,     /* list of struct trace_thread */
	TRACE_EDGES,       /* table of struct trace_edge */
	TRACE_STACKS,      /* list of struct trace_stack, each at a multiple of 8 */
	TRACE_RESOURCES,   /* list of struct trace_resource */
	TRACE_USES,        /* table of struct trace_use */
	TRACE_ORDERS,      /* table of struct trace_order */
	TRACE_TIMES,       /* table of struct trace_time */
	TRACE_SEGMENT_KINDS,
};
struct trace_segment { /* at the start of each segment */
	uint64_t magic;       /* TRACE_SEGMENT_MAGIC, stored last */
	uint64_t size;        /* whole segment, a multiple of TRACE_PAGE */
	uint32_t kind;        /* enum trace_segment_kind */
	uint32_t record_size; /* of the record struct; 0 where records vary in length */
	uint32_t entry;       /* edges, uses, times: struct trace_thread.entry of the threads that count here; TRACE_NONE:
	                       * of any (folded) */
	uint32_t flags;       /* enum trace_edges_flag */
	uint64_t used;        /* lists: bytes complete behind this header; tables: unused */
	uint64_t reserved[3];
};
static_assert(sizeof(struct trace_segment) == 64, "struct trace_segment changed size");

enum trace_edges_flag {
	TRACE_EDGES_SAMPLED = 1 << 0,  /* count is the weight in samples, not a number of calls */
	TRACE_EDGES_FUNCTIONS = 1 << 1, /* "from" is the calling function's own address (instrument), not a return address */
	TRACE_EDGES_PLT = 1 << 2,      /* counted at the caller's GOT entry: "from" is a return address, or, for calls that
	                                * are jumps, the return address of whoever called the jumping function */
};
/* A call: from where to what, how often. The hot path compares one word, which tells both: key = from + callee * FACTOR
 * (modulo 2^64), so callee = (key - from) * INVERSE, the entry address of the callee (behind its entry hook is allowed:
 * within its first 32 bytes). No two pairs of places within 2 GiB have one key: multiples of the golden ratio up to 2^31
 * stay 2^31 apart, modulo 2^64; of places anywhere, one pair in 2^64 has. */
struct trace_edge {
	uint64_t from;   /* return address in the caller */
	uint64_t key;    /* stored last */
	uint64_t count;
	uint64_t first;  /* header.order when it was first seen */
};
static_assert(sizeof(struct trace_edge) == 32, "struct trace_edge changed size");
#define TRACE_EDGE_FACTOR 0x9e3779b97f4a7c15ull
#define TRACE_EDGE_INVERSE 0xf1de83e19937733dull
static inline uint64_t trace_edge_key(uint64_t from, uint64_t callee)
{
	return from + callee * TRACE_EDGE_FACTOR;
}
static inline uint64_t trace_edge_callee(const struct trace_edge *edge)
{
	return (edge->key - edge->from) * TRACE_EDGE_INVERSE;
}

struct trace_string { uint32_t length; char bytes[4]; /* length bytes, no NUL promised */ };

/* A loaded object. Addresses of a dlclosed object may be those of a later one: "first" and "last" tell when it was there
 * (in header.order); records whose address fits several modules belong to the one that was there at their "first". */
struct trace_module {
	uint32_t id;
	uint32_t mode;            /* enum trace_mode that was chosen */
	uint64_t bias;            /* address = bias + ELF virtual address */
	uint64_t start, end;      /* of its executable mapping(s) */
	uint64_t first, last;     /* last 0: still there */
	trace_ref path;           /* as the loader has it; real path where that could be had */
	uint32_t build_id_length; /* 0: has none */
	uint8_t build_id[32];
	uint32_t functions;       /* functions known to the agent in it; 0: not counted */
	uint32_t recorded;        /* of these, how many have their entries recorded */
	uint32_t skipped[8];      /* patch: by enum trace_skip */
	uint32_t reason;          /* enum trace_reason: why this mode */
};
static_assert(sizeof(struct trace_module) == 136, "struct trace_module changed size");
enum trace_reason { /* why a module is recorded the way it is */
	TRACE_REASON_UNSAID,    /* by an agent that did not tell */
	TRACE_REASON_BUILT,     /* it was built with entry hooks */
	TRACE_REASON_ASKED,     /* --mode says so */
	TRACE_REASON_OWN,       /* it belongs to the codebase */
	TRACE_REASON_FOREIGN,   /* it does not */
	TRACE_REASON_SYSTEM,    /* C library, loader, a compiler's or sanitizer's runtime, the agent */
	TRACE_REASON_SANITIZER, /* a sanitizer's runtime is linked into it */
	TRACE_REASON_THREADS,   /* it came when several threads ran, or while another one was being loaded */
	TRACE_REASON_LAYOUT,    /* no unwind tables, text relocations, several texts */
	TRACE_REASON_REFUSED,   /* the system lets its code not be changed, or there is no memory within reach of it */
	TRACE_REASON_SHADOW,    /* return addresses are guarded by a shadow stack */
	TRACE_REASON_CLOSED,    /* it has nothing that could be hooked */
	TRACE_REASON_END,
};
enum trace_skip { /* why patch mode left a function alone */
	TRACE_SKIP_SHORT,       /* fewer than 5 bytes */
	TRACE_SKIP_TARGET,      /* something jumps into its first bytes */
	TRACE_SKIP_INSTRUCTION, /* an instruction that cannot be moved or is not known */
	TRACE_SKIP_COLD,        /* a part of another function: no function of its own */
	TRACE_SKIP_SYSTEM,      /* module left alone as a whole */
	TRACE_SKIP_MEMORY,      /* no place for the moved instructions within reach */
	TRACE_SKIP_OTHER,
};

/* Threads with one start function share an entry number, and the tables for it. */
struct trace_thread {
	uint32_t tid;
	uint32_t entry;          /* number of its entry point, from 0 */
	uint64_t start_function; /* 0: the initial thread */
	uint64_t creator;        /* return address of pthread_create; 0 */
	trace_ref name;          /* pthread_setname_np, prctl; 0: none */
	uint64_t first;
};
static_assert(sizeof(struct trace_thread) == 40, "struct trace_thread changed size");

/* A call stack, innermost first: return addresses, [0] lies in the user of the resource. */
struct trace_stack {
	uint64_t hash;
	uint32_t count;
	uint32_t is_cut; /* 1: it went deeper, or could not be walked further */
	uint64_t addresses[];
};

enum trace_resource_kind { /* names in the model: trace_resource_names below */
	TRACE_RESOURCE_FILE = 1, TRACE_RESOURCE_DIRECTORY, TRACE_RESOURCE_SOCKET, TRACE_RESOURCE_HOST, TRACE_RESOURCE_LOCK,
	TRACE_RESOURCE_THREAD, TRACE_RESOURCE_PROCESS, TRACE_RESOURCE_SIGNAL, TRACE_RESOURCE_SHARED_MEMORY,
	TRACE_RESOURCE_QUEUE, TRACE_RESOURCE_PIPE, TRACE_RESOURCE_LIBRARY, TRACE_RESOURCE_SYMBOL, TRACE_RESOURCE_ENVIRONMENT,
	TRACE_RESOURCE_TIMER, TRACE_RESOURCE_SQL, TRACE_RESOURCE_TOPIC, TRACE_RESOURCE_OTHER, TRACE_RESOURCE_KINDS,
};
#define TRACE_RESOURCE_NAMES                                                                                           \
	{NULL, "file", "directory", "socket", "host", "lock", "thread", "process", "signal", "shared memory", "queue", \
	 "pipe", "library", "symbol", "environment", "timer", "sql", "topic", "other"}
struct trace_resource {
	uint32_t id;         /* 1, 2, ... in the file */
	uint32_t kind;       /* enum trace_resource_kind */
	trace_ref name;      /* file: absolute path; socket: "tcp 127.0.0.1:6379"; environment: the variable; sql: the
	                      * statement (at most 1 KiB); other kinds as they are called. 0: told by the addresses alone */
	trace_ref type;      /* a finer kind: "mutex", "rwlock", "SIGTERM", "kafka", ...; 0: none */
	uint64_t address;    /* lock: its address; thread: its start function; signal: its handler; else 0 */
	uint64_t made_at;    /* lock: return address of its initialisation, 0: none seen */
	uint64_t first;
};
static_assert(sizeof(struct trace_resource) == 48, "struct trace_resource changed size");

/* A function used a resource: one record per (place, resource, operation). */
struct trace_use {
	uint64_t from;      /* return address in the user; key, stored last */
	uint32_t resource;
	uint32_t operation; /* enum trace_operation */
	uint64_t stack;     /* offset of a struct trace_stack: the stack at its first use from here; 0: none */
	uint64_t count;
	uint64_t errors;    /* of these, how many failed */
	uint64_t bytes;     /* moved in all; locks: how often it had to be waited for */
	uint64_t ns;        /* waited or spent in all, where measured (locks: waiting; else 0) */
	uint64_t first;
};
static_assert(sizeof(struct trace_use) == 64, "struct trace_use changed size");

enum trace_operation {
	TRACE_OPEN = 1, TRACE_CREATE, TRACE_READ, TRACE_WRITE, TRACE_CLOSE, TRACE_REMOVE, TRACE_RENAME, TRACE_MAP, TRACE_STAT,
	TRACE_CHANGE /* chmod, chown, truncate, mkdir ... */, TRACE_SOCKET, TRACE_BIND, TRACE_LISTEN, TRACE_ACCEPT, TRACE_CONNECT,
	TRACE_SEND, TRACE_RECEIVE, TRACE_RESOLVE, TRACE_LOCK, TRACE_UNLOCK, TRACE_WAIT, TRACE_NOTIFY, TRACE_START, TRACE_JOIN,
	TRACE_FORK, TRACE_EXECUTE, TRACE_SPAWN, TRACE_HANDLE /* a signal */, TRACE_KILL, TRACE_LOAD, TRACE_LOOKUP, TRACE_GET,
	TRACE_SET, TRACE_PUBLISH, TRACE_SUBSCRIBE, TRACE_PREPARE, TRACE_OPERATIONS,
};
#define TRACE_OPERATION_NAMES                                                                                                  \
	{NULL, "open", "create", "read", "write", "close", "remove", "rename", "map", "stat", "change", "socket", "bind",     \
	 "listen", "accept", "connect", "send", "receive", "resolve", "lock", "unlock", "wait", "notify", "start", "join",     \
	 "fork", "execute", "spawn", "handle", "kill", "load", "lookup", "get", "set", "publish", "subscribe", "prepare"}

/* While holding one lock a thread took another. */
struct trace_order {
	uint64_t from;     /* return address of the taking; key, stored last */
	uint32_t held, taken; /* resources */
	uint64_t count;
	uint64_t first;
};
static_assert(sizeof(struct trace_order) == 32, "struct trace_order changed size");

/* --time: one function, on one entry point's threads. */
struct trace_time {
	uint64_t function;  /* entry address; key, stored last */
	uint64_t calls;     /* that returned */
	uint64_t total_ns;  /* outermost activations only: recursion is not counted twice */
	uint64_t self_ns;
};
static_assert(sizeof(struct trace_time) == 32, "struct trace_time changed size");

/* The control file, TRACE_CONTROL in the trace folder: mapped by every traced process and by "sightline trace --control".
 * Hooks do not test whether recording is paused: they find no edge while it is, for they look in another place for it (by
 * "paused") or for another one (by "factor"). The two may be changed one after the other: what is not found is looked at
 * with care. */
#define TRACE_CONTROL "control"
#define TRACE_CONTROL_VERSION 3
#define TRACE_PAUSED 0x2000u  /* farther from a record's home than it may lie, even in the smallest table */
struct trace_control {
	char magic[8];            /* TRACE_MAGIC */
	uint32_t version;
	volatile uint32_t paused; /* 0 or TRACE_PAUSED: nothing is recorded */
	uint8_t run_id[16];
	volatile uint64_t factor; /* TRACE_EDGE_FACTOR; paused: 0 */
};
static_assert(sizeof(struct trace_control) == 40, "struct trace_control changed size");
static inline void trace_control_pause(struct trace_control *control, int is_paused)
{
	control->paused = is_paused ? TRACE_PAUSED : 0;
	control->factor = is_paused ? 0 : TRACE_EDGE_FACTOR;
}

/* How the agent is told what to do: one environment variable, removed from the environment that the program sees.
 * "dir=PATH;mode=auto;sample=NS;time=1;follow=1;paused=1;apis=PATH;cache=PATH;own=PATHS;run=HEX" (values %-escaped, own: one path a line; all but dir optional). */
#define TRACE_VARIABLE "SIGHTLINE_AGENT"

#endif
