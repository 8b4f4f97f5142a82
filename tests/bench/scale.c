/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a release costs by its size, without any parsing: bench_scale FOLDER [FUNCTIONS ...] makes models of that many functions
 * with ten calls each (default 10000 100000 1000000), and derives each: linking, analysis, storing, rules and tasks, timed by stage.
 * Asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/derive.h"
#include "facts/codec.h"
#include "facts/facts.h"

#define PER_FILE 50
#define PER_FOLDER 20
#define CALLS 10

static double now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

/* ---- the code: functions of a file call each other, their folder, what lies before them, and now and then anything ---- */

static uint32_t string(struct facts_builder *builder, const char *format, uint32_t a, uint32_t b)
{
	char text[64];
	int length = snprintf(text, sizeof text, format, a, b);
	return facts_builder_string(builder, text, (size_t)length);
}

static uint32_t function(struct facts_builder *builder, uint32_t number)
{
	struct facts_symbol symbol = {.kind = SYMBOL_FUNCTION, .scope = SCOPE_EXTERNAL, .name_string = string(builder, "f%u", number, 0),
				      .file_string = FACTS_NONE, .parent_symbol = FACTS_NONE};
	return facts_builder_symbol(builder, &symbol);
}

static uint32_t callee(uint64_t *state, uint32_t caller, uint32_t count)
{
	uint32_t file = caller / PER_FILE, folder = file / PER_FOLDER, kind = (uint32_t)(draw(state) % 100);
	uint64_t any = draw(state);
	if (kind < 60)
		return file * PER_FILE + (uint32_t)(any % PER_FILE);
	if (kind < 85)
		return (folder * PER_FOLDER * PER_FILE + (uint32_t)(any % (PER_FOLDER * PER_FILE))) % count;
	return kind < 99 && caller ? (uint32_t)(any % caller) : (uint32_t)(any % count);
}

static void chunk_of(uint32_t file, uint32_t count, struct buf *out)
{
	struct facts_builder *builder = facts_builder_create();
	uint64_t state = (file + 1) * UINT64_C(0x9e3779b97f4a7c15);
	struct facts_file row = {string(builder, "d%u/f%u.c", file / PER_FOLDER, file), PER_FILE * 20, PER_FILE * 15, FILE_MAIN};
	facts_builder_add(builder, FACTS_TABLE_files, &row);
	for (uint32_t i = 0; i < PER_FILE; i++) {
		uint32_t number = file * PER_FILE + i;
		struct facts_function body = {.symbol = function(builder, number), .flags = FUNCTION_DEFINITION, .line = 1 + i * 20,
			.end_line = 16 + i * 20, .parameters = 1, .cyclomatic = 1 + (uint32_t)(draw(&state) % 10),
			.cognitive = (uint32_t)(draw(&state) % 30), .code_lines = 15, .signature_string = string(builder, "int (int)", 0, 0),
			.source_name_string = FACTS_NONE};
		facts_builder_add(builder, FACTS_TABLE_functions, &body);
		for (uint32_t c = 0; c < CALLS; c++) {
			struct facts_reference call = {.from_symbol = body.symbol, .to_symbol = function(builder, callee(&state, number, count)),
						       .kind = REF_CALL, .sites = 1, .line = body.line + c};
			facts_builder_add(builder, FACTS_TABLE_references, &call);
		}
	}
	facts_builder_finish(builder, out);
	facts_builder_destroy(builder);
}

