/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading: named queries of ours, and foreign SQL, which may see the public views and nothing else.
 *
 * An authorizer alone cannot hold foreign SQL to the views: SQLite tells it which view a base table is read for, but a
 * CTE or subquery that bears a view's name is told the same way. So foreign SQL is compiled twice: first in an empty
 * in-memory database that has nothing but views of the public names and columns, where a base table is simply an unknown
 * name; only what compiles there is compiled on the model, read-only, under an authorizer that allows nothing but
 * reading. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "model/embedded.h"
#include "model/internal.h"

#define DEFAULT_STEPS UINT64_C(500000000) /* about ten seconds */
#define DEFAULT_SECONDS 20 /* of processor time: a step on a long string costs more than others */
#define FOREIGN_VALUE_BYTES (16 << 20) /* longest string or blob that foreign SQL may make */
#define FOREIGN_PATTERN_BYTES 1000 /* longest pattern of LIKE and GLOB, whose cost is the product of both lengths */
#define PROGRESS_EVERY 1000 /* virtual machine steps between two calls of the limit's handler */

struct limits { int length, pattern; };

struct rows {
	struct model *model;
	sqlite3_stmt *statement;
	uint64_t steps_left;
	time_t ends;             /* limited: the thread's processor time at which it is stopped */
	bool limited, exhausted;
	struct limits before;    /* limited: the limits to return to */
};

struct rows *rows_create(struct model *model, sqlite3_stmt *statement)
{
	struct rows *rows = mem_zalloc(1, sizeof *rows);
	rows->model = model;
	rows->statement = statement;
	return rows;
}

static time_t seconds_used(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec;
}

/* Less where the process is given less (ulimit -t), so that it can still say what happened. */
static time_t seconds_allowed(void)
{
	struct rlimit given;
	if (getrlimit(RLIMIT_CPU, &given) || given.rlim_cur == RLIM_INFINITY || given.rlim_cur / 3 * 2 >= DEFAULT_SECONDS)
		return DEFAULT_SECONDS;
	return (time_t)(given.rlim_cur * 2 / 3);
}

static int count_steps(void *context)
{
	struct rows *rows = context;
	if (rows->steps_left < PROGRESS_EVERY || seconds_used() >= rows->ends)
		return rows->exhausted = true;
	rows->steps_left -= PROGRESS_EVERY;
	return 0;
}

int rows_next(struct rows *rows, bool *has_row, struct err *err)
{
	if (rows->limited)
		sqlite3_progress_handler(rows->model->db, PROGRESS_EVERY, count_steps, rows);
	int code = sqlite3_step(rows->statement);
	if (rows->limited)
		sqlite3_progress_handler(rows->model->db, 0, NULL, NULL);
	if (code == SQLITE_ROW || code == SQLITE_DONE) {
		*has_row = code == SQLITE_ROW;
		return 0;
	}
	if (rows->exhausted)
		return err_set(err, ERR_LIMIT, "the query took too many steps or too long and was stopped; select less, or join on ids of one release "
			       "(... USING (release, function_id))");
	if (rows->limited && ((code & 0xff) == SQLITE_ERROR || (code & 0xff) == SQLITE_TOOBIG || (code & 0xff) == SQLITE_NOMEM))
		return err_set(err, ERR_INPUT, "the query failed: %s", sqlite3_errmsg(rows->model->db));
	return model_fail(rows->model, code, "reading", err);
}

size_t rows_columns(const struct rows *rows)
{
	return (size_t)sqlite3_column_count(rows->statement);
}

const char *rows_name(const struct rows *rows, size_t column)
{
	return sqlite3_column_name(rows->statement, (int)column);
}

enum value_type rows_type(const struct rows *rows, size_t column)
{
	switch (sqlite3_column_type(rows->statement, (int)column)) {
	case SQLITE_INTEGER: return VALUE_INTEGER;
	case SQLITE_FLOAT: return VALUE_REAL;
	case SQLITE_TEXT: return VALUE_TEXT;
	case SQLITE_BLOB: return VALUE_BLOB;
	default: return VALUE_NULL;
	}
}

int64_t rows_integer(const struct rows *rows, size_t column)
{
	return sqlite3_column_int64(rows->statement, (int)column);
}

double rows_real(const struct rows *rows, size_t column)
{
	return sqlite3_column_double(rows->statement, (int)column);
}

