/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Releases: manifests with their derived rows, written whole or not at all. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/internal.h"

#define DEFAULT_RELEASE "default release" /* key of a remark */

/* One integer from a statement whose text parameter is value (NULL: none). SQLITE_DONE leaves *out as it was. */
static int ask_number(struct model *model, const char *sql, const char *value, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, sql, &statement, err);
	if (result)
		return result;
	if (value)
		sqlite3_bind_text(statement, 1, value, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : model_fail(model, code, "reading releases", err);
}

static int compare_units(const void *a, const void *b)
{
	const struct model_release_unit *x = a, *y = b;
	int order = strcmp(x->path, y->path);
	return order ? order : hash_compare(x->command_hash, y->command_hash);
}

int model_release_units(struct model *model, const char *name, struct model_release_unit **units, size_t *count,
			struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model,
		"SELECT u.path, u.command, f.hash FROM release r JOIN manifest m ON m.since <= r.number AND "
		"(m.until = 0 OR m.until >= r.number) JOIN unit u ON u.id = m.unit JOIN unit_facts f ON f.id = m.facts "
		"WHERE r.name = ?1 ORDER BY u.path, u.command", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	struct model_release_unit *list = NULL;
	struct buf names;
	size_t *offsets = NULL, n = 0, capacity = 0, offset_capacity = 0;
	buf_init(&names, BUF_NO_CEILING);
	int code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		mem_grow(&list, &capacity, n + 1, sizeof *list);
		mem_grow(&offsets, &offset_capacity, n + 1, sizeof *offsets);
		offsets[n] = names.length;
		buf_append(&names, sqlite3_column_text(statement, 0), (size_t)sqlite3_column_bytes(statement, 0) + 1);
		list[n++] = (struct model_release_unit){NULL, model_column_hash(statement, 1), model_column_hash(statement, 2)};
	}
	sqlite3_finalize(statement);
	if (code == SQLITE_DONE) {
		/* One block: the rows, then the paths. */
		*units = mem_alloc(n * sizeof **units + names.length + 1);
		char *text = (char *)(*units + n);
		if (names.length)
			memcpy(text, names.data, names.length);
		for (size_t i = 0; i < n; i++) {
			(*units)[i] = list[i];
			(*units)[i].path = text + offsets[i];
		}
		*count = n;
	} else {
		result = model_fail(model, code, "reading a manifest", err);
	}
	free(list);
	free(offsets);
	buf_finish(&names);
	return result;
}

bool model_release_is_same(struct model *model, const struct model_release *release)
{
	struct model_release_unit *stored = NULL;
	size_t count = 0;
	struct err ignored = {0};
	if (model_release_units(model, release->name, &stored, &count, &ignored))
		return false;
	struct model_release_unit *wanted = mem_alloc((release->unit_count + 1) * sizeof *wanted);
	if (release->unit_count)
		memcpy(wanted, release->units, release->unit_count * sizeof *wanted);
	qsort(wanted, release->unit_count, sizeof *wanted, compare_units);
	bool same = count == release->unit_count;
	for (size_t i = 0; same && i < count; i++)
		same = !compare_units(&wanted[i], &stored[i]) && hash_equal(wanted[i].facts_id, stored[i].facts_id);
	free(wanted);
	free(stored);
	return same;
}

static int newest_number(struct model *model, int64_t *number, struct err *err)
{
	*number = 0;
	return ask_number(model, "SELECT max(number) FROM release", NULL, number, err);
}

