/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extraction: compile commands -> units -> facts. The only folder that includes clang-c.
 *
 * Files: commands.c reads compile_commands.json; sanitise.c turns a recorded command into clang arguments;
 * infer.c makes commands up where none are recorded; record.c runs --build under bear; inputs.c computes input
 * keys; pool.c runs forked workers; prefix.c shares precompiled prefixes; visit*.c turn an AST into facts. */
#ifndef SIGHTLINE_EXTRACT_EXTRACT_H
#define SIGHTLINE_EXTRACT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/progress.h"

/* ---- commands.c, sanitise.c: what to parse ---- */

/* One unit to be parsed. All strings live in the command list's arena. */
struct command {
	const char *directory;      /* absolute, normalised */
	const char *file;           /* absolute, normalised (lexically), raw bytes */
	const char *path;           /* relative to the codebase, as UTF-8 (text_append_utf8): the unit's name */
	const char **arguments;     /* for libclang: sanitised, without compiler, source file, -o, -c, -M*, -Werror ...;
				     * NULL-terminated; made of the recorded ones, @files expanded */
	size_t argument_count;
	struct hash128 command_hash; /* over the arguments with the codebase's root replaced by "." and the directory
				      * relative to the root: equal for two checkouts of one tree in different places */
	bool inferred;              /* made up by infer.c, or borrowed from another source */
};

struct command_list {
	struct arena *arena;
	const char *root;           /* absolute real path of the codebase */
	struct command *commands;   /* sorted by path, then command_hash; exact duplicates removed */
	size_t count;
	size_t outside;             /* entries whose file is outside the codebase, or a build system's trial of the compiler:
				     * left out, and told */
	size_t missing;             /* entries whose file does not exist: left out, and told */
	size_t foreign;             /* entries in other languages (C++, assembler, ...): left out, and told */
	size_t broken;              /* entries without a command or file; each told through warn */
	bool inferred;
};

/* Called with one line per thing the user should know about the input. May be NULL. */
struct warnings {
	void (*warn)(void *context, const char *line);
	void *context;
};

/* Where compile_commands.json is: explicit (a file, or a folder that holds one), else root and its usual build
 * folders (build, builddir, out and its children, _build, cmake-build-..., .build; newest wins). ERR_NOT_FOUND where none.
 * *path: heap. */
int commands_find(const char *root, const char *explicit_path, char **path, struct err *err);

/* Reads, resolves and sanitises. Malformed JSON: ERR_INPUT naming file, line, column. An unusable entry is counted and
 * warned about with its index; it does not fail the list. An empty list is ERR_INPUT that says what to do. */
int commands_load(const char *root, const char *json_path, const struct warnings *warnings,
		  struct command_list **out, struct err *err);

/* A database of one tree, read for another revision of it that lies elsewhere. */
struct borrowed_command { const char *file, *of; }; /* both below from and to: file, which the database does not know, is
						     * compiled as "of" is, which it knows */
struct commands_move {
	const char *from;           /* the tree that the database speaks of: absolute real path */
	const char *to;             /* where the other revision lies: absolute real path */
	const char *codebase;       /* its part that is scanned: below from, or from itself */
	const struct borrowed_command *borrowed; size_t borrowed_count; /* a file that the database knows after all needs none */
};
/* As commands_load, for the codebase within move->to: paths into the one tree lead into the other, those out of it stay.
 * Each command keeps the command_hash that it has in the first tree, so that a unit which is the same in both is known.
 * Entries whose file is not in the other revision are counted as missing. */
int commands_load_moved(const char *json_path, const struct commands_move *move, const struct warnings *warnings,
			struct command_list **out, struct err *err);

/* No database: every .c below root (no hidden folders, no symlink loops), include paths inferred from where headers
 * lie and how they are included. skip: globs of paths to leave out, NULL-terminated, may be NULL. */
int commands_infer(const char *root, const char *const *skip, const struct warnings *warnings,
		   struct command_list **out, struct err *err);

/* Runs build_command through "bear -- sh -c" in root, into output (a path). Refuses an empty record, or one that
 * names under half of the .c files that the build's objects came from, loudly. */
int commands_record(const char *root, const char *build_command, const char *output, const struct warnings *warnings,
		    struct err *err);

void command_list_destroy(struct command_list *list);

/* ---- inputs.c: is a unit unchanged? ---- */

/* What a unit read, kept from the scan that parsed it. Paths inside the codebase are relative ("src/a.h"), others
 * absolute. */
struct unit_inputs {
	const char **files;   size_t file_count;    /* every file read, in order of first inclusion */
	const char **absent;  size_t absent_count;  /* places where a header was looked for before it was found */
};

struct input_checker; /* hashes each file at most once per scan */
/* tool_version: of the extractor, borrowed: facts of another one are not trusted. */
struct input_checker *input_checker_create(const char *root, const char *tool_version);
void input_checker_destroy(struct input_checker *checker);
/* Hashes a file ahead of time. */
void input_checker_read(struct input_checker *checker, const char *path);
/* The input key: tool version, libclang version, command_hash, (path, content hash) of every file read, and the absence
 * of every absent place. A file that has gone or an absent one that exists gives another key. Where the codebase lies is
 * no part of it: two checkouts of one tree have the same keys. */
struct hash128 input_checker_key(struct input_checker *checker, const struct command *command,
				 const struct unit_inputs *inputs);

/* ---- pool.c, prefix.c, visit.c: units -> facts ---- */

/* A finished unit, or one that failed (then: facts with status failed and a reason, no chunks, no inputs). Borrowed:
 * valid during the callback. */
struct extracted_unit {
	size_t command;             /* index into the command list */
	const void *facts;          /* canonical bytes of the unit's facts */
	size_t facts_length;
	struct hash128 facts_id;
	struct unit_inputs inputs;
	struct hash128 input_key;
};

struct extract_sink {
	/* A chunk not given before in this run (a chunk may be given twice by two workers: the receiver ignores the
	 * second). Always before the unit that refers to it. A non-zero return stops the extraction. */
	int (*chunk)(void *context, struct hash128 id, const void *bytes, size_t length, struct err *err);
	int (*unit)(void *context, const struct extracted_unit *unit, struct err *err);
	/* Called again and again while all workers are busy and have nothing to say, to do a little (milliseconds) of other work
	 * meanwhile; false: there is none left. NULL: there never is. */
	bool (*idle)(void *context);
	void *context;
};

struct extract_options {
	unsigned jobs;              /* worker processes, >= 1 */
	unsigned unit_seconds;      /* per-unit wall limit; 0 = default 120 */
	size_t worker_bytes;        /* RLIMIT_AS per worker; 0 = default 4 GiB */
	bool share_prefixes;        /* precompiled prefixes */
	const char *tool_version;   /* part of input keys */
};

struct extract_statistics {
	size_t units, ok, partial, failed, retried;
	size_t prefixes, prefix_units;   /* precompiled prefixes built, units parsed with one */
};

/* Parses the given commands (indices into list) in forked workers. A unit that crashes, hangs or exceeds its limits
 * costs itself alone: one retry alone, then stored as failed. Errors: of the sink, or ERR_INTERNAL where no worker
 * can be started. */
int extract_run(const struct command_list *list, const size_t *indices, size_t count,
		const struct extract_options *options, const struct extract_sink *sink, const struct progress *progress,
		struct extract_statistics *statistics, struct err *err);

/* Version of the libclang in use, "19.1.7". Static storage. */
const char *extract_clang_version(void);

#endif
