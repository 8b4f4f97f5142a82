/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few machine instructions that ingest must know: calls, jumps to other functions, PLT stubs, the signal trampoline.
 * Pure: bytes in, meaning out. */
#ifndef SIGHTLINE_INGEST_MACHINE_H
#define SIGHTLINE_INGEST_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum machine_call {
	MACHINE_CALL_UNKNOWN,  /* the bytes before the return address are no call that we know */
	MACHINE_CALL_DIRECT,   /* target: where to */
	MACHINE_CALL_SLOT,     /* target: address of the pointer that is called through (GOT entry or variable) */
	MACHINE_CALL_INDIRECT, /* through a register or memory that only the run knew */
};

/* The call that ends just before return_address. before: the length bytes that lie there. machine: ELF e_machine. */
enum machine_call machine_call_before(unsigned machine, const unsigned char *before, size_t length,
				      uint64_t return_address, uint64_t *target);

/* A PLT stub at address? *slot: address of the pointer that it jumps through. */
bool machine_plt_stub(unsigned machine, const unsigned char *code, size_t length, uint64_t address, uint64_t *slot);

/* from: the jump's own address; target: 0 for a jump through a register or through memory that only the run knew (is_slot: a
 * pointer in a struct, say, and no table of places within the function); else is_slot:
 * target is the address of the pointer that is jumped through; width: bytes of the displacement (1: far likelier chance). */
typedef void machine_visit(void *context, uint64_t from, uint64_t target, bool is_slot, unsigned width);
/* Calls visit for whatever may be a jump (conditional or not) in code: a scan of all offsets without decoding, so that some
 * are none. Callers look only for exact targets of interest. */
void machine_jumps(unsigned machine, const unsigned char *code, size_t length, uint64_t address,
		   machine_visit *visit, void *context);

/* Bytes of no-ops, and of the landing pad before them, that a compiler left at a function's start for entry hooks, where
 * that machine's debug information and unwind tables begin behind them; 0: none. */
size_t machine_noops(unsigned machine, const unsigned char *code, size_t length);

/* May the code return? false is sure. */
bool machine_returns(unsigned machine, const unsigned char *code, size_t length);

/* Is this where the kernel makes signal handlers return to? */
bool machine_signal_return(unsigned machine, const unsigned char *code, size_t length);

/* main, from the code at the ELF entry point; 0: not recognised. */
uint64_t machine_main(unsigned machine, const unsigned char *code, size_t length, uint64_t address);

#endif
