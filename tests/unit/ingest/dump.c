/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump ROOT [--debug FOLDER] TRACE...: what ingest makes of trace files, as text for tests: one row a line, references as
 * what they name, columns separated by tabs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/ingest.h"

static const struct observation *seen;

static const char *string(uint64_t id)
{
	return id == OBSERVATION_NONE ? "-" : seen->strings[id];
}

static const char *name(uint64_t id)
{
	return id == OBSERVATION_NONE ? "-" : string(seen->functions[id].name_string);
}

static const char *file(uint64_t id)
{
	return id == OBSERVATION_NONE ? "-" : string(seen->functions[id].file_string);
}

static const char *entry(uint64_t id)
{
	return id == OBSERVATION_NONE ? "-" : name(seen->entries[id].function);
}

static const char *edge_flags(uint64_t flags)
{
	static char text[64];
	snprintf(text, sizeof text, "%s%s%s%s", flags & OBSERVATION_TAIL_CALL ? "tail " : "",
		 flags & OBSERVATION_INLINED ? "inlined " : "", flags & OBSERVATION_SIGNAL ? "signal " : "",
		 flags & OBSERVATION_DOUBTFUL ? "doubtful " : "");
	return text;
}

static void print_calls(void)
{
	static const char *const HOW[] = {"", "counted", "sampled", "stacked"};
	for (uint64_t i = 0; i < seen->modules_count; i++) {
		const struct observation_module *m = &seen->modules[i];
		printf("module\t%s\t%s\t%s\tfunctions %lu\trecorded %lu\tdescribed %lu\tflags %lx\n", string(m->name_string),
		       string(m->build_id_string), string(m->mode_string), m->functions, m->recorded, m->described, m->flags);
	}
	for (uint64_t i = 0; i < seen->functions_count; i++)
		printf("function\t%s\t%s\t%lu\t%s\n", name(i), file(i), seen->functions[i].line,
		       string(seen->modules[seen->functions[i].module].name_string));
	for (uint64_t i = 0; i < seen->entries_count; i++)
		printf("entry\t%s\t%s\t%lu\n", name(seen->entries[i].function), string(seen->entries[i].kind_string),
		       seen->entries[i].count);
	for (uint64_t i = 0; i < seen->edges_count; i++) {
		const struct observation_edge *e = &seen->edges[i];
		printf("edge\t%s\t%s\t%s\t%s\t%lu\t%s\t%lu\t%s\t%s\n", name(e->caller), name(e->callee), entry(e->entry), HOW[e->how],
		       e->count, edge_flags(e->flags), e->line, file(e->caller), file(e->callee));
	}
}

static void print_resources(void)
{
	for (uint64_t i = 0; i < seen->uses_count; i++) {
		const struct observation_use *u = &seen->uses[i];
		const struct observation_resource *r = &seen->resources[u->resource];
		printf("use\t%s\t%s\t%s\t%s\t%s\t%s\t%lu\t%lu\t%lu\t%lu\n", name(u->function), string(u->operation_string),
		       string(r->kind_string), string(r->name_string), string(r->type_string), entry(u->entry), u->count, u->errors,
		       u->bytes, u->line);
	}
	for (uint64_t i = 0; i < seen->orders_count; i++)
		printf("order\t%s\t%s\t%s\t%lu\n", string(seen->resources[seen->orders[i].held].name_string),
		       string(seen->resources[seen->orders[i].taken].name_string), name(seen->orders[i].function),
		       seen->orders[i].count);
	for (uint64_t i = 0; i < seen->times_count; i++)
		printf("time\t%s\t%lu\t%lu\t%lu\n", name(seen->times[i].function), seen->times[i].calls, seen->times[i].total_ns,
		       seen->times[i].self_ns);
	for (uint64_t i = 0; i < seen->losses_count; i++)
		printf("loss\t%s\t%lu\n", string(seen->losses[i].what_string), seen->losses[i].count);
}

int main(int argc, char **argv)
{
	const char *folders[2] = {NULL, NULL};
	int first = 2;
	if (argc > 3 && strcmp(argv[2], "--debug") == 0) {
		folders[0] = argv[3];
		first = 4;
	}
	if (argc <= first) {
		fprintf(stderr, "usage: dump ROOT [--debug FOLDER] TRACE...\n");
		return 2;
	}
	struct ingest_options options = {.root = argv[1], .home = getenv("HOME"), .debug_folders = folders};
	struct ingest_report report = {0};
	struct err err = {0};
	if (ingest_files((const char *const *)argv + first, (size_t)(argc - first), &options, &report, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	printf("report\tfiles %lu\trefused %lu\ttraces %lu\trepeats %lu\tdamaged %lu\trunning %lu\n", report.files, report.refused,
	       report.traces, report.repeats, report.damaged, report.running);
	for (size_t i = 0; i < report.note_count; i++)
		printf("note\t%d\t%s\n", (int)report.notes[i].kind, report.notes[i].text);
	for (size_t i = 0; i < report.run_count; i++) {
		struct arena *arena = arena_create();
		struct observation observation;
		if (observation_decode(report.runs[i].bytes.data, report.runs[i].bytes.length, arena, &observation, &err) != 0) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		seen = &observation;
		printf("run\t%s\t%s\t%s\tprocesses %lu\tflags %lx\n", report.runs[i].run_id, string(seen->runs->program_string),
		       string(seen->runs->arguments_string), seen->runs->processes, seen->runs->flags);
		print_calls();
		print_resources();
		arena_destroy(arena);
	}
	ingest_report_finish(&report);
	return 0;
}
