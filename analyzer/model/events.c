/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events between two releases: derived rows that belong to a pair of them. */
#include "model/internal.h"

static int run(struct model *model, sqlite3_stmt *statement, struct err *err)
{
	int code = sqlite3_step(statement);
	sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : model_fail(model, code, "storing events", err);
}

static int remove_where(struct model *model, const char *where, int64_t a, int64_t b, struct err *err)
{
	static const char *const patterns[] = {"DELETE FROM event_place WHERE event IN (SELECT id FROM event WHERE %s)",
					       "DELETE FROM event WHERE %s", "DELETE FROM compared WHERE %s"};
	int result = 0;
	for (size_t i = 0; !result && i < sizeof patterns / sizeof *patterns; i++) {
		char *sql = sqlite3_mprintf(patterns[i], where);
		sqlite3_stmt *statement = NULL;
		result = model_prepare(model, sql, &statement, err);
		sqlite3_free(sql);
		if (result)
			break;
		sqlite3_bind_int64(statement, 1, a);
		sqlite3_bind_int64(statement, 2, b);
		result = run(model, statement, err);
		sqlite3_finalize(statement);
	}
	return result;
}

int events_remove(struct model *model, int64_t release, struct err *err)
{
	return remove_where(model, "from_release = ?1 OR to_release = ?2", release, release, err);
}

static int put_event(struct model *model, sqlite3_stmt *add, sqlite3_stmt *add_place, int64_t from, int64_t to,
		     const struct model_event *event, struct err *err)
{
	const char *texts[] = {event->kind, event->severity, event->subject, event->detail, event->file};
	sqlite3_bind_int64(add, 1, from);
	sqlite3_bind_int64(add, 2, to);
	for (int i = 0; i < 5; i++)
		sqlite3_bind_text(add, 3 + i, texts[i], -1, SQLITE_STATIC);
	sqlite3_bind_int64(add, 8, event->line);
	sqlite3_bind_text(add, 9, event->fingerprint, -1, SQLITE_STATIC);
	sqlite3_bind_int(add, 10, event->is_improvement);
	int result = run(model, add, err);
	int64_t id = sqlite3_last_insert_rowid(model->db);
	for (size_t i = 0; !result && i < event->place_count; i++) {
		const struct model_event_place *place = &event->places[i];
		sqlite3_bind_int64(add_place, 1, id);
		sqlite3_bind_text(add_place, 2, place->symbol, -1, SQLITE_STATIC);
		sqlite3_bind_text(add_place, 3, place->user, -1, SQLITE_STATIC);
		sqlite3_bind_text(add_place, 4, place->file, -1, SQLITE_STATIC);
		sqlite3_bind_int64(add_place, 5, place->line);
		result = run(model, add_place, err);
	}
	return result;
}

static int put_all(struct model *model, int64_t from, int64_t to, const struct model_event *events, size_t count, struct err *err)
{
	sqlite3_stmt *add = NULL, *add_place = NULL, *mark = NULL;
	int result = remove_where(model, "from_release = ?1 AND to_release = ?2", from, to, err);
	if (!result)
		result = model_prepare(model, "INSERT INTO event(from_release, to_release, kind, severity, subject, detail, file, line, "
				       "fingerprint, is_improvement) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", &add, err);
	if (!result)
		result = model_prepare(model, "INSERT INTO event_place(event, symbol, user, file, line) VALUES(?1, ?2, ?3, ?4, ?5)", &add_place, err);
	if (!result)
		result = model_prepare(model, "INSERT INTO compared(from_release, to_release) VALUES(?1, ?2)", &mark, err);
	for (size_t i = 0; !result && i < count; i++)
		result = put_event(model, add, add_place, from, to, &events[i], err);
	if (!result) {
		sqlite3_bind_int64(mark, 1, from);
		sqlite3_bind_int64(mark, 2, to);
		result = run(model, mark, err);
	}
	sqlite3_finalize(add);
	sqlite3_finalize(add_place);
	sqlite3_finalize(mark);
	return result;
}

int model_events_put(struct model *model, int64_t from, int64_t to, const struct model_event *events, size_t count, struct err *err)
{
	bool own = sqlite3_get_autocommit(model->db);
	int result = own ? model_execute(model, "BEGIN IMMEDIATE", "storing events", err) : 0;
	if (result)
		return result;
	result = put_all(model, from, to, events, count, err);
	if (!result && own)
		result = model_execute(model, "COMMIT", "storing events", err);
	if (result && own)
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}
