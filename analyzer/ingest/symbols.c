/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts together what symbol tables, unwind tables and debug information say of one module, and answers for addresses. */
#include "ingest/symbols.h"

#include <stdlib.h>
#include <string.h>

#include "facts/observation.h"
#include "ingest/machine.h"
#include "ingest/symbols_internal.h"

#define FRAMES_CEILING 64 /* inlined into each other */

const char *symbols_text(struct symbols *symbols, const char *text)
{
	return interner_text(symbols->names, interner_add_string(symbols->names, text));
}

struct symbol_source *symbols_source(struct symbols *symbols, const char *name, const char *file, uint32_t line)
{
	struct { const char *name, *file; uint64_t line; } key = {symbols_text(symbols, name),
								  file ? symbols_text(symbols, file) : NULL, line};
	uint32_t before = interner_count(symbols->source_keys);
	uint32_t id = interner_add(symbols->source_keys, (const char *)&key, sizeof key);
	mem_grow(&symbols->sources, &symbols->source_capacity, (size_t)id + 1, sizeof *symbols->sources);
	if (id == before) {
		symbols->sources[id] = arena_zalloc(symbols->arena, 1, sizeof **symbols->sources);
		*symbols->sources[id] = (struct symbol_source){.name = key.name, .file = key.file, .line = line};
	}
	return symbols->sources[id];
}

void symbols_add_range(struct symbols *symbols, uint64_t low, uint64_t high, struct symbol_code *code)
{
	struct code_ranges *ranges = &symbols->ranges;
	mem_grow(&ranges->rows, &ranges->capacity, ranges->count + 1, sizeof *ranges->rows);
	ranges->rows[ranges->count++] = (struct code_range){low, high, code};
}

struct symbol_code *symbols_add_code(struct symbols *symbols, uint64_t low, uint64_t high, struct symbol_source *source,
				     uint32_t flags)
{
	struct symbol_code *code = arena_zalloc(symbols->arena, 1, sizeof *code);
	*code = (struct symbol_code){low, high, source, flags, UINT32_MAX};
	symbols_add_range(symbols, low, high, code);
	return code;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct code_range *x = a, *y = b;
	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	if (x->high != y->high)
		return x->high > y->high ? -1 : 1; /* narrower ones later: they win */
	int order = strcmp(x->code->source->name, y->code->source->name);
	if (!order)
		order = strcmp(x->code->source->file ? x->code->source->file : "", y->code->source->file ? y->code->source->file : "");
	return order;
}

void symbols_sort_ranges(struct symbols *symbols)
{
	if (symbols->ranges.count)
		qsort(symbols->ranges.rows, symbols->ranges.count, sizeof *symbols->ranges.rows, compare_ranges);
}

