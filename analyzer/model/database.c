/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database file: opening, its schema and version, transactions, and SQLite's errors in words that help. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "base/text.h"
#include "model/embedded.h"
#include "model/internal.h"

#define APPLICATION_ID 0x53694c6e /* "SiLn" */
#define SCHEMA_VERSION 5
#define BUSY_MILLISECONDS 30000
#define EXPAND_CEILING (1u << 30)

const char *embedded_find(const char *name)
{
	for (const struct embedded_sql *sql = embedded_sql; sql->name; sql++)
		if (!strcmp(sql->name, name))
			return sql->text;
	return NULL;
}

int model_fail(struct model *model, int code, const char *doing, struct err *err)
{
	const char *path = model->path;
	switch (code & 0xff) {
	case SQLITE_BUSY: case SQLITE_LOCKED:
		return err_set(err, ERR_DATABASE, "%s: %s: another sightline is writing to it; wait for it to end and try again",
			       path, doing);
	case SQLITE_READONLY: case SQLITE_PERM:
		return err_set(err, ERR_DATABASE, "%s: %s: the database is read-only; make it writable or give another with --db",
			       path, doing);
	case SQLITE_FULL:
		return err_set(err, ERR_DATABASE,
			       "%s: %s: the disk is full; nothing stored before is lost; free some space and run the command again",
			       path, doing);
	case SQLITE_CORRUPT:
		return err_set(err, ERR_DATABASE,
			       "%s: %s: the database is corrupt (%s); move it away and scan again, or save what is left with sqlite3's "
			       ".recover", path, doing, sqlite3_errmsg(model->db));
	case SQLITE_NOTADB:
		return err_set(err, ERR_DATABASE, "%s: not a sightline database; give another with --db, or move it away and scan again",
			       path);
	case SQLITE_CANTOPEN:
		return err_set(err, ERR_DATABASE, "%s: %s: cannot be opened; does it exist and may you read it? "
			       "'sightline scan' makes one", path, doing);
	case SQLITE_IOERR:
		return err_errno(err, ERR_DATABASE, sqlite3_system_errno(model->db),
				 "%s: %s: input/output error (disk full or failing? nothing stored before is lost)", path, doing);
	default:
		return err_set(err, ERR_DATABASE, "%s: %s: %s", path, doing, sqlite3_errmsg(model->db));
	}
}

