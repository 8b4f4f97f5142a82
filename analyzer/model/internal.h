/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of model/ share. Private to model/. */
#ifndef SIGHTLINE_MODEL_INTERNAL_H
#define SIGHTLINE_MODEL_INTERNAL_H

#include <sqlite3.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/model.h"

/* Statements that run once per row are prepared once, on first use. */
enum model_statement {
	STATEMENT_CHUNK_PUT, STATEMENT_CHUNK_GET, STATEMENT_FACTS_PUT, STATEMENT_FACTS_FIND, STATEMENT_FACTS_GET,
	STATEMENT_UNIT_PUT, STATEMENT_UNIT_GET, STATEMENT_UNIT_EARLIER, STATEMENT_UNIT_KEEP, STATEMENT_UNIT_FORGET,
	STATEMENT_UNIT_FIND, STATEMENT_UNIT_ADD, STATEMENT_PATH_FIND, STATEMENT_PATH_ADD,
	STATEMENT_COUNT,
};

struct model {
	sqlite3 *db;
	char *path;
	bool writable;
	bool in_batch;          /* a transaction of puts is open */
	struct timespec batch_start;
	sqlite3_stmt *statements[STATEMENT_COUNT];
	struct arena *cached;   /* what the last model_unit_cached gave out */
	char **paths;           /* id -> path, filled on demand */
	size_t paths_capacity;
	sqlite3 *gate;          /* where foreign SQL is compiled first; NULL until there is some */
};

#define MODEL_CACHE "-524288" /* KiB, negative: what a release that is being stored may keep in memory */

/* Sets err to what SQLite says happened, as one line that says what to do. Returns the code. */
int model_fail(struct model *model, int sqlite_code, const char *doing, struct err *err);

/* Runs SQL without results. */
int model_execute(struct model *model, const char *sql, const char *doing, struct err *err);
int model_prepare(struct model *model, const char *sql, sqlite3_stmt **out, struct err *err);
int model_statement(struct model *model, enum model_statement which, sqlite3_stmt **out, struct err *err);

/* Hashes are stored as 16 bytes, most significant first. Another length reads as 0. */
void model_bind_hash(sqlite3_stmt *statement, int at, struct hash128 hash);
struct hash128 model_column_hash(sqlite3_stmt *statement, int column);

/* memory.c: has SQLite allocate by way of us; before its first use. */
void memory_use(void);
/* Keeps a block of SQLite's for this thread's next allocation of that size or more. NULL: lets the one go that is kept. */
void memory_keep(void *block);
/* From the one to the other this thread's queries may have no more than 1 GiB beyond what they had; past it they find no memory. May
 * be nested. */
void memory_limit_begin(void);
void memory_limit_end(void);

/* The transaction around puts: opened by the first, committed after a second or by model_batch_end. */
int model_batch_begin(struct model *model, struct err *err);
int model_batch_end(struct model *model, struct err *err);

/* zstd. Compressed bytes are heap. Expanded ones are arena memory; a size past the ceiling of 1 GiB or broken bytes are
 * ERR_DATABASE. */
void *bytes_compress(const void *bytes, size_t length, size_t *out_length);
int bytes_expand(struct model *model, const void *bytes, size_t length, struct arena *arena, void **out, size_t *out_length,
		 struct err *err);

/* The observations of a release that goes, by its number. Within the caller's transaction. */
int observations_remove(struct model *model, int64_t release, struct err *err);
/* Likewise the events between it and others. */
int events_remove(struct model *model, int64_t release, struct err *err);
/* Those that no release stands on go. Within the caller's transaction. */
int histories_sweep(struct model *model, struct err *err);
/* Is the release of this name stored with exactly these units? */
bool model_release_is_same(struct model *model, const struct model_release *release);

struct rows *rows_create(struct model *model, sqlite3_stmt *statement); /* owns the statement */

/* Rewrites all derived tables and the manifest so that release number says exactly what snapshot and units say. Within
 * the caller's transaction. newest: no release comes after it. */
int tables_store(struct model *model, int64_t number, bool newest, const struct model_release *release,
		 const struct snapshot *snapshot, struct err *err);
/* Likewise the findings and tasks alone. */
int tables_store_verdicts(struct model *model, int64_t number, bool newest, const struct snapshot *snapshot, struct err *err);
/* Deletes rows that are valid in no release any more. */
int tables_sweep(struct model *model, struct err *err);

#endif
