/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace files of every state and of bytes of any origin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/ingest.h"
#include "ingest/pack.h"
#include "trace_writer.h"

static char folder[] = "/tmp/sightline-reader-XXXXXX";

static const char *path_of(int number)
{
	static char path[8][128];
	snprintf(path[number], sizeof path[number], "%s/%d", folder, number);
	return path[number];
}

/* A trace of this very program with one edge from it to itself. */
static void write_sample(struct trace_writer *writer, uint8_t run, uint8_t trace, uint64_t count)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	assert_true(length > 0);
	self[length] = '\0';
	trace_writer_init(writer, run, trace);
	trace_writer_module(writer, self, 0x10000000, TRACE_MODE_FENTRY);
	trace_writer_main_thread(writer);
	struct trace_edge edge = {.from = 0x10001500, .key = trace_edge_key(0x10001500, 0x10001600), .count = count, .first = 2};
	trace_writer_segment(writer, TRACE_EDGES, 0, 0, &edge, sizeof edge, 1);
}

static int ingest(const char *const *paths, size_t count, struct ingest_report *report, struct err *err)
{
	struct ingest_options options = {.root = "/nowhere"};
	*report = (struct ingest_report){0};
	return ingest_files(paths, count, &options, report, err);
}

static void test_runs_repeats_and_concatenation(void **state)
{
	(void)state;
	struct trace_writer writer[3], both;
	struct ingest_report report;
	struct err err = {0};
	write_sample(&writer[0], 1, 1, 5);
	write_sample(&writer[1], 1, 1, 9); /* later copy of the same */
	write_sample(&writer[2], 2, 2, 7);
	trace_writer_save(&writer[0], path_of(0));
	trace_writer_save(&writer[1], path_of(1));
	/* Two behind each other in one file. */
	buf_init(&both.bytes, BUF_NO_CEILING);
	buf_append(&both.bytes, writer[2].bytes.data, writer[2].bytes.length);
	buf_append(&both.bytes, writer[0].bytes.data, writer[0].bytes.length);
	trace_writer_save(&both, path_of(2));
	const char *paths[] = {path_of(0), path_of(2), path_of(1)};
	const char *reversed[] = {path_of(1), path_of(2), path_of(0)};
	assert_int_equal(ingest(paths, 3, &report, &err), 0);
	assert_int_equal(report.files, 3);
	assert_int_equal(report.traces, 2);
	assert_int_equal(report.repeats, 2);
	assert_int_equal(report.damaged, 0);
	assert_int_equal(report.run_count, 2);
	assert_string_equal(report.runs[0].run_id, "01010101010101010101010101010101");
	assert_int_equal(report.runs[0].events, 9);
	assert_int_equal(report.runs[1].events, 7);
	struct ingest_report again;
	assert_int_equal(ingest(reversed, 3, &again, &err), 0);
	assert_int_equal(again.run_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(report.runs[i].bytes.length, again.runs[i].bytes.length);
		assert_memory_equal(report.runs[i].bytes.data, again.runs[i].bytes.data, again.runs[i].bytes.length);
	}
	ingest_report_finish(&report);
	ingest_report_finish(&again);
	for (int i = 0; i < 3; i++)
		trace_writer_finish(&writer[i]);
	buf_finish(&both.bytes);
}