const struct code_range *symbols_range_at(const struct symbols *symbols, uint64_t address)
{
	const struct code_range *rows = symbols->ranges.rows;
	size_t low = 0, high = symbols->ranges.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (rows[middle].low <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* The last that begins at or before it; one that it lies within may begin a little earlier. */
	for (size_t back = 0; back < 4 && low > back; back++)
		if (address < rows[low - 1 - back].high)
			return &rows[low - 1 - back];
	return NULL;
}

const struct symbol_code *symbols_code_at(const struct symbols *symbols, uint64_t address)
{
	const struct code_range *range = symbols_range_at(symbols, address);
	return range ? range->code : NULL;
}

static void find_main(struct symbols *symbols)
{
	const struct symbol_code *named = symbols_code_named(symbols, "main");
	size_t length;
	const unsigned char *start = symbols_bytes(symbols, symbols->code->entry, 128, &length);
	if (named)
		symbols->facts.main = named->entry;
	else if (start)
		symbols->facts.main = machine_main(symbols->code->machine, start, length, symbols->code->entry);
	const struct code_range *range = symbols->facts.main ? symbols_range_at(symbols, symbols->facts.main) : NULL;
	if (range && range->low == symbols->facts.main && (range->code->flags & SYMBOL_UNNAMED)) {
		range->code->source = symbols_source(symbols, "main", NULL, 0);
		range->code->flags &= ~(uint32_t)SYMBOL_UNNAMED;
	}
}

static void count_functions(struct symbols *symbols)
{
	struct map64 *described = map64_create();
	for (size_t i = 0; i < symbols->ranges.count; i++) {
		const struct code_range *range = &symbols->ranges.rows[i];
		if (range->low != range->code->entry)
			continue;
		symbols->facts.functions += !(range->code->flags & SYMBOL_COLD);
		if (range->code->flags & SYMBOL_DESCRIBED)
			map64_put(described, (uint64_t)(uintptr_t)range->code->source, 1);
	}
	symbols->facts.described = map64_count(described);
	map64_destroy(described);
}

/* Is it the file that ran? */
static bool is_it(const struct elf_file *file, const void *id, size_t id_length, uint64_t not_after)
{
	if (id_length)
		return elf_file_has_build_id(file, id, id_length);
	return !file->build_id && file->modified_at >= 0 && (uint64_t)file->modified_at <= not_after;
}

static void open_files(struct symbols *symbols, const char *path, const void *id, size_t id_length, uint64_t not_after,
		       const struct symbols_options *options)
{
	symbols->code = path[0] == '/' ? elf_file_open(path) : NULL;
	if (symbols->code && !is_it(symbols->code, id, id_length, not_after)) {
		elf_file_close(symbols->code);
		symbols->code = NULL;
	}
	if (!symbols->code || !elf_file_has_dwarf(symbols->code))
		symbols->debug = elf_file_open_debug(symbols->code, path, id, id_length, options->debug_folders);
}

struct symbols *symbols_open(const char *path, const void *build_id, size_t build_id_length, uint64_t not_after,
			     const struct symbols_options *options)
{
	struct symbols *symbols = mem_zalloc(1, sizeof *symbols);
	symbols->arena = arena_create();
	symbols->names = interner_create();
	symbols->source_keys = interner_create();
	symbols->frame_numbers = map64_create();
	symbols->named = map64_create();
	symbols->imported = map64_create();
	symbols->paths = source_paths_create(options->root);
	open_files(symbols, path, build_id, build_id_length, not_after, options);
	if (!symbols->code && !symbols->debug) {
		/* What has no path (the vdso) never was a file. */
		symbols->facts.flags = path[0] == '/' ? OBSERVATION_MODULE_MISSING : 0;
		return symbols;
	}
	const struct elf_file *any = symbols->code ? symbols->code : symbols->debug;
	symbols->facts.machine = any->machine;
	symbol_table_read(symbols);
	struct elf_file *described = symbols->debug && elf_file_has_dwarf(symbols->debug) ? symbols->debug
				     : symbols->code && elf_file_has_dwarf(symbols->code) ? symbols->code
											     : NULL;
	symbols->debuginfo = described ? debuginfo_open(symbols, described) : NULL;
	symbol_table_add_functions(symbols);
	if (symbols->code)
		unwind_ranges_add(symbols);
	if ((symbols->code && elf_file_has_symbols(symbols->code)) || (symbols->debug && elf_file_has_symbols(symbols->debug)))
		symbols->facts.flags |= OBSERVATION_MODULE_SYMBOLS;
	symbols->facts.flags |= symbols->debuginfo ? OBSERVATION_MODULE_DEBUG : 0;
	if (symbols->debuginfo && debuginfo_is_of_codebase(symbols->debuginfo))
		symbols->facts.flags |= OBSERVATION_MODULE_CODEBASE;
	if (symbols->code)
		find_main(symbols);
	count_functions(symbols);
	return symbols;
}

uint64_t symbols_file_flags(const char *path, const struct symbols_options *options)
{
	struct elf_file *file = elf_file_open(path);
	if (!file)
		return OBSERVATION_MODULE_MISSING;
	struct symbols *symbols = symbols_open(path, file->build_id, file->build_id_length, UINT64_MAX, options);
	uint64_t flags = symbols->facts.flags;
	symbols_close(symbols);
	elf_file_close(file);
	return flags;
}

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	debuginfo_close(symbols->debuginfo);
	elf_file_close(symbols->code);
	elf_file_close(symbols->debug);
	source_paths_destroy(symbols->paths);
	map64_destroy(symbols->frame_numbers);
	map64_destroy(symbols->named);
	map64_destroy(symbols->imported);
	interner_destroy(symbols->names);
	interner_destroy(symbols->source_keys);
	arena_destroy(symbols->arena);
	free(symbols->sources);
	free(symbols->functions.rows);
	free(symbols->data.rows);
	free(symbols->slots.rows);
	free(symbols->ranges.rows);
	free(symbols->frames);
	free(symbols->taken);
	free(symbols);
}

