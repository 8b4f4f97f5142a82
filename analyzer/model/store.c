/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content: chunks and units by facts id, and what a scan skips by. */
#include <stdlib.h>
#include <string.h>

#include "facts/codec.h"
#include "model/internal.h"

static int step_done(struct model *model, sqlite3_stmt *statement, struct err *err)
{
	int code = sqlite3_step(statement);
	sqlite3_reset(statement);
	if (code == SQLITE_DONE)
		return 0;
	int result = model_fail(model, code, "storing facts", err);
	if (model->in_batch) {
		sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
		model->in_batch = false;
	}
	return result;
}

int model_chunk_put(struct model *model, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	sqlite3_stmt *statement;
	int result = model_batch_begin(model, err);
	if (!result)
		result = model_statement(model, STATEMENT_CHUNK_PUT, &statement, err);
	if (result)
		return result;
	size_t packed_length;
	void *packed = bytes_compress(bytes, length, &packed_length);
	model_bind_hash(statement, 1, id);
	sqlite3_bind_blob64(statement, 2, packed, packed_length, SQLITE_STATIC);
	result = step_done(model, statement, err);
	free(packed);
	return result;
}

/* ---- inputs ---- */

static int path_id(struct model *model, const char *path, uint64_t *id, struct err *err)
{
	sqlite3_stmt *statement;
	int result = model_statement(model, STATEMENT_PATH_FIND, &statement, err);
	if (result)
		return result;
	sqlite3_bind_blob64(statement, 1, path, strlen(path), SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_DONE) {
		sqlite3_reset(statement);
		result = model_statement(model, STATEMENT_PATH_ADD, &statement, err);
		if (result)
			return result;
		sqlite3_bind_blob64(statement, 1, path, strlen(path), SQLITE_STATIC);
		code = sqlite3_step(statement);
	}
	if (code != SQLITE_ROW)
		return model_fail(model, code, "storing facts", err);
	*id = (uint64_t)sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return 0;
}

static int append_paths(struct model *model, struct buf *out, const char *const *paths, size_t count, struct err *err)
{
	buf_append_varint(out, count);
	for (size_t i = 0; i < count; i++) {
		uint64_t id = 0;
		int result = path_id(model, paths[i], &id, err);
		if (result)
			return result;
		buf_append_varint(out, id);
	}
	return 0;
}

/* All paths at once: a scan asks for nearly every one of them. */
static int load_paths(struct model *model, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "SELECT id, value FROM path", &statement, err);
	if (result)
		return result;
	int code;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(statement, 0);
		if (id < 0 || id > UINT32_MAX)
			continue;
		mem_grow_zeroed(&model->paths, &model->paths_capacity, (size_t)id + 1, sizeof *model->paths);
		if (!model->paths[id])
			model->paths[id] = mem_strndup(sqlite3_column_blob(statement, 1) ? sqlite3_column_blob(statement, 1) : "",
						       (size_t)sqlite3_column_bytes(statement, 1));
	}
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? 0 : model_fail(model, code, "reading input paths", err);
}

static int read_paths(struct model *model, const unsigned char **at, const unsigned char *end, const char *const **out,
		      size_t *out_count, struct err *err)
{
	uint64_t count, id;
	if (!varint_read(at, end, &count) || count > (uint64_t)(end - *at))
		return model_fail(model, SQLITE_CORRUPT, "reading input paths", err);
	const char **paths = arena_alloc(model->cached, ((size_t)count + 1) * sizeof *paths);
	for (uint64_t i = 0; i < count; i++) {
		if (!varint_read(at, end, &id))
			return model_fail(model, SQLITE_CORRUPT, "reading input paths", err);
		if (id >= model->paths_capacity || !model->paths[id]) {
			int result = load_paths(model, err);
			if (result)
				return result;
			if (id >= model->paths_capacity || !model->paths[id])
				return model_fail(model, SQLITE_CORRUPT, "reading input paths", err);
		}
		paths[i] = model->paths[id];
	}
	*out = paths;
	*out_count = (size_t)count;
	return 0;
}

