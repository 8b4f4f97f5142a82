/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DWARF of one module: the functions of the codebase's units, what is inlined where, lines. With libdw, which follows split
 * DWARF (.dwo) and shared debug files (.gnu_debugaltlink) by itself. */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/debuginfo.h"
#include "ingest/symbols_internal.h"

#define DEPTH_CEILING 200

struct debuginfo *debuginfo_open(struct symbols *symbols, struct elf_file *file)
{
	Dwarf *dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
	if (!dwarf)
		return NULL;
	struct debuginfo *debuginfo = mem_zalloc(1, sizeof *debuginfo);
	debuginfo->dwarf = dwarf;
	symbols->debuginfo = debuginfo;
	debuginfo_read_units(symbols);
	debuginfo_read_functions(symbols);
	return debuginfo;
}

void debuginfo_close(struct debuginfo *debuginfo)
{
	if (!debuginfo)
		return;
	dwarf_end(debuginfo->dwarf);
	free(debuginfo->units);
	free(debuginfo->functions);
	free(debuginfo->variables);
	free(debuginfo);
}

bool debuginfo_is_of_codebase(const struct debuginfo *debuginfo)
{
	return debuginfo->is_of_codebase;
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

/* path, or folder/path where it is relative: in out. */
static const char *joined(const char *folder, const char *path, struct buf *out)
{
	buf_clear(out);
	if (path[0] != '/' && folder && *folder)
		buf_printf(out, "%s/", folder);
	buf_append_string(out, path);
	return out->data;
}

const char *debuginfo_relative(struct symbols *symbols, Dwarf_Die *cu, const char *path)
{
	if (!path)
		return NULL;
	if (path[0] == '/')
		return source_paths_relative(symbols->paths, path);
	struct buf full;
	buf_init(&full, BUF_NO_CEILING);
	const char *result = source_paths_relative(symbols->paths, joined(string_of(cu, DW_AT_comp_dir), path, &full));
	if (!result)
		result = source_paths_relative(symbols->paths, path);
	buf_finish(&full);
	return result;
}

/* The main file of the unit that holds the declaration of what a DIE describes, which another unit may have inlined: unit, as a rule. */
static const char *main_file(struct symbols *symbols, const struct debug_unit *unit, Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die cu;
	if (!dwarf_attr_integrate(die, DW_AT_decl_file, &attribute))
		return NULL;
	if (attribute.cu == unit->tree.cu)
		return unit->file;
	if (!dwarf_cu_die(attribute.cu, &cu, NULL, NULL, NULL, NULL, NULL, NULL))
		return NULL;
	return debuginfo_relative(symbols, &cu, string_of(&cu, DW_AT_name));
}

const char *debuginfo_decl_file(struct debug_unit *unit, Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Word index;
	Dwarf_Die cu;
	Dwarf_Files *files;
	size_t count;
	if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_file, &attribute), &index) != 0 ||
	    !dwarf_cu_die(attribute.cu, &cu, NULL, NULL, NULL, NULL, NULL, NULL))
		return NULL;
	if (dwarf_getsrcfiles(&cu, &files, &count) != 0 && dwarf_getsrcfiles(&unit->lines, &files, &count) != 0)
		return NULL;
	return index < count ? dwarf_filesrc(files, index, NULL, NULL) : NULL;
}

/* Units of link-time optimisation have no file of their own. */
static bool is_artificial(const char *name)
{
	return !name || strcmp(name, "<artificial>") == 0;
}

void debuginfo_read_units(struct symbols *symbols)
{
	struct debuginfo *debuginfo = symbols->debuginfo;
	struct buf full;
	buf_init(&full, BUF_NO_CEILING);
	Dwarf_CU *cu = NULL;
	Dwarf_Die skeleton, split;
	uint8_t type;
	while (dwarf_get_units(debuginfo->dwarf, cu, &cu, NULL, &type, &skeleton, &split) == 0) {
		if (type != DW_UT_compile && type != DW_UT_skeleton)
			continue;
		struct debug_unit unit = {.lines = skeleton, .tree = type == DW_UT_skeleton && split.addr ? split : skeleton};
		const char *name = string_of(&unit.tree, DW_AT_name);
		if (!name)
			name = string_of(&skeleton, DW_AT_name);
		unit.is_artificial = is_artificial(name);
		unit.path = NULL;
		if (!unit.is_artificial) {
			unit.path = symbols_text(symbols, joined(string_of(&skeleton, DW_AT_comp_dir), name, &full));
			source_paths_learn(symbols->paths, unit.path);
		}
		mem_grow(&debuginfo->units, &debuginfo->unit_capacity, debuginfo->unit_count + 1, sizeof *debuginfo->units);
		debuginfo->units[debuginfo->unit_count++] = unit;
	}
	buf_finish(&full);
	source_paths_settle(symbols->paths);
	for (size_t i = 0; i < debuginfo->unit_count; i++) {
		struct debug_unit *unit = &debuginfo->units[i];
		unit->file = unit->path ? source_paths_relative(symbols->paths, unit->path) : NULL;
		unit->file = unit->file ? symbols_text(symbols, unit->file) : NULL;
		debuginfo->is_of_codebase |= unit->file != NULL;
	}
}

static struct symbol_source *source_of(struct symbols *symbols, struct debug_unit *unit, Dwarf_Die *die, const char *name)
{
	int line = 0;
	const char *file = debuginfo_relative(symbols, &unit->lines, debuginfo_decl_file(unit, die));
	if (dwarf_decl_line(die, &line) != 0 || line < 0)
		line = 0;
	struct symbol_source *source = symbols_source(symbols, name, file, file ? (uint32_t)line : 0);
	if (file && !source->unit && strcmp(file + path_stem_length(file), ".h") != 0) {
		const char *main = main_file(symbols, unit, die);
		source->unit = main && strcmp(main, file) != 0 ? symbols_text(symbols, main) : NULL;
	}
	return source;
}

