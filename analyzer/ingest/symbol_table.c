/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbol tables and dynamic relocations of a module. */
#include <stdlib.h>
#include <string.h>

#include "ingest/machine.h"
#include "ingest/symbols_internal.h"

#define NOOPS_MOST 64 /* bytes */

/* Of several names at one address the one that callers write: libraries have names of their own beside it, which begin with
 * underscores ("_IO_fopen", "__write"), whichever of them is the weak one. */
static size_t preference(const struct table_symbol *symbol)
{
	size_t own = symbol->bind == STB_LOCAL ? 8 : strspn(symbol->name, "_");
	return 4 * (own < 8 ? own : 8) + (symbol->bind == STB_GLOBAL || symbol->bind == STB_GNU_UNIQUE ? 0 : 1);
}

static int compare_symbols(const void *a, const void *b)
{
	const struct table_symbol *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (preference(x) != preference(y))
		return preference(x) < preference(y) ? -1 : 1;
	int order = strcmp(x->name, y->name);
	if (order)
		return order;
	return x->size < y->size ? 1 : x->size > y->size ? -1 : 0;
}

static void add_symbol(struct symbols *symbols, const GElf_Sym *symbol, const char *name, uint32_t unit)
{
	unsigned type = GELF_ST_TYPE(symbol->st_info);
	struct table_symbols *table = type == STT_FUNC || type == STT_GNU_IFUNC ? &symbols->functions
				      : type == STT_OBJECT			? &symbols->data
										: NULL;
	if (!table || symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS || !*name)
		return;
	char *plain = mem_strndup(name, strcspn(name, "@"));
	mem_grow(&table->rows, &table->capacity, table->count + 1, sizeof *table->rows);
	table->rows[table->count++] = (struct table_symbol){
		.address = symbol->st_value, .size = symbol->st_size, .name = symbols_text(symbols, plain),
		.type = (unsigned char)type, .bind = GELF_ST_BIND(symbol->st_info),
		.unit = GELF_ST_BIND(symbol->st_info) == STB_LOCAL ? unit : 0};
	free(plain);
}

static void read_table(struct symbols *symbols, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Sym symbol;
	uint32_t unit = 0;
	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (GELF_ST_TYPE(symbol.st_info) == STT_FILE)
			unit++;
		else if (name)
			add_symbol(symbols, &symbol, name, unit);
	}
}

static void read_tables(struct symbols *symbols, const struct elf_file *file)
{
	GElf_Shdr header;
	for (Elf_Scn *section = NULL; file && (section = elf_nextscn(file->elf, section));)
		if (gelf_getshdr(section, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			read_table(symbols, file->elf, section, &header);
}

static void add_slot(struct symbols *symbols, uint64_t address, const char *name, uint64_t target, bool is_call)
{
	struct slots *slots = &symbols->slots;
	mem_grow(&slots->rows, &slots->capacity, slots->count + 1, sizeof *slots->rows);
	slots->rows[slots->count++] = (struct slot){address, name, target, is_call};
	if (name && !target)
		map64_put(symbols->imported, interner_add_string(symbols->names, name), 1);
}

static bool is_relative(unsigned machine, unsigned type)
{
	return machine == EM_X86_64 ? type == R_X86_64_RELATIVE : machine == EM_AARCH64 && type == R_AARCH64_RELATIVE;
}

static bool is_call(unsigned machine, unsigned type)
{
	return machine == EM_X86_64 ? type == R_X86_64_JUMP_SLOT : machine == EM_AARCH64 && type == R_AARCH64_JUMP_SLOT;
}

static void read_relocations(struct symbols *symbols, const struct elf_file *file, Elf_Scn *section, const GElf_Shdr *header)
{
	GElf_Shdr table;
	Elf_Scn *symbol_section = elf_getscn(file->elf, header->sh_link);
	Elf_Data *data = elf_getdata(section, NULL);
	Elf_Data *symbol_data = symbol_section && gelf_getshdr(symbol_section, &table) &&
						(table.sh_type == SHT_DYNSYM || table.sh_type == SHT_SYMTAB)
					? elf_getdata(symbol_section, NULL) : NULL;
	GElf_Rela relocation;
	for (int i = 0; data && gelf_getrela(data, i, &relocation); i++) {
		GElf_Sym symbol;
		size_t index = GELF_R_SYM(relocation.r_info);
		if (is_relative(file->machine, (unsigned)GELF_R_TYPE(relocation.r_info))) {
			add_slot(symbols, relocation.r_offset, NULL, (uint64_t)relocation.r_addend, false);
		} else if (index && symbol_data && gelf_getsym(symbol_data, (int)index, &symbol)) {
			const char *name = elf_strptr(file->elf, table.sh_link, symbol.st_name);
			char *plain = name ? mem_strndup(name, strcspn(name, "@")) : NULL;
			add_slot(symbols, relocation.r_offset, plain && *plain ? symbols_text(symbols, plain) : NULL,
				 symbol.st_shndx != SHN_UNDEF && symbol.st_value ? symbol.st_value + (uint64_t)relocation.r_addend
										 : 0,
				 is_call(file->machine, (unsigned)GELF_R_TYPE(relocation.r_info)));
			free(plain);
		}
	}
}

static int compare_slots(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Of several functions of one name: global ones before local ones, then by address. */
static void index_names(struct symbols *symbols)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < symbols->functions.count; i++) {
			const struct table_symbol *symbol = &symbols->functions.rows[i];
			uint32_t name = interner_add_string(symbols->names, symbol->name);
			if ((symbol->bind == STB_LOCAL) == (pass == 1) && !map64_get(symbols->named, name, NULL))
				map64_put(symbols->named, name, (uint32_t)i);
		}
}

void symbol_table_read(struct symbols *symbols)
{
	read_tables(symbols, symbols->code);
	if (!symbols->code || !elf_file_has_symbols(symbols->code))
		read_tables(symbols, symbols->debug);
	struct table_symbols *tables[] = {&symbols->functions, &symbols->data};
	for (size_t i = 0; i < 2; i++)
		if (tables[i]->count)
			qsort(tables[i]->rows, tables[i]->count, sizeof *tables[i]->rows, compare_symbols);
	index_names(symbols);
	GElf_Shdr header;
	for (Elf_Scn *section = NULL; symbols->code && (section = elf_nextscn(symbols->code->elf, section));)
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_RELA && (header.sh_flags & SHF_ALLOC))
			read_relocations(symbols, symbols->code, section, &header);
	if (symbols->slots.count)
		qsort(symbols->slots.rows, symbols->slots.count, sizeof *symbols->slots.rows, compare_slots);
}

