/* SPDX-License-Identifier: MIT */
/* Owns: reading .eh_frame_hdr and .eh_frame, and the unwind programs in them.
 * Must not: allocate, lock, read anything but these tables. They are the loader's mapping of the module and were made by
 * its linker; lengths in them are bounded all the same, so that a damaged table ends in "no row". */
#include "cfi_table.h"
#include "agent.h"

#if defined(__x86_64__)

enum { REGISTER_BP = 6, REGISTER_SP = 7, REGISTER_RETURN = 16, ENTRY_MAX = 1 << 20, REMEMBER_MAX = 8, OPERANDS_MAX = 16 };

struct reader { const uint8_t *at, *end; bool failed; };

static uint64_t read_bytes(struct reader *reader, unsigned size)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size) {
		reader->failed = true;
		return 0;
	}
	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)reader->at[i] << (8 * i);
	reader->at += size;
	return value;
}

static uint64_t read_uleb(struct reader *reader)
{
	uint64_t value = 0;
	unsigned shift = 0, byte;

	do {
		byte = (unsigned)read_bytes(reader, 1);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return value;
}

static int64_t read_sleb(struct reader *reader)
{
	uint64_t value = 0;
	unsigned shift = 0, byte;

	do {
		byte = (unsigned)read_bytes(reader, 1);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && (byte & 0x40))
		value |= ~0ull << shift;
	return (int64_t)value;
}

/* A DW_EH_PE encoded pointer; base serves "relative to data". Indirect ones are not followed (personality only). */
static uintptr_t read_encoded(struct reader *reader, uint8_t encoding, uintptr_t base)
{
	uintptr_t place = (uintptr_t)reader->at, value;

	if (encoding == 0xff)
		return 0;
	switch (encoding & 0x0f) {
	case 0x00: case 0x04: case 0x0c: value = read_bytes(reader, 8); break;
	case 0x01: value = read_uleb(reader); break;
	case 0x02: value = read_bytes(reader, 2); break;
	case 0x03: value = read_bytes(reader, 4); break;
	case 0x09: value = (uintptr_t)read_sleb(reader); break;
	case 0x0a: value = (uintptr_t)(int16_t)read_bytes(reader, 2); break;
	case 0x0b: value = (uintptr_t)(intptr_t)(int32_t)read_bytes(reader, 4); break;
	default: reader->failed = true; return 0;
	}
	switch (encoding & 0x70) {
	case 0x00: break;
	case 0x10: value += place; break;
	case 0x30: value += base; break;
	default: reader->failed = true;
	}
	return value;
}

/* ---- the search table ---- */

struct search_row { int32_t start, entry; };

/* The entry of .eh_frame that may cover the address: NULL where the tables name none. */
static const uint8_t *entry_find(uintptr_t address, const uint8_t *header, size_t size)
{
	struct reader reader = {header + 4, header + size, false};
	intptr_t offset = (intptr_t)(address - (uintptr_t)header);
	const struct search_row *table;
	size_t count, low = 0, high;

	if (size < 12 || header[0] != 1 || header[3] != 0x3b) /* sorted pairs of 4 bytes, relative to the header */
		return NULL;
	read_encoded(&reader, header[1], (uintptr_t)header);
	count = read_encoded(&reader, header[2], (uintptr_t)header);
	table = (const void *)reader.at;
	if (reader.failed || !count || count > (size_t)(reader.end - reader.at) / sizeof(*table) || offset < table[0].start)
		return NULL;
	for (high = count; high - low > 1;) {
		size_t middle = low + (high - low) / 2;
		if (table[middle].start <= offset)
			low = middle;
		else
			high = middle;
	}
	return header + table[low].entry;
}

/* ---- common and frame description entries ---- */

struct entry {
	struct reader initial, program; /* of the common part, of this frame */
	uint64_t code_align;
	int64_t data_align;
	uint8_t encoding;  /* of code addresses */
	bool is_signal;
	uintptr_t start, end;
};

static bool entry_bounds(const uint8_t *at, struct reader *out)
{
	struct reader length = {at, at + 4, false};
	uint64_t size = read_bytes(&length, 4);

	if (size < 4 || size > ENTRY_MAX) /* the 64-bit form has size 0xffffffff: not in .eh_frame of any linker */
		return false;
	*out = (struct reader){at + 4, at + 4 + size, false};
	return true;
}

static bool common_read(const uint8_t *at, struct entry *entry, bool *has_data)
{
	struct reader reader;
	const char *augmentation;
	uint8_t version;

	if (!entry_bounds(at, &reader) || read_bytes(&reader, 4) != 0)
		return false;
	version = (uint8_t)read_bytes(&reader, 1);
	augmentation = (const char *)reader.at;
	while (read_bytes(&reader, 1) != 0)
		;
	entry->code_align = read_uleb(&reader);
	entry->data_align = read_sleb(&reader);
	if ((version == 1 ? read_bytes(&reader, 1) : read_uleb(&reader)) != REGISTER_RETURN)
		return false;
	*has_data = augmentation[0] == 'z';
	if (*has_data) {
		uint64_t size = read_uleb(&reader);
		if (size > (size_t)(reader.end - reader.at))
			return false;
		struct reader data = {reader.at, reader.at + size, false};
		for (const char *letter = augmentation + 1; *letter; letter++) {
			if (*letter == 'R')
				entry->encoding = (uint8_t)read_bytes(&data, 1);
			else if (*letter == 'S')
				entry->is_signal = true;
			else if (*letter == 'L')
				read_bytes(&data, 1);
			else if (*letter == 'P')
				read_encoded(&data, (uint8_t)read_bytes(&data, 1) & 0x0f, 0);
			else
				return false;
		}
		reader.failed |= data.failed;
		reader.at += size;
	} else if (augmentation[0]) {
		return false;
	}
	entry->initial = reader;
	return !reader.failed;
}

static bool entry_read(const uint8_t *at, struct entry *entry)
{
	struct reader reader;
	const uint8_t *place;
	bool has_data;
	uint64_t back;

	*entry = (struct entry){0};
	if (!entry_bounds(at, &reader))
		return false;
	place = reader.at;
	back = read_bytes(&reader, 4);
	if (!back || !common_read(place - back, entry, &has_data))
		return false;
	entry->start = read_encoded(&reader, entry->encoding, 0);
	entry->end = entry->start + read_encoded(&reader, entry->encoding & 0x0f, 0);
	if (has_data) {
		uint64_t size = read_uleb(&reader);
		if (size > (size_t)(reader.end - reader.at))
			return false;
		reader.at += size;
	}
	entry->program = reader;
	return !reader.failed;
}

/* ---- expressions, worked out for one address: register + constant, at most loaded once ---- */

enum base { BASE_NONE, BASE_SP, BASE_BP };
struct operand { enum base base; bool is_loaded; int64_t constant; };

static bool operand_combine(uint8_t operation, struct operand *left, struct operand right)
{
	if (operation == 0x22 && left->base == BASE_NONE && !right.is_loaded) { /* plus */
		right.constant += left->constant;
		*left = right;
		return true;
	}
	if (right.base != BASE_NONE || left->is_loaded)
		return false;
	if (operation == 0x22 || operation == 0x1c) {
		left->constant += operation == 0x22 ? right.constant : -right.constant;
		return true;
	}
	if (left->base != BASE_NONE)
		return false;
	switch (operation) {
	case 0x1a: left->constant &= right.constant; return true;
	case 0x24: left->constant = right.constant < 64 ? left->constant << right.constant : 0; return true;
	case 0x29: left->constant = left->constant == right.constant; return true;
	case 0x2a: left->constant = left->constant >= right.constant; return true;
	case 0x2b: left->constant = left->constant > right.constant; return true;
	case 0x2c: left->constant = left->constant <= right.constant; return true;
	case 0x2d: left->constant = left->constant < right.constant; return true;
	default: return false;
	}
}

static bool operand_push(struct reader *reader, uint8_t operation, uintptr_t address, struct operand *out)
{
	*out = (struct operand){0};
	if (operation >= 0x30 && operation <= 0x4f) { /* literals */
		out->constant = operation - 0x30;
		return true;
	}
	if ((operation >= 0x70 && operation <= 0x8f) || operation == 0x92) { /* register + offset */
		unsigned number = operation == 0x92 ? (unsigned)read_uleb(reader) : operation - 0x70u;
		out->constant = read_sleb(reader);
		out->base = number == REGISTER_SP ? BASE_SP : number == REGISTER_BP ? BASE_BP : BASE_NONE;
		if (number == REGISTER_RETURN)
			out->constant += (int64_t)address;
		return out->base != BASE_NONE || number == REGISTER_RETURN;
	}
	switch (operation) {
	case 0x08: out->constant = (int64_t)read_bytes(reader, 1); return true;
	case 0x09: out->constant = (int8_t)read_bytes(reader, 1); return true;
	case 0x0a: out->constant = (int64_t)read_bytes(reader, 2); return true;
	case 0x0b: out->constant = (int16_t)read_bytes(reader, 2); return true;
	case 0x0c: out->constant = (int64_t)read_bytes(reader, 4); return true;
	case 0x0d: out->constant = (int32_t)read_bytes(reader, 4); return true;
	case 0x10: out->constant = (int64_t)read_uleb(reader); return true;
	case 0x11: out->constant = read_sleb(reader); return true;
	default: return false;
	}
}

static bool expression_evaluate(struct reader reader, uintptr_t address, struct operand *result)
{
	struct operand stack[OPERANDS_MAX];
	unsigned depth = 0;

	while (reader.at < reader.end) {
		uint8_t operation = (uint8_t)read_bytes(&reader, 1);
		if (operation == 0x06 && depth && stack[depth - 1].base != BASE_NONE && !stack[depth - 1].is_loaded) {
			stack[depth - 1].is_loaded = true;
		} else if (operation == 0x23 && depth && !stack[depth - 1].is_loaded) {
			stack[depth - 1].constant += (int64_t)read_uleb(&reader);
		} else if ((operation == 0x1a || operation == 0x1c || operation == 0x22 || operation == 0x24
			    || (operation >= 0x29 && operation <= 0x2d)) && depth > 1) {
			if (!operand_combine(operation, &stack[depth - 2], stack[depth - 1]))
				return false;
			depth--;
		} else if (depth == OPERANDS_MAX || !operand_push(&reader, operation, address, &stack[depth++])) {
			return false;
		}
	}
	if (depth != 1 || reader.failed)
		return false;
	*result = stack[0];
	return true;
}

/* ---- unwind programs ---- */

enum rule_kind { RULE_SAME, RULE_UNDEFINED, RULE_OFFSET, RULE_EXPRESSION, RULE_OTHER };
struct rule { enum rule_kind kind; int64_t offset; struct reader expression; };
struct row { /* base: register + offset, or an expression where there is one */
	unsigned base_register;
	int64_t base_offset;
	struct reader base_expression; /* at = NULL: none */
	struct rule bp, ra;
};
struct machine {
	const struct entry *entry;
	struct row row, initial, remembered[REMEMBER_MAX];
	unsigned remembered_count;
	uintptr_t location, target;
};

static void rule_set(struct machine *machine, uint64_t number, struct rule rule)
{
	if (number == REGISTER_BP)
		machine->row.bp = rule;
	else if (number == REGISTER_RETURN)
		machine->row.ra = rule;
}

static void rule_restore(struct machine *machine, uint64_t number)
{
	rule_set(machine, number, number == REGISTER_BP ? machine->initial.bp : machine->initial.ra);
}

static struct reader read_block(struct reader *reader)
{
	uint64_t size = read_uleb(reader);
	struct reader block = {reader->at, reader->at, false};

	if (size > (size_t)(reader->end - reader->at)) {
		reader->failed = true;
		return block;
	}
	reader->at += size;
	block.end = reader->at;
	return block;
}

static void base_set(struct machine *machine, uint64_t number, int64_t offset)
{
	machine->row.base_register = (unsigned)number;
	machine->row.base_offset = offset;
	machine->row.base_expression.at = NULL;
}

static void rule_offset(struct machine *machine, uint64_t number, int64_t factored)
{
	rule_set(machine, number, (struct rule){.kind = RULE_OFFSET, .offset = factored * machine->entry->data_align});
}

/* Instructions with their operand in bytes of their own. false: not known. */
static bool run_extended(struct machine *machine, uint8_t code, struct reader *reader)
{
	const struct entry *entry = machine->entry;
	struct row *row = &machine->row;
	uint64_t number;

	switch (code) {
	case 0x00: return true;
	case 0x01: machine->location = read_encoded(reader, entry->encoding, 0); return true;
	case 0x02: machine->location += read_bytes(reader, 1) * entry->code_align; return true;
	case 0x03: machine->location += read_bytes(reader, 2) * entry->code_align; return true;
	case 0x04: machine->location += read_bytes(reader, 4) * entry->code_align; return true;
	case 0x05: number = read_uleb(reader); rule_offset(machine, number, (int64_t)read_uleb(reader)); return true;
	case 0x06: rule_restore(machine, read_uleb(reader)); return true;
	case 0x07: rule_set(machine, read_uleb(reader), (struct rule){.kind = RULE_UNDEFINED}); return true;
	case 0x08: rule_set(machine, read_uleb(reader), (struct rule){.kind = RULE_SAME}); return true;
	case 0x09:
		number = read_uleb(reader);
		read_uleb(reader);
		rule_set(machine, number, (struct rule){.kind = RULE_OTHER});
		return true;
	case 0x0a:
		if (machine->remembered_count == REMEMBER_MAX)
			return false;
		machine->remembered[machine->remembered_count++] = *row;
		return true;
	case 0x0b:
		if (!machine->remembered_count)
			return false;
		*row = machine->remembered[--machine->remembered_count];
		return true;
	case 0x0c: number = read_uleb(reader); base_set(machine, number, (int64_t)read_uleb(reader)); return true;
	case 0x0d: base_set(machine, read_uleb(reader), row->base_offset); return true;
	case 0x0e: base_set(machine, row->base_register, (int64_t)read_uleb(reader)); return true;
	case 0x0f: row->base_expression = read_block(reader); return true;
	case 0x10:
		number = read_uleb(reader);
		rule_set(machine, number, (struct rule){.kind = RULE_EXPRESSION, .expression = read_block(reader)});
		return true;
	case 0x11: number = read_uleb(reader); rule_offset(machine, number, read_sleb(reader)); return true;
	case 0x12: number = read_uleb(reader); base_set(machine, number, read_sleb(reader) * entry->data_align); return true;
	case 0x13: base_set(machine, row->base_register, read_sleb(reader) * entry->data_align); return true;
	case 0x14: case 0x15:
		number = read_uleb(reader);
		read_uleb(reader);
		rule_set(machine, number, (struct rule){.kind = RULE_OTHER});
		return true;
	case 0x16:
		number = read_uleb(reader);
		read_block(reader);
		rule_set(machine, number, (struct rule){.kind = RULE_OTHER});
		return true;
	case 0x2e: read_uleb(reader); return true; /* size of arguments: matters to exceptions only */
	default: return false;
	}
}

static bool program_run(struct machine *machine, struct reader reader)
{
	while (reader.at < reader.end && !reader.failed) {
		uint8_t code = (uint8_t)read_bytes(&reader, 1), low = code & 0x3f;

		switch (code & 0xc0) {
		case 0x40: machine->location += low * machine->entry->code_align; break;
		case 0x80: rule_offset(machine, low, (int64_t)read_uleb(&reader)); break;
		case 0xc0: rule_restore(machine, low); break;
		default:
			if (!run_extended(machine, code, &reader))
				return false;
		}
		if (machine->location > machine->target)
			return true; /* what follows is for later instructions */
	}
	return !reader.failed;
}

/* ---- rows as words ---- */

static uint64_t row_pack_signal(const struct row *row, uintptr_t address)
{
	struct operand sp, pc, bp;

	if (!row->base_expression.at || row->ra.kind != RULE_EXPRESSION || row->bp.kind != RULE_EXPRESSION
	    || !expression_evaluate(row->base_expression, address, &sp)
	    || !expression_evaluate(row->ra.expression, address, &pc)
	    || !expression_evaluate(row->bp.expression, address, &bp))
		return CFI_ROW_NONE;
	if (sp.base != BASE_SP || !sp.is_loaded || pc.base != BASE_SP || pc.is_loaded || bp.base != BASE_SP || bp.is_loaded
	    || (uint64_t)sp.constant > 0xffff || (uint64_t)pc.constant > 0xffff || (uint64_t)bp.constant > 0xffff)
		return CFI_ROW_NONE;
	return CFI_ROW_SIGNAL | (uint64_t)sp.constant << 8 | (uint64_t)pc.constant << 24 | (uint64_t)bp.constant << 40;
}

static bool bp_pack(const struct rule *rule, uintptr_t address, uint64_t *flags, int64_t *offset)
{
	struct operand place;

	switch (rule->kind) {
	case RULE_SAME: case RULE_UNDEFINED:
		return true;
	case RULE_OFFSET:
		*flags |= CFI_FLAG_BP_SAVED;
		*offset = rule->offset;
		break;
	case RULE_EXPRESSION:
		if (!expression_evaluate(rule->expression, address, &place) || place.is_loaded || place.base == BASE_NONE)
			return false;
		*flags |= CFI_FLAG_BP_SAVED | (place.base == BASE_BP ? CFI_FLAG_BP_BY_BP : CFI_FLAG_BP_BY_SP);
		*offset = place.constant;
		break;
	default:
		return false;
	}
	return *offset >= -(1 << 23) && *offset < 1 << 23;
}

static uint64_t row_pack(const struct row *row, uintptr_t address, bool is_signal)
{
	struct operand base = {row->base_register == REGISTER_BP ? BASE_BP : BASE_SP, false, row->base_offset};
	int64_t bp_offset = 0;
	uint64_t flags = 0;

	if (row->ra.kind == RULE_UNDEFINED)
		return CFI_ROW_END;
	if (is_signal)
		return row_pack_signal(row, address);
	if (row->base_expression.at) {
		if (!expression_evaluate(row->base_expression, address, &base) || base.base == BASE_NONE)
			return CFI_ROW_NONE;
	} else if (row->base_register != REGISTER_BP && row->base_register != REGISTER_SP) {
		return CFI_ROW_NONE;
	}
	if (row->ra.kind != RULE_OFFSET || row->ra.offset != -8 || base.constant != (int32_t)base.constant
	    || !bp_pack(&row->bp, address, &flags, &bp_offset))
		return CFI_ROW_NONE;
	if (base.base == BASE_BP)
		flags |= CFI_FLAG_BASE_BP;
	if (base.is_loaded)
		flags |= CFI_FLAG_BASE_LOADED;
	return CFI_ROW_FRAME | flags | (uint32_t)((uint32_t)bp_offset << 8) | (uint64_t)base.constant << 32;
}

uint64_t cfi_table_row_in(uintptr_t address, const void *header, size_t size)
{
	const uint8_t *at = header ? entry_find(address, header, size) : NULL;
	struct entry entry;
	struct machine machine;

	if (!at || !entry_read(at, &entry) || address < entry.start || address >= entry.end)
		return CFI_ROW_NONE;
	machine.entry = &entry;
	machine.row = (struct row){.base_register = REGISTER_SP};
	machine.remembered_count = 0;
	machine.location = 0;
	machine.target = UINTPTR_MAX;
	if (!program_run(&machine, entry.initial))
		return CFI_ROW_NONE;
	machine.initial = machine.row;
	machine.location = entry.start;
	machine.target = address;
	if (!program_run(&machine, entry.program))
		return CFI_ROW_NONE;
	return row_pack(&machine.row, address, entry.is_signal);
}

uint64_t cfi_table_row(uintptr_t address)
{
	const struct module *module = module_of(address);

	return module ? cfi_table_row_in(address, module->eh_frame_header, module->eh_frame_header_size) : CFI_ROW_NONE;
}

uintptr_t cfi_function_start(uintptr_t address)
{
	const struct module *module = module_of(address);
	const uint8_t *at = module && module->eh_frame_header
		? entry_find(address, module->eh_frame_header, module->eh_frame_header_size) : NULL;
	struct entry entry;

	if (!at || !entry_read(at, &entry) || address < entry.start || address >= entry.end)
		return 0;
	return entry.start;
}

#else
#include "elf_view.h"

/* Elsewhere stacks are walked by frame pointers alone, which aarch64's calling convention keeps. */
uint64_t cfi_table_row_in(uintptr_t address, const void *header, size_t size)
{
	(void)address, (void)header, (void)size;
	return CFI_ROW_NONE;
}

uint64_t cfi_table_row(uintptr_t address)
{
	(void)address;
	return CFI_ROW_NONE;
}

uintptr_t cfi_function_start(uintptr_t address)
{
	const struct module *module = module_of(address);

	return module ? elf_function_start(module, address) : 0;
}
#endif
