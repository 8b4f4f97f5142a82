/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a trace to an observation, with this program as the one that ran: it makes its calls, notes who called whom by the
 * compiler's own means, and writes the trace that an agent would have left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/ingest.h"
#include "trace_writer.h"

#define FILE_NAME "tests/unit/ingest/test_run.c"

struct { int before; pthread_mutex_t lock; } run_server;
static pthread_mutex_t run_hidden;

static struct trace_edge noted[64];
static uint32_t noted_count;

static void note(void *return_address, void *callee)
{
	struct trace_edge edge = {(uintptr_t)return_address, trace_edge_key((uintptr_t)return_address, (uintptr_t)callee), 1,
				  10 + noted_count};
	if (noted_count < 64)
		noted[noted_count++] = edge;
}

#define NOTE(function) note(__builtin_return_address(0), (void *)function)
#ifdef __clang__
#define PLAIN __attribute__((noinline))
#else
#ifdef __clang__ /* clones nothing, and does not know the word */
#define PLAIN __attribute__((noinline))
#else
#define PLAIN __attribute__((noinline, noclone))
#endif
#endif

static PLAIN void tip(void) { NOTE(tip); }
static uint64_t last_tip(void) { return noted[noted_count - 1].from; }

static inline __attribute__((always_inline)) void inlined(void)
{
	tip();
	__asm__ volatile("");
}
static int inlined_line = __LINE__ - 3;

static PLAIN void outer(void)
{
	NOTE(outer);
	inlined();
	tip();
	__asm__ volatile("");
}

static PLAIN int compare(const void *a, const void *b)
{
	NOTE(compare);
	return *(const int *)a - *(const int *)b;
}

static PLAIN void on_signal(int number)
{
	(void)number;
	NOTE(on_signal);
}

static PLAIN void *worker(void *argument)
{
	NOTE(worker);
	outer();
	__asm__ volatile("");
	return argument;
}

static const struct observation *seen;
static struct arena *arena;
static struct ingest_report report;

static int bias_of(struct dl_phdr_info *info, size_t size, void *name)
{
	(void)size;
	const char *wanted = name;
	if ((*wanted && strstr(info->dlpi_name, wanted)) || (!*wanted && !*info->dlpi_name)) {
		*(uintptr_t *)(void *)((char *)name + 32) = info->dlpi_addr;
		return 1;
	}
	return 0;
}

static uintptr_t find_bias(const char *part)
{
	struct { char name[32]; uintptr_t bias; } wanted = {"", 0};
	snprintf(wanted.name, sizeof wanted.name, "%s", part);
	assert_int_equal(dl_iterate_phdr(bias_of, &wanted), 1);
	return wanted.bias;
}

static void begin(struct trace_writer *writer)
{
	char self[4096];
	Dl_info libc;
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	assert_true(length > 0);
	self[length] = '\0';
	trace_writer_init(writer, 1, 1);
	trace_writer_module(writer, self, find_bias(""), TRACE_MODE_FENTRY);
	assert_true(dladdr((void *)(uintptr_t)dlsym(RTLD_DEFAULT, "lfind"), &libc));
	char *real = realpath(libc.dli_fname, NULL);
	trace_writer_module(writer, real, (uintptr_t)libc.dli_fbase, TRACE_MODE_NONE);
	free(real);
	trace_writer_main_thread(writer);
	noted_count = 0;
}

static void end(struct trace_writer *writer)
{
	static struct observation observation;
	char path[] = "/tmp/sightline-run-XXXXXX";
	int file = mkstemp(path);
	assert_true(file >= 0);
	close(file);
	trace_writer_save(writer, path);
	trace_writer_finish(writer);
	const char *paths[] = {path};
	struct ingest_options options = {.root = SOURCE_ROOT, .home = "/home/nobody"};
	struct err err = {0};
	if (ingest_files(paths, 1, &options, &report, &err) != 0)
		fail_msg("%s", err.text);
	unlink(path);
	assert_int_equal(report.run_count, 1);
	assert_int_equal(report.damaged, 0);
	arena = arena_create();
	if (observation_decode(report.runs[0].bytes.data, report.runs[0].bytes.length, arena, &observation, &err) != 0)
		fail_msg("%s", err.text);
	seen = &observation;
}

