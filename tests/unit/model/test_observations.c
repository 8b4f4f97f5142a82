/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded runs in the model: kept with their release's manifest, told apart by their traces. And models of an older version:
 * they open, and what is in them stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts/codec.h"
#include "facts/observation.h"
#include "model/model.h"
#include "schema_1.h"

struct scratch { char folder[64], path[96]; struct model *model; };

static int set_up(void **state)
{
	struct scratch *scratch = mem_zalloc(1, sizeof *scratch);
	struct err err = {0};
	strcpy(scratch->folder, "/tmp/sightline-model-XXXXXX");
	assert_non_null(mkdtemp(scratch->folder));
	snprintf(scratch->path, sizeof scratch->path, "%s/model.db", scratch->folder);
	assert_int_equal(model_open(scratch->path, MODEL_WRITE, &scratch->model, &err), 0);
	*state = scratch;
	return 0;
}

static int tear_down(void **state)
{
	struct scratch *scratch = *state;
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	char path[128];
	model_close(scratch->model);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", scratch->path, suffixes[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(scratch->folder), 0);
	free(scratch);
	return 0;
}

/* ---- a release of one unit, whose status makes another manifest ---- */

struct release { struct model_release_unit unit; struct model_release row; };

static void put_release(struct model *model, const char *name, uint32_t status, struct release *out)
{
	struct facts_builder *builder = facts_builder_create();
	struct buf bytes;
	struct err err = {0};
	struct facts_unit row = {.status = status};
	row.path_string = facts_builder_string(builder, "a.c", 3);
	row.command_string = facts_builder_string(builder, "00000000000000000000000000000001", HASH_HEX_LENGTH);
	row.reason_string = facts_builder_string(builder, "", 0);
	facts_builder_add(builder, FACTS_TABLE_units, &row);
	buf_init(&bytes, BUF_NO_CEILING);
	facts_builder_finish(builder, &bytes);
	facts_builder_destroy(builder);
	static const char *const files[] = {"a.c"};
	struct model_unit unit = {.path = "a.c", .command_hash = {0, 1}, .facts_id = hash_bytes(bytes.data, bytes.length),
				  .facts = bytes.data, .facts_length = bytes.length, .files = files, .file_count = 1};
	assert_int_equal(model_unit_put(model, &unit, &err), 0);
	struct snapshot snapshot = {0};
	*out = (struct release){{"a.c", {0, 1}, unit.facts_id}, {.name = name, .git_commit = "", .created_at = 1700000000, .unit_count = 1,
							  .discovery = "level 2", .missing = 7}};
	out->row.units = &out->unit;
	assert_int_equal(model_release_put(model, &out->row, &snapshot, &err), 0);
	buf_finish(&bytes);
}

/* ---- observations: traces "1=10 2=20": ids and events ---- */

static struct buf observe(const char *run, const char *traces)
{
	struct observation_builder *builder = observation_builder_create();
	struct buf bytes;
	struct observation_run row = {.started_at = (uint64_t)run[0] * 1000000000, .processes = 1};
	row.run_string = observation_builder_string(builder, run, strlen(run));
	row.program_string = observation_builder_string(builder, "server", 6);
	row.arguments_string = observation_builder_string(builder, "-p 1", 4);
	observation_builder_add(builder, OBSERVATION_TABLE_runs, &row);
	for (const char *at = traces; *at; at += strspn(at, " ")) {
		char id[16];
		unsigned events;
		int length = 0;
		assert_int_equal(sscanf(at, "%15[^=]=%u%n", id, &events, &length), 2);
		struct observation_trace trace = {observation_builder_string(builder, id, strlen(id)), events};
		observation_builder_add(builder, OBSERVATION_TABLE_traces, &trace);
		at += length;
	}
	buf_init(&bytes, BUF_NO_CEILING);
	observation_builder_finish(builder, &bytes);
	observation_builder_destroy(builder);
	return bytes;
}

static enum model_put put(struct scratch *scratch, const char *release, const char *run, const char *traces)
{
	struct buf bytes = observe(run, traces);
	struct err err = {0};
	enum model_put outcome = MODEL_OVERLAPS;
	if (model_observation_put(scratch->model, release, bytes.data, bytes.length, 0, 1700000001, &outcome, &err))
		fail_msg("%s", err.text);
	buf_finish(&bytes);
	return outcome;
}

