/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model: one SQLite file. Every SQL statement of ours lives in this folder (sql/ holds schema, views and named
 * queries); it is the only place that includes sqlite3.h.
 *
 * Content (never rewritten): facts by id, releases as manifests. Derived (can be dropped and made again from a
 * manifest): everything in struct snapshot, kept as rows valid from one release to another, so that a release in
 * which little changed costs little.
 *
 * Errors are ERR_DATABASE with one line that says what to do: busy, read-only, disk full, corrupt, not a sightline
 * database, written by a newer sightline. */
#ifndef SIGHTLINE_MODEL_MODEL_H
#define SIGHTLINE_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "model/snapshot.h"

struct model;

enum model_mode { MODEL_READ, MODEL_WRITE /* creates file, folder and schema where missing */ };
int model_open(const char *path, enum model_mode mode, struct model **out, struct err *err);
void model_close(struct model *model);
/* What the model holds now, what an open transaction wrote included, in memory and for reading only: for another thread, beside
 * the model itself. Closed with model_close. NULL: it is larger than most_bytes, or there is no memory for it. */
struct model *model_copy(struct model *model, int64_t most_bytes);
/* A release will be stored, and there is time before that: brings the model into memory, and has some ready for a copy by this thread. */
void model_read_ahead(struct model *model, int64_t most_bytes);

/* All that is read from now on is of this moment, whatever others write, until the model is closed. For models opened for reading. */
int model_hold(struct model *model, struct err *err);

/* What the codebase is called: the name of its folder when it was scanned last. "" before. Heap. */
int model_codebase_put(struct model *model, const char *name, struct err *err);
int model_codebase(struct model *model, char **name, struct err *err);

/* ---- facts: store ---- */

/* Each put is idempotent. They run in transactions of the model's own, committed at least once a second of work, so
 * that a crash loses little; nothing of them is visible in a release before model_release_put. Bytes are compressed. */
int model_chunk_put(struct model *model, struct hash128 id, const void *bytes, size_t length, struct err *err);

/* A unit's facts and what they rest on. inputs/absent as in struct unit_inputs (NUL-terminated strings). */
struct model_unit {
	const char *path;            /* the unit's name */
	struct hash128 command_hash;
	struct hash128 facts_id;
	const void *facts;           /* canonical bytes; its chunk_refs name chunks already put */
	size_t facts_length;
	struct hash128 input_key;
	const char *const *files;  size_t file_count;
	const char *const *absent; size_t absent_count;
};
int model_unit_put(struct model *model, const struct model_unit *unit, struct err *err);

/* What was stored last for (path, command_hash), back 0, or so many times before, up to MODEL_UNIT_BACK: facts id, key and
 * inputs, for the skip decision. ERR_NOT_FOUND where nothing was. The strings live until the next call or model_close. facts
 * and facts_length are not filled. */
#define MODEL_UNIT_BACK 7
int model_unit_cached(struct model *model, const char *path, struct hash128 command_hash, size_t back, struct model_unit *out,
		      struct err *err);

/* A remark of the caller's own that the model keeps by its key; "" where there is none. *text: heap. */
int model_remark_put(struct model *model, const char *key, const char *text, struct err *err);
int model_remark(struct model *model, const char *key, char **text, struct err *err);

/* ---- releases ---- */

struct model_release_unit { const char *path; struct hash128 command_hash, facts_id; };
struct model_release {
	const char *name;
	const char *git_commit;   /* "" where there is none */
	int64_t created_at;       /* seconds since the epoch, UTC */
	const struct model_release_unit *units;
	size_t unit_count;
	const char *discovery;    /* how its domains were to be found, so that they are found likewise when it is derived again; "" by
				   * default, NULL as "" */
	size_t missing;           /* compile commands beside the units whose file does not exist */
	const char *installed;    /* of buildfiles/installed.h; NULL as "" */
	struct hash128 history;   /* put by model_history_put; zero: there is none */
	int64_t git_time;         /* of the commit that the history ends with */
	bool is_default;          /* from now on it is what model_release_resolve takes for the newest */
};
/* Writes manifest and snapshot in ONE transaction: a release exists whole or not at all. A release of that name with
 * the same manifest keeps its place and gets the new snapshot; with another manifest it is replaced (its number moves
 * to the end). */