int model_execute(struct model *model, const char *sql, const char *doing, struct err *err)
{
	int code = sqlite3_exec(model->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : model_fail(model, code, doing, err);
}

int model_prepare(struct model *model, const char *sql, sqlite3_stmt **out, struct err *err)
{
	int code = sqlite3_prepare_v3(model->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
	return code == SQLITE_OK ? 0 : model_fail(model, code, "reading its schema", err);
}

int model_statement(struct model *model, enum model_statement which, sqlite3_stmt **out, struct err *err)
{
	static const char *const sql[STATEMENT_COUNT] = {
		[STATEMENT_CHUNK_PUT] = "INSERT INTO chunk(hash, bytes) VALUES(?1, ?2) ON CONFLICT(hash) DO NOTHING",
		[STATEMENT_CHUNK_GET] = "SELECT bytes FROM chunk WHERE hash = ?1",
		[STATEMENT_FACTS_PUT] = "INSERT INTO unit_facts(hash, bytes, status, errors, warnings, missing_headers, reason) "
					"VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(hash) DO NOTHING",
		[STATEMENT_FACTS_FIND] = "SELECT id FROM unit_facts WHERE hash = ?1",
		[STATEMENT_FACTS_GET] = "SELECT bytes FROM unit_facts WHERE hash = ?1",
		[STATEMENT_UNIT_PUT] = "INSERT INTO unit(path, command, facts, key, inputs) VALUES(?1, ?2, ?3, ?4, ?5) "
				       "ON CONFLICT(path, command) DO UPDATE SET facts = ?3, key = ?4, inputs = ?5",
		[STATEMENT_UNIT_GET] = "SELECT facts, key, inputs FROM unit WHERE path = ?1 AND command = ?2 AND facts IS NOT NULL",
		[STATEMENT_UNIT_EARLIER] = "SELECT e.facts, e.key, e.inputs FROM unit u JOIN unit_earlier e ON e.unit = u.id "
					   "WHERE u.path = ?1 AND u.command = ?2 ORDER BY e.id DESC LIMIT 1 OFFSET ?3",
		/* The one that comes back is no earlier one any more. Seven others are kept. */
		[STATEMENT_UNIT_KEEP] = "INSERT INTO unit_earlier(unit, facts, key, inputs) SELECT id, facts, key, inputs FROM unit "
					"WHERE path = ?1 AND command = ?2 AND facts IS NOT NULL AND key <> ?3",
		[STATEMENT_UNIT_FORGET] = "DELETE FROM unit_earlier WHERE unit = (SELECT id FROM unit WHERE path = ?1 AND command = ?2) "
					  "AND (key = ?3 OR id NOT IN (SELECT e.id FROM unit_earlier e JOIN unit u ON e.unit = u.id "
					  "WHERE u.path = ?1 AND u.command = ?2 ORDER BY e.id DESC LIMIT 7))",
		[STATEMENT_UNIT_FIND] = "SELECT id FROM unit WHERE path = ?1 AND command = ?2",
		[STATEMENT_UNIT_ADD] = "INSERT OR IGNORE INTO unit(path, command) VALUES(?1, ?2)",
		[STATEMENT_PATH_FIND] = "SELECT id FROM path WHERE value = ?1",
		[STATEMENT_PATH_ADD] = "INSERT INTO path(value) VALUES(?1) RETURNING id",
	};
	if (!model->statements[which]) {
		int result = model_prepare(model, sql[which], &model->statements[which], err);
		if (result)
			return result;
	}
	sqlite3_reset(model->statements[which]);
	sqlite3_clear_bindings(model->statements[which]);
	*out = model->statements[which];
	return 0;
}

void model_bind_hash(sqlite3_stmt *statement, int at, struct hash128 hash)
{
	unsigned char bytes[16];
	for (int i = 0; i < 8; i++) {
		bytes[i] = (unsigned char)(hash.high >> (56 - 8 * i));
		bytes[8 + i] = (unsigned char)(hash.low >> (56 - 8 * i));
	}
	sqlite3_bind_blob(statement, at, bytes, 16, SQLITE_TRANSIENT);
}

struct hash128 model_column_hash(sqlite3_stmt *statement, int column)
{
	struct hash128 hash = {0, 0};
	const unsigned char *bytes = sqlite3_column_blob(statement, column);
	if (bytes && sqlite3_column_bytes(statement, column) == 16)
		for (int i = 0; i < 8; i++) {
			hash.high = hash.high << 8 | bytes[i];
			hash.low = hash.low << 8 | bytes[8 + i];
		}
	return hash;
}

/* ---- transactions ---- */

int model_batch_begin(struct model *model, struct err *err)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int result = 0;
	if (model->in_batch && now.tv_sec > model->batch_start.tv_sec)
		result = model_batch_end(model, err);
	if (!result && !model->in_batch) {
		result = model_execute(model, "BEGIN IMMEDIATE", "writing", err);
		model->in_batch = !result;
		model->batch_start = now;
	}
	return result;
}

int model_batch_end(struct model *model, struct err *err)
{
	if (!model->in_batch)
		return 0;
	model->in_batch = false;
	int result = model_execute(model, "COMMIT", "writing", err);
	if (result)
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

/* ---- compression ---- */

void *bytes_compress(const void *bytes, size_t length, size_t *out_length)
{
	size_t bound = ZSTD_compressBound(length);
	void *out = mem_alloc(bound);
	*out_length = ZSTD_compress(out, bound, bytes, length, 6);
	if (ZSTD_isError(*out_length)) /* only for want of memory: the bound is large enough */
		mem_exhausted(bound);
	return out;
}

int bytes_expand(struct model *model, const void *bytes, size_t length, struct arena *arena, void **out, size_t *out_length,
		 struct err *err)
{
	unsigned long long size = ZSTD_getFrameContentSize(bytes, length);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > EXPAND_CEILING)
		return model_fail(model, SQLITE_CORRUPT, "expanding stored facts", err);
	void *data = arena_alloc(arena, (size_t)size + 1);
	size_t got = ZSTD_decompress(data, (size_t)size, bytes, length);
	if (ZSTD_isError(got) || got != size)
		return model_fail(model, SQLITE_CORRUPT, "expanding stored facts", err);
	*out = data;
	*out_length = (size_t)size;
	return 0;
}

/* ---- opening ---- */

static int pragma_number(struct model *model, const char *sql, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(model->db, sql, -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	*out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : model_fail(model, code, "opening", err);
}

static int create_views(struct model *model, struct err *err)
{
	const char *views = embedded_find("views");
	char hash[HASH_HEX_LENGTH + 1];
	hash_hex(hash_bytes(views, strlen(views)), hash);
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "SELECT 1 FROM meta WHERE key = 'views' AND value = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, hash, -1, SQLITE_STATIC);
	bool current = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	if (current)
		return 0;
	result = model_execute(model, "BEGIN IMMEDIATE", "making its views", err);
	if (result)
		return result;
	/* Views of an older build of the same schema version are replaced by ours. */
	for (const struct view_column *column = model_schema(); !result && column->view; column++) {
		char *sql = sqlite3_mprintf("DROP VIEW IF EXISTS \"%w\"", column->view);
		result = model_execute(model, sql, "making its views", err);
		sqlite3_free(sql);
	}
	if (!result)
		result = model_execute(model, views, "making its views", err);
	char *sql = sqlite3_mprintf("INSERT INTO meta(key, value) VALUES('views', %Q) ON CONFLICT(key) DO UPDATE SET value = "
				    "excluded.value", hash);
	if (!result)
		result = model_execute(model, sql, "making its views", err);
	sqlite3_free(sql);
	if (!result)
		result = model_execute(model, "COMMIT", "making its views", err);
	if (result)
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

static int create_schema(struct model *model, struct err *err)
{
	/* Twice checked: another process may have made it since we looked. */
	int result = model_execute(model, "BEGIN IMMEDIATE", "making its schema", err);
	int64_t version = 0;
	if (!result)
		result = pragma_number(model, "PRAGMA user_version", &version, err);
	if (!result && !version) {
		char *sql = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, SCHEMA_VERSION);
		result = model_execute(model, embedded_find("facts"), "making its schema", err);
		if (!result)
			result = model_execute(model, embedded_find("derived"), "making its schema", err);
		if (!result)
			result = model_execute(model, sql, "making its schema", err);
		sqlite3_free(sql);
	}
	if (!result)
		result = model_execute(model, "COMMIT", "making its schema", err);
	if (result)
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

/* Brings the schema of an older version up to date, step by step; what was stored stays. */
static int upgrade(struct model *model, struct err *err)
{
	int result = model_execute(model, "BEGIN IMMEDIATE", "bringing its schema up to date", err);
	int64_t version = 0;
	if (result)
		return result;
	/* Twice checked: another process may have done it since we looked. */
	result = pragma_number(model, "PRAGMA user_version", &version, err);
	for (; !result && version < SCHEMA_VERSION; version++) {
		char name[32];
		snprintf(name, sizeof name, "upgrade_%lld", (long long)version);
		/* Views name columns that change: they are made anew afterwards. */
		for (const struct view_column *column = model_schema(); !result && column->view; column++) {
			char *sql = sqlite3_mprintf("DROP VIEW IF EXISTS \"%w\"", column->view);
			result = model_execute(model, sql, "bringing its schema up to date", err);
			sqlite3_free(sql);
		}
		if (!result)
			result = model_execute(model, "DELETE FROM meta WHERE key = 'views'", "bringing its schema up to date", err);
		if (!result)
			result = model_execute(model, embedded_find(name), "bringing its schema up to date", err);
	}
	char *sql = sqlite3_mprintf("PRAGMA user_version = %d", SCHEMA_VERSION);
	if (!result)
		result = model_execute(model, sql, "bringing its schema up to date", err);
	sqlite3_free(sql);
	if (!result)
		result = model_execute(model, "COMMIT", "bringing its schema up to date", err);
	if (result)
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

#define ERR_OLDER 1 /* no error: opened for reading, of a version that only writing brings up to date */

static int check_version(struct model *model, bool create, struct err *err)
{
	int64_t version, id, tables;
	int result = pragma_number(model, "PRAGMA user_version", &version, err);
	if (!result)
		result = pragma_number(model, "PRAGMA application_id", &id, err);
	if (!result)
		result = pragma_number(model, "SELECT count(*) FROM sqlite_master", &tables, err);
	if (result)
		return result;
	if (!tables && !version && !id) {
		if (!create)
			return err_set(err, ERR_DATABASE, "%s: the database is empty; run 'sightline scan' first", model->path);
		return create_schema(model, err);
	}
	if (id != APPLICATION_ID)
		return model_fail(model, SQLITE_NOTADB, "opening", err);
	if (version > SCHEMA_VERSION || version < 1)
		return err_set(err, ERR_DATABASE, "%s: written by %s sightline (model version %lld, this one is %d); %s", model->path,
			       version > SCHEMA_VERSION ? "a newer" : "an older", (long long)version, SCHEMA_VERSION,
			       version > SCHEMA_VERSION ? "update this sightline, or give another database with --db"
							: "scan again into another database with --db");
	if (version == SCHEMA_VERSION)
		return 0;
	return create ? upgrade(model, err) : ERR_OLDER;
}

static int open_file(struct model *model, enum model_mode mode, struct err *err)
{
	int flags = (mode == MODEL_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
		    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	/* A path of ours is never taken for a URI. */
	char *absolute = path_normalise(model->path);
	char *name = *absolute == '/' ? mem_strdup(absolute) : sqlite3_mprintf("./%s", absolute);
	int code = sqlite3_open_v2(name, &model->db, flags & ~SQLITE_OPEN_URI, NULL);
	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(model->db, BUSY_MILLISECONDS);
		sqlite3_db_config(model->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(model->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		code = sqlite3_exec(model->db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
	}
	if (code != SQLITE_OK && mode == MODEL_READ && (code & 0xff) == SQLITE_CANTOPEN && !access(model->path, R_OK)) {
		/* A write-ahead database in a folder that we may not write to: nobody else writes there either. */
		sqlite3_close(model->db);
		model->db = NULL;
		struct buf uri;
		buf_init(&uri, BUF_NO_CEILING);
		buf_append_string(&uri, "file:");
		for (const char *c = name; *c; c++)
			if (strchr("?#%", *c))
				buf_printf(&uri, "%%%02x", (unsigned char)*c);
			else
				buf_append_char(&uri, *c);
		buf_append_string(&uri, "?immutable=1");
		code = sqlite3_open_v2(uri.data, &model->db, flags, NULL);
		buf_finish(&uri);
		if (code == SQLITE_OK)
			code = sqlite3_exec(model->db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
	}
	if (*absolute == '/')
		free(name);
	else
		sqlite3_free(name);
	free(absolute);
	return code == SQLITE_OK ? 0 : model_fail(model, code, "opening", err);
}

/* What SQLite would take for a new, empty database although it is none: devices, and a file of one byte (a workaround
 * for some file systems has it treat that as none). */
static int check_file(struct model *model, struct err *err)
{
	struct stat status;
	if (stat(model->path, &status))
		return 0;
	/* Told here: SQLite says no more than that it cannot open the log beside it. */
	if (model->writable && access(model->path, W_OK))
		return model_fail(model, SQLITE_READONLY, "opening", err);
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_DATABASE, "%s: is %s, not a sightline database; give a file with --db", model->path,
			       S_ISDIR(status.st_mode) ? "a folder" : "no regular file");
	return status.st_size == 1 ? model_fail(model, SQLITE_NOTADB, "opening", err) : 0;
}

int model_open(const char *path, enum model_mode mode, struct model **out, struct err *err)
{
	memory_use();
	struct model *model = mem_zalloc(1, sizeof *model);
	model->path = mem_strdup(path);
	model->writable = mode == MODEL_WRITE;
	int result = 0;
	if (mode == MODEL_WRITE) {
		char *folder = mem_strdup(path);
		char *slash = strrchr(folder, '/');
		if (slash && slash != folder) {
			*slash = 0;
			result = dir_create(folder, err);
		}
		free(folder);
	} else if (access(path, F_OK)) {
		result = err_set(err, ERR_NOT_FOUND, "%s: there is no model here yet; run 'sightline scan' first, or say where it is "
				 "with --db", path);
	}
	if (!result)
		result = check_file(model, err);
	if (!result)
		result = open_file(model, mode, err);
	if (!result && mode == MODEL_WRITE && sqlite3_db_readonly(model->db, "main") == 1)
		result = model_fail(model, SQLITE_READONLY, "opening", err);
	/* Whose it is comes first: changing the journal's mode writes, and another program's file is not ours to change. */
	if (!result)
		result = check_version(model, mode == MODEL_WRITE, err);
	if (!result && mode == MODEL_WRITE)
		result = model_execute(model, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000",
				       "opening", err);
	if (!result && mode == MODEL_WRITE)
		result = create_views(model, err);
	if (result == ERR_OLDER) {
		/* Opened once for writing it is as new as any; where that cannot be, it cannot be read. */
		model_close(model);
		result = model_open(path, MODEL_WRITE, &model, err);
		if (result)
			return err_prefix(err, "%s was written by an older sightline and has to be brought up to date first", path);
		model_close(model);
		return model_open(path, mode, out, err);
	}
	if (result) {
		model_close(model);
		return result;
	}
	*out = model;
	return 0;
}

int model_hold(struct model *model, struct err *err)
{
	/* A transaction sees what is there when it first reads. */
	return model_execute(model, "BEGIN; SELECT 1 FROM release LIMIT 1", "reading", err);
}

void model_close(struct model *model)
{
	if (!model)
		return;
	if (model->in_batch)
		sqlite3_exec(model->db, "COMMIT", NULL, NULL, NULL);
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(model->statements[i]);
	sqlite3_close(model->gate);
	sqlite3_close(model->db);
	memory_keep(NULL);
	for (size_t i = 0; i < model->paths_capacity; i++)
		free(model->paths[i]);
	free(model->paths);
	arena_destroy(model->cached);
	free(model->path);
	free(model);
}
