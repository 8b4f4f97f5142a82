/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binding names to definitions over all chunks of a release. Private to graph/. */
#ifndef SIGHTLINE_GRAPH_LINK_H
#define SIGHTLINE_GRAPH_LINK_H

#include "base/hash.h"
#include "graph/graph.h"

/* A decoded chunk and what it is about. */
struct link_chunk {
	struct facts facts;
	uint32_t file;        /* number by path, see linker.paths */
	uint32_t *names;      /* per symbol of the chunk, where it is an external name or a tag: number in linker.names */
	uint64_t configurations; /* bit per command of its main file; 0: not told apart */
	bool *is_of_system;   /* per symbol of the chunk: it knows the name from a system header */
	uint32_t *symbols;    /* the chunk's symbols -> linker symbols (best candidate) */
};

struct link_symbol {
	uint8_t kind;
	const char *name, *scope_path;
	uint32_t parent;      /* linker symbol or GRAPH_NONE */
	uint32_t file, line;  /* definition, else first declaration; GRAPH_NONE outside */
	bool is_defined;
};

/* One definition of an external name. */
struct link_definition { uint32_t file; bool weak; uint32_t symbol; };

struct linker {
	struct arena *arena;
	struct interner *paths;     /* files of the codebase */
	struct link_chunk *chunks;  size_t chunk_count, chunk_capacity;
	struct link_symbol *symbols; size_t symbol_count, symbol_capacity;
	struct interner *keys;      /* identity bytes -> symbol */
	struct interner *names;     /* "kind name" of externals and tags -> candidates */
	struct candidates {
		struct link_definition *items; size_t count, capacity;
		bool is_declared;   /* by the codebase, apart from its definitions */
		bool is_of_system;  /* some file means what the system's headers declare */
	} *candidates;
	size_t candidates_capacity;
	/* include graph in CSR form, files by number */
	uint32_t *include_first, *include_target;
	struct map64 *closure;      /* (file, candidates) -> chosen definition, memo */
};

void linker_init(struct linker *linker, struct arena *arena);
void linker_finish(struct linker *linker);
/* Adds a chunk with what it defines; facts: of one file, decoded into linker->arena. In whatever order, but for that of linker->chunks,
 * which what is bound and merged keeps to. */
void linker_add(struct linker *linker, const struct facts *facts);
void linker_collect(struct linker *linker);  /* after all chunks are there: the system's names, includes */
void linker_bind(struct linker *linker);     /* fills chunk->symbols */

/* All definitions that an external function named in chunk may be: writes up to max linker symbols, returns how many.
 * One where it is certain. */
size_t linker_targets(struct linker *linker, const struct link_chunk *chunk, uint32_t symbol, uint32_t *out, size_t max);

#endif
