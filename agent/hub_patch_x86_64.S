/* SPDX-License-Identifier: MIT */
/* The hub of patch mode. It is called by what stands in front of a function's moved instructions (patch.c), and keeps every
 * register and the arithmetic flags: the programs were compiled without knowing of us, and assembly may pass flags.
 *
 * On entry (%rsp): address behind the call, which tells the callee: its address lies PATCH_CALLEE bytes in front;
 * 8(%rsp): return address in the callee's caller. The table is searched as in hub_x86_64.S; edge_home in core.h is the same
 * hash. mask is read before offset, for the reason told there. */
#include "thread_word.h"

#define CONTROL_PAUSED 12
#define HASH_MULTIPLIER 0x9E3779B1 - 0x100000000
#define PATCH_CALLEE 14

	.text

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

	.p2align 6
	.globl	edge_hub_patch
	.hidden	edge_hub_patch
	.type	edge_hub_patch, @function
edge_hub_patch:
	.cfi_startproc
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
	PUSH	rsi
	PUSH	rdi
	movq	40(%rsp), %rdx
	lahf
	seto	%al
	movq	48(%rsp), %rcx                 /* from */
	movq	-PATCH_CALLEE(%rdx), %rdx      /* callee */
	cmpl	$0, agent_control_area+CONTROL_PAUSED(%rip)
	jne	3f
	pushq	%rax                           /* flags */
	.cfi_adjust_cfa_offset 8
	leaq	(%rcx,%rdx,8), %rdi
	imulq	$HASH_MULTIPLIER, %rdi, %rdi
	THREAD_WORD thread_now, THREAD_NOW
	shrq	$20, %rdi
	leaq	edge_base(%rip), %rsi
	andq	(%rsi,%rax), %rdi
	addq	8(%rsi,%rax), %rdi
	addq	%rsi, %rdi                     /* record */
	cmpq	%rcx, (%rdi)
	jne	1f
	cmpq	%rdx, 8(%rdi)
	jne	1f
	addq	$1, 16(%rdi)
0:	popq	%rax
	.cfi_remember_state
	.cfi_adjust_cfa_offset -8
4:	addb	$127, %al                      /* overflows where seto had set it */
	sahf
	POP	rdi
	POP	rsi
	POP	rdx
	POP	rcx
	POP	rax
	ret
	.cfi_restore_state
1:	subq	%rsi, %rdi
	xorq	$32, %rdi
	cmpq	%rcx, (%rsi,%rdi)
	jne	2f
	cmpq	%rdx, 8(%rsi,%rdi)
	jne	2f
	addq	$1, 16(%rsi,%rdi)
	jmp	0b
2:	PUSH	r8
	PUSH	r9
	PUSH	r10
	PUSH	r11
	PUSH	rbp
	movq	%rsp, %rbp
	.cfi_remember_state
	.cfi_def_cfa_register rbp
	movq	%rcx, %rdi
	movq	%rdx, %rsi
	andq	$-16, %rsp

	call	edge_miss
	movq	%rbp, %rsp
	.cfi_restore_state
	POP	rbp
	POP	r11
	POP	r10
	POP	r9
	POP	r8
	jmp	0b
	.cfi_adjust_cfa_offset -8
3:	cmpb	$0, edge_saw_pause(%rip)
	jne	4b
	movb	$1, edge_saw_pause(%rip)
	jmp	4b
	.cfi_endproc
	.size	edge_hub_patch, .-edge_hub_patch

	.section .note.GNU-stack,"",@progbits