/* With records of each kind, in tables with room; texts and stacks that nobody refers to. */
static void write_roomy(struct trace_writer *writer)
{
	static struct trace_edge edges[4096];
	static struct trace_use uses[2048];
	write_sample(writer, 3, 3, 5);
	trace_writer_string(writer, "nobody's");
	trace_ref name = trace_writer_string(writer, "/tmp/a"), type = trace_writer_string(writer, "plain");
	trace_ref worker = trace_writer_string(writer, "worker");
	uint64_t stack = trace_writer_stack(writer, (uint64_t[]){0x10001501, 0x10001601}, 2);
	trace_writer_stack(writer, (uint64_t[]){1, 2, 3}, 3);
	struct trace_thread thread = {.tid = 8, .entry = 1, .start_function = 0x10001700, .name = worker, .first = 3};
	trace_writer_segment(writer, TRACE_THREADS, TRACE_NONE, 0, &thread, sizeof thread, 1);
	struct trace_resource resource = {.id = 1, .kind = TRACE_RESOURCE_FILE, .name = name, .type = type, .first = 4};
	trace_writer_segment(writer, TRACE_RESOURCES, TRACE_NONE, 0, &resource, sizeof resource, 1);
	for (uint32_t i = 0; i < 4096; i += 500)
		edges[i] = (struct trace_edge){0x10001500 + i, trace_edge_key(0x10001500 + i, 0x10001600), i + 1, 5};
	for (uint32_t entry = 0; entry < 2; entry++)
		for (int table = 0; table < 3; table++)
			trace_writer_segment(writer, TRACE_EDGES, entry, table == 2 ? TRACE_EDGES_PLT : 0, edges, sizeof *edges, 4096);
	uses[77] = (struct trace_use){.from = 0x10001501, .resource = 1, .operation = TRACE_OPEN, .stack = stack, .count = 3, .first = 6};
	trace_writer_segment(writer, TRACE_USES, 1, 0, uses, sizeof *uses, 2048);
	struct trace_time time = {0x10001600, 3, 30, 20};
	trace_writer_segment(writer, TRACE_TIMES, 1, 0, &time, sizeof time, 1);
	struct trace_header *header = trace_writer_header(writer);
	header->lost[TRACE_LOST_USES] = 2;
	header->arguments = name;
}

static void test_packing(void **state)
{
	(void)state;
	struct trace_writer writer, packed;
	struct trace_file file;
	struct trace_place place;
	struct trace trace;
	struct ingest_report original, same;
	struct err err = {0};
	const char *paths[] = {path_of(5), path_of(6)};
	write_roomy(&writer);
	trace_writer_save(&writer, paths[0]);
	assert_int_equal(trace_file_open(paths[0], &file, &err), 0);
	assert_int_equal(trace_file_next(&file, &place, &err), 1);
	assert_int_equal(trace_load(&file, &place, &trace, &err), 0);
	buf_init(&packed.bytes, BUF_NO_CEILING);
	trace_pack(&trace, 0, &packed.bytes);
	assert_true(writer.bytes.length > 1000000);
	assert_true(packed.bytes.length <= 12 * TRACE_PAGE);
	FILE *out = fopen(paths[1], "w");
	assert_int_equal(fwrite(packed.bytes.data, 1, packed.bytes.length, out), packed.bytes.length);
	fclose(out);
	assert_int_equal(ingest(&paths[0], 1, &original, &err), 0);
	assert_int_equal(ingest(&paths[1], 1, &same, &err), 0);
	assert_int_equal(same.damaged, original.damaged);
	assert_int_equal(original.runs[0].events, same.runs[0].events);
	assert_int_equal(original.lost[TRACE_LOST_USES], same.lost[TRACE_LOST_USES]);
	assert_int_equal(original.runs[0].bytes.length, same.runs[0].bytes.length);
	assert_memory_equal(original.runs[0].bytes.data, same.runs[0].bytes.data, same.runs[0].bytes.length);
	ingest_report_finish(&original);
	ingest_report_finish(&same);
	/* What is cut stays cut. */
	trace.damaged++;
	buf_clear(&packed.bytes);
	trace_pack(&trace, TRACE_SNAPSHOT, &packed.bytes);
	assert_int_equal(packed.bytes.length, trace.size);
	trace_finish(&trace);
	trace_file_close(&file);
	trace_writer_finish(&writer);
	buf_finish(&packed.bytes);
}

