/* SPDX-License-Identifier: MIT */
/* Owns the opcode maps of x86-64. A table per map says what follows an opcode; the rest is prefixes, ModRM and
 * the few opcodes whose form depends on ModRM. Knows nothing of programs, modules or memory it was not given. */
#include "decode.h"

#include <string.h>

/* What follows an opcode. */
enum form {
	/* Simple ones: low three bits: bytes behind ModRM; 8: four more with REX.W; 0x10: ModRM; 0x20: two fewer
	 * with 66. */
	N = 0,     /* nothing */
	B = 0x01,  /* a byte */
	R = 0x10,  /* ModRM */
	RB = 0x11, /* ModRM and a byte */
	Z = 0x24,  /* 4 bytes, 2 with 66 */
	V = 0x2c,  /* as Z, or 8 bytes with REX.W */
	RZ = 0x34, /* ModRM and 4 bytes, 2 with 66 */
	FORM_IS_SPECIAL = 0x40,
	JB = FORM_IS_SPECIAL, /* jcc and a byte */
	JZ, /* jcc and 4 bytes */
	GB, GZ, /* jmp, likewise */
	CZ, /* call and 4 bytes */
	LB, /* loop, jrcxz, and a byte */
	O,  /* an address of 8 bytes, 4 with 67 */
	E,  /* enter: 3 bytes */
	T, TW, /* return, and one with 2 bytes */
	S,  /* stops */
	SR, /* stops, ModRM */
	Y, YB, /* asks the system, without and with a byte */
	NP, NR, /* 90, and 0F 1F: nothing to do */
	EB, /* 0F 1E: endbr64 among others */
	CR, /* control registers: ModRM, which names registers whatever its mode */
	XT, /* extrq, insertq among others */
	F6, F7, C7, FF, P8, /* groups of these opcodes; P8: 8F, pop or XOP */
	M0, M3, MA, /* maps 0F, 0F38, 0F3A */
	VX, /* VEX, EVEX */
	P,  /* a prefix */
	X,  /* not known */
};
/* By opcode: the one-byte map, and from TWO_BYTE on the one behind 0F. */
#define TWO_BYTE 256
static const uint8_t forms[512] = {
	R, R, R, R, B, Z, X, X, R, R, R, R, B, Z, X, M0, /* 00 */
	R, R, R, R, B, Z, X, X, R, R, R, R, B, Z, X, X, /* 10 */
	R, R, R, R, B, Z, P, X, R, R, R, R, B, Z, P, X, /* 20 */
	R, R, R, R, B, Z, P, X, R, R, R, R, B, Z, P, X, /* 30 */
	P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, /* 40 */
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, /* 50 */
	X, X, VX, R, P, P, P, P, Z, RZ, B, RB, N, N, N, N, /* 60 */
	JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, JB, /* 70 */
	RB, RZ, X, RB, R, R, R, R, R, R, R, R, R, R, R, P8, /* 80 */
	NP, N, N, N, N, N, N, N, N, N, X, N, N, N, N, N, /* 90 */
	O, O, O, O, N, N, N, N, B, Z, N, N, N, N, N, N, /* a0 */
	B, B, B, B, B, B, B, B, V, V, V, V, V, V, V, V, /* b0 */
	RB, RB, TW, T, VX, VX, RB, C7, E, N, TW, T, S, YB, X, S, /* c0 */
	R, R, R, R, X, X, X, N, R, R, R, R, R, R, R, R, /* d0 */
	LB, LB, LB, LB, B, B, B, B, CZ, GZ, X, GB, N, N, N, N, /* e0 */
	P, S, P, P, S, N, F6, F7, N, N, N, N, N, N, R, FF, /* f0 */
	/* 0F */
	R, R, R, R, X, Y, N, S, N, N, X, S, X, R, N, RB, /* 00 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, EB, NR, /* 10 */
	CR, CR, CR, CR, X, X, X, X, R, R, R, R, R, R, R, R, /* 20 */
	N, N, N, N, Y, S, X, N, M3, X, MA, X, X, X, X, X, /* 30 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* 40 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* 50 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* 60 */
	RB, RB, RB, RB, R, R, R, N, XT, R, X, X, R, R, R, R, /* 70 */
	JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, /* 80 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* 90 */
	N, N, N, R, RB, R, R, R, N, N, N, R, RB, R, R, R, /* a0 */
	R, R, R, R, R, R, R, R, R, SR, RB, R, R, R, R, R, /* b0 */
	R, R, RB, R, RB, RB, RB, R, N, N, N, N, N, N, N, N, /* c0 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* d0 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* e0 */
	R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, SR, /* f0 */
};

