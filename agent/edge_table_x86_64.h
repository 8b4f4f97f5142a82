/* SPDX-License-Identifier: MIT */
/* Assembly: looking for an edge in the calling thread's table, as the hubs do. edge_home and trace_edge_key in C say the
 * same. mask is read before offset: a signal handler may put a larger table in between, and tables never shrink. */
#include "thread_word.h"

#ifdef HOLLOW_HOOKS /* tests/bench: what hooks cost that do nothing */
#define HOLLOW ret
#else
#define HOLLOW
#endif

/* Ends the usual way through a hub, which is as fast as it is short: in one line of the cache and of the decoder's store
 * of instructions it is nearly free, in two each call takes a cycle more. Longer: .org fails. */
.macro FITS_LINE name
#ifndef HOLLOW_HOOKS
	.org	\name + 64, 0xcc
#endif
.endm

#define CONTROL_PAUSED 12
#define CONTROL_FACTOR 32
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

/* \key: the callee -> callee * TRACE_EDGE_FACTOR, or anything else while recording is paused. */
.macro SPREAD key
	imulq	agent_control_area+CONTROL_FACTOR(%rip), %\key
.endm

/* The place of the record for \key, in %rcx and %rax. slow: THREAD_ADD_SLOW thread_now, rax, back. */
.macro LOCATE set key slow
	leaq	edge_base(%rip), %rcx
	THREAD_ADD THREAD_NOW, \slow
7:	leal	(%\key,%\key,8), %eax
	andl	\set(%rcx), %eax
	addq	\set+8(%rcx), %rax
.endm

/* The same where the factor does not tell whether recording is paused. */
.macro LOCATE_UNPAUSED set key slow
	leaq	edge_base(%rip), %rcx
	THREAD_ADD THREAD_NOW, \slow
7:	leal	(%\key,%\key,8), %eax
	addl	agent_control_area+CONTROL_PAUSED(%rip), %eax
	andl	\set(%rcx), %eax
	addq	\set+8(%rcx), %rax
.endm

.macro COUNT_AT key miss
	cmpq	%\key, VIEW_EMPTY+EDGE_KEY(%rcx,%rax)
	jne	\miss
	incq	VIEW_EMPTY+EDGE_COUNT(%rcx,%rax)
.endm

/* A miss; \done: where to go when it is dealt with. While recording is paused there is no other outcome: the factor in
 * the control page is another one. */
.macro UNLESS_PAUSED done
	cmpl	$0, agent_control_area+CONTROL_PAUSED(%rip)
	je	4f
	cmpb	$0, edge_saw_pause(%rip)
	jne	\done
	movb	$1, edge_saw_pause(%rip)
	jmp	\done
4:
.endm