static const char *name_of(Dwarf_Die *die)
{
	const char *name = string_of(die, DW_AT_linkage_name);
	return name ? name : dwarf_diename(die);
}

static bool is_code(const struct symbols *symbols, uint64_t low, uint64_t high)
{
	/* What the linker dropped begins at 0 or at the end of all. */
	return low && low < high && (!symbols->code || elf_file_is_executable(symbols->code, low));
}

static void add_function(struct symbols *symbols, struct debug_unit *unit, Dwarf_Die *die)
{
	struct debuginfo *debuginfo = symbols->debuginfo;
	Dwarf_Addr base, low, high, entry;
	const char *name = name_of(die);
	ptrdiff_t at = dwarf_ranges(die, 0, &base, &low, &high);
	while (at > 0 && !is_code(symbols, low, high))
		at = dwarf_ranges(die, at, &base, &low, &high);
	if (at <= 0 || !name)
		return;
	struct buf plain;
	buf_init(&plain, BUF_NO_CEILING);
	symbol_table_source_name(name, &plain);
	struct symbol_source *source = source_of(symbols, unit, die, plain.data);
	buf_finish(&plain);
	struct symbol_code *code = symbols_add_code(symbols, low, high, source, source->file ? SYMBOL_DESCRIBED : 0);
	if (dwarf_entrypc(die, &entry) == 0 && is_code(symbols, entry, entry + 1))
		code->entry = entry;
	code->die = (uint32_t)debuginfo->function_count;
	mem_grow(&debuginfo->functions, &debuginfo->function_capacity, debuginfo->function_count + 1,
		 sizeof *debuginfo->functions);
	debuginfo->functions[debuginfo->function_count++] = (struct debug_function){*die, unit};
	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
		if (is_code(symbols, low, high))
			symbols_add_range(symbols, low, high, code);
}

/* Functions may lie in namespaces (of other languages), and, as an extension of gcc, in functions. */
static void visit_functions(struct symbols *symbols, struct debug_unit *unit, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die;
	if (depth > DEPTH_CEILING || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		if (tag == DW_TAG_subprogram)
			add_function(symbols, unit, &die);
		if (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block || tag == DW_TAG_namespace)
			visit_functions(symbols, unit, &die, depth + 1);
	} while (dwarf_siblingof(&die, &die) == 0);
}

void debuginfo_read_functions(struct symbols *symbols)
{
	struct debuginfo *debuginfo = symbols->debuginfo;
	for (size_t i = 0; i < debuginfo->unit_count; i++) {
		struct debug_unit *unit = &debuginfo->units[i];
		if (unit->file || unit->is_artificial)
			visit_functions(symbols, unit, &unit->tree, 0);
	}
	symbols_sort_ranges(symbols);
}

struct inline_chain { Dwarf_Die *rows; size_t count, capacity; };

/* The inlined functions whose code is at address, outermost first. */
static void find_inlined(Dwarf_Die *parent, uint64_t address, struct inline_chain *chain, unsigned depth)
{
	Dwarf_Die die;
	if (depth > DEPTH_CEILING || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block)
			continue;
		if (dwarf_haspc(&die, address) != 1)
			continue;
		if (tag == DW_TAG_inlined_subroutine && chain->count < chain->capacity)
			chain->rows[chain->count++] = die;
		find_inlined(&die, address, chain, depth + 1);
		return;
	} while (dwarf_siblingof(&die, &die) == 0);
}

static uint32_t call_line(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Word line;
	return dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &line) == 0 && line <= INT32_MAX ? (uint32_t)line : 0;
}

/* The line of an address, where it lies in that file. */
static uint32_t line_at(struct symbols *symbols, struct debug_unit *unit, uint64_t address, const char *file)
{
	Dwarf_Line *line = file ? dwarf_getsrc_die(&unit->lines, address) : NULL;
	int number = 0;
	const char *path = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (!path || dwarf_lineno(line, &number) != 0 || number < 0)
		return 0;
	const char *relative = debuginfo_relative(symbols, &unit->lines, path);
	return relative && strcmp(relative, file) == 0 ? (uint32_t)number : 0;
}

size_t debuginfo_frames(struct symbols *symbols, const struct symbol_code *code, uint64_t address,
			struct symbol_frame *rows, size_t capacity)
{
	struct debug_function *function = &symbols->debuginfo->functions[code->die];
	Dwarf_Die inlined[FRAMES_INLINED];
	struct inline_chain chain = {inlined, 0, capacity - 1 < FRAMES_INLINED ? capacity - 1 : FRAMES_INLINED};
	find_inlined(&function->die, address, &chain, 0);
	size_t count = 0;
	for (size_t i = chain.count; i-- > 0;) {
		const char *name = name_of(&inlined[i]);
		if (name)
			rows[count++] = (struct symbol_frame){source_of(symbols, function->unit, &inlined[i], name), 0,
							      dwarf_dieoffset(&inlined[i]) + 1};
	}
	rows[count++] = (struct symbol_frame){code->source, 0, 0};
	rows[0].line = line_at(symbols, function->unit, address, rows[0].source->file);
	for (size_t i = chain.count, row = 1; i-- > 0 && row < count; row++)
		rows[row].line = call_line(&inlined[i]);
	return count;
}
