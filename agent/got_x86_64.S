/* SPDX-License-Identifier: MIT */
/* Where stubs of API functions go: the arguments are looked at, then the call goes on as if nothing had been. Keeps all
 * that may hold an argument: six registers, rax (number of vector arguments), r10, eight vector registers. */
	.text

.macro SAVE register at
	movq	%\register, \at(%rsp)
.endm
.macro LOAD register at
	movq	\at(%rsp), %\register
.endm
.macro SAVE_VECTOR number
	movups	%xmm\number, 64+16*\number(%rsp)
.endm
.macro LOAD_VECTOR number
	movups	64+16*\number(%rsp), %xmm\number
.endm
/* The six registers of arguments in their order: api_called is told where they lie. */
.macro EACH do do_vector
	\do	rdi, 0
	\do	rsi, 8
	\do	rdx, 16
	\do	rcx, 24
	\do	r8, 32
	\do	r9, 40
	\do	rax, 48
	\do	r11, 56
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7
	\do_vector \number
	.endr
.endm

	.p2align 4
	.globl	got_api_hub
	.hidden	got_api_hub
	.type	got_api_hub, @function
got_api_hub:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	subq	$224, %rsp
	andq	$-16, %rsp
	EACH	SAVE, SAVE_VECTOR
	movq	%r10, -8(%rbp)
	movq	%r11, %rdi
	movq	%rsp, %rsi
	movq	8(%rbp), %rdx
	movq	%rbp, %rcx
	call	api_called
	EACH	LOAD, LOAD_VECTOR
	movq	-8(%rbp), %r10
	movq	%rbp, %rsp
	popq	%rbp
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	jmp	*16(%r11)
	.cfi_endproc
	.size	got_api_hub, .-got_api_hub

	.p2align 4
	.globl	got_jump
	.hidden	got_jump
	.type	got_jump, @function
got_jump:
	.cfi_startproc
	jmp	*8(%r11)
	.cfi_endproc
	.size	got_jump, .-got_jump

	.section .note.GNU-stack,"",@progbits