static int take_run(void *context, const void *bytes, size_t length, struct err *err)
{
	struct arena *arena = arena_create();
	struct observation observation;
	assert_int_equal(observation_decode(bytes, length, arena, &observation, err), 0);
	buf_printf(context, "%s:", observation.strings[observation.runs->run_string]);
	for (uint64_t i = 0; i < observation.traces_count; i++)
		buf_printf(context, " %s=%u", observation.strings[observation.traces[i].trace_string],
			   (unsigned)observation.traces[i].events);
	buf_append_char(context, '\n');
	arena_destroy(arena);
	return 0;
}

static void assert_runs(struct scratch *scratch, const struct release *release, size_t left_behind, const char *wanted)
{
	struct buf got;
	struct err err = {0};
	size_t left = 99;
	buf_init(&got, BUF_NO_CEILING);
	buf_append_string(&got, "");
	assert_int_equal(model_observations(scratch->model, &release->row, take_run, &got, &left, &err), 0);
	assert_string_equal(got.data, wanted);
	assert_int_equal(left, left_behind);
	buf_finish(&got);
}

/* ---- tests ---- */

static void runs_come_back_in_the_order_of_their_start(void **state)
{
	struct scratch *scratch = *state;
	struct release a, b;
	put_release(scratch->model, "A", UNIT_OK, &a);
	put_release(scratch->model, "B", UNIT_OK, &b);
	assert_int_equal(put(scratch, "A", "2", "t3=5"), MODEL_ADDED);
	assert_int_equal(put(scratch, "A", "1", "t1=1 t2=2"), MODEL_ADDED);
	assert_runs(scratch, &a, 0, "1: t1=1 t2=2\n2: t3=5\n");
	assert_runs(scratch, &b, 0, "");
	assert_int_equal(put(scratch, "B", "1", "t1=1 t2=2"), MODEL_ADDED); /* what another release has is no repeat */
	assert_runs(scratch, &b, 0, "1: t1=1 t2=2\n");
}

static void repeats_are_known_by_their_traces(void **state)
{
	struct scratch *scratch = *state;
	struct release a;
	put_release(scratch->model, "A", UNIT_OK, &a);
	assert_int_equal(put(scratch, "A", "1", "t1=10 t2=20"), MODEL_ADDED);
	assert_int_equal(put(scratch, "A", "1", "t1=10 t2=20"), MODEL_REPEATED);
	assert_int_equal(put(scratch, "A", "1", "t2=20"), MODEL_REPEATED); /* one of its files alone */
	assert_int_equal(put(scratch, "A", "1", "t1=9 t2=20"), MODEL_REPEATED); /* an earlier copy */
	assert_runs(scratch, &a, 0, "1: t1=10 t2=20\n");
	assert_int_equal(put(scratch, "A", "1", "t1=11 t2=20"), MODEL_REPLACED); /* a later one */
	assert_int_equal(put(scratch, "A", "1", "t1=11 t2=20 t3=1"), MODEL_REPLACED); /* and one more process */
	assert_runs(scratch, &a, 0, "1: t1=11 t2=20 t3=1\n");
	/* Neither holds all that the other has. */
	assert_int_equal(put(scratch, "A", "1", "t1=12"), MODEL_OVERLAPS);
	assert_int_equal(put(scratch, "A", "1", "t1=10 t2=20 t3=2"), MODEL_OVERLAPS);
	assert_int_equal(put(scratch, "A", "1", "t3=1 t4=1"), MODEL_OVERLAPS);
	assert_runs(scratch, &a, 0, "1: t1=11 t2=20 t3=1\n");
}

static void a_later_copy_of_two_runs_files_takes_both_places(void **state)
{
	struct scratch *scratch = *state;
	struct release a;
	put_release(scratch->model, "A", UNIT_OK, &a);
	assert_int_equal(put(scratch, "A", "1", "t1=10"), MODEL_ADDED);
	assert_int_equal(put(scratch, "A", "1", "t2=10"), MODEL_ADDED); /* ingested file by file */
	assert_int_equal(put(scratch, "A", "1", "t1=10 t2=11"), MODEL_REPLACED);
	assert_runs(scratch, &a, 0, "1: t1=10 t2=11\n");
}

static int64_t ask(struct scratch *scratch, const char *sql)
{
	struct rows *rows = NULL;
	struct err err = {0};
	bool has_row = false;
	if (model_query_foreign(scratch->model, sql, NULL, 0, 0, &rows, &err) || rows_next(rows, &has_row, &err))
		fail_msg("%s", err.text);
	int64_t number = has_row ? rows_integer(rows, 0) : -1;
	rows_close(rows);
	return number;
}