static void done(void)
{
	arena_destroy(arena);
	ingest_report_finish(&report);
}

static const char *name(uint64_t function)
{
	return function == OBSERVATION_NONE ? "-" : seen->strings[seen->functions[function].name_string];
}

static const struct observation_edge *edge(const char *caller, const char *callee, uint64_t flags)
{
	const struct observation_edge *found = NULL;
	for (uint64_t i = 0; i < seen->edges_count; i++) {
		const struct observation_edge *row = &seen->edges[i];
		if (strcmp(name(row->caller), caller) == 0 && strcmp(name(row->callee), callee) == 0 && row->flags == flags) {
			assert_null(found);
			found = row;
		}
	}
	return found;
}

static uint64_t entry_count(const char *function, const char *kind)
{
	for (uint64_t i = 0; i < seen->entries_count; i++)
		if (strcmp(name(seen->entries[i].function), function) == 0 &&
		    strcmp(seen->strings[seen->entries[i].kind_string], kind) == 0)
			return seen->entries[i].count;
	return UINT64_MAX;
}

static void test_calls_and_inlining(void **state)
{
	(void)state;
	struct trace_writer writer;
	begin(&writer);
	outer();
	outer();
	assert_int_equal(noted_count, 6);
	/* The second time by another table, as of another thread: counts add up. */
	trace_writer_segment(&writer, TRACE_EDGES, 0, 0, noted, sizeof *noted, 3);
	trace_writer_segment(&writer, TRACE_EDGES, 0, 0, noted + 3, sizeof *noted, 3);
	end(&writer);
	const struct observation_edge *call = edge("inlined", "tip", 0);
	assert_non_null(call);
	assert_int_equal(call->count, 2);
	assert_int_equal(call->how, OBSERVATION_COUNTED);
	assert_int_equal(call->line, inlined_line);
	assert_string_equal(seen->strings[seen->functions[call->caller].file_string], FILE_NAME);
	call = edge("outer", "inlined", OBSERVATION_INLINED);
	assert_non_null(call);
	assert_int_equal(call->count, 1); /* at least */
	call = edge("outer", "tip", 0);
	assert_non_null(call);
	assert_int_equal(call->count, 2);
	assert_int_equal(entry_count("main", "main"), 1);
	assert_int_equal(seen->runs->processes, 1);
	assert_int_equal(seen->traces[0].events, 6);
	done();
}

static void test_entries(void **state)
{
	(void)state;
	struct trace_writer writer;
	pthread_t thread;
	int numbers[] = {3, 1, 2};
	size_t count = 3;
	begin(&writer);
	lfind(&numbers[2], numbers, &count, sizeof *numbers, compare); /* sanitizers leave it to libc */
	uint32_t compared = noted_count;
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	assert_int_equal(pthread_create(&thread, NULL, worker, NULL), 0);
	pthread_join(thread, NULL);
	struct trace_thread row = {.tid = 9, .entry = 1, .start_function = (uintptr_t)worker, .first = 5};
	trace_writer_segment(&writer, TRACE_THREADS, TRACE_NONE, 0, &row, sizeof row, 1);
	trace_writer_segment(&writer, TRACE_EDGES, 0, 0, noted, sizeof *noted, compared + 1);
	trace_writer_segment(&writer, TRACE_EDGES, 1, 0, noted + compared + 1, sizeof *noted, noted_count - compared - 1);
	end(&writer);
	assert_int_equal(entry_count("compare", "callback"), compared);
	assert_int_equal(entry_count("on_signal", "signal"), 1);
	assert_int_equal(entry_count("worker", "thread"), 1);
	assert_int_equal(entry_count("worker", "callback"), UINT64_MAX);
	assert_non_null(edge("-", "on_signal", OBSERVATION_SIGNAL));
	const struct observation_edge *call = edge("worker", "outer", 0);
	assert_non_null(call);
	assert_string_equal(name(seen->entries[call->entry].function), "worker");
	done();
}

