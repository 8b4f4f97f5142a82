/* SPDX-License-Identifier: MIT */
/* Entry hooks for AArch64: the first two no-ops of -fpatchable-function-entry=2 or more, "mov x17, x30; bl hub". A call that
 * looks like it and is none of ours does not occur: compilers use x17 for nothing at a function's entry. */
#include "core.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "elf_view.h"
#include "entry.h"

#define NOP 0xd503201fu
#define BTI_C 0xd503245fu
#define KEEP_RETURN 0xaa1e03f1u /* mov x17, x30 */
#define BL 0x94000000u
#define LOAD_HUB 0x58000050u    /* ldr x16, .+8 */
#define BRANCH_HUB 0xd61f0200u  /* br x16 */

static uint32_t word_at(const uint8_t *code, size_t number)
{
	uint32_t word;
	copy_bytes(&word, code + 4 * number, sizeof word);
	return word;
}

static size_t count_noops(const struct module *module, uintptr_t address)
{
	size_t count = 0;
	while (address + 4 * count + 4 <= module->end && word_at((const uint8_t *)address, count) == NOP)
		count++;
	return count;
}

/* In gcc's unwind tables a function begins behind its no-ops, if it has no landing pad or not always; in clang's before. */
bool entry_is_site(const struct module *module, uintptr_t address)
{
	const uint8_t *code = (const uint8_t *)address;
	size_t count = address % 4 == 0 ? count_noops(module, address) : 0;
	if (count < 2)
		return false;
	bool has_mark = address >= module->start + 4 && word_at(code - 4, 0) == BTI_C;
	if (elf_starts_function(module, has_mark ? address - 4 : address) == 1)
		return true;
	uintptr_t behind = address + 4 * count;
	return elf_starts_function(module, behind) == 1 && word_at((const uint8_t *)behind, 0) != BTI_C;
}

/* Words of code, a bit each. */
struct bits {
	uint8_t *bytes;
	size_t size;
};

static bool bits_make(struct bits *bits, const struct module *module)
{
	bits->size = (module->end - module->start) / 32 + 1;
	long address = system_call(SYS_mmap, NULL, bits->size, (long)(PROT_READ | PROT_WRITE), (long)(MAP_PRIVATE | MAP_ANONYMOUS),
				   -1L, 0L);
	bits->bytes = (uint8_t *)address;
	return address >= 0 || address < -4095;
}

static bool bit_at(const struct bits *bits, size_t word)
{
	return word / 8 < bits->size && bits->bytes[word / 8] >> word % 8 & 1;
}

static void bit_set(const struct bits *bits, size_t word)
{
	if (word / 8 < bits->size)
		bits->bytes[word / 8] |= (uint8_t)(1 << word % 8);
}

/* A branch that goes behind the first no-op, or a call that goes behind the last: that is where the function starts. */
static bool is_entered_inside(const struct module *module, const struct bits *inside, const struct bits *behind)
{
	const uint8_t *code = (const uint8_t *)module->start;
	size_t count = (module->end - module->start) / 4;
	for (size_t i = 0; i < count; i++) {
		uint32_t word = word_at(code, i);
		if ((word & 0x7c000000u) != (BL & 0x7c000000u))
			continue;
		size_t target = i + (size_t)((intptr_t)(int32_t)(word << 6) >> 6);
		if (bit_at(inside, target) || (word & 0x80000000u && bit_at(behind, target)))
			return true;
	}
	return false;
}

bool entry_are_sites(const struct module *module, const uintptr_t *addresses, size_t count)
{
	struct bits inside, behind;
	bool is_right = false;
	if (!bits_make(&inside, module))
		return false;
	if (bits_make(&behind, module)) {
		for (size_t i = 0; i < count; i++) {
			if (addresses[i] < module->start || addresses[i] >= module->end || !entry_is_site(module, addresses[i]))
				continue;
			size_t at = (addresses[i] - module->start) / 4, noops = count_noops(module, addresses[i]);
			for (size_t k = 1; k < noops; k++)
				bit_set(&inside, at + k);
			bit_set(&behind, at + noops);
		}
		is_right = !is_entered_inside(module, &inside, &behind);
		system_call(SYS_munmap, behind.bytes, behind.size);
	}
	system_call(SYS_munmap, inside.bytes, inside.size);
	return is_right;
}

void entry_write_call(uint8_t *code, uintptr_t target)
{
	const uint32_t words[] = {KEEP_RETURN, BL | ((uint32_t)((target - ((uintptr_t)code + 4)) >> 2) & 0x3ffffff)};
	copy_bytes(code, words, sizeof words);
}

void entry_write_jump(uint8_t *code, uintptr_t hub)
{
	const uint32_t words[] = {LOAD_HUB, BRANCH_HUB};
	copy_bytes(code, words, sizeof words);
	copy_bytes(code + sizeof words, &hub, sizeof hub);
}

void entry_written(void *code, size_t size)
{
	__builtin___clear_cache((char *)code, (char *)code + size);
}

uintptr_t entry_target(const uint8_t *function)
{
	const uint8_t *code = word_at(function, 0) == BTI_C ? function + 4 : function;
	uint32_t call = word_at(code, 1);
	if (word_at(code, 0) != KEEP_RETURN || (call & 0xfc000000u) != BL)
		return 0;
	return (uintptr_t)code + 4 + (uintptr_t)((intptr_t)(int32_t)(call << 6) >> 4);
}

bool entry_is_named_hub(uintptr_t target, const struct module *module)
{
	(void)target, (void)module; /* compilers name none there: -mfentry is x86's */
	return false;
}
