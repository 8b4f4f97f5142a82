/* SPDX-License-Identifier: MIT */
/* Assembly: looking for an edge in the calling thread's table, as the hubs do. edge_home and trace_edge_key in C say the
 * same. mask is read before offset: a signal handler may put a larger table in between, and tables never shrink. */
#include "thread_word.h"

#ifdef HOLLOW_HOOKS /* tests/bench: what hooks cost that do nothing */
#define HOLLOW ret
#else
#define HOLLOW
#endif

#define CONTROL_PAUSED 12
#define SET_CALLS 0    /* in struct edge_view, times 16: enum edge_set_kind */
#define SET_PLT 16
#define VIEW_EMPTY 64
#define EDGE_KEY 8
#define EDGE_COUNT 16

.macro PUSH register
	pushq	%\register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \register, 0
.endm
.macro POP register
	popq	%\register
	.cfi_adjust_cfa_offset -8
	.cfi_restore \register
.endm
.macro UNWOUND
	.cfi_restore_state
	.cfi_remember_state
.endm

/* %rax: the callee -> callee * TRACE_EDGE_FACTOR. */
.macro SPREAD
	imulq	edge_factor(%rip), %rax
.endm

/* %rax: the key. %rcx and \at become the place of its record. */
.macro LOCATE set at
	leaq	edge_base(%rip), %rcx
	THREAD_ADD thread_now, \at
	leaq	(,%rax,4), %\at
	andq	\set(%rcx), %\at
	addq	\set+8(%rcx), %\at
.endm

.macro COUNT_AT at miss
	cmpq	%rax, VIEW_EMPTY+EDGE_KEY(%rcx,%\at)
	jne	\miss
	addq	$1, VIEW_EMPTY+EDGE_COUNT(%rcx,%\at)
.endm
