/* SPDX-License-Identifier: MIT */
/* The functions of a loaded object, by its unwind table: so also where it is stripped. */
#ifndef SIGHTLINE_AGENT_FUNCTIONS_H
#define SIGHTLINE_AGENT_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_RANGES 8
/* A loaded object, as far as its code is read. Everything in ranges may be read while it is looked at. */
struct code_image {
	const uint8_t *text;                /* first byte of the executable mapping */
	size_t text_size;                   /* at most 1 GiB */
	struct { const uint8_t *start, *end; } ranges[CODE_RANGES]; /* all that is mapped readable, text too */
	size_t range_count;
	const uint8_t *eh_frame_header;
	size_t eh_frame_header_size;
	const uint8_t *entry;               /* of the program: jumped to, not called; NULL */
	bool is_fixed;                      /* ET_EXEC: an immediate may be an address */
};

enum code_flag {
	CODE_IS_PART = 1 << 0,     /* by its CFI no function begins here: .cold */
	CODE_IS_PLT = 1 << 1,      /* linkage stubs: no function of the program */
	CODE_IS_ROOT = 1 << 2,     /* has no return address: _start, signal trampolines; or its CFI says unusual things */
	CODE_IS_UNKNOWN = 1 << 3,  /* holds bytes that are no instructions we know */
	CODE_IS_TARGET = 1 << 4,   /* it branches into its own first bytes: a loop would be taken for calls */
	CODE_IS_INDIRECT = 1 << 5, /* jumps to computed addresses */
};

#define CODE_TAKEN 0xff
struct code_function {
	uint32_t start, size;     /* in bytes from text */
	int32_t exceptions;       /* its table of landing pads, from the header of the unwind table; 0: none */
	uint8_t flags;            /* enum code_flag */
	uint8_t skip;             /* enum trace_skip, or CODE_TAKEN */
	uint8_t reserved[2];
};

/* How many functions the table announces; 0: it cannot be read. */
size_t functions_count(const struct code_image *image);
/* Fills functions (room for count of them), ordered and without overlap; linkage stubs and entries outside of text
 * are left out. Returns how many. */
size_t functions_find(const struct code_image *image, struct code_function *functions, size_t count);
/* Calls visit with each landing pad of the function's exceptions, from text. */
void functions_landing_pads(const struct code_image *image, const struct code_function *function,
			    void (*visit)(uint64_t target, void *context), void *context);
/* Where in the image address lies: bytes readable from there on; 0: outside. */
size_t code_readable(const struct code_image *image, const void *address);

#endif
