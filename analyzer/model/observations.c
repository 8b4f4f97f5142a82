/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded runs: stored beside the release whose build ran, told apart by the trace files they were made of. Knows nothing of
 * what is in them but the run and its traces. */
#include <stdlib.h>
#include <string.h>

#include "facts/observation.h"
#include "model/internal.h"

static int fail(struct model *model, int code, struct err *err)
{
	return model_fail(model, code, "storing an observation", err);
}

static int release_number(struct model *model, const char *release, int64_t *number, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "SELECT number FROM release WHERE name = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, release, -1, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	if (code == SQLITE_ROW)
		return 0;
	return code == SQLITE_DONE ? err_set(err, ERR_NOT_FOUND, "%s: no release \"%s\"", model->path, release) : fail(model, code, err);
}

/* ---- what is there already ---- */

/* An observation of the release that shares traces with a new one. */
struct earlier { int64_t id; size_t shared /* traces in both */, newer /* of these, with more events than the new one */; };

static int find_earlier(struct model *model, int64_t number, const struct observation *observation, struct earlier **out,
			size_t *count, size_t *known, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	struct earlier *list = NULL;
	size_t n = 0, capacity = 0;
	*known = 0;
	int result = model_prepare(model, "SELECT o.id, t.events FROM observation o JOIN observation_trace t ON t.observation = o.id "
					  "WHERE o.release = ?1 AND t.trace = ?2", &statement, err);
	for (uint64_t i = 0; !result && i < observation->traces_count; i++) {
		const struct observation_trace *trace = &observation->traces[i];
		bool is_known = false;
		int code;
		sqlite3_reset(statement);
		sqlite3_bind_int64(statement, 1, number);
		sqlite3_bind_text(statement, 2, observation->strings[trace->trace_string], -1, SQLITE_STATIC);
		while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
			int64_t id = sqlite3_column_int64(statement, 0);
			uint64_t events = (uint64_t)sqlite3_column_int64(statement, 1);
			size_t at = 0;
			while (at < n && list[at].id != id)
				at++;
			if (at == n) {
				mem_grow(&list, &capacity, n + 1, sizeof *list);
				list[n++] = (struct earlier){id, 0, 0};
			}
			list[at].shared++;
			list[at].newer += events > trace->events;
			is_known |= events >= trace->events;
		}
		*known += is_known;
		if (code != SQLITE_DONE)
			result = fail(model, code, err);
	}
	sqlite3_finalize(statement);
	if (result)
		free(list);
	else
		*out = list, *count = n;
	return result;
}

static int trace_count(struct model *model, int64_t id, size_t *out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "SELECT count(*) FROM observation_trace WHERE observation = ?1", &statement, err);
	if (result)
		return result;
	sqlite3_bind_int64(statement, 1, id);
	int code = sqlite3_step(statement);
	*out = code == SQLITE_ROW ? (size_t)sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : fail(model, code, err);
}

static int decide(struct model *model, int64_t number, const struct observation *observation, struct earlier **earlier,
		  size_t *count, enum model_put *out, struct err *err)
{
	size_t known;
	int result = find_earlier(model, number, observation, earlier, count, &known, err);
	if (result)
		return result;
	*out = *count ? MODEL_REPLACED : MODEL_ADDED;
	if (*count && known == observation->traces_count) {
		*out = MODEL_REPEATED;
		return 0;
	}
	for (size_t i = 0; !result && i < *count; i++) {
		size_t traces;
		result = trace_count(model, (*earlier)[i].id, &traces, err);
		if (!result && (traces > (*earlier)[i].shared || (*earlier)[i].newer))
			*out = MODEL_OVERLAPS; /* what it has beside these traces would be lost */
	}
	return result;
}

/* ---- storing ---- */

static int run_with_number(struct model *model, const char *sql, int64_t number, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, sql, &statement, err);
	if (result)
		return result;
	sqlite3_bind_int64(statement, 1, number);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? 0 : fail(model, code, err);
}

static int remove_one(struct model *model, int64_t id, struct err *err)
{
	int result = run_with_number(model, "DELETE FROM observation_trace WHERE observation = ?1", id, err);
	return result ? result : run_with_number(model, "DELETE FROM observation WHERE id = ?1", id, err);
}

int observations_remove(struct model *model, int64_t release, struct err *err)
{
	int result = run_with_number(model, "DELETE FROM observation_trace WHERE observation IN (SELECT id FROM observation WHERE "
					    "release = ?1)", release, err);
	return result ? result : run_with_number(model, "DELETE FROM observation WHERE release = ?1", release, err);
}

