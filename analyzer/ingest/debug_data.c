/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of places in global and static variables, from DWARF: "server.lock", "table[].lock", "lock (src/cache.c)" for what
 * is local to a file. */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/debuginfo.h"
#include "ingest/symbols_internal.h"

#define DEPTH_CEILING 200

static bool address_of(Dwarf_Die *die, uint64_t *address)
{
	Dwarf_Attribute attribute, of_address;
	Dwarf_Op *operations;
	size_t count;
	if (!dwarf_attr(die, DW_AT_location, &attribute) || dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1)
		return false;
	if (operations[0].atom == DW_OP_addr) {
		*address = operations[0].number;
		return true;
	}
	if (operations[0].atom != DW_OP_addrx && operations[0].atom != DW_OP_GNU_addr_index)
		return false;
	return dwarf_getlocation_attr(&attribute, operations, &of_address) == 0 && dwarf_formaddr(&of_address, address) == 0;
}

static void visit_variables(struct debuginfo *debuginfo, struct debug_unit *unit, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die;
	if (depth > DEPTH_CEILING || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		uint64_t address;
		if (tag == DW_TAG_variable && address_of(&die, &address) && address) {
			mem_grow(&debuginfo->variables, &debuginfo->variable_capacity, debuginfo->variable_count + 1,
				 sizeof *debuginfo->variables);
			debuginfo->variables[debuginfo->variable_count++] = (struct debug_variable){address, die, unit};
		}
		if (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine)
			visit_variables(debuginfo, unit, &die, depth + 1);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static int compare_variables(const void *a, const void *b)
{
	const struct debug_variable *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	Dwarf_Off left = dwarf_dieoffset((Dwarf_Die *)&x->die), right = dwarf_dieoffset((Dwarf_Die *)&y->die);
	return left < right ? -1 : left > right;
}

static void read_variables(struct debuginfo *debuginfo)
{
	for (size_t i = 0; i < debuginfo->unit_count; i++)
		if (debuginfo->units[i].file || debuginfo->units[i].is_artificial)
			visit_variables(debuginfo, &debuginfo->units[i], &debuginfo->units[i].tree, 0);
	if (debuginfo->variable_count)
		qsort(debuginfo->variables, debuginfo->variable_count, sizeof *debuginfo->variables, compare_variables);
	debuginfo->has_variables = true;
}

static bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;
	return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), type) != NULL;
}

/* The type behind typedefs and qualifiers. *is_foreign: a typedef on the way is declared outside the codebase: what
 * it consists of is nobody's business (pthread_mutex_t). */
static bool strip_type(struct symbols *symbols, struct debug_unit *unit, Dwarf_Die *type, bool *is_foreign)
{
	*is_foreign = false;
	for (unsigned depth = 0; depth < 32; depth++) {
		int tag = dwarf_tag(type);
		if (tag == DW_TAG_typedef)
			*is_foreign |= !debuginfo_relative(symbols, &unit->lines, debuginfo_decl_file(unit, type));
		else if (tag != DW_TAG_const_type && tag != DW_TAG_volatile_type && tag != DW_TAG_atomic_type)
			return true;
		if (!type_of(type, type))
			return false;
	}
	return false;
}

static uint64_t size_of(Dwarf_Die *type)
{
	Dwarf_Word size;
	return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

/* The member of a struct or union that holds an offset; *offset becomes that within it. */
static bool member_at(Dwarf_Die *aggregate, uint64_t *offset, Dwarf_Die *member, Dwarf_Die *type)
{
	if (dwarf_child(aggregate, member) != 0)
		return false;
	do {
		Dwarf_Attribute attribute;
		Dwarf_Word start = 0;
		if (dwarf_tag(member) != DW_TAG_member || !type_of(member, type))
			continue;
		if (dwarf_attr(member, DW_AT_data_member_location, &attribute) && dwarf_formudata(&attribute, &start) != 0)
			continue;
		Dwarf_Die sized = *type;
		uint64_t size = size_of(&sized);
		if (*offset >= start && *offset - start < (size ? size : 1)) {
			*offset -= start;
			return true;
		}
	} while (dwarf_siblingof(member, member) == 0);
	return false;
}

static void append_path(struct symbols *symbols, struct debug_unit *unit, Dwarf_Die type, uint64_t offset, struct buf *out)
{
	for (unsigned depth = 0; depth < 32; depth++) {
		bool is_foreign;
		Dwarf_Die member, inner;
		if (!strip_type(symbols, unit, &type, &is_foreign) || is_foreign)
			break;
		int tag = dwarf_tag(&type);
		if (tag == DW_TAG_array_type && type_of(&type, &inner)) {
			Dwarf_Die element = inner;
			uint64_t size = size_of(&element);
			buf_append_string(out, "[]");
			offset = size ? offset % size : offset;
			type = inner;
			continue;
		}
		if ((tag != DW_TAG_structure_type && tag != DW_TAG_union_type) || !member_at(&type, &offset, &member, &inner))
			break;
		const char *name = dwarf_diename(&member);
		if (name)
			buf_printf(out, ".%s", name);
		type = inner;
	}
	if (offset)
		buf_printf(out, "+%llu", (unsigned long long)offset);
}

bool debuginfo_data_name(struct symbols *symbols, uint64_t address, struct buf *out)
{
	struct debuginfo *debuginfo = symbols->debuginfo;
	if (!debuginfo->has_variables)
		read_variables(debuginfo);
	size_t low = 0, high = debuginfo->variable_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (debuginfo->variables[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;
	uint64_t start = debuginfo->variables[low - 1].address;
	while (low > 1 && debuginfo->variables[low - 2].address == start)
		low--;
	struct debug_variable *variable = &debuginfo->variables[low - 1];
	Dwarf_Die type, sized;
	const char *name = dwarf_diename(&variable->die);
	if (!name || !type_of(&variable->die, &type))
		return false;
	sized = type;
	uint64_t size = size_of(&sized);
	if (address - start >= (size ? size : 1))
		return false;
	buf_append_string(out, name);
	append_path(symbols, variable->unit, type, address - start, out);
	Dwarf_Attribute attribute;
	bool is_external = false;
	dwarf_formflag(dwarf_attr_integrate(&variable->die, DW_AT_external, &attribute), &is_external);
	const char *file = is_external ? NULL : debuginfo_decl_file(variable->unit, &variable->die);
	file = debuginfo_relative(symbols, &variable->unit->lines, file);
	if (file)
		buf_printf(out, " (%s)", file);
	return true;
}