const char *rows_text(const struct rows *rows, size_t column, size_t *length)
{
	const char *text = sqlite3_column_type(rows->statement, (int)column) == SQLITE_BLOB
				   ? sqlite3_column_blob(rows->statement, (int)column)
				   : (const char *)sqlite3_column_text(rows->statement, (int)column);
	if (length)
		*length = text ? (size_t)sqlite3_column_bytes(rows->statement, (int)column) : 0;
	return text ? text : "";
}

void rows_close(struct rows *rows)
{
	if (!rows)
		return;
	sqlite3_finalize(rows->statement);
	if (rows->limited) {
		sqlite3_limit(rows->model->db, SQLITE_LIMIT_LENGTH, rows->before.length);
		sqlite3_limit(rows->model->db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, rows->before.pattern);
		memory_limit_end();
	}
	free(rows);
}

int model_query_named(struct model *model, const char *name, const char *const *parameters, size_t parameter_count,
		      struct rows **out, struct err *err)
{
	const char *sql = embedded_find(name);
	if (!sql)
		return err_set(err, ERR_INTERNAL, "no query named \"%s\"", name);
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(model->db, sql, -1, &statement, NULL);
	if (code != SQLITE_OK)
		return model_fail(model, code, name, err);
	for (size_t i = 0; i < parameter_count; i++)
		if (parameters[i])
			sqlite3_bind_text(statement, (int)i + 1, parameters[i], -1, SQLITE_TRANSIENT);
	*out = rows_create(model, statement);
	return 0;
}

/* ---- foreign SQL ---- */

static bool begins(const char *name, const char *prefix)
{
	return !sqlite3_strnicmp(name, prefix, (int)strlen(prefix));
}

