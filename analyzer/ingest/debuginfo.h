/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What debuginfo.c and debug_data.c share: the units of a module and what was read of them. */
#ifndef SIGHTLINE_INGEST_DEBUGINFO_H
#define SIGHTLINE_INGEST_DEBUGINFO_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/symbols.h"

#define FRAMES_INLINED 63

struct debug_unit {
	Dwarf_Die lines;     /* has the line table: the unit, or the skeleton of a split one */
	Dwarf_Die tree;      /* has the functions */
	const char *path;    /* of its main file; NULL: artificial */
	const char *file;    /* the same, relative to the codebase; NULL: outside */
	bool is_artificial;
};
struct debug_function { Dwarf_Die die; struct debug_unit *unit; };
struct debug_variable { uint64_t address; Dwarf_Die die; struct debug_unit *unit; };

struct debuginfo {
	Dwarf *dwarf;
	struct debug_unit *units; /* not moved once read */
	size_t unit_count, unit_capacity;
	struct debug_function *functions;
	size_t function_count, function_capacity;
	struct debug_variable *variables; /* sorted by address; read when first asked for */
	size_t variable_count, variable_capacity;
	bool has_variables, is_of_codebase;
};

void debuginfo_read_units(struct symbols *symbols);
void debuginfo_read_functions(struct symbols *symbols);
/* The file that declares what a DIE of the unit describes; NULL: not known. As dwarf_decl_file, which ends the program where a
 * split unit has lost its table of files. */
const char *debuginfo_decl_file(struct debug_unit *unit, Dwarf_Die *die);
/* A path of a unit, relative to the codebase; NULL: outside. */
const char *debuginfo_relative(struct symbols *symbols, Dwarf_Die *cu, const char *path);

#endif