/* ---- units ---- */

/* status, errors, ... are kept beside the bytes, so that views need not decode. */
static int facts_put(struct model *model, const struct model_unit *unit, struct err *err)
{
	struct arena *arena = arena_create();
	struct facts facts;
	sqlite3_stmt *statement;
	int result = facts_decode(unit->facts, unit->facts_length, arena, &facts, err);
	if (!result && facts.units_count != 1)
		result = err_set(err, ERR_INTERNAL, "%s: facts without a unit", unit->path);
	if (!result)
		result = model_statement(model, STATEMENT_FACTS_PUT, &statement, err);
	if (!result) {
		const struct facts_unit *row = &facts.units[0];
		const char *reason = facts.strings[row->reason_string];
		struct buf first;
		buf_init(&first, BUF_NO_CEILING);
		for (size_t i = 0; !*reason && i < facts.diagnostics_count; i++) {
			const struct facts_diagnostic *said = &facts.diagnostics[i];
			if ((said->kind == DIAGNOSTIC_ERROR || said->kind == DIAGNOSTIC_MISSING_HEADER) && !first.length) {
				const char *file = facts.strings[said->file_string];
				if (*file)
					buf_printf(&first, "%s:%u: ", file, said->line);
				buf_append_string(&first, facts.strings[said->message_string]);
			}
		}
		if (first.length)
			reason = first.data;
		size_t packed_length;
		void *packed = bytes_compress(unit->facts, unit->facts_length, &packed_length);
		model_bind_hash(statement, 1, unit->facts_id);
		sqlite3_bind_blob64(statement, 2, packed, packed_length, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 3, row->status);
		sqlite3_bind_int64(statement, 4, row->errors);
		sqlite3_bind_int64(statement, 5, row->warnings);
		sqlite3_bind_int64(statement, 6, row->missing_headers);
		sqlite3_bind_text(statement, 7, reason, -1, SQLITE_STATIC);
		result = step_done(model, statement, err);
		free(packed);
		buf_finish(&first);
	}
	arena_destroy(arena);
	return result;
}

/* What the unit was until now stays known: a tree that goes back and forth between two revisions is parsed once. */
static int keep_earlier(struct model *model, const struct model_unit *unit, struct err *err)
{
	static const enum model_statement steps[] = {STATEMENT_UNIT_KEEP, STATEMENT_UNIT_FORGET};
	int result = 0;
	for (size_t i = 0; !result && i < 2; i++) {
		sqlite3_stmt *statement;
		result = model_statement(model, steps[i], &statement, err);
		if (result)
			return result;
		sqlite3_bind_text(statement, 1, unit->path, -1, SQLITE_STATIC);
		model_bind_hash(statement, 2, unit->command_hash);
		model_bind_hash(statement, 3, unit->input_key);
		result = step_done(model, statement, err);
	}
	return result;
}

int model_unit_put(struct model *model, const struct model_unit *unit, struct err *err)
{
	struct buf inputs;
	buf_init(&inputs, BUF_NO_CEILING);
	int result = model_batch_begin(model, err);
	if (!result)
		result = facts_put(model, unit, err);
	if (!result)
		result = append_paths(model, &inputs, unit->files, unit->file_count, err);
	if (!result)
		result = append_paths(model, &inputs, unit->absent, unit->absent_count, err);
	if (!result)
		result = keep_earlier(model, unit, err);
	sqlite3_stmt *statement;
	if (!result)
		result = model_statement(model, STATEMENT_UNIT_PUT, &statement, err);
	if (!result) {
		size_t packed_length;
		void *packed = bytes_compress(inputs.data, inputs.length, &packed_length);
		sqlite3_bind_text(statement, 1, unit->path, -1, SQLITE_STATIC);
		model_bind_hash(statement, 2, unit->command_hash);
		model_bind_hash(statement, 3, unit->facts_id);
		model_bind_hash(statement, 4, unit->input_key);
		sqlite3_bind_blob64(statement, 5, packed, packed_length, SQLITE_STATIC);
		result = step_done(model, statement, err);
		free(packed);
	}
	buf_finish(&inputs);
	return result;
}