const struct symbols_facts *symbols_facts(const struct symbols *symbols)
{
	return &symbols->facts;
}

const struct symbol_frame *symbols_frames(struct symbols *symbols, uint64_t address, size_t *count)
{
	uint32_t number;
	*count = 0;
	if (address == UINT64_MAX)
		return NULL;
	if (!map64_get(symbols->frame_numbers, address, &number)) {
		struct symbol_frame rows[FRAMES_CEILING];
		const struct symbol_code *code = symbols_code_at(symbols, address);
		size_t found = 0;
		if (code && symbols->debuginfo && code->die != UINT32_MAX)
			found = debuginfo_frames(symbols, code, address, rows, FRAMES_CEILING);
		else if (code)
			rows[found++] = (struct symbol_frame){code->source, 0, 0};
		struct symbol_frame *kept = arena_alloc(symbols->arena, (found + 1) * sizeof *kept);
		memcpy(kept, rows, found * sizeof *kept);
		number = (uint32_t)symbols->frame_count;
		mem_grow(&symbols->frames, &symbols->frame_capacity, symbols->frame_count + 1, sizeof *symbols->frames);
		symbols->frames[symbols->frame_count++] = (struct frames){kept, found};
		map64_put(symbols->frame_numbers, address, number);
	}
	*count = symbols->frames[number].count;
	return symbols->frames[number].rows;
}