static int64_t clamp(uint64_t value)
{
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* What is stored: canonical bytes, and what is told beside them. */
struct stored { const void *bytes; size_t length; uint64_t flags; int64_t created_at; };

static int insert(struct model *model, int64_t number, const struct observation *observation, const struct stored *stored,
		  struct err *err)
{
	const struct observation_run *run = observation->runs;
	const char *const *strings = observation->strings;
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "INSERT INTO observation(release, run, program, arguments, started_at, processes, flags, "
					  "created_at, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", &statement, err);
	if (result)
		return result;
	size_t packed_length;
	void *packed = bytes_compress(stored->bytes, stored->length, &packed_length);
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, strings[run->run_string], -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, strings[run->program_string], -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, strings[run->arguments_string], -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, clamp(run->started_at));
	sqlite3_bind_int64(statement, 6, clamp(run->processes));
	sqlite3_bind_int64(statement, 7, clamp(run->flags | stored->flags));
	sqlite3_bind_int64(statement, 8, stored->created_at);
	sqlite3_bind_blob64(statement, 9, packed, packed_length, SQLITE_STATIC);
	int code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	free(packed);
	if (code != SQLITE_DONE)
		return fail(model, code, err);
	int64_t id = sqlite3_last_insert_rowid(model->db);
	result = model_prepare(model, "INSERT INTO observation_trace(observation, trace, events) VALUES(?1, ?2, ?3)", &statement, err);
	for (uint64_t i = 0; !result && i < observation->traces_count; i++) {
		sqlite3_reset(statement);
		sqlite3_bind_int64(statement, 1, id);
		sqlite3_bind_text(statement, 2, strings[observation->traces[i].trace_string], -1, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 3, clamp(observation->traces[i].events));
		code = sqlite3_step(statement);
		if (code != SQLITE_DONE)
			result = fail(model, code, err);
	}
	sqlite3_finalize(statement);
	return result;
}

static int put(struct model *model, const char *release, const struct observation *observation, const struct stored *stored,
	       enum model_put *outcome, struct err *err)
{
	struct earlier *earlier = NULL;
	size_t count = 0;
	int64_t number = 0;
	int result = release_number(model, release, &number, err);
	if (!result)
		result = decide(model, number, observation, &earlier, &count, outcome, err);
	bool wanted = !result && (*outcome == MODEL_ADDED || *outcome == MODEL_REPLACED);
	for (size_t i = 0; !result && wanted && i < count; i++)
		result = remove_one(model, earlier[i].id, err);
	if (!result && wanted)
		result = insert(model, number, observation, stored, err);
	/* Its derived rows do not say so yet. */
	if (!result && wanted)
		result = run_with_number(model, "UPDATE release SET derive_key = NULL WHERE number = ?1", number, err);
	free(earlier);
	return result;
}

int model_observation_put(struct model *model, const char *release, const void *bytes, size_t length, uint64_t flags,
			  int64_t created_at, enum model_put *outcome, struct err *err)
{
	struct stored stored = {bytes, length, flags, created_at};
	struct arena *arena = arena_create();
	struct observation observation;
	enum model_put done = MODEL_ADDED;
	int result = observation_decode(bytes, length, arena, &observation, err);
	if (!result && observation.runs_count != 1)
		result = err_set(err, ERR_INPUT, "an observation of %llu runs", (unsigned long long)observation.runs_count);
	if (!result)
		result = model_batch_end(model, err);
	if (!result)
		result = model_execute(model, "BEGIN IMMEDIATE", "storing an observation", err);
	if (!result) {
		result = put(model, release, &observation, &stored, &done, err);
		if (!result)
			result = model_execute(model, "COMMIT", "storing an observation", err);
		if (result)
			sqlite3_exec(model->db, "ROLLBACK", NULL, NULL, NULL);
	}
	if (!result)
		*outcome = done;
	arena_destroy(arena);
	return result;
}

/* ---- reading ---- */

int model_observations(struct model *model, const struct model_release *release, model_observation_visit visit, void *context,
		       size_t *left_behind, struct err *err)
{
	bool same = model_release_is_same(model, release);
	sqlite3_stmt *statement = NULL;
	int result = model_prepare(model, "SELECT o.bytes FROM observation o JOIN release r ON r.number = o.release WHERE r.name = ?1 "
					  "ORDER BY o.started_at, o.run, o.id", &statement, err);
	if (result)
		return result;
	sqlite3_bind_text(statement, 1, release->name, -1, SQLITE_STATIC);
	int code = SQLITE_ROW;
	*left_behind = 0;
	while (!result && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		if (!same) {
			++*left_behind;
			continue;
		}
		struct arena *arena = arena_create();
		void *bytes;
		size_t length;
		result = bytes_expand(model, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), arena, &bytes,
				      &length, err);
		if (!result)
			result = visit(context, bytes, length, err);
		arena_destroy(arena);
	}
	sqlite3_finalize(statement);
	return result || code == SQLITE_DONE ? result : model_fail(model, code, "reading observations", err);
}