static uint32_t resource_number;

static void add_resource(struct trace_writer *writer, enum trace_resource_kind kind, trace_ref text, void *address,
			 uint64_t made_at, uint64_t from, uint64_t stack)
{
	struct trace_resource resource = {.id = ++resource_number, .kind = kind, .name = text, .address = (uintptr_t)address,
					  .made_at = made_at, .first = 2};
	struct trace_use use = {.from = from, .resource = resource_number, .operation = TRACE_LOCK, .stack = stack, .count = 1,
				.first = 20 + resource_number};
	trace_writer_segment(writer, TRACE_RESOURCES, TRACE_NONE, 0, &resource, sizeof resource, 1);
	trace_writer_segment(writer, TRACE_USES, 0, 0, &use, sizeof use, 1);
}

static const struct observation_use *use_of(const char *kind, const char *resource)
{
	for (uint64_t i = 0; i < seen->uses_count; i++) {
		const struct observation_resource *row = &seen->resources[seen->uses[i].resource];
		if (strcmp(seen->strings[row->kind_string], kind) == 0 && strcmp(seen->strings[row->name_string], resource) == 0)
			return &seen->uses[i];
	}
	return NULL;
}

static PLAIN uint64_t place(void)
{
	tip();
	__asm__ volatile("");
	return last_tip();
}
static int place_line = __LINE__ - 4;

static void test_resources(void **state)
{
	(void)state;
	struct trace_writer writer;
	int numbers[] = {2, 1};
	size_t count = 2;
	char text[128];
	begin(&writer);
	resource_number = 0;
	uint64_t here = place();
	lfind(numbers, numbers, &count, sizeof *numbers, compare);
	uint64_t in_libc = noted[noted_count - 1].from;
	void *heap = malloc(64);
	uint64_t stack = trace_writer_stack(&writer, (uint64_t[]){in_libc, here}, 2);
	add_resource(&writer, TRACE_RESOURCE_LOCK, 0, &run_server.lock, 0, here, 0);
	add_resource(&writer, TRACE_RESOURCE_LOCK, 0, &run_hidden, 0, here, 0);
	add_resource(&writer, TRACE_RESOURCE_LOCK, 0, heap, here, in_libc, 0);
	add_resource(&writer, TRACE_RESOURCE_FILE, trace_writer_string(&writer, SOURCE_ROOT "/a/b"), NULL, 0, in_libc, stack);
	add_resource(&writer, TRACE_RESOURCE_SQL, trace_writer_string(&writer, "SELECT a FROM t"), NULL, 0, here, 0);
	add_resource(&writer, TRACE_RESOURCE_SIGNAL, trace_writer_string(&writer, "SIGUSR1"), (void *)on_signal, 0, here, 0);
	struct trace_order order = {.from = here, .held = 1, .taken = 2, .count = 3};
	trace_writer_segment(&writer, TRACE_ORDERS, 0, 0, &order, sizeof order, 1);
	trace_writer_header(&writer)->lost[TRACE_LOST_USES] = 7;
	end(&writer);
	free(heap);
	assert_non_null(use_of("lock", "run_server.lock"));
	assert_non_null(use_of("lock", "run_hidden (" FILE_NAME ")"));
	snprintf(text, sizeof text, FILE_NAME ":%d place", place_line);
	assert_non_null(use_of("lock", text));
	/* By a library's function: told of the codebase's that called it. */
	const struct observation_use *use = use_of("file", "a/b");
	assert_non_null(use);
	assert_string_equal(name(use->function), "place");
	assert_int_equal(use->line, place_line);
	assert_string_equal(seen->strings[use->operation_string], "lock");
	use = use_of("table", "t");
	assert_non_null(use);
	assert_string_equal(seen->strings[use->operation_string], "select");
	assert_null(use_of("sql", "SELECT a FROM t"));
	assert_non_null(use_of("signal", "SIGUSR1 (on_signal)"));
	assert_int_equal(entry_count("on_signal", "signal"), 0);
	assert_int_equal(seen->orders_count, 1);
	assert_int_equal(seen->orders[0].count, 3);
	assert_int_equal(seen->losses_count, 1);
	assert_string_equal(seen->strings[seen->losses[0].what_string], ingest_loss_name(TRACE_LOST_USES));
	assert_int_equal(report.lost[TRACE_LOST_USES], 7);
	done();
}