static void they_belong_to_the_manifest(void **state)
{
	struct scratch *scratch = *state;
	struct release a, changed;
	struct err err = {0};
	struct snapshot snapshot = {0};
	put_release(scratch->model, "A", UNIT_OK, &a);
	put(scratch, "A", "1", "t1=1");
	put(scratch, "A", "2", "t2=1");
	assert_int_equal(ask(scratch, "SELECT observations FROM releases"), 2);
	assert_int_equal(ask(scratch, "SELECT count(*) FROM observations WHERE program = 'server' AND arguments = '-p 1'"), 2);
	assert_int_equal(model_release_put(scratch->model, &a.row, &snapshot, &err), 0); /* scanned again: the same */
	assert_runs(scratch, &a, 0, "1: t1=1\n2: t2=1\n");
	/* Another tree under the name: they are not its own, which can be asked before, and gone after. */
	changed = a;
	changed.unit.facts_id.low ^= 1;
	changed.row.units = &changed.unit;
	assert_runs(scratch, &changed, 2, "");
	put_release(scratch->model, "A", UNIT_PARTIAL, &changed);
	assert_runs(scratch, &changed, 0, "");
	assert_int_equal(ask(scratch, "SELECT observations FROM releases"), 0);
	assert_int_equal(ask(scratch, "SELECT count(*) FROM observations"), 0);
	assert_int_equal(put(scratch, "A", "1", "t1=1"), MODEL_ADDED); /* no trace of the old ones is left */
}

static void a_new_run_asks_for_deriving_anew(void **state)
{
	struct scratch *scratch = *state;
	struct release a;
	struct err err = {0};
	struct hash128 key = {1, 2};
	put_release(scratch->model, "A", UNIT_OK, &a);
	assert_int_equal(model_release_set_derive_key(scratch->model, "A", key, &err), 0);
	assert_true(model_release_is_current(scratch->model, &a.row, key));
	put(scratch, "A", "1", "t1=1");
	assert_false(model_release_is_current(scratch->model, &a.row, key));
	assert_int_equal(model_release_set_derive_key(scratch->model, "A", key, &err), 0);
	put(scratch, "A", "1", "t1=1"); /* a repeat changes nothing */
	assert_true(model_release_is_current(scratch->model, &a.row, key));
}

static void what_cannot_be_stored_is_refused(void **state)
{
	struct scratch *scratch = *state;
	struct release a;
	struct err err = {0};
	enum model_put outcome;
	struct buf bytes = observe("1", "t1=1");
	assert_int_equal(model_observation_put(scratch->model, "none", bytes.data, bytes.length, 0, 0, &outcome, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "none"));
	put_release(scratch->model, "A", UNIT_OK, &a);
	for (size_t length = 0; length < bytes.length; length++)
		assert_int_not_equal(model_observation_put(scratch->model, "A", bytes.data, length, 0, 0, &outcome, &err), 0);
	assert_runs(scratch, &a, 0, "");
	buf_finish(&bytes);
}

static void a_release_is_read_as_it_was_put(void **state)
{
	struct scratch *scratch = *state;
	struct release a;
	struct model_release read;
	struct err err = {0};
	put_release(scratch->model, "A", UNIT_OK, &a);
	assert_int_equal(model_release_read(scratch->model, "B", &read, &err), ERR_NOT_FOUND);
	assert_int_equal(model_release_read(scratch->model, "A", &read, &err), 0);
	assert_string_equal(read.name, "A");
	assert_string_equal(read.git_commit, "");
	assert_int_equal(read.created_at, 1700000000);
	assert_string_equal(read.discovery, "level 2");
	assert_int_equal(read.missing, 7);
	assert_int_equal(read.unit_count, 1);
	assert_string_equal(read.units[0].path, "a.c");
	assert_true(hash_equal(read.units[0].facts_id, a.unit.facts_id));
	model_release_free(&read);
}

/* ---- an older version ---- */

static void run(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *message = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s", message);
	sqlite3_close(db);
}

