/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vocabulary of a run: what the agent saw, told in names instead of addresses. Made by ingest/ from trace files,
 * stored by model/ beside a release, bound to its symbols by analysis/.
 *
 * One observation = the processes of one run that were ingested together. Like facts it is a set of plain tables with
 * canonical bytes: strings, then rows, sorted and deduplicated. Strings are valid UTF-8 (text_append_utf8).
 *
 * Columns named *_string index strings, the others named after a table index that table; OBSERVATION_NONE where absent. */
#ifndef SIGHTLINE_FACTS_OBSERVATION_H
#define SIGHTLINE_FACTS_OBSERVATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"

#define OBSERVATION_NONE UINT64_MAX
#define OBSERVATION_FORMAT_VERSION 2 /* 1: without origins; still written where there are none */

struct observation_run { /* exactly one row */
	uint64_t run_string;      /* run id: 32 hex digits */
	uint64_t program_string;  /* of its first process: relative to the codebase where it lies there, else the file's name */
	uint64_t arguments_string; /* of its first process, separated by blanks */
	uint64_t started_at;      /* of its first process, ns since the epoch */
	uint64_t processes;       /* images: an exec counts anew */
	uint64_t flags;           /* enum observation_run_flag */
};
enum observation_run_flag {
	OBSERVATION_SNAPSHOT = 1 << 0,  /* some process was still running */
	OBSERVATION_FOREIGN = 1 << 1,   /* of another build than the release, taken in all the same: see "matched" */
	OBSERVATION_SAMPLED = 1 << 2,
	OBSERVATION_TIMED = 1 << 3,
	OBSERVATION_PAUSED = 1 << 4,    /* recording was off at times */
};

struct observation_trace { /* the trace files it was made of */
	uint64_t trace_string;    /* trace id: 32 hex digits */
	uint64_t events;          /* sum of all counts in it: more in a later copy of the same file */
};

struct observation_module {
	uint64_t name_string;     /* file name; relative to the codebase where it lies there */
	uint64_t build_id_string; /* hex; "" */
	uint64_t mode_string;     /* fentry instrument patch plt none */
	uint64_t functions;       /* functions in it, as far as its symbols and unwind tables tell */
	uint64_t recorded;        /* of these, how many have their calls recorded */
	uint64_t flags;           /* enum observation_module_flag */
	uint64_t described;       /* functions that its debug information places in the codebase */
};
enum observation_module_flag {
	OBSERVATION_MODULE_CODEBASE = 1 << 0,  /* some of its functions are of the codebase */
	OBSERVATION_MODULE_DEBUG = 1 << 1,     /* debug information was found */
	OBSERVATION_MODULE_SYMBOLS = 1 << 2,   /* a symbol table beyond the dynamic one was found */
	OBSERVATION_MODULE_REASON = 1 << 8,    /* and the bits above it: why it was recorded in that mode, 1 << (8 + enum trace_reason);
	                                        * several where processes differ */
	OBSERVATION_MODULE_MISSING = 1 << 3,   /* the file is gone, or of another build than the one that ran */
};

struct observation_function {
	uint64_t name_string;     /* linkage name; "?" + hex offset where nothing names it */
	uint64_t file_string;     /* of its definition, relative to the codebase; NONE: outside, or not known */
	uint64_t line;            /* of its definition; 0: not known */
	uint64_t module;
};

enum observation_how { OBSERVATION_COUNTED = 1, OBSERVATION_SAMPLED_EDGE, OBSERVATION_STACKED /* only seen in stacks */ };
enum observation_edge_flag {
	OBSERVATION_TAIL_CALL = 1 << 0, /* reached by a jump: the callee recorded stands in for the chain that was expanded */
	OBSERVATION_INLINED = 1 << 1,   /* an inlined caller was put back in from debug information */
	OBSERVATION_SIGNAL = 1 << 2,    /* caller is the kernel: a signal handler ran */
	OBSERVATION_DOUBTFUL = 1 << 3,  /* another function that was reached from the same place may be the caller */
};
struct observation_edge { /* key: all but count, first, line */
	uint64_t caller;  /* function; NONE: entered from outside any known code */
	uint64_t callee;  /* function */
	uint64_t entry;   /* entry; NONE: of any (folded) */
	uint64_t how;     /* enum observation_how */
	uint64_t flags;   /* enum observation_edge_flag */
	uint64_t count;   /* calls, or samples; stacked: stacks */
	uint64_t line;    /* of the call in the caller's file, the one seen first; 0: not known */
	uint64_t first;   /* order of first sight within its run */
};