/* Length of a suffix that compilers give to clones at the end of name; 0: none. ".part.3", ".cold", ".llvm.123" */
static size_t clone_suffix(const char *name, size_t length, uint32_t *flags)
{
	static const struct { const char *text; uint32_t flags; } SUFFIXES[] = {
		{".cold", SYMBOL_COLD}, {".part", SYMBOL_PART}, {".isra", 0}, {".constprop", 0}, {".lto_priv", 0},
		{".localalias", 0}, {".llvm", 0}, {".clone", 0},
	};
	size_t end = length;
	while (end && name[end - 1] >= '0' && name[end - 1] <= '9')
		end--;
	if (end == length || !end || name[end - 1] != '.')
		end = length + 1; /* no number behind it */
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
		size_t size = strlen(SUFFIXES[i].text);
		if (end - 1 > size && memcmp(name + end - 1 - size, SUFFIXES[i].text, size) == 0) {
			*flags |= SUFFIXES[i].flags;
			return length - (end - 1 - size);
		}
	}
	return 0;
}

uint32_t symbol_table_source_name(const char *name, struct buf *out)
{
	uint32_t flags = 0;
	size_t length = strlen(name);
	for (size_t suffix; (suffix = clone_suffix(name, length, &flags));)
		length -= suffix;
	buf_clear(out);
	buf_append(out, name, length);
	return flags;
}

/* Where a symbol without a size ends: at the next one, and within its section. */
static uint64_t end_of(const struct symbols *symbols, size_t index)
{
	const struct table_symbols *table = &symbols->functions;
	uint64_t address = table->rows[index].address, end = UINT64_MAX;
	for (size_t i = index + 1; i < table->count && end == UINT64_MAX; i++)
		if (table->rows[i].address > address)
			end = table->rows[i].address;
	GElf_Shdr header;
	for (Elf_Scn *section = NULL; symbols->code && (section = elf_nextscn(symbols->code->elf, section));)
		if (gelf_getshdr(section, &header) && (header.sh_flags & SHF_EXECINSTR) && address >= header.sh_addr &&
		    address - header.sh_addr < header.sh_size && end > header.sh_addr + header.sh_size)
			end = header.sh_addr + header.sh_size;
	return end == UINT64_MAX ? address + 1 : end;
}

/* Local functions of one name: which names need something that tells them apart. */
struct local_names {
	struct interner *names;
	const struct table_symbol **first; /* by name */
	enum local_kind { LOCAL_ALONE, LOCAL_BY_UNIT, LOCAL_BY_ADDRESS } *kinds;
	size_t first_capacity, kind_capacity;
};

