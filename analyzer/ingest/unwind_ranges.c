/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions from .eh_frame: for what is stripped. Code that was split off a function has an entry of its own there, told by
 * its first rule (a frame is there from the start), and belongs to the function that jumps into it. */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/machine.h"
#include "ingest/symbols_internal.h"

struct unwind_range { uint64_t low, high; bool is_cold; };
struct unwind_ranges { struct unwind_range *rows; size_t count, capacity; };

static size_t encoded_size(unsigned encoding)
{
	switch (encoding & 0x0f) {
	case DW_EH_PE_absptr: case DW_EH_PE_udata8: case DW_EH_PE_sdata8: return 8;
	case DW_EH_PE_udata4: case DW_EH_PE_sdata4: return 4;
	case DW_EH_PE_udata2: case DW_EH_PE_sdata2: return 2;
	default: return 0;
	}
}

static uint64_t read_encoded(const unsigned char *at, unsigned encoding)
{
	int64_t value = 0;
	int32_t word;
	int16_t half;
	switch (encoding & 0x0f) {
	case DW_EH_PE_udata4: case DW_EH_PE_sdata4:
		memcpy(&word, at, sizeof word);
		return (encoding & 0x0f) == DW_EH_PE_udata4 ? (uint32_t)word : (uint64_t)(int64_t)word;
	case DW_EH_PE_udata2: case DW_EH_PE_sdata2:
		memcpy(&half, at, sizeof half);
		return (encoding & 0x0f) == DW_EH_PE_udata2 ? (uint16_t)half : (uint64_t)(int64_t)half;
	default:
		memcpy(&value, at, sizeof value);
		return (uint64_t)value;
	}
}

/* How the CIE at an offset says that addresses are written; DW_EH_PE_omit: we cannot tell. */
static unsigned cie_encoding(const Dwarf_CFI_Entry *cie)
{
	const char *letters = cie->cie.augmentation;
	const uint8_t *at = cie->cie.augmentation_data, *end = at + cie->cie.augmentation_data_size;
	if (!letters || letters[0] != 'z')
		return DW_EH_PE_absptr;
	for (letters++; *letters; letters++) {
		if (*letters == 'R')
			return at < end ? *at : DW_EH_PE_omit;
		if (*letters == 'L')
			at++;
		else if (*letters == 'P' && at < end)
			at += 1 + encoded_size(*at);
		else if (*letters != 'S' && *letters != 'B')
			return DW_EH_PE_omit;
	}
	return DW_EH_PE_absptr;
}

static bool starts_with_frame(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at == DW_CFA_nop)
		at++;
	return at < end && (*at == DW_CFA_def_cfa_offset || *at == DW_CFA_def_cfa || *at == DW_CFA_def_cfa_expression ||
			    *at == DW_CFA_def_cfa_register);
}

static void add_fde(struct unwind_ranges *ranges, const Dwarf_CFI_Entry *entry, unsigned encoding, const Elf_Data *data,
		    uint64_t section_address)
{
	size_t size = encoded_size(encoding);
	unsigned base = encoding & 0x70;
	if (encoding == DW_EH_PE_omit || !size || (base != DW_EH_PE_absptr && base != DW_EH_PE_pcrel) ||
	    (size_t)(entry->fde.end - entry->fde.start) < 2 * size)
		return;
	uint64_t low = read_encoded(entry->fde.start, encoding);
	if (base == DW_EH_PE_pcrel)
		low += section_address + (uint64_t)(entry->fde.start - (const uint8_t *)data->d_buf);
	uint64_t length = read_encoded(entry->fde.start + size, encoding & 0x0f);
	if (!length || length > (uint64_t)1 << 32)
		return;
	const uint8_t *instructions = entry->fde.start + 2 * size;
	if (instructions < entry->fde.end) /* augmentation data; of less than 128 bytes */
		instructions += 1 + (*instructions & 0x7f);
	mem_grow(&ranges->rows, &ranges->capacity, ranges->count + 1, sizeof *ranges->rows);
	ranges->rows[ranges->count++] = (struct unwind_range){
		low, low + length, instructions < entry->fde.end && starts_with_frame(instructions, entry->fde.end)};
}

