/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a table against those that are stored: interval rows. What is new is inserted, what has gone is closed, what stayed is
 * not touched. Knows no table by name. */
#include <stdlib.h>
#include <string.h>

#include "model/tables.h"

#define MANY_ROWS 4096 /* so many into an empty table: its indexes are made behind them */

struct existing {
	cell *cells;          /* row after row */
	int64_t *rowids;
	bool *kept;
	size_t count, cell_capacity, rowid_capacity;
	struct map64 *by_hash; /* hash of the cells -> row. Where two collide, the one found is compared in full, and the
				* other is closed and inserted anew: only space is lost */
};

static uint64_t cells_hash(const cell *cells, size_t columns)
{
	uint64_t hash = hash_bytes64(cells, columns * sizeof *cells);
	return hash == UINT64_MAX ? 0 : hash;
}

static void make_row(struct store *store, const struct table *table, size_t columns, size_t row, cell *out)
{
	memset(out, 0, columns * sizeof *out);
	table->row(store, row, out);
}

/* All rows of a table, to be told apart from what is stored. */
struct made { cell *cells; size_t count; };

static int make_rows(struct store *store, const struct table *table, size_t columns, struct made *out)
{
	out->count = table->count(store);
	out->cells = mem_alloc((out->count * columns + MAX_COLUMNS) * sizeof *out->cells);
	for (size_t row = 0; !store->failed && row < out->count; row++)
		make_row(store, table, columns, row, out->cells + row * columns);
	return store->failed;
}

/* What the open rows of a table say, in any order: their number and the sum of their hashes. Where the new release says the
 * same, the table need not be read, which for most tables of most scans is so. */
struct digest { uint64_t count, high, low; };

/* Looks at each row once; from then on all texts that rows name have their ids. */
static int look_through(struct store *store, const struct table *table, size_t columns, struct digest *digest)
{
	cell cells[MAX_COLUMNS];
	*digest = (struct digest){table->count(store), 0, 0};
	for (size_t row = 0; !store->failed && row < digest->count; row++) {
		make_row(store, table, columns, row, cells);
		struct hash128 hash = hash_bytes(cells, columns * sizeof *cells);
		digest->high += hash.high;
		digest->low += hash.low;
	}
	return store->failed;
}

static int read_digest(struct store *store, const struct table *table, struct digest *out)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(store->model, "SELECT rows, high, low FROM digest WHERE name = ?1", &statement, store->err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*out = (struct digest){(uint64_t)sqlite3_column_int64(statement, 0), (uint64_t)sqlite3_column_int64(statement, 1),
				       (uint64_t)sqlite3_column_int64(statement, 2)};
	sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : model_fail(store->model, code, "reading the release before", store->err);
}

static int step_done(struct store *store, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : model_fail(store->model, code, "storing the release", store->err);
}

static int write_digest(struct store *store, const struct table *table, const struct digest *digest)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(store->model, "INSERT INTO digest(name, rows, high, low) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(name) "
				   "DO UPDATE SET rows = ?2, high = ?3, low = ?4", &statement, store->err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)digest->count);
	sqlite3_bind_int64(statement, 3, (int64_t)digest->high);
	sqlite3_bind_int64(statement, 4, (int64_t)digest->low);
	result = step_done(store, statement);
	sqlite3_finalize(statement);
	return result;
}