int model_unit_cached(struct model *model, const char *path, struct hash128 command_hash, size_t back, struct model_unit *out,
		      struct err *err)
{
	sqlite3_stmt *statement;
	int result = model_statement(model, back ? STATEMENT_UNIT_EARLIER : STATEMENT_UNIT_GET, &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	model_bind_hash(statement, 2, command_hash);
	if (back)
		sqlite3_bind_int64(statement, 3, (int64_t)back - 1);
	int code = sqlite3_step(statement);
	if (code == SQLITE_DONE) {
		sqlite3_reset(statement);
		return ERR_NOT_FOUND;
	}
	if (code != SQLITE_ROW)
		return model_fail(model, code, "reading units", err);
	arena_destroy(model->cached);
	model->cached = arena_create();
	struct model_unit unit = {.path = arena_strdup(model->cached, path), .command_hash = command_hash,
				  .facts_id = model_column_hash(statement, 0), .input_key = model_column_hash(statement, 1)};
	void *inputs;
	size_t length;
	result = bytes_expand(model, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2), model->cached,
			      &inputs, &length, err);
	sqlite3_reset(statement);
	const unsigned char *at = inputs, *end = at + (result ? 0 : length);
	if (!result)
		result = read_paths(model, &at, end, &unit.files, &unit.file_count, err);
	if (!result)
		result = read_paths(model, &at, end, &unit.absent, &unit.absent_count, err);
	if (!result)
		*out = unit;
	return result;
}

/* ---- memories ---- */

int model_memory_put(struct model *model, const char *name, struct hash128 key, const void *bytes, size_t length, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "INSERT INTO memory(name, key, bytes) VALUES(?1, ?2, ?3) ON CONFLICT(name) DO UPDATE SET key = ?2, "
				   "bytes = ?3", &statement, err);
	if (result)
		return result;
	size_t packed_length;
	void *packed = bytes_compress(bytes, length, &packed_length);
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	model_bind_hash(statement, 2, key);
	sqlite3_bind_blob64(statement, 3, packed, packed_length, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	free(packed);
	return code == SQLITE_DONE ? 0 : model_fail(model, code, "storing what was found", err);
}

int model_memory_get(struct model *model, const char *name, struct hash128 *key, void **bytes, size_t *length, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	struct arena *arena = arena_create();
	void *expanded = NULL;
	struct err damaged = {0};
	*bytes = NULL;
	*length = 0;
	int result = model_prepare(model, "SELECT key, bytes FROM memory WHERE name = ?1", &statement, err);
	if (!result) {
		sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
		int code = sqlite3_step(statement);
		if (code == SQLITE_ROW && !bytes_expand(model, sqlite3_column_blob(statement, 1), (size_t)sqlite3_column_bytes(statement, 1),
							arena, &expanded, length, &damaged)) {
			*key = model_column_hash(statement, 0);
			*bytes = memcpy(mem_alloc(*length + 1), expanded, *length);
		}
		if (code != SQLITE_ROW && code != SQLITE_DONE)
			result = model_fail(model, code, "reading what was found", err);
		sqlite3_finalize(statement);
	}
	arena_destroy(arena);
	return result;
}

/* ---- loading ---- */

static int bytes_get(struct model *model, enum model_statement which, struct hash128 id, struct arena *arena, void **out,
		     size_t *length, struct err *err)
{
	sqlite3_stmt *statement;
	int result = model_statement(model, which, &statement, err);
	if (result)
		return result;
	model_bind_hash(statement, 1, id);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		result = bytes_expand(model, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), arena, out,
				      length, err);
	} else if (code == SQLITE_DONE) {
		char hex[HASH_HEX_LENGTH + 1];
		hash_hex(id, hex);
		result = err_set(err, ERR_DATABASE, "%s: facts %s are missing; scan again", model->path, hex);
	} else {
		result = model_fail(model, code, "reading facts", err);
	}
	sqlite3_reset(statement);
	return result;
}

