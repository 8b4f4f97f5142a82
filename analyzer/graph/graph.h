/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One release as sorted immutable arrays: facts of all units decoded, linked (names bound to definitions) and merged.
 *
 * link.c binds symbols; load.c reads the model. The only folder that includes igraph.h (community.c).
 * Everything lives until graph_destroy. All arrays are sorted as said, and a function of the facts alone. */
#ifndef SIGHTLINE_GRAPH_GRAPH_H
#define SIGHTLINE_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "facts/facts.h"
#include "model/model.h"

#define GRAPH_NONE UINT32_MAX

struct graph_file { /* every file of the codebase that some unit read; sorted by path */
	const char *path;
	uint32_t lines, code_lines;
	bool is_header; /* by its name, and never a unit's main file */
	bool is_main;   /* main file of at least one unit */
	bool is_installed; /* a header that a build file installs; no unit says so: false when loaded */
};

struct graph_symbol { /* sorted by kind, name, scope_path, parent name */
	uint8_t kind;        /* enum symbol_kind */
	const char *name;    /* fields "record.field", static locals "function.variable", "#n" behind for ordinal n > 0 */
	const char *scope_path; /* as snapshot_symbol.scope_path */
	uint32_t file;       /* where it is defined (or, lacking a definition, first declared) in the codebase;
			      * GRAPH_NONE: outside */
	uint32_t line;
	uint32_t parent;     /* field -> record, enumerator -> enum, static local -> function; GRAPH_NONE */
	bool is_defined;     /* defined in the codebase */
};

/* A set of configurations: index into graph.configurations; 0 = every configuration of the file. */
struct graph_function { /* one per function defined in the codebase; sorted by symbol */
	uint32_t symbol, file;
	const char *source_name; /* NULL where equal to the symbol's name */
	const char *signature;
	uint32_t line, end_line, flags, parameters, cyclomatic, cognitive, code_lines;
	uint32_t configurations;
};
struct graph_variable { uint32_t symbol, file; const char *type; uint32_t line, flags; };
struct graph_type {
	uint32_t symbol, file, line, end_line, fields, flags;
	uint32_t function_fields; /* of the fields, how many hold functions */
	const char *layout;       /* members in order, each "name\ttype\n", enumerators "name\tvalue\n"; typedefs "\ttype\n"; "" */
};
struct graph_macro { uint32_t symbol, file, line, end_line, flags; };
struct graph_declaration { uint32_t symbol, file, line; bool is_definition; }; /* functions and variables; sorted */

struct graph_call { /* direct ones; sorted by caller, callee. Indirect ones come from analysis/indirect.h, same struct */
	uint32_t caller, callee; /* symbols */
	uint32_t file;           /* where the call stands (the caller's file, or a header's) */
	uint32_t sites, line, via_macro;
	uint32_t configurations;
	float confidence;        /* 1; less where the callee's definition is ambiguous or a _Generic undecided */
	const char *basis;       /* static storage: "direct", "cleanup", "alias", "generic", "ambiguous" */
};
struct graph_use { /* sorted by from, to, kind; unevaluated ones are included for types and fields only */
	uint32_t from;      /* symbol, or GRAPH_NONE: file scope of from_file */
	uint32_t from_file;
	uint32_t to;
	uint8_t kind;       /* enum reference_kind, without calls */
	uint32_t sites, line;
};
struct graph_include { uint32_t file; uint32_t target /* file or GRAPH_NONE */; const char *spelled; uint32_t line, flags; };
struct graph_region { uint32_t file, line, end_line; const char *condition; };
struct graph_literal { uint32_t from, callee, argument, line; const char *text; };
struct graph_outcall { uint32_t from, callee, flags /* enum outcall_flag */, file, sites, line; }; /* sorted */
struct graph_constant { uint32_t from, callee, argument, line; const char *value; };
struct graph_lock { uint32_t from, held, to, line, sites; }; /* as facts_lock; sorted */

/* Function pointer flow, linked: slots are shared over units (a field's slot is one). */
struct graph_slot { uint8_t kind; uint32_t owner, index, through; };   /* sorted, distinct */
struct graph_flow { uint32_t target, source; };                          /* slots; sorted, distinct */
struct graph_icall { uint32_t caller, slot, file; const char *signature; uint32_t arguments, sites, line, configurations; };