static int load_existing(struct store *store, const struct table *table, size_t columns, struct existing *out)
{
	char *sql = sqlite3_mprintf("SELECT rowid, %s FROM %s WHERE since <= ?1 AND (until = 0 OR until >= ?1)", table->columns,
				    table->name);
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(store->model, sql, &statement, store->err);
	sqlite3_free(sql);
	if (result)
		return result;
	sqlite3_bind_int64(statement, 1, store->number);
	int code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		mem_grow(&out->cells, &out->cell_capacity, (out->count + 1) * columns, sizeof *out->cells);
		mem_grow(&out->rowids, &out->rowid_capacity, out->count + 1, sizeof *out->rowids);
		cell *cells = out->cells + out->count * columns;
		for (size_t i = 0; i < columns; i++) {
			int at = (int)i + 1;
			cells[i] = table->types[i] == 'r' ? cell_of_real(sqlite3_column_double(statement, at))
							  : sqlite3_column_int64(statement, at);
			if (!cells[i] && sqlite3_column_type(statement, at) == SQLITE_NULL)
				cells[i] = CELL_NULL;
		}
		out->rowids[out->count] = sqlite3_column_int64(statement, 0);
		map64_put(out->by_hash, cells_hash(cells, columns), (uint32_t)out->count++);
	}
	sqlite3_finalize(statement);
	out->kept = mem_zalloc(out->count + 1, sizeof *out->kept);
	return code == SQLITE_DONE ? 0 : model_fail(store->model, code, "reading the release before", store->err);
}

/* ---- inserting: one statement that reads the rows as a table of their own, instead of one run of it for each row ---- */

struct incoming {
	struct store *store;
	const struct table *table;
	size_t columns, count;
	const cell *cells;  /* NULL: each row is made when it is read */
	const bool *stored; /* row -> it is there; NULL: none is */
	cell made[MAX_COLUMNS];
	const cell *row;    /* that is read */
};
/* SQLite disconnects when it sees fit: what it holds is its own. */
struct incoming_table { sqlite3_vtab base; struct incoming *rows; };
struct incoming_cursor { sqlite3_vtab_cursor base; struct incoming *rows; size_t row; };

static int incoming_connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **out, char **message)
{
	(void)argc, (void)argv, (void)message;
	struct buf sql;
	buf_init(&sql, BUF_NO_CEILING);
	for (int i = 0; i < MAX_COLUMNS; i++)
		buf_printf(&sql, "%sc%d", i ? ", " : "CREATE TABLE incoming(", i);
	buf_append_string(&sql, ")");
	int code = sqlite3_declare_vtab(db, sql.data);
	buf_finish(&sql);
	if (code != SQLITE_OK)
		return code;
	struct incoming_table *table = mem_zalloc(1, sizeof *table);
	table->rows = context;
	*out = &table->base;
	return code;
}

static int incoming_disconnect(sqlite3_vtab *table)
{
	free(table);
	return SQLITE_OK;
}

static int incoming_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
	info->estimatedCost = info->estimatedRows = (sqlite3_int64)((struct incoming_table *)table)->rows->count;
	return SQLITE_OK;
}

static int incoming_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct incoming_cursor *cursor = mem_zalloc(1, sizeof *cursor);
	cursor->rows = ((struct incoming_table *)table)->rows;
	*out = &cursor->base;
	return SQLITE_OK;
}

static int incoming_close(sqlite3_vtab_cursor *cursor)
{
	free(cursor);
	return SQLITE_OK;
}

/* To the first row, from here on, that is not stored. */
static void find_row(struct incoming_cursor *cursor)
{
	struct incoming *incoming = cursor->rows;
	while (incoming->stored && cursor->row < incoming->count && incoming->stored[cursor->row])
		cursor->row++;
	if (cursor->row >= incoming->count)
		return;
	if (!incoming->cells)
		make_row(incoming->store, incoming->table, incoming->columns, cursor->row, incoming->made);
	incoming->row = incoming->cells ? incoming->cells + cursor->row * incoming->columns : incoming->made;
}

static int incoming_filter(sqlite3_vtab_cursor *cursor, int plan, const char *text, int argc, sqlite3_value **argv)
{
	(void)plan, (void)text, (void)argc, (void)argv;
	((struct incoming_cursor *)cursor)->row = 0;
	find_row((struct incoming_cursor *)cursor);
	return SQLITE_OK;
}

static int incoming_next(sqlite3_vtab_cursor *cursor)
{
	((struct incoming_cursor *)cursor)->row++;
	find_row((struct incoming_cursor *)cursor);
	return SQLITE_OK;
}

static int incoming_is_over(sqlite3_vtab_cursor *cursor)
{
	return ((struct incoming_cursor *)cursor)->row >= ((struct incoming_cursor *)cursor)->rows->count;
}