/* Index of the first symbol at or behind an address. */
static size_t first_symbol(const struct table_symbols *table, uint64_t address)
{
	size_t low = 0, high = table->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->rows[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool symbols_has_name(const struct symbols *symbols, const struct symbol_code *code, const char *name)
{
	const struct table_symbols *table = &symbols->functions;
	for (size_t i = first_symbol(table, code->entry); i < table->count && table->rows[i].address == code->entry; i++)
		if (strcmp(table->rows[i].name, name) == 0)
			return true;
	return strcmp(code->source->name, name) == 0;
}

const struct symbol_code *symbols_code_named(const struct symbols *symbols, const char *name)
{
	uint32_t id, index;
	if (!interner_find(symbols->names, name, strlen(name), &id) || !map64_get(symbols->named, id, &index))
		return NULL;
	return symbols_code_at(symbols, symbols->functions.rows[index].address);
}

static size_t first_slot(const struct slots *slots, uint64_t address)
{
	size_t low = 0, high = slots->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slots->rows[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *symbols_slot(const struct symbols *symbols, uint64_t address, uint64_t *target)
{
	size_t at = first_slot(&symbols->slots, address);
	bool found = at < symbols->slots.count && symbols->slots.rows[at].address == address;
	*target = found ? symbols->slots.rows[at].target : 0;
	return found ? symbols->slots.rows[at].name : NULL;
}

bool symbols_is_constructor(const struct symbols *symbols, uint64_t entry)
{
	static const char *const NAMES[] = {".preinit_array", ".init_array"};
	GElf_Shdr header;
	for (size_t i = 0; symbols->code && i < 2; i++) {
		Elf_Scn *section = elf_file_section(symbols->code, NAMES[i], &header);
		Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
		for (size_t at = 0; data && at + 8 <= data->d_size; at += 8) {
			uint64_t target, stored;
			symbols_slot(symbols, header.sh_addr + at, &target);
			memcpy(&stored, (char *)data->d_buf + at, sizeof stored);
			if (entry == (target ? target : stored))
				return true;
		}
	}
	return false;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void add_taken(struct symbols *symbols, uint64_t address)
{
	const struct code_range *range = symbols_range_at(symbols, address);
	if (!range || range->code->entry != address)
		return;
	mem_grow(&symbols->taken, &symbols->taken_capacity, symbols->taken_count + 1, sizeof *symbols->taken);
	symbols->taken[symbols->taken_count++] = address;
}

/* Every 32 bits of code that, as a distance or as they are, name an entry, but those that follow a call or jump; every
 * pointer that the loader stores; without relocations, every aligned word of data. */
static void find_taken(struct symbols *symbols)
{
	GElf_Shdr header, patches;
	/* The list of places that -fpatchable-function-entry left says nothing of who is called through a pointer. */
	if (!elf_file_section(symbols->code, "__patchable_function_entries", &patches))
		patches = (GElf_Shdr){0};
	for (Elf_Scn *section = NULL; (section = elf_nextscn(symbols->code->elf, section));) {
		Elf_Data *data = gelf_getshdr(section, &header) && (header.sh_flags & SHF_ALLOC) && header.sh_type != SHT_NOBITS &&
						 header.sh_type != SHT_DYNSYM && header.sh_type != SHT_RELA &&
						 (!patches.sh_size || header.sh_addr != patches.sh_addr)
					 ? elf_rawdata(section, NULL) : NULL;
		const unsigned char *bytes = data ? data->d_buf : NULL;
		size_t length = bytes ? data->d_size : 0;
		for (size_t at = 0; !(header.sh_flags & SHF_EXECINSTR) && at + 8 <= length; at += 8) {
			uint64_t word;
			memcpy(&word, bytes + at, sizeof word);
			add_taken(symbols, word);
		}
		for (size_t at = 2; (header.sh_flags & SHF_EXECINSTR) && at + 4 <= length; at++) {
			int32_t word;
			memcpy(&word, bytes + at, sizeof word);
			add_taken(symbols, (uint32_t)word);
			if (word && bytes[at - 1] != 0xe8 && bytes[at - 1] != 0xe9 &&
			    !(bytes[at - 2] == 0x0f && (bytes[at - 1] & 0xf0) == 0x80))
				add_taken(symbols, header.sh_addr + at + 4 + (uint64_t)(int64_t)word);
		}
	}
	for (size_t i = 0; i < symbols->slots.count; i++)
		if (symbols->slots.rows[i].target && !symbols->slots.rows[i].is_call &&
		    symbols->slots.rows[i].address - patches.sh_addr >= patches.sh_size)
			add_taken(symbols, symbols->slots.rows[i].target);
	if (symbols->taken_count)
		qsort(symbols->taken, symbols->taken_count, sizeof *symbols->taken, compare_numbers);
}

bool symbols_is_address_taken(struct symbols *symbols, const struct symbol_code *code)
{
	if (!symbols->code || symbols->facts.machine != EM_X86_64)
		return true;
	if (!symbols->taken_is_known)
		find_taken(symbols);
	symbols->taken_is_known = true;
	return symbols->taken_count && bsearch(&code->entry, symbols->taken, symbols->taken_count, sizeof *symbols->taken,
					       compare_numbers);
}

bool symbols_imports(const struct symbols *symbols, const struct symbols *other, const struct symbol_code *code)
{
	const struct table_symbols *table = &other->functions;
	for (size_t i = first_symbol(table, code->entry); i < table->count && table->rows[i].address == code->entry; i++) {
		const char *name = table->rows[i].name;
		uint32_t id;
		if (interner_find(symbols->names, name, strlen(name), &id) && map64_get(symbols->imported, id, NULL))
			return true;
	}
	return false;
}

const unsigned char *symbols_bytes(const struct symbols *symbols, uint64_t address, size_t wanted, size_t *length)
{
	*length = 0;
	return symbols->code ? elf_file_bytes(symbols->code, address, wanted, length) : NULL;
}

bool symbols_is_loaded(const struct symbols *symbols, uint64_t address)
{
	return symbols->code && elf_file_is_loaded(symbols->code, address);
}

bool symbols_data_name(struct symbols *symbols, uint64_t address, struct buf *out)
{
	if (symbols->debuginfo && debuginfo_data_name(symbols, address, out))
		return true;
	const struct table_symbols *table = &symbols->data;
	size_t at = first_symbol(table, address + 1);
	while (at > 0 && at < table->count + 1) {
		const struct table_symbol *symbol = &table->rows[at - 1];
		/* The preferred name of those at one address comes first. */
		while (at > 1 && table->rows[at - 2].address == symbol->address)
			symbol = &table->rows[--at - 1];
		uint64_t offset = address - symbol->address;
		if (offset >= symbol->size && offset)
			return false;
		buf_append_string(out, symbol->name);
		if (offset)
			buf_printf(out, "+%llu", (unsigned long long)offset);
		return true;
	}
	return false;
}