struct graph {
	struct arena *arena;
	struct graph_file *files;            uint32_t file_count;
	struct graph_symbol *symbols;        uint32_t symbol_count;
	struct graph_function *functions;    uint32_t function_count;
	uint32_t *function_of;               /* symbol -> index into functions, or GRAPH_NONE */
	struct graph_variable *variables;    uint32_t variable_count;
	struct graph_type *types;            uint32_t type_count;
	struct graph_macro *macros;          uint32_t macro_count;
	struct graph_declaration *declarations; uint32_t declaration_count;
	struct graph_call *calls;            uint32_t call_count;
	struct graph_use *uses;              uint32_t use_count;
	struct graph_include *includes;      uint32_t include_count;
	struct graph_region *regions;        uint32_t region_count;
	struct graph_literal *literals;      uint32_t literal_count;
	struct graph_outcall *outcalls;      uint32_t outcall_count;
	struct graph_constant *constants;    uint32_t constant_count;
	struct graph_lock *locks;            uint32_t lock_count;
	struct graph_slot *slots;            uint32_t slot_count;
	struct graph_flow *flows;            uint32_t flow_count;
	struct graph_icall *icalls;          uint32_t icall_count;
	const char **configurations;         uint32_t configuration_count; /* [0] = "" */
	/* units */
	uint32_t units, units_ok, units_partial, units_failed, missing_headers;
	uint32_t lines_total, lines_inactive; /* lines of the files, and of those in regions of every configuration */
};

/* Units read ahead of time, while the rest of a manifest is not known yet: facts decoded, names taken. */
struct graph_ahead;
struct graph_ahead *graph_ahead_create(void);
/* After an error there is no use for ahead but to destroy it: graph_load without it tells of the same. */
int graph_ahead_take(struct graph_ahead *ahead, struct model *model, const struct model_release_unit *unit, struct err *err);
void graph_ahead_destroy(struct graph_ahead *ahead);

/* Loads a release by its manifest. ahead: NULL, or what was read of it, which is used up; should it hold what is not in the manifest,
 * all is read anew. Corrupt facts: ERR_DATABASE naming the facts id. */
int graph_load(struct model *model, const struct model_release_unit *units, size_t unit_count, struct graph_ahead *ahead,
	       struct graph **out, struct err *err);
void graph_destroy(struct graph *graph);

/* ---- file dependencies: what domains and debt work on ---- */

enum dependency_kind {
	DEPENDENCY_CALL, DEPENDENCY_INDIRECT, DEPENDENCY_READ, DEPENDENCY_WRITE, DEPENDENCY_ADDRESS, DEPENDENCY_TYPE,
	DEPENDENCY_FIELD, DEPENDENCY_MACRO, DEPENDENCY_INCLUDE, DEPENDENCY_KINDS,
};
/* Does the source of one file name something of the other? A bare include is not yet a use; a call through a pointer is how
 * code avoids to depend on what it calls. Cohesion, layers, cycles and debt rest on written dependencies. */
static inline bool dependency_is_written(uint8_t kind)
{
	return kind != DEPENDENCY_INCLUDE && kind != DEPENDENCY_INDIRECT;
}
struct file_dependency { uint32_t from, to; uint8_t kind; float weight; /* sites; include 1; indirect: sites x confidence */ };
/* Between different files of the codebase, sorted by from, to, kind. indirect may be NULL. The result is heap. */
struct file_dependency *graph_dependencies(const struct graph *graph, const struct graph_call *indirect,
					   size_t indirect_count, size_t *count);

/* ---- community.c: igraph's Leiden, wrapped; no igraph type leaves this folder ---- */

struct weighted_edge { uint32_t a, b; double weight; }; /* undirected, a != b */
/* Leiden (Traag 2019) with modularity at the given resolution, from the given membership (NULL: singletons).
 * membership: node_count entries, overwritten; communities are numbered by their smallest node. Deterministic for a
 * seed. *quality: the modularity reached. ERR_INTERNAL with igraph's message. */
int community_leiden(uint32_t node_count, const struct weighted_edge *edges, size_t edge_count, double resolution,
		     uint32_t seed, const uint32_t *initial, uint32_t *membership, double *quality, struct err *err);

/* ---- scc.c ---- */

/* Strongly connected components of a directed graph in CSR form (offsets node_count + 1). component: node_count entries,
 * numbered in topological order, dependencies first; returns their number. Iterative (Tarjan 1972). */
uint32_t graph_components(uint32_t node_count, const uint32_t *offsets, const uint32_t *targets, uint32_t *component);

#endif
