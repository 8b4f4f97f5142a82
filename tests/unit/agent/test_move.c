/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions moved and run at their new place. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "agent/move.h"
#include "agent/trace_format.h"

#define ROOM 4096
static uint8_t *code; /* two pages: a function, and where it is moved to */
static uint64_t maps[3][ROOM / 64 + 1];
static struct code_image image;
static struct branches branches;

static int open_pages(void **state)
{
	(void)state;
	code = mmap(NULL, 2 * ROOM, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	image = (struct code_image){.text = code, .text_size = ROOM, .range_count = 1};
	image.ranges[0].start = code;
	image.ranges[0].end = code + ROOM;
	branches = (struct branches){maps[0], maps[1], maps[2]};
	memset(maps, 0, sizeof maps);
	memset(code, 0x90, 2 * ROOM);
	return code == MAP_FAILED ? -1 : 0;
}

static int close_pages(void **state)
{
	(void)state;
	return munmap(code, 2 * ROOM);
}

static uint8_t plan(const char *bytes, size_t size, uint64_t next, struct move *move)
{
	struct code_function function = {.start = 64, .size = (uint32_t)size};
	memcpy(code + 64, bytes, size);
	branches_scan(&image, &function, 1, &branches);
	return move_plan(&image, &branches, &function, next, move);
}

static int run_moved(const char *bytes, size_t size, int argument)
{
	struct move move;
	assert_int_equal(plan(bytes, size, ROOM, &move), CODE_TAKEN);
	memset(code + ROOM, 0xcc, ROOM);
	assert_true(move_write(&move, code + ROOM));
	assert_int_equal(code[ROOM + move.size], 0xcc); /* the announced size, and no byte more */
	memset(code + 64, 0xcc, PATCH_SIZE);            /* what the jump overwrites is not run any more */
	return ((int (*)(int))(code + ROOM))(argument);
}

static void runs_elsewhere(void **state)
{
	(void)state;
	memcpy(code, "\x39\x05\0\0", 4);
	assert_int_equal(run_moved("\x8b\x05\xba\xff\xff\xff\xc3", 7, 0), 0x539); /* mov text(%rip), %eax */
	assert_int_equal(run_moved("\x89\xf8\xc3", 3, 7), 7);                     /* shorter than the jump: padding is used */
	/* test %edi, %edi; je 1f; mov $1, %eax; ret; 1: mov $2, %eax; ret */
	assert_int_equal(run_moved("\x85\xff\x74\x06\xb8\1\0\0\0\xc3\xb8\2\0\0\0\xc3", 16, 0), 2);
	assert_int_equal(run_moved("\x85\xff\x74\x06\xb8\1\0\0\0\xc3\xb8\2\0\0\0\xc3", 16, 3), 1);
	/* call 1f; ret; 1: mov (%rsp), %rax; ret: the original return address */
	assert_int_equal(run_moved("\xe8\1\0\0\0\xc3\x48\x8b\x04\x24\xc3", 11, 0), (int)(intptr_t)(code + 64 + 5));
	/* jmp 1f; nops; 1: lea 1(%rdi), %eax; ret */
	assert_int_equal(run_moved("\xeb\x06\x90\x90\x90\x90\x90\x90\x8d\x47\x01\xc3", 12, 8), 9);
}

static void tells_why_not(void **state)
{
	(void)state;
	struct move move;
	assert_int_equal(plan("\x89\xf8\xc3", 3, 67, &move), TRACE_SKIP_SHORT);       /* the next one follows at once */
	assert_int_equal(plan("\xff\xcf\x75\xfc\xb8\5\0\0\0\xc3", 10, ROOM, &move), TRACE_SKIP_TARGET);
	assert_int_equal(plan("\x53\xff\xd7\x5b\xc3", 5, ROOM, &move), TRACE_SKIP_INSTRUCTION); /* returns to byte 3 */
	assert_int_equal(plan("\x57\xff\x14\x24\x5f\xc3", 6, ROOM, &move), TRACE_SKIP_INSTRUCTION); /* call *(%rsp) */
	assert_int_equal(plan("\xe3\x05\x90\x90\x90\xc3\x90\xc3", 8, ROOM, &move), TRACE_SKIP_INSTRUCTION); /* jrcxz */
	assert_int_equal(plan("\xcc\x90\x90\x90\x90\xc3", 6, ROOM, &move), TRACE_SKIP_INSTRUCTION);
	assert_int_equal(plan("\x0f\x05\x90\x90\x90\xc3", 6, ROOM, &move), TRACE_SKIP_INSTRUCTION);
	assert_int_equal(plan("\x06\x90\x90\x90\x90\xc3", 6, ROOM, &move), TRACE_SKIP_INSTRUCTION);
	bit_set(branches.jumped, 66);
	assert_int_equal(plan("\x90\x90\x90\x90\x90\xc3", 6, ROOM, &move), TRACE_SKIP_TARGET);
	memset(maps, 0, sizeof maps);
	bit_set(branches.jumped_if, 64);
	assert_int_equal(plan("\x90\x90\x90\x90\x90\xc3", 6, ROOM, &move), TRACE_SKIP_COLD);
	bit_set(branches.called, 64); /* a function after all */
	assert_int_equal(plan("\x90\x90\x90\x90\x90\xc3", 6, ROOM, &move), CODE_TAKEN);
}

static void finds_labels_of_jump_tables(void **state)
{
	(void)state;
	struct move move;
	/* push %rbx; 1: lea table(%rip), %rdx; movslq (%rdx,%rdi,4), %rax; add %rdx, %rax; jmp *%rax; the table
	 * leads to 1 */
	static const char bytes[] = "\x53\x48\x8d\x15\xb8\1\0\0\x48\x63\x04\xba\x48\x01\xd0\xff\xe0";
	int32_t table[] = {65 - 512, 80 - 512, 1 << 30};
	memcpy(code + 512, table, sizeof table);
	assert_int_equal(plan(bytes, sizeof bytes - 1, ROOM, &move), TRACE_SKIP_TARGET);
	memset(maps, 0, sizeof maps);
	table[0] = 70 - 512;
	memcpy(code + 512, table, sizeof table);
	assert_int_equal(plan(bytes, sizeof bytes - 1, ROOM, &move), CODE_TAKEN);
}

static void refuses_what_is_out_of_reach(void **state)
{
	(void)state;
	struct move move;
	uint8_t *far = mmap((void *)((uintptr_t)code ^ (uintptr_t)1 << 36), ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	assert_ptr_not_equal(far, MAP_FAILED);
	assert_int_equal(plan("\x8b\x05\xba\xff\xff\xff\xc3", 7, ROOM, &move), CODE_TAKEN);
	assert_false(move_write(&move, far));
	uint8_t jump[PATCH_SIZE];
	assert_false(move_jump(jump, code, far));
	munmap(far, ROOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_elsewhere, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(tells_why_not, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(finds_labels_of_jump_tables, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(refuses_what_is_out_of_reach, open_pages, close_pages)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
