/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loaded library patched with a hub of ours: it computes what it did, the hub is come by, and an address of moved
 * code leads back to its function. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/core.h"
#include "agent/patch.h"

/* What patch.c needs of the agent. */
static bool is_protecting_denied;
long system_call(long number, ...)
{
	long argument[6];
	va_list list;
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_mprotect && is_protecting_denied && argument[2] & PROT_EXEC)
		return -EACCES;
	long got = syscall(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
	return got == -1 ? -errno : got;
}

void copy_bytes(void *to, const void *from, size_t length)
{
	memcpy(to, from, length);
}

void counting_hub(void);
extern uint64_t hub_count;
extern uintptr_t hub_return;
__asm__(".text\ncounting_hub: pushq %rax\n incq hub_count(%rip)\n movq 8(%rsp), %rax\n movq %rax, hub_return(%rip)\n popq %rax\n"
	" ret\n.data\n.globl hub_count, hub_return\nhub_count: .quad 0\nhub_return: .quad 0\n.text\n");

static struct code_image image;

static int see(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	if (!strstr(info->dlpi_name, "libz.so"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const uint8_t *start = (const uint8_t *)info->dlpi_addr + segment->p_vaddr;
		if (segment->p_type == PT_LOAD) {
			image.ranges[image.range_count].start = start;
			image.ranges[image.range_count++].end = start + segment->p_filesz;
		}
		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X) {
			image.text = start;
			image.text_size = segment->p_filesz;
		} else if (segment->p_type == PT_GNU_EH_FRAME) {
			image.eh_frame_header = start;
			image.eh_frame_header_size = segment->p_memsz;
		}
	}
	return 1;
}

static void patches_a_library(void **state)
{
	(void)state;
	void *library = dlopen("libz.so.1", RTLD_NOW);
	if (!library)
		skip();
	unsigned long (*crc32)(unsigned long, const unsigned char *, unsigned) = NULL;
	*(void **)&crc32 = dlsym(library, "crc32");
	dl_iterate_phdr(see, NULL);
	unsigned long wanted = crc32(0, (const unsigned char *)"123456789", 9);
	uint8_t before[64];
	memcpy(before, (const void *)crc32, sizeof before);

	/* Forbidden: not a byte is changed, and the counts say so. */
	struct patch_result result;
	is_protecting_denied = true;
	assert_false(patch_image(&image, counting_hub, &result));
	assert_int_equal(result.recorded, 0);
	assert_true(result.functions > 50);
	assert_memory_equal(before, (const void *)crc32, sizeof before);

	is_protecting_denied = false;
	assert_true(patch_image(&image, counting_hub, &result));
	assert_true(result.recorded * 100 >= result.functions * 97);
	assert_memory_not_equal(before, (const void *)crc32, sizeof before);
	assert_int_equal(hub_count, 0);
	assert_int_equal(crc32(0, (const unsigned char *)"123456789", 9), wanted);
	assert_true(hub_count > 0);

	uintptr_t callee;
	memcpy(&callee, (const void *)(hub_return - 14), sizeof callee);
	assert_true(callee >= (uintptr_t)image.text && callee < (uintptr_t)image.text + image.text_size);
	assert_int_equal(patch_origin(hub_return), callee);
	assert_int_equal(patch_origin(callee), 0);
	assert_int_equal(patch_origin(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(patches_a_library)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