static void make_old(struct scratch *scratch)
{
	char path[128];
	model_close(scratch->model);
	scratch->model = NULL;
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", scratch->path, suffixes[i]);
		unlink(path);
	}
	run(scratch->path, SCHEMA_1);
	run(scratch->path, "PRAGMA application_id = 1399409774; PRAGMA user_version = 1;"
			   "CREATE VIEW calls AS SELECT 0 AS observed_count FROM call;"
			   "INSERT INTO meta VALUES('views', 'old');"
			   "INSERT INTO release VALUES(1, 'A', '', 0, NULL, 1, 0, 2, 1);"
			   "INSERT INTO text VALUES(1, ''), (2, 'a.c'), (3, 'direct');"
			   "INSERT INTO symbol VALUES(1, 1, 'main', 1), (2, 1, 'run', 1);"
			   "INSERT INTO file VALUES(2, 9, 9, 0, 1, NULL, 1, 0);"
			   "INSERT INTO function VALUES(1, 2, NULL, NULL, 1, 2, 0, 0, 1, 0, 1, 1, 1, 1, 0);"
			   "INSERT INTO call VALUES(1, 2, 1, 3, 1.0, 1, 1, 0, 1, 1, 0);"
			   "INSERT INTO digest VALUES('call', 1, 2, 3);");
}

static void a_model_of_an_older_version_opens(void **state)
{
	struct scratch *scratch = *state;
	for (int write = 0; write < 2; write++) {
		struct err err = {0};
		make_old(scratch);
		if (model_open(scratch->path, write ? MODEL_WRITE : MODEL_READ, &scratch->model, &err))
			fail_msg("%s", err.text);
		assert_int_equal(ask(scratch, "SELECT count(*) FROM calls WHERE caller = 'main' AND observed_count = 0 AND observed_how IS "
				     "NULL AND caller_file = 'a.c'"), 1);
		assert_int_equal(ask(scratch, "SELECT observations FROM releases"), 0);
		for (const struct view_column *row = model_schema(); row->view; row++) {
			char sql[256];
			snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", row->view);
			ask(scratch, sql);
		}
	}
}

static void what_an_upgrade_makes_is_what_is_made_new(void **state)
{
	struct scratch *scratch = *state;
	static const char ask_columns[] = "SELECT count(*), coalesce(sum(length(t.name) * 7919 + length(c.name) * 31 + c.pk + "
					  "c.\"notnull\"), 0) FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'";
	sqlite3 *db;
	sqlite3_stmt *statement;
	int64_t columns[2], sums[2];
	for (int old = 0; old < 2; old++) {
		struct err err = {0};
		if (old) {
			make_old(scratch);
			assert_int_equal(model_open(scratch->path, MODEL_WRITE, &scratch->model, &err), 0);
			run(scratch->path, "DROP TABLE IF EXISTS sqlite_stat1");
		}
		assert_int_equal(sqlite3_open(scratch->path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_prepare_v2(db, ask_columns, -1, &statement, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
		columns[old] = sqlite3_column_int64(statement, 0);
		sums[old] = sqlite3_column_int64(statement, 1);
		sqlite3_finalize(statement);
		sqlite3_close(db);
	}
	assert_int_equal(columns[0], columns[1]);
	assert_int_equal(sums[0], sums[1]);
}

static void an_older_version_that_cannot_be_written_says_so(void **state)
{
	struct scratch *scratch = *state;
	int status;
	make_old(scratch);
	assert_int_equal(chmod(scratch->path, 0444) | chmod(scratch->folder, 0755), 0);
	pid_t child = fork();
	if (!child) {
		struct err err = {0};
		struct model *model;
		if (!geteuid() && setuid(65534)) /* root may write everywhere */
			_exit(2);
		_exit(model_open(scratch->path, MODEL_READ, &model, &err) != ERR_DATABASE || !strstr(err.text, "older") ||
		      !strstr(err.text, "read-only"));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_newer_version_is_refused(void **state)
{
	struct scratch *scratch = *state;
	struct err err = {0};
	model_close(scratch->model);
	scratch->model = NULL;
	run(scratch->path, "PRAGMA user_version = 99");
	assert_int_equal(model_open(scratch->path, MODEL_READ, &scratch->model, &err), ERR_DATABASE);
	assert_non_null(strstr(err.text, "newer"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(runs_come_back_in_the_order_of_their_start), TEST(repeats_are_known_by_their_traces),
		TEST(a_later_copy_of_two_runs_files_takes_both_places), TEST(they_belong_to_the_manifest),
		TEST(a_new_run_asks_for_deriving_anew), TEST(what_cannot_be_stored_is_refused), TEST(a_release_is_read_as_it_was_put),
		TEST(a_model_of_an_older_version_opens), TEST(what_an_upgrade_makes_is_what_is_made_new),
		TEST(an_older_version_that_cannot_be_written_says_so), TEST(a_newer_version_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