enum {
	PREFIX_16 = 1,      /* 66 */
	PREFIX_ADDRESS = 2, /* 67 */
	PREFIX_F2 = 4,
	PREFIX_F3 = 8,
	PREFIX_ODD = 16,    /* fs, gs */
	PREFIX_OTHER = 32,  /* lock; the segments that mean nothing */
	PREFIX_REX = 64,
	PREFIX_REX_W = 128,
};
static const uint8_t prefix_bits[256] = {
	[0x26] = PREFIX_OTHER, [0x2e] = PREFIX_OTHER, [0x36] = PREFIX_OTHER, [0x3e] = PREFIX_OTHER,
	[0x40 ... 0x47] = PREFIX_REX, [0x48 ... 0x4f] = PREFIX_REX | PREFIX_REX_W,
	[0x64] = PREFIX_ODD, [0x65] = PREFIX_ODD, [0x66] = PREFIX_16, [0x67] = PREFIX_ADDRESS,
	[0xf0] = PREFIX_OTHER, [0xf2] = PREFIX_F2, [0xf3] = PREFIX_F3,
};

/* The longest run of bytes that is looked at: prefixes up to where they are too many, an opcode and all behind it. */
#define LOOKED_AT 40
#define LONGEST 15

struct cursor {
	const uint8_t *code; /* LOOKED_AT bytes of it may be read */
	unsigned at, prefixes;
};

static int32_t value_at(const uint8_t *code, size_t at)
{
	int32_t value;
	__builtin_memcpy(&value, code + at, sizeof value);
	return value;
}

/* Steps over a ModRM byte, SIB and displacement. */
static void take_modrm(struct cursor *cursor, struct instruction *out)
{
	unsigned modrm = cursor->code[cursor->at], mode = modrm >> 6, low = modrm & 7;
	out->modrm_at = (uint8_t)cursor->at++;
	if (mode == 3)
		return;
	if (low == 4) {
		unsigned base = cursor->code[cursor->at++] & 7;
		if (mode == 1) {
			cursor->at++;
			return;
		}
		if (mode == 0 && base != 5)
			return;
		out->address_at = (uint8_t)cursor->at;
	} else if (mode == 0) {
		if (low != 5)
			return;
		out->rip_at = (uint8_t)cursor->at;
	} else if (mode == 1) {
		cursor->at++;
		return;
	} else {
		out->address_at = (uint8_t)cursor->at;
	}
	out->value = value_at(cursor->code, cursor->at);
	cursor->at += 4;
}

static bool take_branch(struct cursor *cursor, struct instruction *out, unsigned kind, unsigned size)
{
	/* With 66 and no REX.W, AMD reads two bytes where Intel reads four. */
	if (size == 4 && (cursor->prefixes & (PREFIX_16 | PREFIX_REX_W)) == PREFIX_16)
		return false;
	out->relative_at = (uint8_t)cursor->at;
	out->relative_size = (uint8_t)size;
	out->kind = (uint8_t)kind;
	out->value = size == 4 ? value_at(cursor->code, cursor->at) : (int8_t)cursor->code[cursor->at];
	cursor->at += size;
	return true;
}

/* An immediate of 4 bytes, or of 2. */
static void take_word(struct cursor *cursor, struct instruction *out)
{
	if ((cursor->prefixes & (PREFIX_16 | PREFIX_REX_W)) == PREFIX_16) {
		cursor->at += 2;
	} else {
		out->immediate_at = (uint8_t)cursor->at;
		cursor->at += 4;
	}
}

/* Groups whose form depends on ModRM. */
static bool take_group(struct cursor *cursor, struct instruction *out, unsigned form)
{
	unsigned next = cursor->code[cursor->at], group = (next >> 3) & 7;
	if (form == C7 && next == 0xf8) { /* xbegin */
		out->modrm_at = (uint8_t)cursor->at++;
		return take_branch(cursor, out, INSTRUCTION_LOOP, 4);
	}
	if (form == FF) {
		if (group == 3 || group == 5 || group == 7) /* far */
			return false;
		if (group == 2 || group == 4)
			out->kind = group == 2 ? INSTRUCTION_CALL_INDIRECT : INSTRUCTION_JUMP_INDIRECT;
	}
	take_modrm(cursor, out);
	if (form == F6 && group < 2)
		cursor->at++;
	else if (form == C7 || (form == F7 && group < 2))
		take_word(cursor, out);
	return true;
}