static void test_what_holds_no_trace(void **state)
{
	(void)state;
	struct ingest_report report;
	struct err err = {0};
	struct trace_writer writer;
	struct buf junk;
	const char *gone[] = {"/nowhere/at/all"}, *directory[] = {folder}, *mixed[] = {path_of(3), path_of(4)};
	assert_int_equal(ingest(gone, 1, &report, &err), ERR_NOT_FOUND);
	assert_int_equal(ingest(directory, 1, &report, &err), ERR_INPUT);
	assert_int_equal(mkfifo(path_of(3), 0600), 0);
	assert_int_equal(ingest(mixed, 1, &report, &err), ERR_INPUT); /* does not hang */
	unlink(path_of(3));
	buf_init(&junk, BUF_NO_CEILING);
	for (int i = 0; i < 10000; i++)
		buf_append_char(&junk, (char)(i * 7));
	struct trace_writer text = {.bytes = junk};
	trace_writer_save(&text, path_of(3));
	assert_int_equal(ingest(mixed, 1, &report, &err), ERR_INPUT);
	/* Beside one that does, it is told. */
	write_sample(&writer, 1, 1, 5);
	trace_writer_save(&writer, path_of(4));
	assert_int_equal(ingest(mixed, 2, &report, &err), 0);
	assert_int_equal(report.refused, 1);
	assert_int_equal(report.files, 1);
	ingest_report_finish(&report);
	trace_writer_header(&writer)->version = 99;
	trace_writer_save(&writer, path_of(4));
	assert_int_equal(ingest(mixed + 1, 1, &report, &err), ERR_INPUT);
	buf_finish(&junk);
	trace_writer_finish(&writer);
}

/* Each length of file gives what is whole in it. */
static void test_cut_files(void **state)
{
	(void)state;
	struct trace_writer writer;
	struct ingest_report report;
	struct err err = {0};
	write_sample(&writer, 1, 1, 5);
	size_t whole = writer.bytes.length;
	const char *paths[] = {path_of(5)};
	for (size_t length = 0; length <= whole; length += 509) {
		writer.bytes.length = length;
		trace_writer_save(&writer, path_of(5));
		int result = ingest(paths, 1, &report, &err);
		if (length < sizeof(struct trace_header)) {
			assert_int_equal(result, ERR_INPUT);
			continue;
		}
		assert_int_equal(result, 0);
		assert_true(report.damaged > 0 || length == whole);
		ingest_report_finish(&report);
	}
	writer.bytes.length = whole;
	trace_writer_finish(&writer);
}

static void test_damaged_numbers(void **state)
{
	(void)state;
	struct trace_writer writer;
	struct ingest_report report;
	struct err err = {0};
	write_sample(&writer, 1, 1, 5);
	struct trace_resource resource = {.id = 1, .kind = TRACE_RESOURCE_FILE, .name = 1 << 20, .first = 3};
	trace_writer_segment(&writer, TRACE_RESOURCES, TRACE_NONE, 0, &resource, sizeof resource, 1);
	struct trace_use use = {.from = 0x10001500, .resource = 1, .operation = TRACE_OPEN, .stack = 40, .count = 1};
	trace_writer_segment(&writer, TRACE_USES, 0, 0, &use, sizeof use, 1);
	size_t length = writer.bytes.length;
	char *copy = mem_alloc(length);
	memcpy(copy, writer.bytes.data, length);
	const char *paths[] = {path_of(6)};
	static const uint64_t VALUES[] = {UINT64_MAX, 1, 0xfffff000, (uint64_t)1 << 63, 0};
	for (size_t at = 0; at + 8 <= length; at += 8) {
		/* Only where something is: the rest is padding. */
		uint64_t before;
		memcpy(&before, copy + at, sizeof before);
		if (!before)
			continue;
		for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
			memcpy(writer.bytes.data + at, &VALUES[i], sizeof VALUES[i]);
			trace_writer_save(&writer, path_of(6));
			int result = ingest(paths, 1, &report, &err);
			assert_true(result == 0 || result == ERR_INPUT || result == ERR_IO);
			if (result == 0)
				ingest_report_finish(&report);
		}
		memcpy(writer.bytes.data + at, &before, sizeof before);
	}
	free(copy);
	trace_writer_finish(&writer);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		unlink(path_of(i));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_repeats_and_concatenation),
		cmocka_unit_test(test_packing),
		cmocka_unit_test(test_what_holds_no_trace),
		cmocka_unit_test(test_cut_files),
		cmocka_unit_test(test_damaged_numbers),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