int model_release_put(struct model *model, const struct model_release *release, const struct snapshot *snapshot,
		      struct err *err);

/* Is there a release of this name with exactly these units, as many missing, these headers installed and this history, derived with this key? Then nothing is
 * left to do. */
bool model_release_is_current(struct model *model, const struct model_release *release, struct hash128 derive_key);
/* Remembers what the snapshot was derived with (tool version, configuration, rules). */
int model_release_set_derive_key(struct model *model, const char *name, struct hash128 derive_key, struct err *err);

/* The same; judge is called within the transaction, when the release can be read through the views, to put findings and
 * tasks. An error of its own undoes all. NULL: nobody judges, and findings stay as they were. */
typedef int (*model_judge)(void *context, struct err *err);
int model_release_put_judged(struct model *model, const struct model_release *release, const struct snapshot *snapshot,
			     model_judge judge, void *context, struct err *err);
/* Findings and tasks of a release take the place of those it had; nothing else of the snapshot is read. Only while judging.
 * ERR_NOT_FOUND: no such release. */
int model_verdicts_put(struct model *model, const char *release, const struct snapshot *snapshot, struct err *err);

/* Events between two releases, by their numbers, take the place of those there were. They go when either release is put again.
 * In a transaction of its own, unless while judging. */
struct model_event_place { const char *symbol, *user, *file; uint32_t line; };
struct model_event {
	const char *kind, *severity, *subject, *detail;
	const char *file; uint32_t line; /* NULL: in no one file */
	const char *fingerprint;
	bool is_improvement;
	const struct model_event_place *places; size_t place_count;
};
int model_events_put(struct model *model, int64_t from, int64_t to, const struct model_event *events, size_t count, struct err *err);

/* What somebody looks at: the newest from now on, whatever is stored beside it (older tags, say), until another is named so. */
int model_release_set_default(struct model *model, const char *name, struct err *err);
/* The release of that name (NULL: none), else the newest: what a release that is derived now goes on from. Heap; NULL: there is none. */
int model_release_before(struct model *model, const char *name, char **out, struct err *err);
/* name NULL: the newest: the one named last by model_release_set_default, else the one stored last. Copies the name into out (heap). ERR_NOT_FOUND says which releases there are. */
int model_release_resolve(struct model *model, const char *name, char **out, struct err *err);

/* ---- histories: what releases stand on ---- */

/* Canonical bytes of facts/history.h by the name that history_identify gives them. Idempotent; those of no release go when the
 * next release is put. */
int model_history_put(struct model *model, struct hash128 id, const void *bytes, size_t length, struct err *err);
/* In the arena. id NULL: the one put last. ERR_NOT_FOUND. */
int model_history_get(struct model *model, const struct hash128 *id, struct arena *arena, void **bytes, size_t *length, struct err *err);

/* ---- changes of the architecture that somebody plans, as they were worded; query "plans" lists them ---- */

int model_plan_put(struct model *model, const char *change, int64_t created_at, struct err *err); /* idempotent */
int model_plan_drop(struct model *model, const char *change, struct err *err); /* ERR_NOT_FOUND */

/* ---- observations: recorded runs, beside the release whose build ran ---- */

enum model_put {
	MODEL_ADDED,
	MODEL_REPLACED, /* a later copy of traces that were there: it stands in for the earlier one */
	MODEL_REPEATED, /* all its traces are there already, with as many events: nothing was stored */
	MODEL_OVERLAPS, /* shares traces with one that has others beside them, or later copies: nothing was stored */
};
/* Canonical bytes of facts/observation.h. They belong to the release's name and manifest: they stay when the same manifest is
 * put again, and go when another one gets the name. The release must be derived anew afterwards. flags: enum
 * observation_run_flag, told beside its own. ERR_INPUT: broken bytes. */
int model_observation_put(struct model *model, const char *release, const void *bytes, size_t length, uint64_t flags,
			  int64_t created_at, enum model_put *outcome, struct err *err);
/* Visits those of the release of this name, in order of their runs' start, if that has exactly these units; else *left_behind
 * says how many there are that do not belong to it and will go when it is put. Bytes are valid during the call; non-zero
 * stops. */
typedef int (*model_observation_visit)(void *context, const void *bytes, size_t length, struct err *err);
int model_observations(struct model *model, const struct model_release *release, model_observation_visit visit, void *context,
		       size_t *left_behind, struct err *err);

