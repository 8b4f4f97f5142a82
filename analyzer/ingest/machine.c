/* SPDX-License-Identifier: GPL-3.0-or-later */
/* x86-64 and aarch64 instructions, by their bytes. */
#include "ingest/machine.h"

#include <elf.h>
#include <string.h>

static int32_t read32(const unsigned char *at)
{
	int32_t value;
	memcpy(&value, at, sizeof value);
	return value;
}

static uint64_t ahead(uint64_t address, int64_t distance)
{
	return address + (uint64_t)distance;
}

static int64_t sign_extend(uint32_t value, unsigned bits)
{
	return (int64_t)((uint64_t)value << (64 - bits)) >> (64 - bits);
}

/* Does FF /2 with this ModRM (and SIB) make up exactly length bytes? */
static bool is_indirect_call(const unsigned char *code, size_t length)
{
	if (code[0] != 0xff || (code[1] >> 3 & 7) != 2)
		return false;
	unsigned mod = code[1] >> 6, rm = code[1] & 7;
	size_t need = 2;
	if (mod != 3 && rm == 4) {
		if (length < 3)
			return false;
		need++;
		if (mod == 0 && (code[2] & 7) == 5)
			need += 4;
	} else if (mod == 0 && rm == 5) {
		need += 4;
	}
	need += mod == 1 ? 1 : mod == 2 ? 4 : 0;
	return need == length;
}

static enum machine_call call_before_x86_64(const unsigned char *before, size_t length, uint64_t address, uint64_t *target)
{
	const unsigned char *end = before + length;
	if (length >= 6 && end[-6] == 0xff && end[-5] == 0x15) {
		*target = ahead(address, read32(end - 4));
		return MACHINE_CALL_SLOT;
	}
	/* Shorter ones first could misread the displacement of a longer one; a direct call is by far the likeliest. */
	if (length >= 5 && end[-5] == 0xe8) {
		*target = ahead(address, read32(end - 4));
		return MACHINE_CALL_DIRECT;
	}
	for (size_t size = 2; size <= 7 && size <= length; size++)
		if (is_indirect_call(end - size, size))
			return MACHINE_CALL_INDIRECT;
	return MACHINE_CALL_UNKNOWN;
}

enum machine_call machine_call_before(unsigned machine, const unsigned char *before, size_t length,
				      uint64_t return_address, uint64_t *target)
{
	if (machine == EM_X86_64)
		return call_before_x86_64(before, length, return_address, target);
	if (machine == EM_AARCH64 && length >= 4) {
		uint32_t word = (uint32_t)read32(before + length - 4);
		if (word >> 26 == 0x25) { /* bl */
			*target = ahead(return_address - 4, sign_extend(word & 0x3ffffff, 26) * 4);
			return MACHINE_CALL_DIRECT;
		}
		if ((word & 0xfffffc1f) == 0xd63f0000) /* blr */
			return MACHINE_CALL_INDIRECT;
	}
	return MACHINE_CALL_UNKNOWN;
}

bool machine_plt_stub(unsigned machine, const unsigned char *code, size_t length, uint64_t address, uint64_t *slot)
{
	static const unsigned char ENDBR[] = {0xf3, 0x0f, 0x1e, 0xfa};
	if (machine == EM_X86_64) {
		size_t at = 0;
		if (length >= sizeof ENDBR && memcmp(code, ENDBR, sizeof ENDBR) == 0)
			at = sizeof ENDBR;
		if (at < length && code[at] == 0xf2) /* bnd */
			at++;
		if (length < at + 6 || code[at] != 0xff || code[at + 1] != 0x25)
			return false;
		*slot = ahead(address + at + 6, read32(code + at + 2));
		return true;
	}
	if (machine == EM_AARCH64) {
		size_t at = length >= 4 && read32(code) == (int32_t)0xd503245f ? 4 : 0; /* bti c */
		if (length < at + 8)
			return false;
		uint32_t adrp = (uint32_t)read32(code + at), load = (uint32_t)read32(code + at + 4);
		if ((adrp & 0x9f00001f) != 0x90000010 || (load & 0xffc003ff) != 0xf9400211)
			return false; /* adrp x16, page; ldr x17, [x16, #offset] */
		int64_t pages = sign_extend((adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3), 21);
		*slot = ahead((address + at) & ~0xfffull, pages * 4096) + (load >> 10 & 0xfff) * 8;
		return true;
	}
	return false;
}