/* A module that went, and another that came to its addresses. */
static void test_addresses_used_again(void **state)
{
	(void)state;
	struct trace_writer writer;
	begin(&writer);
	outer();
	struct trace_module gone = {.id = 7, .mode = TRACE_MODE_FENTRY, .first = 1, .last = 8,
				    .start = trace_edge_callee(&noted[0]) & ~0xfffull, .end = (trace_edge_callee(&noted[0]) & ~0xfffull) + 0x4000};
	gone.bias = gone.start;
	gone.path = trace_writer_string(&writer, SOURCE_ROOT "/plugin-that-is-gone.so");
	/* The one that is there now came after. */
	for (uint64_t at = 0; at + sizeof(struct trace_segment) <= writer.bytes.length; at += TRACE_PAGE) {
		struct trace_segment *segment = (void *)(writer.bytes.data + at);
		if (segment->magic == TRACE_SEGMENT_MAGIC && segment->kind == TRACE_MODULES)
			((struct trace_module *)(void *)(segment + 1))->first = 9;
	}
	trace_writer_segment(&writer, TRACE_MODULES, TRACE_NONE, 0, &gone, sizeof gone, 1);
	struct trace_edge early = noted[1], late = noted[1];
	early.first = 5, early.count = 100;
	trace_writer_segment(&writer, TRACE_EDGES, 0, 0, &late, sizeof late, 1);
	trace_writer_segment(&writer, TRACE_EDGES, 0, 0, &early, sizeof early, 1);
	trace_writer_header(&writer)->order = 1000;
	end(&writer);
	bool is_told = false;
	for (size_t i = 0; i < report.note_count; i++)
		is_told |= report.notes[i].kind == INGEST_NOTE_MISSING && strstr(report.notes[i].text, "plugin-that-is-gone.so");
	assert_true(is_told);
	const struct observation_edge *call = edge("inlined", "tip", 0);
	assert_non_null(call);
	assert_int_equal(call->count, 1);
	call = NULL;
	for (uint64_t i = 0; i < seen->edges_count; i++)
		call = seen->edges[i].count == 100 ? &seen->edges[i] : call;
	assert_non_null(call);
	assert_int_equal(name(call->callee)[0], '?');
	done();
}

/* A just-in-time compiler's code is no damage. */
static void test_code_of_no_module(void **state)
{
	(void)state;
	struct trace_writer writer;
	begin(&writer);
	struct trace_resource resource = {.id = 1, .kind = TRACE_RESOURCE_ENVIRONMENT, .name = trace_writer_string(&writer, "HOME")};
	trace_writer_segment(&writer, TRACE_RESOURCES, TRACE_NONE, 0, &resource, sizeof resource, 1);
	struct trace_use use = {.from = 0x10, .resource = 1, .operation = TRACE_GET, .count = 7};
	trace_writer_segment(&writer, TRACE_USES, 0, 0, &use, sizeof use, 1);
	end(&writer); /* asserts that nothing is damaged */
	assert_int_equal(seen->uses_count, 0);
	assert_int_equal(seen->losses_count, 1);
	assert_string_equal(seen->strings[seen->losses[0].what_string], "resource events of code in no module");
	assert_int_equal(seen->losses[0].count, 7);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls_and_inlining),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_addresses_used_again),
		cmocka_unit_test(test_code_of_no_module),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