/* A new number for the release; the old one of that name, if any, goes, and with it what was seen of its build. */
static int take_number(struct model *model, const struct model_release *release, int64_t *number, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = *number ? observations_remove(model, *number, err) : 0;
	if (!result)
		result = model_prepare(model, "DELETE FROM release WHERE name = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, release->name, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	if (code != SQLITE_DONE)
		return model_fail(model, code, "storing the release", err);
	result = model_prepare(model, "INSERT INTO release(name, git_commit, created_at, units, units_failed, functions, calls) "
				      "VALUES(?1, '', 0, 0, 0, 0, 0) RETURNING number", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, release->name, -1, SQLITE_STATIC);
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : model_fail(model, code, "storing the release", err);
}

static bool has_history(const struct model_release *release)
{
	return release->history.high || release->history.low;
}

static int describe(struct model *model, int64_t number, const struct model_release *release, const struct snapshot *snapshot,
		    struct err *err)
{
	sqlite3_stmt *statement = NULL;
	size_t static_calls = 0;
	for (size_t i = 0; i < snapshot->calls_count; i++)
		static_calls += snapshot->calls[i].how != CALL_OBSERVED;
	int result = model_prepare(model,
		"UPDATE release SET git_commit = ?2, created_at = ?3, units = ?4, units_failed = (SELECT count(*) FROM manifest m "
		"JOIN unit_facts f ON f.id = m.facts WHERE f.status = 3 AND m.since <= ?1 AND (m.until = 0 OR m.until >= ?1)), "
		"functions = ?5, calls = ?6, derive_key = NULL, history = ?7, git_time = ?8, discovery = ?9, missing = ?10, "
		"installed = ?11 WHERE number = ?1",
		&statement, err);
	if (result)
		return result;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, release->git_commit, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, release->created_at);
	sqlite3_bind_int64(statement, 4, (int64_t)release->unit_count);
	sqlite3_bind_int64(statement, 5, (int64_t)snapshot->functions_count);
	sqlite3_bind_int64(statement, 6, (int64_t)static_calls);
	if (has_history(release)) {
		model_bind_hash(statement, 7, release->history);
		sqlite3_bind_int64(statement, 8, release->git_time);
	}
	sqlite3_bind_text(statement, 9, release->discovery ? release->discovery : "", -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 10, (int64_t)release->missing);
	sqlite3_bind_text(statement, 11, release->installed ? release->installed : "", -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? histories_sweep(model, err) : model_fail(model, code, "storing the release", err);
}

int model_release_set_default(struct model *model, const char *name, struct err *err)
{
	char *before = NULL;
	int result = model_remark(model, DEFAULT_RELEASE, &before, err);
	if (!result && strcmp(before, name))
		result = model_remark_put(model, DEFAULT_RELEASE, name, err);
	free(before);
	return result;
}

static int put(struct model *model, const struct model_release *release, const struct snapshot *snapshot, struct err *err)
{
	int64_t number = 0, newest = 0;
	int result = ask_number(model, "SELECT number FROM release WHERE name = ?1", release->name, &number, err);
	if (!result)
		result = newest_number(model, &newest, err);
	bool known = number != 0, was_newest = number == newest;
	if (!result && known)
		result = events_remove(model, number, err);
	if (!result && (!known || !model_release_is_same(model, release)))
		result = take_number(model, release, &number, err);
	if (!result)
		result = newest_number(model, &newest, err);
	if (!result)
		result = tables_store(model, number, number == newest, release, snapshot, err);
	/* Numbers of replaced releases leave gaps, and rows that were of no other release. Those of the newest are open: they were seen to
	 * when they were closed. */
	if (!result && known && !was_newest)
		result = tables_sweep(model, err);
	if (!result)
		result = describe(model, number, release, snapshot, err);
	return !result && release->is_default ? model_release_set_default(model, release->name, err) : result;
}

/* The planner's statistics: without them, joins over the views may take the wrong way round. */
static int update_statistics(struct model *model, struct err *err)
{
	int64_t known = 0;
	int result = ask_number(model, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'", NULL, &known, err);
	if (!result)
		result = model_execute(model, known ? "PRAGMA analysis_limit = 1000; PRAGMA optimize"
						    : "PRAGMA analysis_limit = 1000; ANALYZE", "storing the release", err);
	/* Of empty tables ANALYZE says nothing, and the planner takes them for large ones, which it puts behind products of
	 * small tables that never end. */
	if (!result)
		result = model_execute(model, "INSERT INTO sqlite_stat1(tbl, idx, stat) SELECT name, NULL, '1' FROM sqlite_master WHERE "
					      "type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN (SELECT tbl FROM sqlite_stat1); "
					      "ANALYZE sqlite_schema", "storing the release", err);
	return result;
}

int model_release_put_judged(struct model *model, const struct model_release *release, const struct snapshot *snapshot,
			     model_judge judge, void *context, struct err *err)
{
	int result = model_batch_end(model, err);
	/* What SQLite might put into a file it sorts in one block as large as its cache, and gets by with that; what is to stay in memory
	 * it allocates row by row. */
	if (!result)
		result = model_execute(model, "PRAGMA temp_store = FILE; PRAGMA cache_size = " MODEL_CACHE "; BEGIN IMMEDIATE", "storing the release", err);
	if (result)
		return result;
	result = put(model, release, snapshot, err);
	if (!result)
		result = update_statistics(model, err);
	/* Foreign SQL is to fill no disk. */
	if (!result)
		result = model_execute(model, "PRAGMA temp_store = MEMORY", "storing the release", err);
	if (!result && judge)
		result = judge(context, err);
	if (!result)
		result = model_execute(model, "COMMIT", "storing the release", err);
	if (result)
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

int model_release_put(struct model *model, const struct model_release *release, const struct snapshot *snapshot,
		      struct err *err)
{
	return model_release_put_judged(model, release, snapshot, NULL, NULL, err);
}

int model_verdicts_put(struct model *model, const char *release, const struct snapshot *snapshot, struct err *err)
{
	int64_t number = 0, newest = 0;
	int result = ask_number(model, "SELECT number FROM release WHERE name = ?1", release, &number, err);
	if (!result && !number)
		result = err_set(err, ERR_NOT_FOUND, "there is no release \"%s\"", release);
	if (!result)
		result = newest_number(model, &newest, err);
	return result ? result : tables_store_verdicts(model, number, number == newest, snapshot, err);
}

bool model_release_is_current(struct model *model, const struct model_release *release, struct hash128 derive_key)
{
	sqlite3_stmt *statement = NULL;
	struct err ignored = {0};
	if (model_prepare(model, "SELECT derive_key, history, missing, installed FROM release WHERE name = ?1", &statement, &ignored))
		return false;
	sqlite3_bind_text(statement, 1, release->name, -1, SQLITE_STATIC);
	bool current = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_BLOB &&
		       hash_equal(model_column_hash(statement, 0), derive_key) &&
		       hash_equal(model_column_hash(statement, 1), release->history) && /* none reads as zero */
		       sqlite3_column_int64(statement, 2) == (int64_t)release->missing &&
		       !strcmp((const char *)sqlite3_column_text(statement, 3), release->installed ? release->installed : "");
	sqlite3_finalize(statement);
	return current && model_release_is_same(model, release);
}

int model_release_set_derive_key(struct model *model, const char *name, struct hash128 derive_key, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "UPDATE release SET derive_key = ?2 WHERE name = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	model_bind_hash(statement, 2, derive_key);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? 0 : model_fail(model, code, "storing the release", err);
}

int model_release_resolve(struct model *model, const char *name, char **out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, name ? "SELECT name FROM release WHERE name = ?1"
					       : "SELECT name FROM release ORDER BY name IS (SELECT value FROM meta WHERE key = '" DEFAULT_RELEASE "') "
						 "DESC, number DESC LIMIT 1", &statement, err);
	if (result)
		return result;
	if (name)
		sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*out = mem_strdup((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	if (code == SQLITE_ROW)
		return 0;
	if (code != SQLITE_DONE)
		return model_fail(model, code, "reading releases", err);
	if (!name)
		return err_set(err, ERR_NOT_FOUND, "%s: there is no release yet; run 'sightline scan' first", model->path);
	struct buf known;
	buf_init(&known, 400);
	if (!model_prepare(model, "SELECT name FROM release ORDER BY number DESC LIMIT 10", &statement, err)) {
		while (sqlite3_step(statement) == SQLITE_ROW)
			buf_printf(&known, "%s%s", known.length ? ", " : "", (const char *)sqlite3_column_text(statement, 0));
		sqlite3_finalize(statement);
	}
	result = err_set(err, ERR_NOT_FOUND, "%s: no release \"%s\"; there %s %s", model->path, name,
			 known.length ? "are:" : "is", known.length ? known.data : "none yet: run 'sightline scan'");
	buf_finish(&known);
	return result;
}

int model_release_before(struct model *model, const char *name, char **out, struct err *err)
{
	struct err none = {0};
	*out = NULL;
	int result = name ? model_release_resolve(model, name, out, &none) : ERR_NOT_FOUND;
	if (result == ERR_NOT_FOUND)
		result = model_release_resolve(model, NULL, out, &none);
	return result && result != ERR_NOT_FOUND ? err_set(err, result, "%s", none.text) : 0;
}

int model_previous_domains(struct model *model, const char *release,
			   void (*row)(void *context, const char *path, const char *domain), void *context, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	char *before = NULL;
	int result = model_release_before(model, release, &before, err);
	if (!result)
		result = model_prepare(model,
			"SELECT p.value, d.value FROM release r JOIN file f ON f.since <= r.number AND "
			"(f.until = 0 OR f.until >= r.number) JOIN domain o ON o.name = f.domain AND o.since <= r.number AND "
			"(o.until = 0 OR o.until >= r.number) AND NOT o.is_declared JOIN text p ON p.id = f.path "
			"JOIN text d ON d.id = f.domain WHERE r.name = ?1 ORDER BY 1",
			&statement, err);
	if (!result && before)
		sqlite3_bind_text(statement, 1, before, -1, SQLITE_STATIC);
	int code = SQLITE_DONE;
	while (!result && (code = sqlite3_step(statement)) == SQLITE_ROW)
		row(context, (const char *)sqlite3_column_text(statement, 0), (const char *)sqlite3_column_text(statement, 1));
	sqlite3_finalize(statement);
	free(before);
	return result || code == SQLITE_DONE ? result : model_fail(model, code, "reading the domains before", err);
}

int model_remark_put(struct model *model, const char *key, const char *text, struct err *err)
{
	struct buf safe;
	buf_init(&safe, BUF_NO_CEILING);
	text_append_utf8(&safe, text, strlen(text));
	char *sql = sqlite3_mprintf("INSERT INTO meta(key, value) VALUES(%Q, %Q) ON CONFLICT(key) DO UPDATE SET value = "
				    "excluded.value WHERE value <> excluded.value", key, safe.data ? safe.data : "");
	int result = model_batch_end(model, err);
	if (!result)
		result = model_execute(model, sql, "storing a remark", err);
	sqlite3_free(sql);
	buf_finish(&safe);
	return result;
}

int model_remark(struct model *model, const char *key, char **text, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "SELECT value FROM meta WHERE key = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW || code == SQLITE_DONE)
		*text = mem_strdup(code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : "");
	sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : model_fail(model, code, "reading a remark", err);
}

int model_codebase_put(struct model *model, const char *name, struct err *err)
{
	return model_remark_put(model, "codebase", name, err);
}

int model_codebase(struct model *model, char **name, struct err *err)
{
	return model_remark(model, "codebase", name, err);
}

int model_release_read(struct model *model, const char *name, struct model_release *out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	struct model_release_unit *units = NULL;
	struct model_release release = {0};
	int result = model_prepare(model, "SELECT name, git_commit, created_at, history, git_time, discovery, missing, installed FROM release "
				   "WHERE name = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		release.name = mem_strdup((const char *)sqlite3_column_text(statement, 0));
		release.git_commit = mem_strdup((const char *)sqlite3_column_text(statement, 1));
		release.created_at = sqlite3_column_int64(statement, 2);
		release.history = model_column_hash(statement, 3);
		release.git_time = sqlite3_column_int64(statement, 4);
		release.discovery = mem_strdup((const char *)sqlite3_column_text(statement, 5));
		release.missing = (size_t)sqlite3_column_int64(statement, 6);
		release.installed = mem_strdup((const char *)sqlite3_column_text(statement, 7));
	} else {
		result = code == SQLITE_DONE ? err_set(err, ERR_NOT_FOUND, "%s: no release \"%s\"", model->path, name)
					     : model_fail(model, code, "reading releases", err);
	}
	sqlite3_finalize(statement);
	if (!result)
		result = model_release_units(model, name, &units, &release.unit_count, err);
	release.units = units;
	if (result)
		model_release_free(&release);
	else
		*out = release;
	return result;
}

void model_release_free(struct model_release *release)
{
	free((char *)release->name);
	free((char *)release->git_commit);
	free((char *)release->discovery);
	free((char *)release->installed);
	free((struct model_release_unit *)release->units);
	memset(release, 0, sizeof *release);
}