/* FF /4: jmp through a register or memory. Behind another FF it is the end of a negative number. */
static bool is_indirect_jump(const unsigned char *code, size_t at)
{
	return code[at] == 0xff && (code[at + 1] >> 3 & 7) == 4 && code[at + 1] != 0x25 && !(at && code[at - 1] == 0xff);
}

/* Memory by a register and a displacement: tables of places have an index, or are read before the jump. */
static bool is_through_pointer(unsigned char modrm)
{
	return modrm >> 6 != 3 && (modrm & 7) != 4;
}

static void jumps_x86_64(const unsigned char *code, size_t length, uint64_t address,
			 machine_visit *visit, void *context)
{
	for (size_t i = 0; i + 2 <= length; i++) {
		if ((code[i] == 0xeb || (code[i] & 0xf0) == 0x70))
			visit(context, address + i, ahead(address + i + 2, (int8_t)code[i + 1]), false, 1);
		else if (code[i] == 0xe9 && i + 5 <= length)
			visit(context, address + i, ahead(address + i + 5, read32(code + i + 1)), false, 4);
		else if (code[i] == 0x0f && (code[i + 1] & 0xf0) == 0x80 && i + 6 <= length)
			visit(context, address + i, ahead(address + i + 6, read32(code + i + 2)), false, 4);
		else if (code[i] == 0xff && code[i + 1] == 0x25 && i + 6 <= length)
			visit(context, address + i, ahead(address + i + 6, read32(code + i + 2)), true, 4);
		else if (is_indirect_jump(code, i))
			visit(context, address + i, 0, is_through_pointer(code[i + 1]), 0);
	}
}

void machine_jumps(unsigned machine, const unsigned char *code, size_t length, uint64_t address,
		   machine_visit *visit, void *context)
{
	if (machine == EM_X86_64) {
		jumps_x86_64(code, length, address, visit, context);
	} else if (machine == EM_AARCH64) {
		for (size_t i = 0; i + 4 <= length; i += 4) {
			uint32_t word = (uint32_t)read32(code + i);
			if (word >> 26 == 0x05) /* b */
				visit(context, address + i, ahead(address + i, sign_extend(word & 0x3ffffff, 26) * 4), false, 4);
			else if (word >> 24 == 0x54) /* b.cond */
				visit(context, address + i, ahead(address + i, sign_extend(word >> 5 & 0x7ffff, 19) * 4), false, 4);
			else if ((word & 0xfffffc1f) == 0xd61f0000) /* br */
				visit(context, address + i, 0, false, 0);
		}
	}
}

size_t machine_noops(unsigned machine, const unsigned char *code, size_t length)
{
	size_t pad = length >= 4 && read32(code) == (int32_t)0xd503245f ? 4 : 0, at = pad; /* bti c */
	while (machine == EM_AARCH64 && at + 4 <= length && read32(code + at) == (int32_t)0xd503201f)
		at += 4;
	return at > pad ? at : 0;
}

bool machine_returns(unsigned machine, const unsigned char *code, size_t length)
{
	if (machine != EM_X86_64)
		return true;
	for (size_t i = 0; i < length; i++) {
		/* Behind these opcodes it names registers (mov, test, cmp, movslq). */
		bool is_operand = i && memchr("\x89\x8b\x85\x83\x63", code[i - 1], 5);
		if ((code[i] == 0xc3 || code[i] == 0xc2) && !is_operand)
			return true;
	}
	return false;
}

bool machine_signal_return(unsigned machine, const unsigned char *code, size_t length)
{
	static const unsigned char X86_64[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};  /* mov $15, %rax; syscall */
	static const unsigned char AARCH64[] = {0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4}; /* mov x8, #139; svc */
	if (machine == EM_X86_64)
		return length >= sizeof X86_64 && memcmp(code, X86_64, sizeof X86_64) == 0;
	return machine == EM_AARCH64 && length >= sizeof AARCH64 && memcmp(code, AARCH64, sizeof AARCH64) == 0;
}

uint64_t machine_main(unsigned machine, const unsigned char *code, size_t length, uint64_t address)
{
	if (machine != EM_X86_64)
		return 0;
	/* _start loads main into %rdi before it calls __libc_start_main. */
	for (size_t i = 0; i + 7 <= length && i < 64; i++) {
		if (code[i] == 0x48 && code[i + 1] == 0x8d && code[i + 2] == 0x3d)
			return ahead(address + i + 7, read32(code + i + 3));
		if (code[i] == 0x48 && code[i + 1] == 0xc7 && code[i + 2] == 0xc7)
			return (uint32_t)read32(code + i + 3);
	}
	return 0;
}
