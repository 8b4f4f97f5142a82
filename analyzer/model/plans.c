/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Planned changes of the architecture. Knows nothing of what they say. */
#include "model/internal.h"

int model_plan_put(struct model *model, const char *change, int64_t created_at, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_batch_begin(model, err);
	if (!result)
		result = model_prepare(model, "INSERT OR IGNORE INTO plan(change, created_at) VALUES(?1, ?2)", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, change, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, created_at);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? 0 : model_fail(model, code, "storing a planned change", err);
}

int model_plan_drop(struct model *model, const char *change, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_batch_begin(model, err);
	if (!result)
		result = model_prepare(model, "DELETE FROM plan WHERE change = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, change, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement), changed = sqlite3_changes(model->db);
	sqlite3_finalize(statement);
	if (code != SQLITE_DONE)
		return model_fail(model, code, "dropping a planned change", err);
	return changed ? 0 : err_set(err, ERR_NOT_FOUND, "no change \"%s\" is planned", change);
}
