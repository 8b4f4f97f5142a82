/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories: bytes by what names them. Knows nothing of what is in them. */
#include <stdlib.h>

#include "model/internal.h"

int model_history_put(struct model *model, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_batch_begin(model, err);
	if (!result)
		result = model_prepare(model, "INSERT OR IGNORE INTO history(hash, bytes) VALUES(?1, ?2)", &statement, err);
	if (result)
		return result;
	size_t packed_length;
	void *packed = bytes_compress(bytes, length, &packed_length);
	model_bind_hash(statement, 1, id);
	sqlite3_bind_blob64(statement, 2, packed, packed_length, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	free(packed);
	return code == SQLITE_DONE ? 0 : model_fail(model, code, "storing the history", err);
}

int model_history_get(struct model *model, const struct hash128 *id, struct arena *arena, void **bytes, size_t *length, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, id ? "SELECT bytes FROM history WHERE hash = ?1" : "SELECT bytes FROM history ORDER BY id DESC LIMIT 1",
				   &statement, err);
	if (result)
		return result;
	if (id)
		model_bind_hash(statement, 1, *id);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		result = bytes_expand(model, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), arena, bytes,
				      length, err);
	else if (code == SQLITE_DONE)
		result = err_set(err, ERR_NOT_FOUND, "%s: no such history", model->path);
	else
		result = model_fail(model, code, "reading the history", err);
	sqlite3_finalize(statement);
	return result;
}

int histories_sweep(struct model *model, struct err *err)
{
	return model_execute(model, "DELETE FROM history WHERE hash NOT IN (SELECT history FROM release WHERE history IS NOT NULL)",
			     "storing the release", err);
}
