/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy in memory, so that two threads can read what a transaction wrote before it is committed: a connection is one
 * thread's, and to another connection nothing of it is there yet. */
#include "model/internal.h"

/* Bytes 18 and 19 of a database's header: who may write and read it. 2 means with a log beside the file, which a database in
 * memory cannot have; 1 without. */
#define HEADER_BYTES 100
#define WRITE_VERSION 18
#define READ_VERSION 19

static sqlite3 *open_copy(unsigned char *bytes, sqlite3_int64 size)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL)) {
		sqlite3_free(bytes);
	} else if (!sqlite3_deserialize(db, "main", bytes, size, size, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		/* Pages are read where they lie, and not copied once more; what is sorted fills no disk. */
		char *sql = sqlite3_mprintf("PRAGMA temp_store = MEMORY; PRAGMA mmap_size = %lld; SELECT 1 FROM sqlite_master LIMIT 1", size);
		bool is_usable = sql && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
		sqlite3_free(sql);
		if (is_usable)
			return db;
	}
	sqlite3_close(db);
	return NULL;
}

static unsigned char *read_all(struct model *model, int64_t most_bytes, sqlite3_int64 *size)
{
	struct err ignored = {0};
	sqlite3_stmt *statement = NULL;
	*size = INT64_MAX;
	if (model_prepare(model, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &statement, &ignored))
		return NULL;
	if (sqlite3_step(statement) == SQLITE_ROW)
		*size = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	unsigned char *bytes = *size <= most_bytes ? sqlite3_serialize(model->db, "main", size, 0) : NULL;
	if (!bytes || *size >= HEADER_BYTES)
		return bytes;
	sqlite3_free(bytes);
	return NULL;
}

void model_read_ahead(struct model *model, int64_t most_bytes)
{
	sqlite3_int64 size;
	struct err ignored = {0};
	if (!model_execute(model, "PRAGMA cache_size = " MODEL_CACHE, "reading ahead", &ignored))
		memory_keep(read_all(model, most_bytes, &size));
}

struct model *model_copy(struct model *model, int64_t most_bytes)
{
	sqlite3_int64 size;
	unsigned char *bytes = read_all(model, most_bytes, &size);
	if (!bytes)
		return NULL;
	bytes[WRITE_VERSION] = bytes[READ_VERSION] = 1;
	sqlite3 *db = open_copy(bytes, size);
	if (!db)
		return NULL;
	struct model *copy = mem_zalloc(1, sizeof *copy);
	copy->db = db;
	copy->path = mem_strdup(model->path);
	return copy;
}
