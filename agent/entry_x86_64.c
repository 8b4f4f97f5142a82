/* SPDX-License-Identifier: MIT */
/* Entry hooks for x86-64: five bytes of no-ops, "call hub". */
#include "core.h"
#include "elf_view.h"
#include "entry.h"

static const char ENDBR64[] = "\xf3\x0f\x1e\xfa";

static size_t length_of_noop(const uint8_t *code)
{
	size_t prefix = code[0] == 0x66;
	code += prefix;
	if (code[0] == 0x90)
		return prefix + 1;
	if (code[0] != 0x0f || code[1] != 0x1f)
		return 0;
	return code[2] == 0x00 ? prefix + 3 : code[2] == 0x40 ? prefix + 4 : code[2] == 0x44 ? prefix + 5 : 0;
}

/* Of exactly the hook's size: it may not end within one. */
static bool is_free(const uint8_t *code)
{
	size_t length = 0;
	while (length < ENTRY_SIZE) {
		size_t step = length_of_noop(code + length);
		if (step == 0)
			return false;
		length += step;
	}
	return length == ENTRY_SIZE;
}

bool entry_is_site(const struct module *module, uintptr_t address)
{
	const uint8_t *code = (const uint8_t *)address;
	if (!is_free(code))
		return false;
	bool has_mark = address >= module->start + 4 && same_bytes(code - 4, ENDBR64, 4);
	uintptr_t start = has_mark ? address - 4 : address;
	int known = elf_starts_function(module, start);
	return known == 1 || (known < 0 && start % 16 == 0);
}

bool entry_are_sites(const struct module *module, const uintptr_t *addresses, size_t count)
{
	(void)module, (void)addresses, (void)count;
	return true; /* unwind tables do */
}

void entry_write_call(uint8_t *code, uintptr_t target)
{
	int32_t distance = (int32_t)(target - ((uintptr_t)code + ENTRY_SIZE));
	code[0] = 0xe8;
	copy_bytes(code + 1, &distance, sizeof distance);
}

/* jmp *hub */
void entry_write_jump(uint8_t *code, uintptr_t hub)
{
	copy_bytes(code, "\xff\x25\0\0\0\0", 6);
	copy_bytes(code + 6, &hub, sizeof hub);
}

void entry_written(void *code, size_t size)
{
	(void)code, (void)size; /* the processor sees to it */
}

/* Directly, or through the linkage table's entry. */
uintptr_t entry_target(const uint8_t *function)
{
	const uint8_t *code = same_bytes(function, ENDBR64, 4) ? function + 4 : function;
	int32_t distance;
	copy_bytes(&distance, code + 1, sizeof distance);
	if (code[0] == 0xe8)
		return (uintptr_t)code + ENTRY_SIZE + (uintptr_t)(intptr_t)distance;
	copy_bytes(&distance, code + 2, sizeof distance);
	return code[0] == 0xff && code[1] == 0x15 ? *(const uintptr_t *)(code + 6 + distance) : 0;
}

/* jmp *slot, as linkage tables have it. */
static uintptr_t stub_target(const uint8_t *code)
{
	int32_t distance;
	code += same_bytes(code, ENDBR64, 4) ? 4 : 0;
	code += *code == 0xf2; /* bnd */
	copy_bytes(&distance, code + 2, sizeof distance);
	return code[0] == 0xff && code[1] == 0x25 ? *(const uintptr_t *)(code + 6 + distance) : 0;
}

bool entry_is_named_hub(uintptr_t target, const struct module *module)
{
	if (target == (uintptr_t)__fentry__)
		return true;
	/* Not bound yet: the only thing that functions call before they have a frame. */
	uintptr_t behind = target >= module->start && target + 16 <= module->end ? stub_target((const uint8_t *)target) : 0;
	return behind == (uintptr_t)__fentry__ || (behind >= module->start && behind < module->end);
}