/* What follows an opcode by its form. */
static bool take_operands(struct cursor *cursor, struct instruction *out, unsigned form)
{
	switch (form) {
	case N: return true;
	case R: take_modrm(cursor, out); return true;
	case RB: take_modrm(cursor, out); cursor->at++; return true;
	case RZ: take_modrm(cursor, out); take_word(cursor, out); return true;
	case B: cursor->at++; return true;
	case Z: take_word(cursor, out); return true;
	case V:
		if (cursor->prefixes & PREFIX_REX_W)
			cursor->at += 8;
		else
			take_word(cursor, out);
		return true;
	case O: cursor->at += cursor->prefixes & PREFIX_ADDRESS ? 4 : 8; return true;
	case E: cursor->at += 3; return true;
	case T: out->kind = INSTRUCTION_RETURN; return true;
	case TW: out->kind = INSTRUCTION_RETURN; cursor->at += 2; return true;
	case JB: return take_branch(cursor, out, INSTRUCTION_CONDITION, 1);
	case GB: return take_branch(cursor, out, INSTRUCTION_JUMP, 1);
	case JZ: return take_branch(cursor, out, INSTRUCTION_CONDITION, 4);
	case GZ: return take_branch(cursor, out, INSTRUCTION_JUMP, 4);
	case CZ: return take_branch(cursor, out, INSTRUCTION_CALL, 4);
	case LB: return take_branch(cursor, out, INSTRUCTION_LOOP, 1);
	case S: out->kind = INSTRUCTION_STOP; return true;
	case SR: out->kind = INSTRUCTION_STOP; take_modrm(cursor, out); return true;
	case NP:
		if (!(cursor->prefixes & (PREFIX_F3 | PREFIX_REX))) /* not pause, not xchg %r8, %rax */
			out->kind = INSTRUCTION_NOP;
		return true;
	case NR: out->kind = INSTRUCTION_NOP; take_modrm(cursor, out); return true;
	case EB:
		out->is_endbr = cursor->prefixes & PREFIX_F3 && (cursor->code[cursor->at] & 0xfe) == 0xfa;
		take_modrm(cursor, out);
		return true;
	case CR: out->modrm_at = (uint8_t)cursor->at++; return true;
	case XT:
		take_modrm(cursor, out);
		cursor->at += cursor->prefixes & (PREFIX_16 | PREFIX_F2) ? 2 : 0;
		return true;
	case Y: out->kind = INSTRUCTION_SYSTEM; return true;
	case YB: out->kind = INSTRUCTION_SYSTEM; cursor->at++; return true;
	case F6: case F7: case C7: case FF: return take_group(cursor, out, form);
	default: return false;
	}
}

static void take_opcode(struct cursor *cursor, struct instruction *out)
{
	out->opcode_at = (uint8_t)cursor->at;
	out->opcode = cursor->code[cursor->at++];
}

/* Maps behind 0F. */
static bool take_two_byte(struct cursor *cursor, struct instruction *out)
{
	take_opcode(cursor, out);
	unsigned form = forms[TWO_BYTE + out->opcode];
	if (form == M3 || form == MA) {
		take_opcode(cursor, out);
		form = form == M3 ? R : RB;
	}
	return take_operands(cursor, out, form);
}

/* What follows the prefix in each map of VEX and EVEX. */
static bool take_in_map(struct cursor *cursor, struct instruction *out, unsigned map, bool is_evex)
{
	take_opcode(cursor, out);
	switch (map) {
	case 1: {
		unsigned form = forms[TWO_BYTE + out->opcode];
		if (out->opcode == 0x77 && !is_evex) /* vzeroupper */
			return true;
		if ((out->opcode == 0x7a || out->opcode == 0x7b) && is_evex)
			form = R;
		return (form == R || form == RB || form == XT || form == SR) && take_operands(cursor, out, form);
	}
	case 2: return take_operands(cursor, out, R);
	case 3: return take_operands(cursor, out, RB);
	case 5: case 6: return is_evex && take_operands(cursor, out, R);
	default: return false;
	}
}

static bool take_vex(struct cursor *cursor, struct instruction *out, uint8_t first)
{
	if (cursor->prefixes & ~(unsigned)(PREFIX_ADDRESS | PREFIX_ODD | PREFIX_OTHER))
		return false;
	const uint8_t *payload = cursor->code + cursor->at;
	if (first == 0xc5) {
		cursor->at += 1;
		return take_in_map(cursor, out, 1, false);
	}
	if (first == 0xc4) {
		cursor->at += 2;
		return take_in_map(cursor, out, payload[0] & 31, false);
	}
	/* EVEX: bit 3 of the first byte and a clear bit 2 of the second are APX's. */
	if (payload[0] & 8 || !(payload[1] & 4))
		return false;
	cursor->at += 3;
	return take_in_map(cursor, out, payload[0] & 7, true);
}

static bool take_pop_or_xop(struct cursor *cursor, struct instruction *out)
{
	unsigned map = cursor->code[cursor->at] & 31;
	if (map < 8)
		return take_operands(cursor, out, R);
	cursor->at += 2;
	if (map > 10)
		return false;
	take_opcode(cursor, out);
	take_modrm(cursor, out);
	cursor->at += map == 8 ? 1 : map == 9 ? 0 : 4;
	return true;
}