static int put_unit(struct model *model, uint32_t file, uint32_t count, struct model_release_unit *out, struct err *err)
{
	struct buf chunk, unit;
	char hex[HASH_HEX_LENGTH + 1], path[64];
	buf_init(&chunk, BUF_NO_CEILING);
	buf_init(&unit, BUF_NO_CEILING);
	chunk_of(file, count, &chunk);
	struct hash128 id = hash_bytes(chunk.data, chunk.length), command = hash_bytes("cc", 2);
	int result = model_chunk_put(model, id, chunk.data, chunk.length, err);
	struct facts_builder *builder = facts_builder_create();
	hash_hex(command, hex);
	struct facts_unit row = {.path_string = string(builder, "d%u/f%u.c", file / PER_FOLDER, file), .status = UNIT_OK,
				 .command_string = facts_builder_string(builder, hex, strlen(hex)), .reason_string = facts_builder_string(builder, "", 0)};
	hash_hex(id, hex);
	struct facts_chunk_ref ref = {row.path_string, facts_builder_string(builder, hex, strlen(hex))};
	facts_builder_add(builder, FACTS_TABLE_units, &row);
	facts_builder_add(builder, FACTS_TABLE_chunk_refs, &ref);
	facts_builder_finish(builder, &unit);
	facts_builder_destroy(builder);
	snprintf(path, sizeof path, "d%u/f%u.c", file / PER_FOLDER, file);
	*out = (struct model_release_unit){strdup(path), command, hash_bytes(unit.data, unit.length)};
	struct model_unit stored = {.path = out->path, .command_hash = command, .facts_id = out->facts_id, .facts = unit.data,
				    .facts_length = unit.length};
	if (!result)
		result = model_unit_put(model, &stored, err);
	buf_finish(&chunk);
	buf_finish(&unit);
	return result;
}

/* ---- the clock ---- */

/* Of all threads: what a busy machine does not change. */
static double worked(void)
{
	struct timespec at;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

struct stages { const char *stage; double since, start, worked, work_start; };

static void staged(void *context, const char *stage, size_t done, size_t total, const char *detail)
{
	struct stages *stages = context;
	double at = now(), work = worked();
	(void)done, (void)total, (void)detail;
	if (stages->stage && stage && !strcmp(stages->stage, stage))
		return;
	if (stages->stage)
		printf("  %-10s %8.2f s, %8.2f s of processors\n", stages->stage, at - stages->since, work - stages->worked);
	stages->stage = stage;
	stages->since = at;
	stages->worked = work;
	fflush(stdout);
}

static int measure(const char *folder, uint32_t functions)
{
	char path[4096];
	struct err err = {0};
	struct model *model = NULL;
	struct config *config = NULL;
	struct derive_summary summary = {0};
	uint32_t files = (functions + PER_FILE - 1) / PER_FILE;
	struct model_release_unit *units = calloc(files, sizeof *units);
	snprintf(path, sizeof path, "%s/scale-%u.db", folder, functions);
	unlink(path);
	double start = now();
	int result = config_load("/nonexistent/sightline.yaml", false, &config, &err);
	if (!result)
		result = model_open(path, MODEL_WRITE, &model, &err);
	for (uint32_t i = 0; !result && i < files; i++)
		result = put_unit(model, i, files * PER_FILE, &units[i], &err);
	printf("%u functions, %u files, %u calls (made in %.1f s)\n", files * PER_FILE, files, files * PER_FILE * CALLS, now() - start);
	struct stages stages = {.start = now(), .work_start = worked()};
	struct progress progress = {staged, &stages};
	struct model_release release = {.name = "scale", .git_commit = "", .units = units, .unit_count = files};
	if (!result)
		result = derive_release(model, &release, config, NULL, NULL, &progress, &summary, &err);
	staged(&stages, NULL, 0, 0, NULL);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("  %-10s %8.2f s, %8.2f s of processors, %.2f GiB at most\n", "in all", now() - stages.start, worked() - stages.work_start, (double)usage.ru_maxrss / 1048576);
	if (result)
		printf("  failed: %s\n", err.text);
	derive_summary_finish(&summary);
	model_close(model);
	config_destroy(config);
	return result != 0;
}

int main(int argc, char **argv)
{
	static const char *const usual[] = {"10000", "100000", "1000000"};
	if (argc < 2)
		return fprintf(stderr, "usage: bench_scale FOLDER [FUNCTIONS ...]\n"), 2;
	int count = argc > 2 ? argc - 2 : 3, failed = 0;
	for (int i = 0; i < count; i++) {
		/* A process each: what is measured is the most memory of one. */
		fflush(stdout);
		pid_t child = fork();
		if (!child)
			exit(measure(argv[1], (uint32_t)strtoul(argc > 2 ? argv[2 + i] : usual[i], NULL, 10)));
		int status = 1;
		waitpid(child, &status, 0);
		if (WIFSIGNALED(status))
			printf("  failed: killed by signal %d\n", WTERMSIG(status));
		failed |= status != 0;
	}
	return failed;
}