static void read_ranges(const struct elf_file *file, struct unwind_ranges *ranges)
{
	GElf_Shdr header;
	GElf_Ehdr elf;
	Elf_Scn *section = elf_file_section(file, ".eh_frame", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	if (!data || !gelf_getehdr(file->elf, &elf))
		return;
	struct map64 *encodings = map64_create();
	Dwarf_Off next;
	for (Dwarf_Off at = 0;; at = next) {
		Dwarf_CFI_Entry entry;
		int result = dwarf_next_cfi(elf.e_ident, data, true, at, &next, &entry);
		if (result > 0 || (result < 0 && next <= at))
			break;
		uint32_t encoding;
		if (result < 0)
			continue;
		if (dwarf_cfi_cie_p(&entry))
			map64_put(encodings, at, cie_encoding(&entry));
		else if (map64_get(encodings, entry.fde.CIE_pointer, &encoding))
			add_fde(ranges, &entry, encoding, data, header.sh_addr);
	}
	map64_destroy(encodings);
}

static bool is_plt(const struct elf_file *file, uint64_t address)
{
	static const char *const NAMES[] = {".plt", ".plt.sec", ".plt.got", ".plt.bnd", ".iplt"};
	GElf_Shdr header;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (elf_file_section(file, NAMES[i], &header) && address >= header.sh_addr &&
		    address - header.sh_addr < header.sh_size)
			return true;
	return false;
}

/* Parts look for the function that jumps into them. */
struct search {
	struct symbols *symbols;
	struct symbol_code *from; /* whose code is looked through */
};

static void visit_jump(void *context, uint64_t from, uint64_t target, bool is_slot, unsigned width)
{
	(void)from;
	const struct search *search = context;
	if (is_slot || width < 4 || (target >= search->from->entry && target < search->from->end))
		return;
	const struct code_range *range = symbols_range_at(search->symbols, target);
	if (range && (range->code->flags & SYMBOL_COLD) && range->code != search->from &&
	    range->code->source->row == UINT64_MAX)
		range->code->source = search->from->source;
}

static void give_parts_to_functions(struct symbols *symbols)
{
	for (size_t i = 0; i < symbols->ranges.count; i++) {
		const struct code_range *range = &symbols->ranges.rows[i];
		size_t length;
		const unsigned char *bytes;
		if ((range->code->flags & SYMBOL_COLD) || range->high <= range->low ||
		    !(bytes = elf_file_bytes(symbols->code, range->low, range->high - range->low, &length)))
			continue;
		struct search search = {symbols, range->code};
		machine_jumps(symbols->code->machine, bytes, length, range->low, visit_jump, &search);
	}
}

void unwind_ranges_add(struct symbols *symbols)
{
	struct unwind_ranges ranges = {0};
	size_t before = symbols->ranges.count, parts = 0;
	read_ranges(symbols->code, &ranges);
	struct code_ranges added = {0};
	for (size_t i = 0; i < ranges.count; i++) {
		const struct unwind_range *range = &ranges.rows[i];
		char name[24];
		if (symbols_range_at(symbols, range->low) || is_plt(symbols->code, range->low) ||
		    !elf_file_is_executable(symbols->code, range->low))
			continue;
		snprintf(name, sizeof name, "?%llx", (unsigned long long)range->low);
		struct symbol_code *code = arena_zalloc(symbols->arena, 1, sizeof *code);
		*code = (struct symbol_code){range->low, range->high, symbols_source(symbols, name, NULL, 0),
					     SYMBOL_UNNAMED | (range->is_cold ? SYMBOL_COLD : 0), UINT32_MAX};
		if (range->is_cold)
			code->source->row = UINT64_MAX; /* whose part it is is not known yet */
		parts += range->is_cold;
		mem_grow(&added.rows, &added.capacity, added.count + 1, sizeof *added.rows);
		added.rows[added.count++] = (struct code_range){range->low, range->high, code};
	}
	for (size_t i = 0; i < added.count; i++)
		symbols_add_range(symbols, added.rows[i].low, added.rows[i].high, added.rows[i].code);
	if (symbols->ranges.count > before)
		symbols_sort_ranges(symbols);
	if (parts)
		give_parts_to_functions(symbols);
	for (size_t i = 0; i < added.count; i++)
		added.rows[i].code->source->row = 0;
	free(added.rows);
	free(ranges.rows);
}