struct observation_entry { /* where control entered */
	uint64_t function;     /* NONE: not known */
	uint64_t kind_string;  /* main thread signal constructor callback */
	uint64_t count;        /* threads, deliveries, calls */
};

struct observation_resource {
	uint64_t kind_string;  /* as in the public view */
	uint64_t name_string;  /* as in the public view: relative paths, pid-like parts folded */
	uint64_t type_string;  /* finer kind; "" */
};
struct observation_use { /* key: function, resource, operation, entry */
	uint64_t function;
	uint64_t resource;
	uint64_t operation_string;
	uint64_t entry;        /* NONE: not known */
	uint64_t count, errors, bytes, ns;
	uint64_t line;         /* in the function's file; 0 */
	uint64_t first;
};
struct observation_order { /* lock held, lock taken */
	uint64_t held, taken;  /* resources */
	uint64_t function;     /* that took the second */
	uint64_t count;
};
struct observation_time {
	uint64_t function;
	uint64_t calls, total_ns, self_ns;
};
/* A file says of a function that it stands in another one (#line), as parsers and lexers that are generated do; or it is an
 * inline function of an included file. Told where the two differ, by one of the units that have it. */
struct observation_origin {
	uint64_t function;
	uint64_t unit_string;  /* main file of the unit, relative to the codebase */
};
struct observation_loss {
	uint64_t what_string;  /* "calls", "resource events", ... */
	uint64_t count;
};

/* X(name, row struct, columns, key columns, "column types", "merge"). Types: s string, S string or NONE, n number,
 * m module, f function, F function or NONE, e entry, E entry or NONE, r resource. Key columns lead; merge has one
 * letter for each column behind them: + sum (saturating), < smallest that is not 0, > largest, | bits. */
#define OBSERVATION_TABLES(X)                                                           \
	X(runs, struct observation_run, 6, 6, "sssnnn", "")                            \
	X(traces, struct observation_trace, 2, 1, "sn", ">")                           \
	X(modules, struct observation_module, 7, 3, "sssnnnn", ">>|>")                 \
	X(functions, struct observation_function, 4, 4, "sSnm", "")                    \
	X(entries, struct observation_entry, 3, 2, "Fsn", "+")                         \
	X(edges, struct observation_edge, 8, 5, "FfEnnnnn", "+<<")                     \
	X(resources, struct observation_resource, 3, 3, "sss", "")                     \
	X(uses, struct observation_use, 10, 4, "frsEnnnnnn", "++++<<")                 \
	X(orders, struct observation_order, 4, 3, "rrfn", "+")                         \
	X(times, struct observation_time, 4, 1, "fnnn", "+++")                         \
	X(losses, struct observation_loss, 2, 1, "sn", "+")                            \
	X(origins, struct observation_origin, 2, 2, "fs", "")

struct observation { /* decoded: sorted, immutable; borrowed from the arena it was decoded into */
	const char **strings;
	uint64_t string_count;
#define OBSERVATION_MEMBER(name, type, columns, keys, kinds, merge) const type *name; uint64_t name##_count;
	OBSERVATION_TABLES(OBSERVATION_MEMBER)
#undef OBSERVATION_MEMBER
};

enum observation_table {
#define OBSERVATION_ENUM(name, type, columns, keys, kinds, merge) OBSERVATION_TABLE_##name,
	OBSERVATION_TABLES(OBSERVATION_ENUM)
#undef OBSERVATION_ENUM
	OBSERVATION_TABLE_COUNT,
};

/* Collects rows in any order; ids given out are valid in the builder only. Rows with equal keys are merged at the end. */
struct observation_builder;
struct observation_builder *observation_builder_create(void);
void observation_builder_destroy(struct observation_builder *builder);
uint64_t observation_builder_string(struct observation_builder *builder, const char *text, size_t length);
/* Appends a row and returns its id (row number in the builder): for tables that others refer to (modules, functions,
 * entries, resources) an equal key gives the same id again. */
uint64_t observation_builder_add(struct observation_builder *builder, enum observation_table table, const void *row);
/* Sorts, merges, drops strings that no row refers to, and appends the canonical bytes. The builder is empty after. */
void observation_builder_finish(struct observation_builder *builder, struct buf *out);
/* Decodes bytes of any origin; everything is checked. Errors: ERR_INPUT with offset and reason; ERR_LIMIT. */
int observation_decode(const void *bytes, size_t length, struct arena *arena, struct observation *out, struct err *err);

#endif