static int incoming_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
	const struct incoming *incoming = ((struct incoming_cursor *)cursor)->rows;
	cell cell = incoming->row[column];
	double value;
	memcpy(&value, &cell, sizeof value);
	if (cell == CELL_NULL)
		sqlite3_result_null(out);
	else if (incoming->table->types[column] == 'r')
		sqlite3_result_double(out, value);
	else
		sqlite3_result_int64(out, cell);
	return SQLITE_OK;
}

static int incoming_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct incoming_cursor *)cursor)->row;
	return SQLITE_OK;
}

static const sqlite3_module incoming_module = {
	.xConnect = incoming_connect, .xBestIndex = incoming_plan, .xDisconnect = incoming_disconnect, .xOpen = incoming_open,
	.xClose = incoming_close, .xFilter = incoming_filter, .xNext = incoming_next, .xEof = incoming_is_over,
	.xColumn = incoming_column, .xRowid = incoming_rowid,
};

static int insert(struct store *store, const struct table *table, struct incoming *incoming)
{
	sqlite3 *db = store->model->db;
	struct buf sql;
	buf_init(&sql, BUF_NO_CEILING);
	buf_printf(&sql, "INSERT INTO main.%s(%s, since, until) SELECT ", table->name, table->columns);
	for (size_t i = 0; i < incoming->columns; i++)
		buf_printf(&sql, "c%zu, ", i);
	buf_append_string(&sql, "?1, ?2 FROM incoming");
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_create_module_v2(db, "incoming", &incoming_module, incoming, NULL);
	int result = code == SQLITE_OK ? model_prepare(store->model, sql.data, &statement, store->err)
				       : model_fail(store->model, code, "storing the release", store->err);
	buf_finish(&sql);
	if (!result) {
		sqlite3_bind_int64(statement, 1, store->number);
		sqlite3_bind_int64(statement, 2, store->newest ? 0 : store->number);
		result = step_done(store, statement);
	}
	sqlite3_finalize(statement);
	/* Foreign SQL is not to see it. */
	sqlite3_create_module_v2(db, "incoming", NULL, NULL, NULL);
	return result ? result : store->failed;
}

/* The statements that make the table's indexes, after each a ';'. */
static int index_statements(struct store *store, const struct table *table, struct buf *create, struct buf *drop)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(store->model, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?1 AND sql IS "
				   "NOT NULL", &statement, store->err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	int code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		buf_printf(drop, "DROP INDEX main.\"%s\";", (const char *)sqlite3_column_text(statement, 0));
		buf_printf(create, "%s;", (const char *)sqlite3_column_text(statement, 1));
	}
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? 0 : model_fail(store->model, code, "storing the release", store->err);
}

int store_is_empty(struct store *store, const char *table, bool *empty)
{
	sqlite3_stmt *statement = NULL;
	char *sql = sqlite3_mprintf("SELECT 1 FROM main.%s LIMIT 1", table);
	int result = model_prepare(store->model, sql, &statement, store->err);
	sqlite3_free(sql);
	if (result)
		return result;
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	*empty = code == SQLITE_DONE;
	return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : model_fail(store->model, code, "storing the release", store->err);
}

/* Rows in the order of the table go into an index in no order of its own: one page read and written for each. Sorted once, when
 * all are there, they are a third of the work. */
static int insert_many(struct store *store, const struct table *table, struct incoming *incoming)
{
	struct buf create, drop;
	buf_init(&create, BUF_NO_CEILING);
	buf_init(&drop, BUF_NO_CEILING);
	int result = index_statements(store, table, &create, &drop);
	if (!result && drop.length)
		result = model_execute(store->model, drop.data, "storing the release", store->err);
	if (!result)
		result = insert(store, table, incoming);
	if (!result && create.length)
		result = model_execute(store->model, create.data, "storing the release", store->err);
	buf_finish(&create);
	buf_finish(&drop);
	return result;
}

/* Into a table that has no rows. */
static int fill(struct store *store, const struct table *table, size_t columns)
{
	struct incoming incoming = {.store = store, .table = table, .columns = columns, .count = table->count(store)};
	if (!incoming.count)
		return 0;
	return incoming.count >= MANY_ROWS ? insert_many(store, table, &incoming) : insert(store, table, &incoming);
}