/* Units tell functions apart where the table still says which unit a symbol is of. */
static void local_names_learn(struct local_names *local, const char *name, const struct table_symbol *symbol)
{
	uint32_t before = interner_count(local->names), id = interner_add_string(local->names, name);
	mem_grow(&local->first, &local->first_capacity, (size_t)id + 1, sizeof *local->first);
	mem_grow(&local->kinds, &local->kind_capacity, (size_t)id + 1, sizeof *local->kinds);
	if (id == before) {
		local->first[id] = symbol;
		local->kinds[id] = LOCAL_ALONE;
	} else if (local->first[id]->name == symbol->name && local->first[id]->unit == symbol->unit &&
		   local->first[id]->address != symbol->address) {
		local->kinds[id] = LOCAL_BY_ADDRESS;
	} else if (local->first[id]->unit != symbol->unit && local->kinds[id] == LOCAL_ALONE) {
		local->kinds[id] = LOCAL_BY_UNIT;
	}
}

static void learn_local_names(const struct symbols *symbols, struct local_names *local)
{
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	for (size_t i = 0; i < symbols->functions.count; i++) {
		const struct table_symbol *symbol = &symbols->functions.rows[i];
		if (symbol->bind == STB_LOCAL && !symbols_range_at(symbols, symbol->address)) {
			symbol_table_source_name(symbol->name, &name);
			local_names_learn(local, name.data, symbol);
		}
	}
	buf_finish(&name);
}

/* The first address of that unit's function of that name: what tells it from others. */
static uint64_t first_address(const struct symbols *symbols, const char *name, uint32_t unit)
{
	struct buf other;
	buf_init(&other, BUF_NO_CEILING);
	uint64_t found = 0;
	for (size_t i = 0; !found && i < symbols->functions.count; i++)
		if (symbols->functions.rows[i].unit == unit) {
			symbol_table_source_name(symbols->functions.rows[i].name, &other);
			found = strcmp(other.data, name) == 0 ? symbols->functions.rows[i].address : 0;
		}
	buf_finish(&other);
	return found;
}

/* Described functions start where their symbols are, and their descriptions behind the no-ops for hooks. */
static void take_noops(struct symbols *symbols)
{
	for (size_t i = 0; symbols->code && i < symbols->functions.count; i++) {
		uint64_t start = symbols->functions.rows[i].address;
		size_t length, noops;
		const unsigned char *code = symbols_bytes(symbols, start, NOOPS_MOST, &length);
		if (!code || !(noops = machine_noops(symbols->code->machine, code, length)) || symbols_range_at(symbols, start))
			continue;
		struct code_range *range = (struct code_range *)symbols_range_at(symbols, start + noops);
		if (range && range->low == start + noops && range->code->entry == range->low)
			range->low = range->code->entry = start;
	}
}

void symbol_table_add_functions(struct symbols *symbols)
{
	take_noops(symbols);
	struct local_names local = {.names = interner_create()};
	struct code_ranges added = {0};
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	learn_local_names(symbols, &local);
	uint64_t previous = UINT64_MAX;
	for (size_t i = 0; i < symbols->functions.count; i++) {
		const struct table_symbol *symbol = &symbols->functions.rows[i];
		uint32_t flags = symbol_table_source_name(symbol->name, &name), id;
		const struct code_range *range = symbols_range_at(symbols, symbol->address);
		if (range) { /* described: only what kind of part it is is news */
			if (range->code->entry == symbol->address)
				range->code->flags |= flags & SYMBOL_PART;
			continue;
		}
		if (symbol->address == previous || (symbols->code && !elf_file_is_executable(symbols->code, symbol->address)))
			continue; /* the preferred name came first */
		previous = symbol->address;
		if (symbol->bind == STB_LOCAL && interner_find(local.names, name.data, name.length, &id) &&
		    local.kinds[id] != LOCAL_ALONE) {
			uint64_t address = local.kinds[id] == LOCAL_BY_UNIT ? first_address(symbols, name.data, symbol->unit)
									    : symbol->address;
			buf_printf(&name, "?%llx", (unsigned long long)address);
		}
		uint64_t end = symbol->size ? symbol->address + symbol->size : end_of(symbols, i);
		if (symbol->type == STT_GNU_IFUNC)
			flags |= SYMBOL_IFUNC;
		mem_grow(&added.rows, &added.capacity, added.count + 1, sizeof *added.rows);
		added.rows[added.count++] = (struct code_range){symbol->address, end, NULL};
		added.rows[added.count - 1].code = arena_zalloc(symbols->arena, 1, sizeof(struct symbol_code));
		*added.rows[added.count - 1].code = (struct symbol_code){
			symbol->address, end, symbols_source(symbols, name.data, NULL, 0), flags, UINT32_MAX};
	}
	for (size_t i = 0; i < added.count; i++)
		symbols_add_range(symbols, added.rows[i].low, added.rows[i].high, added.rows[i].code);
	symbols_sort_ranges(symbols);
	free(added.rows);
	buf_finish(&name);
	interner_destroy(local.names);
	free(local.first);
	free(local.kinds);
}
