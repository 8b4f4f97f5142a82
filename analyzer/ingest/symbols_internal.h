/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the symbolizer share: symbols.c puts together what symbol_table.c, unwind_ranges.c and debuginfo.c find. */
#ifndef SIGHTLINE_INGEST_SYMBOLS_INTERNAL_H
#define SIGHTLINE_INGEST_SYMBOLS_INTERNAL_H

#include "base/hash.h"
#include "base/mem.h"
#include "ingest/elf_file.h"
#include "ingest/source_paths.h"
#include "ingest/symbols.h"

struct debuginfo;

struct table_symbol {
	uint64_t address, size;
	const char *name;   /* without version */
	unsigned char type; /* STT_* */
	unsigned char bind; /* STB_* */
	uint32_t unit;      /* local: number of the STT_FILE before it; 0: none */
};
struct table_symbols { /* sorted by address, then by preference */
	struct table_symbol *rows;
	size_t count, capacity;
};
struct slot { /* a dynamic relocation */
	uint64_t address;
	const char *name; /* NULL: none */
	uint64_t target;  /* what is stored, relative to the bias, where that lies in the module itself; else 0 */
	bool is_call;     /* of the PLT: nothing but calls and jumps go through it */
};
struct slots { struct slot *rows; size_t count, capacity; };

struct code_range { uint64_t low, high; struct symbol_code *code; };
struct code_ranges { /* sorted by low */
	struct code_range *rows;
	size_t count, capacity;
};
struct frames { const struct symbol_frame *rows; size_t count; };

struct symbols {
	struct elf_file *code;  /* the module itself; NULL: gone */
	struct elf_file *debug; /* its debug file; NULL: none */
	struct arena *arena;
	struct interner *names, *source_keys;
	struct symbol_source **sources; /* by number of their key */
	size_t source_capacity;
	struct table_symbols functions, data;
	struct map64 *imported; /* numbers of the names that others must give it */
	struct map64 *named; /* number of a name -> index of the function that it stands for */
	struct slots slots;
	struct code_ranges ranges;
	struct debuginfo *debuginfo;
	struct source_paths *paths;
	struct map64 *frame_numbers; /* address -> frames */
	struct frames *frames;
	size_t frame_count, frame_capacity;
	uint64_t *taken;             /* entries that are mentioned; sorted; lazily */
	size_t taken_count, taken_capacity;
	bool taken_is_known;
	struct symbols_facts facts;
};

/* ---- symbols.c ---- */
const char *symbols_text(struct symbols *symbols, const char *text); /* interned */
struct symbol_source *symbols_source(struct symbols *symbols, const char *name, const char *file, uint32_t line);
struct symbol_code *symbols_add_code(struct symbols *symbols, uint64_t low, uint64_t high, struct symbol_source *source,
				     uint32_t flags);
void symbols_add_range(struct symbols *symbols, uint64_t low, uint64_t high, struct symbol_code *code);
void symbols_sort_ranges(struct symbols *symbols);
const struct code_range *symbols_range_at(const struct symbols *symbols, uint64_t address);

/* ---- symbol_table.c ---- */
void symbol_table_read(struct symbols *symbols);
/* The name of the function that a clone or part was made of (in a new string of out) and what it is (enum symbol_flag). */
uint32_t symbol_table_source_name(const char *name, struct buf *out);
/* Functions of the tables where debug information has none. */
void symbol_table_add_functions(struct symbols *symbols);

/* ---- unwind_ranges.c ---- */
/* Functions of the unwind tables where nothing else has one; parts are given to the functions that jump to them. */
void unwind_ranges_add(struct symbols *symbols);

/* ---- debuginfo.c ---- */
/* NULL: none. Learns the module's source folders, adds the codebase's functions to ranges. */
struct debuginfo *debuginfo_open(struct symbols *symbols, struct elf_file *file);
void debuginfo_close(struct debuginfo *debuginfo);
bool debuginfo_is_of_codebase(const struct debuginfo *debuginfo);
/* As symbols_frames; rows of at most capacity. */
size_t debuginfo_frames(struct symbols *symbols, const struct symbol_code *code, uint64_t address,
			struct symbol_frame *rows, size_t capacity);

/* ---- debug_data.c, by debuginfo.c's units ---- */
bool debuginfo_data_name(struct symbols *symbols, uint64_t address, struct buf *out);

#endif