static int insert_new(struct store *store, const struct table *table, size_t columns, const struct made *made,
		      struct existing *existing)
{
	bool *stored = mem_zalloc(made->count + 1, sizeof *stored);
	struct incoming incoming = {.store = store, .table = table, .columns = columns, .count = made->count, .cells = made->cells,
				    .stored = stored};
	size_t left = made->count;
	for (size_t row = 0; existing->count && row < made->count; row++) {
		const cell *cells = made->cells + row * columns;
		uint32_t found;
		if (map64_get(existing->by_hash, cells_hash(cells, columns), &found) &&
		    !memcmp(existing->cells + found * columns, cells, columns * sizeof *cells)) {
			existing->kept[found] = stored[row] = true;
			left--;
		}
	}
	int result = left ? insert(store, table, &incoming) : 0;
	free(stored);
	return result;
}

/* Rows that no longer hold: the part of their interval that is this release is cut out. */
static int close_gone(struct store *store, const struct table *table, const struct existing *existing)
{
	static const char *const patterns[] = {
		/* what comes after (only where this is not the newest) */
		"INSERT INTO %s(%s, since, until) SELECT %s, ?2 + 1, until FROM %s WHERE rowid = ?1 AND (until = 0 OR until > ?2)",
		"UPDATE %s SET until = ?2 - 1 WHERE rowid = ?1 AND since < ?2",
		/* of no release before */
		"DELETE FROM %s WHERE rowid = ?1 AND NOT EXISTS (SELECT 1 FROM release r WHERE r.number BETWEEN since AND ?2 - 1)",
	};
	sqlite3_stmt *statements[3] = {NULL, NULL, NULL};
	int result = 0;
	for (int i = store->newest; !result && i < 3; i++) {
		char *sql = i ? sqlite3_mprintf(patterns[i], table->name)
			      : sqlite3_mprintf(patterns[i], table->name, table->columns, table->columns, table->name);
		result = model_prepare(store->model, sql, &statements[i], store->err);
		sqlite3_free(sql);
	}
	for (size_t row = 0; !result && row < existing->count; row++) {
		if (existing->kept[row])
			continue;
		/* The update comes last but one on purpose: a deleted row must not be found by it, nor the other way round. */
		static const int order[] = {0, 2, 1};
		for (int i = 0; !result && i < 3; i++) {
			sqlite3_stmt *statement = statements[order[i]];
			if (!statement)
				continue;
			sqlite3_bind_int64(statement, 1, existing->rowids[row]);
			sqlite3_bind_int64(statement, 2, store->number);
			result = step_done(store, statement);
		}
	}
	for (int i = 0; i < 3; i++)
		sqlite3_finalize(statements[i]);
	return result;
}

static int merge_table(struct store *store, const struct table *table, size_t columns)
{
	struct made made;
	struct existing existing = {.by_hash = map64_create()};
	int result = make_rows(store, table, columns, &made);
	if (!result)
		result = load_existing(store, table, columns, &existing);
	if (!result)
		result = insert_new(store, table, columns, &made, &existing);
	if (!result)
		result = close_gone(store, table, &existing);
	free(existing.cells);
	free(existing.rowids);
	free(existing.kept);
	free(made.cells);
	map64_destroy(existing.by_hash);
	return result;
}

int table_merge(struct store *store, const struct table *table)
{
	size_t columns = strlen(table->types);
	struct digest digest, before = {UINT64_MAX, 0, 0};
	bool is_empty = false;
	int result = look_through(store, table, columns, &digest);
	if (!result && store->newest)
		result = read_digest(store, table, &before);
	if (result || (store->newest && !memcmp(&digest, &before, sizeof digest)))
		return result;
	result = store_is_empty(store, table->name, &is_empty);
	if (!result)
		result = is_empty ? fill(store, table, columns) : merge_table(store, table, columns);
	return !result && store->newest ? write_digest(store, table, &digest) : result;
}
