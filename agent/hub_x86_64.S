/* SPDX-License-Identifier: MIT */
/* The hubs that entry hooks and GOT stubs call, and raw system calls. Registers are kept (__fentry__: but r11), arithmetic
 * flags are not: nothing may live in them across a call.
 *
 * The fast path: the view of the thread (edge_base + thread_now.view: zero anywhere means the empty table), the key of the
 * edge, its home record or the other one of the pair; compare, count. While recording is paused, no key is a record's. */
#include "edge_table_x86_64.h"

	.section .rodata
	.p2align 3
	.globl	edge_inverse
	.hidden	edge_inverse
edge_inverse:
	.quad	0xf1de83e19937733d /* TRACE_EDGE_INVERSE */

	.text

/* Calls the C half (from in %rcx, callee in %rdx) with every register that it may change kept. %rax, %rcx, %rdx are
 * saved already. */
.macro SLOW function
	PUSH	rsi
	PUSH	rdi
	PUSH	r8
	PUSH	r9
	PUSH	r10
	PUSH	r11
	PUSH	rbp
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	movq	%rcx, %rdi
	movq	%rdx, %rsi
	andq	$-16, %rsp
	call	\function
	movq	%rbp, %rsp
	.cfi_def_cfa_register rsp
	POP	rbp
	POP	r11
	POP	r10
	POP	r9
	POP	r8
	POP	rdi
	POP	rsi
.endm

.macro BEGIN name empty
	.p2align 6
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	\empty
.endm
.macro END name
	.cfi_endproc
	.size	\name, .-\name
.endm
.macro POP_TWO
	POP	rcx
	POP	rax
.endm
.macro POP_THREE
	POP	rdx
	POP_TWO
.endm

	.hidden	edge_hub, edge_hub_plt

/* What -pg -mfentry calls: as edge_hub. Such code keeps nothing in r11 across a call: -pg turns -fipa-ra off. */
	BEGIN	__fentry__, HOLLOW
	movq	(%rsp), %r11
	PUSH	rax
	PUSH	rcx
	.cfi_remember_state
	SPREAD	r11
	addq	24(%rsp), %r11
	LOCATE	SET_CALLS, r11, 5f
	COUNT_AT r11, 1f
	POP_TWO
	ret
	FITS_LINE __fentry__
	UNWOUND
1:	xorq	$32, %rax
	COUNT_AT r11, 2f
3:	POP_TWO
	ret
	UNWOUND
2:	UNLESS_PAUSED 3b
	PUSH	rdx
	movq	32(%rsp), %rcx
	movq	24(%rsp), %rdx
	SLOW	edge_miss
	POP_THREE
	ret
	UNWOUND
5:	THREAD_ADD_SLOW thread_now, rax, 7b
	END	__fentry__

/* On entry (%rsp): address in the callee, 8(%rsp): return address in its caller. */
	BEGIN	edge_hub, HOLLOW
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
	.cfi_remember_state
	movq	24(%rsp), %rdx
	SPREAD	rdx
	addq	32(%rsp), %rdx
	LOCATE	SET_CALLS, rdx, 5f
	COUNT_AT rdx, 1f
	POP_THREE
	ret
	FITS_LINE edge_hub
	UNWOUND
1:	xorq	$32, %rax
	COUNT_AT rdx, 2f
3:	POP_THREE
	ret
	UNWOUND
2:	UNLESS_PAUSED 3b
	movq	32(%rsp), %rcx
	movq	24(%rsp), %rdx
	SLOW	edge_miss
	jmp	3b
5:	THREAD_ADD_SLOW thread_now, rax, 7b
	END	edge_hub

/* A call through a GOT entry: \callee is what is called, \target where to go. */
.macro PLT_HUB name callee target
	BEGIN	\name
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
	.cfi_remember_state
	movq	\callee, %rdx
	SPREAD	rdx
	addq	24(%rsp), %rdx
	LOCATE	SET_PLT, rdx, 5f
	COUNT_AT rdx, 1f
	POP_THREE
	jmp	*\target
	FITS_LINE \name
	UNWOUND
1:	xorq	$32, %rax
	COUNT_AT rdx, 2f
3:	POP_THREE
	jmp	*\target
	UNWOUND
2:	UNLESS_PAUSED 3b
	movq	24(%rsp), %rcx
	movq	\callee, %rdx
	SLOW	edge_miss_plt
	jmp	3b
5:	THREAD_ADD_SLOW thread_now, rax, 7b
	END	\name
.endm

/* On entry (%rsp) = return address in the caller, %r11: the callee; jumps to it. */
	PLT_HUB	edge_hub_plt, %r11, %r11

/* The same where what is called is not what is jumped to (a wrapper of ours stands before it): %r11 points to two
 * addresses, the callee and the target. */
	.hidden	edge_hub_plt_via
	PLT_HUB	edge_hub_plt_via, (%r11), 8(%r11)

/* long system_call(long number, ...) */
	.text
	.p2align 4
	.globl	system_call
	.hidden	system_call
	.type	system_call, @function
system_call:
	.cfi_startproc
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	movq	8(%rsp), %r9
	syscall
	ret
	.cfi_endproc
	.size	system_call, .-system_call

	.section .note.GNU-stack,"",@progbits