struct load_unit { void *facts; size_t length; size_t first_chunk, chunk_count; };

static int compare_hashes(const void *a, const void *b)
{
	return hash_compare(*(const struct hash128 *)a, *(const struct hash128 *)b);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static int load_chunks(struct model *model, const struct hash128 *distinct, size_t count, const struct model_load_sink *sink,
		       struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < count; i++) {
		struct arena *arena = arena_create();
		void *bytes = NULL;
		size_t length = 0;
		if (!sink->is_known || !sink->is_known(sink->context, distinct[i]))
			result = bytes_get(model, STATEMENT_CHUNK_GET, distinct[i], arena, &bytes, &length, err);
		if (!result)
			result = sink->chunk(sink->context, (uint32_t)i, distinct[i], bytes, length, err);
		arena_destroy(arena);
	}
	return result;
}

int model_load(struct model *model, const struct model_release_unit *units, size_t unit_count,
	       const struct model_load_sink *sink, struct err *err)
{
	struct arena *arena = arena_create();
	struct load_unit *loaded = arena_zalloc(arena, unit_count + 1, sizeof *loaded);
	struct hash128 *refs = NULL, *distinct = NULL;
	uint32_t *numbers = NULL;
	size_t ref_count = 0, ref_capacity = 0, distinct_count = 0;
	int result = 0;
	for (size_t i = 0; !result && i < unit_count; i++) {
		struct arena *scratch = arena_create();
		struct facts facts;
		result = bytes_get(model, STATEMENT_FACTS_GET, units[i].facts_id, arena, &loaded[i].facts, &loaded[i].length, err);
		if (!result && (result = facts_decode(loaded[i].facts, loaded[i].length, scratch, &facts, err)))
			result = err_prefix(err, "%s: facts of %s", model->path, units[i].path);
		loaded[i].first_chunk = ref_count;
		for (size_t c = 0; !result && c < facts.chunk_refs_count; c++) {
			mem_grow(&refs, &ref_capacity, ref_count + 1, sizeof *refs);
			if (!hash_from_hex(facts.strings[facts.chunk_refs[c].hash_string], &refs[ref_count++]))
				result = model_fail(model, SQLITE_CORRUPT, "reading facts", err);
		}
		loaded[i].chunk_count = ref_count - loaded[i].first_chunk;
		arena_destroy(scratch);
	}
	if (!result) {
		distinct = mem_alloc((ref_count + 1) * sizeof *distinct);
		numbers = mem_alloc((ref_count + 1) * sizeof *numbers);
		if (ref_count) {
			memcpy(distinct, refs, ref_count * sizeof *refs);
			qsort(distinct, ref_count, sizeof *distinct, compare_hashes);
		}
		for (size_t i = 0; i < ref_count; i++)
			if (!distinct_count || !hash_equal(distinct[distinct_count - 1], distinct[i]))
				distinct[distinct_count++] = distinct[i];
		result = load_chunks(model, distinct, distinct_count, sink, err);
	}
	for (size_t i = 0; !result && i < unit_count; i++) {
		uint32_t *own = numbers + loaded[i].first_chunk;
		for (size_t c = 0; c < loaded[i].chunk_count; c++) {
			struct hash128 *found = bsearch(&refs[loaded[i].first_chunk + c], distinct, distinct_count, sizeof *distinct,
							compare_hashes);
			own[c] = (uint32_t)(found - distinct);
		}
		qsort(own, loaded[i].chunk_count, sizeof *own, compare_numbers);
		struct model_load_unit unit = {units[i].path, units[i].command_hash, loaded[i].facts, loaded[i].length, own,
					       loaded[i].chunk_count};
		result = sink->unit(sink->context, &unit, err);
	}
	free(refs);
	free(distinct);
	free(numbers);
	arena_destroy(arena);
	return result;
}
