/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions and data of one module: addresses become names, files and lines. Addresses here are the ELF file's own
 * (run-time address minus bias). Knows nothing of traces.
 *
 * A function comes, best first, from debug information (units of the codebase only), from symbol tables, from unwind
 * tables ("?" + hex offset). Clones and parts that the compiler made (.cold .part .isra .constprop .lto_priv) are told as
 * the function they were made of. Several symbols at one address: debug information's name, else global before local
 * before weak, then by name. Local functions that nothing but their address tells apart are called "name?offset". */
#ifndef SIGHTLINE_INGEST_SYMBOLS_H
#define SIGHTLINE_INGEST_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A function as the source has it. One per (name, file, line) of a module. */
struct symbol_source {
	const char *name;
	const char *file; /* relative to the codebase; NULL: outside, or not known */
	uint32_t line;    /* of its definition; 0: not known */
	const char *unit; /* main file of a unit that has it, where that is another one: #line, #include; else NULL */
	/* For the caller's own use: what it numbered the function, and in which of its rounds. */
	uint64_t row, round;
};

enum symbol_flag {
	SYMBOL_COLD = 1 << 0,    /* part of a function that lies elsewhere, reached by jumps */
	SYMBOL_PART = 1 << 1,    /* part of a function that was split off and is called (.part) */
	SYMBOL_UNNAMED = 1 << 2, /* "?offset" */
	SYMBOL_IFUNC = 1 << 3,   /* a resolver: its name stands for what it chooses */
	SYMBOL_DESCRIBED = 1 << 4, /* debug information places it in the codebase */
};
/* A function as the machine has it. */
struct symbol_code {
	uint64_t entry, end; /* end of its first range */
	struct symbol_source *source;
	uint32_t flags;
	uint32_t die;        /* internal */
};

struct symbols;

struct symbols_options {
	const char *root;                 /* the codebase */
	const char *const *debug_folders; /* as in struct ingest_options */
};
struct symbols_facts {
	uint64_t flags;     /* enum observation_module_flag */
	uint64_t functions; /* parts not counted */
	uint64_t described;
	unsigned machine;
	uint64_t main;      /* address of main; 0: none, not known */
};

/* Never NULL. What is not the file that ran (another build id, or, where it has none, changed after not_after, ns since
 * the epoch) counts as missing, and names nothing. */
struct symbols *symbols_open(const char *path, const void *build_id, size_t build_id_length, uint64_t not_after,
			     const struct symbols_options *options);
/* The flags (enum observation_module_flag) of a file as it is now. */
uint64_t symbols_file_flags(const char *path, const struct symbols_options *options);
void symbols_close(struct symbols *symbols);
const struct symbols_facts *symbols_facts(const struct symbols *symbols);

/* The function that holds an address; NULL: none known. */
const struct symbol_code *symbols_code_at(const struct symbols *symbols, uint64_t address);

/* The source functions whose code is at an address, innermost first: inlined ones, then the machine's. Each with the line
 * at which it is at that moment (0: not known, or not in its own file). Borrowed, valid until close. */
struct symbol_frame {
	struct symbol_source *source;
	uint32_t line;
	uint64_t instance; /* inlined: tells the place it was inlined at from others in the module; else 0 */
};
const struct symbol_frame *symbols_frames(struct symbols *symbols, uint64_t address, size_t *count);

/* Is that name one of those at the function's entry? (aliases, versioned names) */
bool symbols_has_name(const struct symbols *symbols, const struct symbol_code *code, const char *name);
/* A function defined under that name (global before local); NULL: none. */
const struct symbol_code *symbols_code_named(const struct symbols *symbols, const char *name);
/* The symbol that the loader stores at that address; NULL: none. *target: the address it stores instead, 0: none. */
const char *symbols_slot(const struct symbols *symbols, uint64_t slot, uint64_t *target);
/* Does the loader call it before main? */
bool symbols_is_constructor(const struct symbols *symbols, uint64_t entry);
/* Does anything in its module but direct calls and jumps mention its entry? false is sure, true is likely. */
bool symbols_is_address_taken(struct symbols *symbols, const struct symbol_code *code);

/* Does the module take a function of other's by one of its names? */
bool symbols_imports(const struct symbols *symbols, const struct symbols *other, const struct symbol_code *code);

/* Code bytes; NULL: none. */
const unsigned char *symbols_bytes(const struct symbols *symbols, uint64_t address, size_t wanted, size_t *length);
bool symbols_is_loaded(const struct symbols *symbols, uint64_t address);

/* Appends the name of the global or static object at an address: "server.lock", "table+24"; false: none known, nothing
 * appended. */
bool symbols_data_name(struct symbols *symbols, uint64_t address, struct buf *out);

#endif