/* Something that was dear to find, under a name and a key that says what it was found from. The bytes of the last put; heap, NULL
 * where there are none or they are damaged: they can be found again. */
int model_memory_put(struct model *model, const char *name, struct hash128 key, const void *bytes, size_t length, struct err *err);
int model_memory_get(struct model *model, const char *name, struct hash128 *key, void **bytes, size_t *length, struct err *err);

/* ---- facts: load (graph/) ---- */

struct model_load_unit {
	const char *path;
	struct hash128 command_hash;
	const void *facts;            /* canonical bytes of the unit's facts */
	size_t facts_length;
	const uint32_t *chunks;       /* numbers of its chunks, ascending; same numbering as in chunk() */
	size_t chunk_count;
};
struct model_load_sink {
	/* All distinct chunks of the release first, numbered 0, 1, ... in order of facts id; then all units in order
	 * of path and command_hash. Borrowed bytes: valid during the call. Non-zero stops. */
	int (*chunk)(void *context, uint32_t number, struct hash128 id, const void *bytes, size_t length, struct err *err);
	int (*unit)(void *context, const struct model_load_unit *unit, struct err *err);
	/* true: the chunk's bytes need not be read; chunk() is called with NULL in their place. NULL: read all. */
	bool (*is_known)(void *context, struct hash128 id);
	void *context;
};
/* By manifest, so that a release can be derived before it is stored: units as in struct model_release. */
int model_load(struct model *model, const struct model_release_unit *units, size_t unit_count,
	       const struct model_load_sink *sink, struct err *err);
/* Manifest of a stored release. *units: heap, one free() frees all of it. */
int model_release_units(struct model *model, const char *name, struct model_release_unit **units, size_t *count,
			struct err *err);

/* A stored release as it was put; to be freed by model_release_free. ERR_NOT_FOUND. */
int model_release_read(struct model *model, const char *name, struct model_release *out, struct err *err);
void model_release_free(struct model_release *release);

/* Domain of each file in the release as it was stored before, or, where there is none of that name, in the newest: path ->
 * domain name, for stable discovery. Declared domains are left out: they come from the configuration anew. */
int model_previous_domains(struct model *model, const char *release /* NULL: newest */,
			   void (*row)(void *context, const char *path, const char *domain), void *context,
			   struct err *err);

/* ---- reading: named queries of ours, and foreign SQL ---- */

enum value_type { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };
struct rows;
/* A query of ours by its name (a file sql/queries/<name>.sql). Parameters are bound by position as text; NULL = NULL. */
int model_query_named(struct model *model, const char *name, const char *const *parameters, size_t parameter_count,
		      struct rows **out, struct err *err);
/* Foreign SQL: one SELECT (or WITH ... SELECT, EXPLAIN not), read-only, over the public views only, under an authorizer
 * and limits: steps (0 = default 5e8 virtual machine steps) and 20 s of processor time, or two thirds of RLIMIT_CPU (ERR_LIMIT past them), 16 MB for a
 * value and 1 GB in all (ERR_INPUT). Parameters :name bound by name; one that is not given is ERR_INPUT. Error text
 * carries SQLite's message and the offset's line and column. */
struct query_parameter {
	const char *name /* ":limit" */, *value;
	double number; bool is_number; /* bound instead of value: text compares with no number */
};
int model_query_foreign(struct model *model, const char *sql, const struct query_parameter *parameters,
			size_t parameter_count, uint64_t steps, struct rows **out, struct err *err);
int rows_next(struct rows *rows, bool *has_row, struct err *err);
size_t rows_columns(const struct rows *rows);
const char *rows_name(const struct rows *rows, size_t column);
enum value_type rows_type(const struct rows *rows, size_t column);
int64_t rows_integer(const struct rows *rows, size_t column);
double rows_real(const struct rows *rows, size_t column);
const char *rows_text(const struct rows *rows, size_t column, size_t *length /* may be NULL */); /* "" for NULL */
void rows_close(struct rows *rows);

/* The public views with a line on each column, for query --schema: text of views.sql's comments. Static storage. A row
 * without column describes the view itself and comes before its columns.
 * view NULL ends the list. */
struct view_column { const char *view, *column, *description; };
const struct view_column *model_schema(void);

#endif
