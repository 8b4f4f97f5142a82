/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process image of a run: its modules with their symbols, from run-time addresses to functions; and the rows of the
 * observation that these become. */
#ifndef SIGHTLINE_INGEST_IMAGE_H
#define SIGHTLINE_INGEST_IMAGE_H

#include "base/hash.h"
#include "facts/observation.h"
#include "ingest/ingest.h"
#include "ingest/reader.h"
#include "ingest/symbols.h"

/* Symbols of all modules of all runs, each read once. */
struct symbol_cache;
struct symbol_cache *symbol_cache_create(void);
void symbol_cache_destroy(struct symbol_cache *cache);
/* For tail_calls.c: size bytes that it found out about a pair of functions. */
bool symbol_cache_find(const struct symbol_cache *cache, const struct symbol_code *one, const struct symbol_code *other,
		       void *out, size_t size);
void symbol_cache_keep(struct symbol_cache *cache, const struct symbol_code *one, const struct symbol_code *other,
		       const void *what, size_t size);

/* What all images of a run share. */
struct run {
	const struct ingest_options *options;
	struct symbol_cache *cache;
	struct observation_builder *builder;
	uint64_t round;      /* a number of its own: see struct symbol_source */
	uint64_t order;      /* added to "first": images follow each other */
	const uint32_t *pids; /* of its processes, sorted */
	size_t pid_count;
	uint64_t damaged;    /* records that make no sense */
	uint64_t nowhere;    /* resource events of code that is in no module: made at run time */
	void (*note)(void *context, enum ingest_note_kind kind, const char *text);
	void *note_context;
};

struct image_module {
	uint64_t bias, start, end, first, last;
	enum trace_mode mode;
	const char *path;        /* NUL-terminated */
	struct symbols *symbols;
	uint64_t row;            /* in the observation */
	bool is_inside;          /* of the codebase: its inner calls are told */
	bool is_agent, is_loader, is_libc;
};

struct image {
	struct run *run;
	const struct trace *trace;
	struct arena *arena;
	struct image_module *modules;
	size_t module_count;
	const struct image_module *program; /* NULL: not known */
	uint64_t *entries;       /* by entry number; OBSERVATION_NONE where not known */
	size_t entry_count;
	uint64_t *start_functions; /* of threads: run-time addresses */
	size_t start_count;
	struct interner *told;   /* what is counted once for an image */
};

/* Reads modules and threads, adds their rows and those of the entries. */
void image_init(struct image *image, struct run *run, const struct trace *trace);
void image_finish(struct image *image);

/* Where an address is. */
struct place {
	const struct image_module *module; /* NULL: in none */
	uint64_t address;                  /* in the module's file */
	const struct symbol_code *code;    /* NULL: not known */
};
/* order: that of the record that the address comes from. */
struct place image_place(const struct image *image, uint64_t address, uint64_t order);

/* Row of a function in a module; by its name alone. */
uint64_t image_function_row(const struct image *image, const struct image_module *module, struct symbol_source *source);
uint64_t image_named_row(const struct image *image, const struct image_module *module, const char *name);
/* Row of the machine function at a place; where nothing is known of it "?" (with is_entry: and its offset). Places in
 * wrappers of the agent count as the functions that they wrap. NONE: not even a module. */
uint64_t image_place_row(const struct image *image, const struct place *place, bool is_entry);
/* Entry row of a segment's entry number. */
uint64_t image_entry(const struct image *image, uint32_t number);
bool image_is_start_function(const struct image *image, const struct place *place);

uint64_t image_string(const struct image *image, const char *text);
/* "src/a.c:12 f", "f (libx.so)", "libx.so+1a2b": a place for people. */
void image_describe(const struct image *image, uint64_t return_address, uint64_t order, struct buf *out);
/* The innermost function of the codebase: at a return address, or else up a stack (may be NULL); where none is, the function
 * at the return address. *line: in its file. */
uint64_t image_user_row(const struct image *image, uint64_t return_address, const struct trace_stack *stack, uint64_t order,
			uint64_t *line);

#endif
