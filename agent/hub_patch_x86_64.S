/* SPDX-License-Identifier: MIT */
/* The hubs of patch mode. They are called by what stands in front of a function's moved instructions (patch.c), and keep
 * every register; edge_hub_patch_flags the arithmetic flags, too: the programs were compiled without knowing of us, and
 * assembly may pass flags.
 *
 * On entry (%rsp): address behind the call, which tells the callee: PATCH_CALLEE bytes in front lies its address times
 * TRACE_EDGE_FACTOR; 8(%rsp): return address in the callee's caller. The table is searched as in hub_x86_64.S. */
#include "edge_table_x86_64.h"

#define PATCH_CALLEE 14

	.text

/* The C half: %rdx is pushed, as is all from at+24(%rsp) on. at: of what else is pushed. Clobbers %rax, %rcx. */
.macro MISS at
	PUSH	rsi
	PUSH	rdi
	PUSH	r8
	PUSH	r9
	PUSH	r10
	PUSH	r11
	PUSH	rbp
	movq	\at+80(%rsp), %rcx
	movq	-PATCH_CALLEE(%rcx), %rsi
	imulq	edge_inverse(%rip), %rsi
	movq	\at+88(%rsp), %rdi
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	andq	$-16, %rsp
	call	edge_miss
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

/* %rdx: the key. at: of what is pushed beside three registers. */
.macro PATCH_KEY at
	movq	\at+24(%rsp), %rdx
	movq	-PATCH_CALLEE(%rdx), %rdx
	addq	\at+32(%rsp), %rdx
.endm

	.p2align 6
	.globl	edge_hub_patch
	.hidden	edge_hub_patch
	.type	edge_hub_patch, @function
edge_hub_patch:
	.cfi_startproc
	HOLLOW
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
	.cfi_remember_state
	PATCH_KEY 0
	LOCATE_UNPAUSED SET_CALLS, rdx, 5f
	COUNT_AT rdx, 1f
0:	POP	rdx
	POP	rcx
	POP	rax
	ret
	FITS_LINE edge_hub_patch
	UNWOUND
1:	xorq	$32, %rax
	COUNT_AT rdx, 2f
	jmp	0b
2:	UNLESS_PAUSED 0b
	MISS	0
	jmp	0b
5:	THREAD_ADD_SLOW thread_now, rax, 7b
	.cfi_endproc
	.size	edge_hub_patch, .-edge_hub_patch

	.p2align 6
	.globl	edge_hub_patch_flags
	.hidden	edge_hub_patch_flags
	.type	edge_hub_patch_flags, @function
edge_hub_patch_flags:
	.cfi_startproc
	HOLLOW
	PUSH	rax
	lahf
	seto	%al
	pushq	%rax
	.cfi_adjust_cfa_offset 8
	PUSH	rcx
	PUSH	rdx
	.cfi_remember_state
	PATCH_KEY 8
	LOCATE_UNPAUSED SET_CALLS, rdx, 5f
	COUNT_AT rdx, 1f
0:	POP	rdx
	POP	rcx
	popq	%rax
	.cfi_adjust_cfa_offset -8
	addb	$127, %al                      /* overflows where seto had set it */
	sahf
	POP	rax
	ret
	UNWOUND
1:	xorq	$32, %rax
	COUNT_AT rdx, 2f
	jmp	0b
2:	UNLESS_PAUSED 0b
	MISS	8
	jmp	0b
5:	THREAD_ADD_SLOW thread_now, rax, 7b
	.cfi_endproc
	.size	edge_hub_patch_flags, .-edge_hub_patch_flags

	.section .note.GNU-stack,"",@progbits
