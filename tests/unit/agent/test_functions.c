/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unwind tables, as compilers write them and broken: every byte of a real one changed and every length of it cut. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "agent/branches.h"

/* A header with two entries, a CIE, two FDEs: a function, and a part that begins with a no-op for its landing pad. */
struct table {
	uint8_t header[12];
	int32_t search[4];
	uint8_t common[24];
	uint8_t first[24], part[24];
	uint8_t end[4];
	uint8_t text[64];
} __attribute__((aligned(16)));
static struct table *table;

static void put(uint8_t *at, int64_t value) { int32_t small = (int32_t)value; memcpy(at, &small, 4); }

static void fill(void)
{
	*table = (struct table){.header = {1, 0x1b, 3, 0x3b},
		.common = {20, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1},
		.first = {20, 0, 0, 0}, .part = {20, 0, 0, 0}};
	table->header[8] = 2;
	put(table->first + 4, table->first + 4 - table->common);
	put(table->first + 8, table->text - (table->first + 8));
	put(table->first + 12, 16);
	memcpy(table->first + 17, "\x41\x0e\x10", 3);       /* behind one byte: push */
	put(table->part + 4, table->part + 4 - table->common);
	put(table->part + 8, table->text + 16 - (table->part + 8));
	put(table->part + 12, 16);
	memcpy(table->part + 17, "\x41\x0e\x30\x83\x02", 5); /* the same, but the byte is a no-op */
	table->search[1] = (int32_t)((uint8_t *)table->first - (uint8_t *)table);
	table->search[3] = (int32_t)((uint8_t *)table->part - (uint8_t *)table);
	memset(table->text, 0x90, sizeof table->text);
	table->text[0] = 0x53;
}

static struct code_image view(void)
{
	struct code_image image = {.text = table->text, .text_size = sizeof table->text, .range_count = 1,
				   .eh_frame_header = table->header, .eh_frame_header_size = 28};
	image.ranges[0].start = (const uint8_t *)table;
	image.ranges[0].end = (const uint8_t *)(table + 1);
	return image;
}

static int open_table(void **state)
{
	(void)state;
	/* At the end of its pages: reading past it is a fault. */
	size_t size = (sizeof *table + 4095) & ~(size_t)4095;
	uint8_t *pages = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(pages + size, 4096, PROT_NONE);
	table = (struct table *)(pages + size - sizeof *table);
	fill();
	return 0;
}

static void tells_functions_from_parts(void **state)
{
	(void)state;
	struct code_image image = view();
	struct code_function functions[2];
	assert_int_equal(functions_count(&image), 2);
	assert_int_equal(functions_find(&image, functions, 2), 2);
	assert_int_equal(functions[0].start, 0);
	assert_int_equal(functions[0].size, 16);
	assert_int_equal(functions[0].flags, 0);
	assert_int_equal(functions[1].start, 16);
	assert_int_equal(functions[1].flags, CODE_IS_PART);
	image.entry = table->text;
	functions_find(&image, functions, 2);
	assert_int_equal(functions[0].flags, CODE_IS_ROOT);
}

static void try_all(const struct code_image *image)
{
	struct code_function functions[2];
	uint64_t maps[3][2] = {{0}};
	struct branches branches = {maps[0], maps[1], maps[2]};
	size_t count = functions_count(image);
	if (count > 2)
		count = 2;
	count = functions_find(image, functions, count);
	uint64_t end = 0;
	for (size_t i = 0; i < count; i++) {
		assert_true(functions[i].start >= end);
		end = (uint64_t)functions[i].start + functions[i].size;
		assert_true(end <= image->text_size);
	}
	branches_scan(image, functions, count, &branches);
}

static void survives_broken_tables(void **state)
{
	(void)state;
	struct code_image image = view();
	for (size_t at = 0; at < offsetof(struct table, text); at++) {
		for (unsigned value = 0; value < 256; value++) {
			((uint8_t *)table)[at] = (uint8_t)value;
			try_all(&image);
		}
		fill();
	}
	for (size_t size = 0; size < 28; size++) {
		image.eh_frame_header_size = size;
		assert_int_equal(functions_count(&image), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup(tells_functions_from_parts, open_table),
					   cmocka_unit_test_setup(survives_broken_tables, open_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
