/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between tables.c, which knows what each table's rows are, and merge.c, which brings them into the database. Private to both. */
#ifndef SIGHTLINE_MODEL_TABLES_H
#define SIGHTLINE_MODEL_TABLES_H

#include <string.h>

#include "model/internal.h"

#define MAX_COLUMNS 24
#define CELL_NULL INT64_MIN /* no column of ours holds it */
#define KNOWN_TEXTS 4096

/* One column's value: an integer, or a double's bits where the column's type is 'r'. */
typedef int64_t cell;

struct store {
	struct model *model;
	int64_t number;
	bool newest;
	const struct model_release *release;
	const struct snapshot *snapshot;
	struct interner *texts;      /* strings seen -> text_ids */
	int64_t *text_ids; size_t text_capacity;
	struct known_text { const char *value; int64_t id; } known[KNOWN_TEXTS]; /* by address: most cells repeat few strings */
	int64_t *symbol_ids;         /* snapshot symbol -> id */
	int64_t *resource_ids;
	sqlite3_stmt *text_find, *text_add;
	bool no_texts;               /* none was stored before this release */
	int failed;                  /* first error of a text or symbol; rows after it are void */
	struct err *err;
};

struct table {
	const char *name, *columns, *types /* i integer, r real; one letter per column */;
	size_t (*count)(const struct store *store);
	void (*row)(struct store *store, size_t index, cell *cells);
};

static inline cell cell_of_real(double value)
{
	cell bits;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

/* Makes the table say of the release what its rows say: what is new is inserted, what has gone is closed, what stayed is not
 * touched. Within the caller's transaction. */
int table_merge(struct store *store, const struct table *table);

int store_is_empty(struct store *store, const char *table, bool *empty);

#endif
