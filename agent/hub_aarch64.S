/* SPDX-License-Identifier: MIT */
/* As hub_x86_64.S, for AArch64: entry hooks are "mov x17, x30; bl hub" (entry_aarch64.c), GOT stubs load x16 (got_stub.h).
 * Between a call and the callee's first instruction x16 and x17 are nobody's: linkers put veneers there. All other
 * registers are kept, flags too. Run under emulation alone (tests/agent/aarch64.py). */

#define CONTROL_PAUSED 12
#define CONTROL_FACTOR 32
#define SET_CALLS 0    /* in struct edge_view, times 16: enum edge_set_kind */
#define SET_PLT 16
#define EDGE_KEY 72    /* 64 of them VIEW_EMPTY */
#define EDGE_COUNT 80
#define SAVED 144
#define SAVED_X17 104
#define SAVED_X30 128

	.text

/* \register = the word at symbol + offset, of a variable of ours */
.macro LOAD_OURS register address symbol offset
	adrp	\address, \symbol
	add	\address, \address, :lo12:\symbol
	ldr	\register, [\address, #\offset]
.endm

/* Those that C may change, beside x0 to x3. */
.macro EACH_PAIR do
	\do	x4, x5, [sp]
	\do	x6, x7, [sp, #16]
	\do	x8, x9, [sp, #32]
	\do	x10, x11, [sp, #48]
	\do	x12, x13, [sp, #64]
	\do	x14, x15, [sp, #80]
	\do	x16, x17, [sp, #96]
	\do	x18, x29, [sp, #112]
.endm

/* Counts the edge from \from to \callee (registers) in its home record or the other one of the pair, then falls through;
 * where it is in neither, COUNT_MISSED goes on. */
.macro COUNT from callee set
	stp	x0, x1, [sp, #-32]!
	.cfi_adjust_cfa_offset 32
	stp	x2, x3, [sp, #16]
	LOAD_OURS x0, x1, agent_control_area, CONTROL_FACTOR
	madd	x0, \callee, x0, \from           /* the key; while recording is paused, no record's */
	adrp	x1, :gottprel:thread_now
	ldr	x1, [x1, #:gottprel_lo12:thread_now]
	mrs	x2, tpidr_el0
	ldr	x1, [x2, x1]                     /* the thread's view, from edge_base */
	adrp	x2, edge_base
	add	x2, x2, :lo12:edge_base
	add	x1, x1, x2
	add	x2, x0, x0, lsl #3               /* edge_home */
	ldr	x3, [x1, #\set]                  /* mask before offset: see core.h */
	and	x2, x2, x3
	ldr	x3, [x1, #\set + 8]
	add	x2, x2, x3
	add	x2, x2, x1
	ldr	x3, [x2, #EDGE_KEY]
	eor	x3, x3, x0
	cbz	x3, 1f
	eor	x2, x2, #32
	ldr	x3, [x2, #EDGE_KEY]
	eor	x3, x3, x0
	cbnz	x3, 2f
1:	add	x2, x2, #EDGE_COUNT
4:	ldxr	x3, [x2]                         /* a signal handler that counts the same edge makes the store fail */
	add	x3, x3, #1
	stxr	w1, x3, [x2]
	cbnz	w1, 4b
3:	.cfi_remember_state
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp], #32
	.cfi_adjust_cfa_offset -32
.endm

.macro COUNT_MISSED from callee miss caller
	.cfi_restore_state
2:	LOAD_OURS w3, x2, agent_control_area, CONTROL_PAUSED
	cbnz	w3, 5f
	sub	sp, sp, #SAVED
	.cfi_adjust_cfa_offset SAVED
	EACH_PAIR stp
	str	x30, [sp, #SAVED_X30]
	.cfi_rel_offset x30, \caller
	mov	x0, \from
	mov	x1, \callee
	bl	\miss
	EACH_PAIR ldp
	ldr	x30, [sp, #SAVED_X30]
	add	sp, sp, #SAVED
	b	3b
5:	adrp	x2, edge_saw_pause
	add	x2, x2, :lo12:edge_saw_pause
	mov	w3, #1
	strb	w3, [x2]
	b	3b
.endm

.macro BEGIN name
	.p2align 6
	.globl	\name
	.hidden	\name
	.type	\name, %function
\name:
	.cfi_startproc
.endm
.macro END name
	.cfi_endproc
	.size	\name, .-\name
.endm

/* On entry x17: return address in the caller, x30: address in the callee, whose own x30 is in x17 meanwhile. */
	BEGIN	edge_hub
	.cfi_register x30, x17
	COUNT	x17, x30, SET_CALLS
	mov	x16, x30
	mov	x30, x17
	ret	x16              /* not br: that may only go to landing pads */
	COUNT_MISSED x17, x30, edge_miss, SAVED_X17
	END	edge_hub

/* On entry x30: return address in the caller, x16: the callee; jumps to it. */
	BEGIN	edge_hub_plt
	COUNT	x30, x16, SET_PLT
	br	x16
	COUNT_MISSED x30, x16, edge_miss_plt, SAVED_X30
	END	edge_hub_plt

/* The same where what is called is not what is jumped to: x16 points to two addresses, the callee and the target. */
	BEGIN	edge_hub_plt_via
	ldr	x17, [x16]
	COUNT	x30, x17, SET_PLT
	ldr	x16, [x16, #8]
	br	x16
	COUNT_MISSED x30, x17, edge_miss_plt, SAVED_X30
	END	edge_hub_plt_via

/* long system_call(long number, ...) */
	BEGIN	system_call
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5
	mov	x5, x6
	svc	#0
	ret
	END	system_call

	.section .note.GNU-stack,"",%progbits
