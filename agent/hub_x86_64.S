/* SPDX-License-Identifier: MIT */
/* The hubs that entry hooks and GOT stubs call, and raw system calls. Registers are kept (__fentry__: but r11), arithmetic
 * flags are not: nothing may live in them across a call.
 *
 * The fast path: table = thread_now.view -> {mask, offset}, all relative to edge_base, so that zero anywhere means the
 * empty table; home pair of the edge; compare, count. edge_home in core.h is the same hash. mask is read before offset: a
 * signal handler may put a larger table in between, and tables never shrink. What bounds its speed are loads. */
#include "thread_word.h"

#define CONTROL_PAUSED 12
#define SET_PLT 16
#define HASH_MULTIPLIER 0x9E3779B1 - 0x100000000

	.text

/* %rdx = from + 8 * callee becomes the offset of a record from %rcx = edge_base. Clobbers %rax. */
.macro LOCATE set
	imulq	$HASH_MULTIPLIER, %rdx, %rdx
	THREAD_WORD thread_now, THREAD_NOW
	shrq	$20, %rdx
	leaq	edge_base(%rip), %rcx
	andq	\set(%rcx,%rax), %rdx
	addq	\set+8(%rcx,%rax), %rdx
.endm

/* One record: from is a register, or a place that is loaded into %rax. */
.macro COUNT_REGISTER from callee miss
	cmpq	\from, (%rcx,%rdx)
	jne	\miss
	movq	\callee, %rax
	cmpq	%rax, 8(%rcx,%rdx)
	jne	\miss
	addq	$1, 16(%rcx,%rdx)
.endm
.macro COUNT from callee miss
	movq	\from, %rax
	COUNT_REGISTER	%rax, \callee, \miss
.endm

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
.macro POP_THREE
	POP	rdx
	POP	rcx
	POP	rax
.endm
.macro UNWOUND
	.cfi_restore_state
	.cfi_remember_state
.endm

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

.macro PAUSED
	cmpb	$0, edge_saw_pause(%rip)
	jne	9f
	movb	$1, edge_saw_pause(%rip)
9:
.endm

.macro BEGIN name
	.p2align 6
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	cmpl	$0, agent_control_area+CONTROL_PAUSED(%rip)
	jne	3f
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
.endm
.macro END name
	.cfi_endproc
	.size	\name, .-\name
.endm

	.hidden	edge_hub, edge_hub_plt

/* What -pg -mfentry calls: as edge_hub. Such code keeps nothing in r11 across a call: -pg turns -fipa-ra off. */
	BEGIN	__fentry__
	.cfi_remember_state
	movq	24(%rsp), %rax
	movq	32(%rsp), %r11
	leaq	(%r11,%rax,8), %rdx
	LOCATE	0
	COUNT_REGISTER %r11, 24(%rsp), 1f
	POP_THREE
	ret
	UNWOUND
1:	xorq	$32, %rdx
	COUNT_REGISTER %r11, 24(%rsp), 2f
	POP_THREE
	ret
	UNWOUND
2:	movq	%r11, %rcx
	movq	24(%rsp), %rdx
	SLOW	edge_miss
	POP_THREE
	ret
3:	PAUSED
	ret
	END	__fentry__

/* On entry (%rsp): address in the callee, 8(%rsp): return address in its caller. */
	BEGIN	edge_hub
	.cfi_remember_state
	movq	24(%rsp), %rax
	movq	32(%rsp), %rcx
	leaq	(%rcx,%rax,8), %rdx
	LOCATE	0
	COUNT	32(%rsp), 24(%rsp), 1f
	POP_THREE
	ret
	UNWOUND
1:	xorq	$32, %rdx
	COUNT	32(%rsp), 24(%rsp), 2f
	POP_THREE
	ret
	UNWOUND
2:	movq	32(%rsp), %rcx
	movq	24(%rsp), %rdx
	SLOW	edge_miss
	POP_THREE
	ret
3:	PAUSED
	ret
	END	edge_hub

/* On entry (%rsp): return address in the caller, %r11: the callee; jumps to it. */
	BEGIN	edge_hub_plt
	.cfi_remember_state
	movq	24(%rsp), %rcx
	leaq	(%rcx,%r11,8), %rdx
	LOCATE	SET_PLT
	movq	24(%rsp), %rax
	cmpq	%rax, (%rcx,%rdx)
	jne	1f
	cmpq	%r11, 8(%rcx,%rdx)
	jne	1f
	addq	$1, 16(%rcx,%rdx)
	POP_THREE
	jmp	*%r11
	UNWOUND
1:	xorq	$32, %rdx
	cmpq	%rax, (%rcx,%rdx)
	jne	2f
	cmpq	%r11, 8(%rcx,%rdx)
	jne	2f
	addq	$1, 16(%rcx,%rdx)
	POP_THREE
	jmp	*%r11
	UNWOUND
2:	movq	24(%rsp), %rcx
	movq	%r11, %rdx
	SLOW	edge_miss_plt
	POP_THREE
	jmp	*%r11
3:	PAUSED
	jmp	*%r11
	END	edge_hub_plt

/* The same where what is called is not what is jumped to (a wrapper of ours stands before it): %r11 points to two
 * addresses, the callee and the target. */
	.hidden	edge_hub_plt_via
	BEGIN	edge_hub_plt_via
	.cfi_remember_state
	movq	(%r11), %rax
	movq	24(%rsp), %rcx
	leaq	(%rcx,%rax,8), %rdx
	LOCATE	SET_PLT
	COUNT	24(%rsp), (%r11), 1f
	POP_THREE
	jmp	*8(%r11)
	UNWOUND
1:	xorq	$32, %rdx
	COUNT	24(%rsp), (%r11), 2f
	POP_THREE
	jmp	*8(%r11)
	UNWOUND
2:	movq	24(%rsp), %rcx
	movq	(%r11), %rdx
	SLOW	edge_miss_plt
	POP_THREE
	jmp	*8(%r11)
3:	PAUSED
	jmp	*8(%r11)
	END	edge_hub_plt_via

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