/* Functions of extensions that SQLite may be built with, which load code, take or tell pointers, or run SQL of their own. */
static bool is_dangerous(const char *function)
{
	static const char *const prefixes[] = {"load_extension", "fts3", "fts5", "rtree", "geopoly", "icu_load", "sqlite_"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (begins(function, prefixes[i]))
			return true;
	return false;
}

/* In the gate, what can be read is a view, a CTE or subquery by whatever name, or what SQLite itself adds to every
 * database: its schema and the pragmas as tables. Those are denied. */
static int authorize(void *gate, int action, const char *first, const char *second, const char *database, const char *view)
{
	(void)database;
	(void)view;
	switch (action) {
	case SQLITE_SELECT: case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return second && is_dangerous(second) ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_READ:
		return !gate || !(begins(first, "sqlite_") || begins(first, "pragma_")) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

/* The tables that JSON functions make come into being with their first use, which an authorizer of ours would deny. */
static int make_json_tables(sqlite3 *db)
{
	return sqlite3_exec(db, "SELECT 1 FROM json_each('[]'), json_tree('[]')", NULL, NULL, NULL);
}

/* A database with views of the public names that hold no rows. */
static int open_gate(sqlite3 **out)
{
	static const char *kept[] = {"json_each", "json_tree", NULL}; /* modules; others are tables of their own accord */
	sqlite3 *gate = NULL;
	int code = sqlite3_open_v2(":memory:", &gate, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL);
	struct buf sql;
	buf_init(&sql, BUF_NO_CEILING);
	bool first = true;
	for (const struct view_column *column = model_schema(); column->view; column++)
		if (!column->column) {
			buf_printf(&sql, "%sCREATE VIEW \"%s\" AS SELECT ", sql.length ? ";" : "", column->view);
			first = true;
		} else {
			buf_printf(&sql, "%sNULL AS \"%s\"", first ? "" : ", ", column->column);
			first = false;
		}
	if (code == SQLITE_OK)
		code = sqlite3_exec(gate, sql.data, NULL, NULL, NULL);
	buf_finish(&sql);
	if (code == SQLITE_OK)
		code = make_json_tables(gate);
	if (code == SQLITE_OK)
		code = sqlite3_drop_modules(gate, kept);
	if (code != SQLITE_OK) {
		sqlite3_close(gate);
		return code;
	}
	sqlite3_set_authorizer(gate, authorize, gate);
	sqlite3_limit(gate, SQLITE_LIMIT_ATTACHED, 0);
	*out = gate;
	return code;
}

static int bad_sql(sqlite3 *db, const char *sql, struct err *err)
{
	int offset = sqlite3_error_offset(db);
	if (offset < 0)
		return err_set(err, ERR_INPUT, "SQL: %s; 'sightline query --schema' lists the views and their columns",
			       sqlite3_errmsg(db));
	int line = 1, column = 1;
	for (int i = 0; i < offset && sql[i]; i++) {
		column = sql[i] == '\n' ? 1 : column + 1;
		line += sql[i] == '\n';
	}
	return err_set(err, ERR_INPUT, "SQL: line %d, column %d: %s; 'sightline query --schema' lists the views and their columns", line,
		       column, sqlite3_errmsg(db));
}

/* Compiles in the gate: names, syntax, exactly one statement that only reads. */
static int check_foreign(struct model *model, const char *sql, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	const char *rest = "";
	int result = 0;
	if (!model->gate && open_gate(&model->gate) != SQLITE_OK)
		return err_set(err, ERR_INTERNAL, "SQL cannot be checked: its gate cannot be opened");
	sqlite3 *gate = model->gate;
	if (sqlite3_prepare_v2(gate, sql, -1, &statement, &rest) != SQLITE_OK)
		result = bad_sql(gate, sql, err);
	else if (!statement)
		result = err_set(err, ERR_INPUT, "SQL: there is no statement; for example: SELECT name, file FROM functions LIMIT 10");
	else if (sqlite3_stmt_isexplain(statement) || !sqlite3_stmt_readonly(statement) || !sqlite3_column_count(statement))
		result = err_set(err, ERR_INPUT, "SQL: only SELECT is allowed");
	sqlite3_finalize(statement);
	statement = NULL;
	if (!result && (sqlite3_prepare_v2(gate, rest, -1, &statement, NULL) != SQLITE_OK || statement))
		result = err_set(err, ERR_INPUT, "SQL: one statement at a time");
	sqlite3_finalize(statement);
	return result;
}

static void limit(struct rows *rows, uint64_t steps)
{
	sqlite3 *db = rows->model->db;
	rows->limited = true;
	rows->steps_left = steps ? steps : DEFAULT_STEPS;
	rows->ends = seconds_used() + seconds_allowed();
	rows->before = (struct limits){
		.length = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, FOREIGN_VALUE_BYTES),
		.pattern = sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, FOREIGN_PATTERN_BYTES),
	};
	memory_limit_begin();
}

/* A misspelled parameter would be NULL, and the answer silently empty. */
static int bind_parameters(sqlite3_stmt *statement, const struct query_parameter *parameters, size_t count, struct err *err)
{
	for (int at = 1; at <= sqlite3_bind_parameter_count(statement); at++) {
		const char *name = sqlite3_bind_parameter_name(statement, at);
		size_t i = 0;
		while (i < count && (!name || strcmp(parameters[i].name, name)))
			i++;
		if (i == count)
			return err_set(err, ERR_INPUT, "SQL: no parameter %s; there is %s", name ? name : "?",
				       count ? parameters[0].name : "none");
		if (parameters[i].is_number)
			sqlite3_bind_double(statement, at, parameters[i].number);
		else
			sqlite3_bind_text(statement, at, parameters[i].value, -1, SQLITE_TRANSIENT);
	}
	return 0;
}

int model_query_foreign(struct model *model, const char *sql, const struct query_parameter *parameters,
			size_t parameter_count, uint64_t steps, struct rows **out, struct err *err)
{
	int result = check_foreign(model, sql, err);
	if (result)
		return result;
	sqlite3_stmt *statement = NULL;
	make_json_tables(model->db);
	/* Sorting beyond the heap's limit fails; in files it would go on until the disk is full. */
	result = model_execute(model, "PRAGMA temp_store = MEMORY", "reading", err);
	if (result)
		return result;
	sqlite3_set_authorizer(model->db, authorize, NULL);
	int code = sqlite3_prepare_v2(model->db, sql, -1, &statement, NULL);
	if (code != SQLITE_OK)
		result = (code & 0xff) == SQLITE_ERROR || (code & 0xff) == SQLITE_AUTH ? bad_sql(model->db, sql, err)
										    : model_fail(model, code, "reading", err);
	sqlite3_set_authorizer(model->db, NULL, NULL);
	if (result)
		return result;
	result = bind_parameters(statement, parameters, parameter_count, err);
	if (result) {
		sqlite3_finalize(statement);
		return result;
	}
	struct rows *rows = rows_create(model, statement);
	limit(rows, steps);
	*out = rows;
	return 0;
}