/* Steps over prefixes to the opcode; false: too many, or a REX that does not stand right before it. */
static bool take_prefixes(struct cursor *cursor)
{
	unsigned bits, last = 0;
	while ((bits = prefix_bits[cursor->code[cursor->at]])) {
		if (last & PREFIX_REX || cursor->at == LONGEST)
			return false;
		cursor->prefixes |= bits;
		last = bits;
		cursor->at++;
	}
	return true;
}

/* The most frequent branches, without prefixes; false: not one of these. */
static bool decode_branch(const uint8_t *code, struct instruction *out)
{
	unsigned first = code[0], second = code[1];
	if ((first & 0xf0) == 0x70 || first == 0xeb) {
		*out = (struct instruction){.length = 2, .kind = first == 0xeb ? INSTRUCTION_JUMP : INSTRUCTION_CONDITION,
					    .opcode = (uint8_t)first, .relative_at = 1, .relative_size = 1,
					    .value = (int8_t)second};
		return true;
	}
	if ((first & 0xfe) == 0xe8) {
		*out = (struct instruction){.length = 5, .kind = first == 0xe9 ? INSTRUCTION_JUMP : INSTRUCTION_CALL,
					    .opcode = (uint8_t)first, .relative_at = 1, .relative_size = 4,
					    .value = value_at(code, 1)};
		return true;
	}
	if (first == 0x0f && (second & 0xf0) == 0x80) {
		*out = (struct instruction){.length = 6, .kind = INSTRUCTION_CONDITION, .opcode = (uint8_t)second, .opcode_at = 1,
					    .relative_at = 2, .relative_size = 4, .value = value_at(code, 2)};
		return true;
	}
	return false;
}

bool decode_instruction(const uint8_t *code, size_t size, struct instruction *out)
{
	uint8_t copy[LOOKED_AT];
	if (size < LOOKED_AT) {
		__builtin_memset(copy, 0, sizeof copy);
		__builtin_memcpy(copy, code, size);
		code = copy;
	}
	if (decode_branch(code, out))
		return out->length <= size;
	struct cursor cursor = {.code = code};
	*out = (struct instruction){0};
	if (!take_prefixes(&cursor))
		return false;
	take_opcode(&cursor, out);
	uint8_t opcode = out->opcode;
		bool is_known;
	switch (forms[opcode]) {
	case M0: is_known = take_two_byte(&cursor, out); break;
	case VX: is_known = take_vex(&cursor, out, opcode); break;
	case P8: is_known = take_pop_or_xop(&cursor, out); break;
	default: is_known = take_operands(&cursor, out, forms[opcode]); break;
	}
	if (!is_known || cursor.at > size || cursor.at > LONGEST)
		return false;
	out->length = (uint8_t)cursor.at;
	out->is_odd = cursor.prefixes & (PREFIX_ADDRESS | PREFIX_ODD);
	return true;
}

/* Bytes of ModRM, SIB and displacement by the ModRM byte, but for the SIB byte that has a displacement of its own. */
#define EIGHT(length, with_sib) length, length, length, length, with_sib, length, length, length
#define MODE0 1, 1, 1, 1, 2, 5, 1, 1
#define ROW(of) of, of, of, of, of, of, of, of
static const uint8_t modrm_length[256] = {ROW(MODE0), ROW(EIGHT(2, 3)), ROW(EIGHT(5, 6)), ROW(EIGHT(1, 1))};

size_t decode_simple(const uint8_t *code, size_t size)
{
	/* Without branches but the end's, since a processor could not foresee them here. */
	size_t done = 0;
	while (size - done >= LOOKED_AT) {
		const uint8_t *at = code + done;
		unsigned has_66 = *at == 0x66, rex = at[has_66], has_rex = (rex & 0xf0) == 0x40;
		at += has_66 + has_rex;
		unsigned is_long = *at == 0x0f;
		at += is_long;
		unsigned form = forms[is_long * TWO_BYTE + *at];
		if (form >= FORM_IS_SPECIAL)
			break;
		at++;
		unsigned modrm = *at, has_displacement = ((modrm & 0xc7) == 4) & ((at[1] & 7) == 5);
		unsigned operand = modrm_length[modrm] + has_displacement * 4u;
		unsigned is_wide = has_rex & (rex >> 3), is_short_word = (form >> 5) & has_66 & ~is_wide & 1;
		at += (operand & -((form >> 4) & 1)) + (form & 7) + ((form >> 1) & 4 & -is_wide) - 2 * is_short_word;
		done = (size_t)(at - code);
	}
	return done;
}
