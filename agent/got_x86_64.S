/* SPDX-License-Identifier: MIT */
/* Where stubs of API functions go: the arguments are looked at, then the call goes on as if nothing had been. Keeps all
 * that may hold an argument: six registers, rax (number of vector arguments), r10, eight vector registers. */
	.text

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
	movq	%rdi, (%rsp)
	movq	%rsi, 8(%rsp)
	movq	%rdx, 16(%rsp)
	movq	%rcx, 24(%rsp)
	movq	%r8, 32(%rsp)
	movq	%r9, 40(%rsp)
	movq	%rax, 48(%rsp)
	movq	%r10, -8(%rbp)
	movq	%r11, 56(%rsp)
	movups	%xmm0, 64(%rsp)
	movups	%xmm1, 80(%rsp)
	movups	%xmm2, 96(%rsp)
	movups	%xmm3, 112(%rsp)
	movups	%xmm4, 128(%rsp)
	movups	%xmm5, 144(%rsp)
	movups	%xmm6, 160(%rsp)
	movups	%xmm7, 176(%rsp)
	movq	%r11, %rdi
	movq	%rsp, %rsi
	movq	8(%rbp), %rdx
	movq	%rbp, %rcx
	call	api_called
	movups	64(%rsp), %xmm0
	movups	80(%rsp), %xmm1
	movups	96(%rsp), %xmm2
	movups	112(%rsp), %xmm3
	movups	128(%rsp), %xmm4
	movups	144(%rsp), %xmm5
	movups	160(%rsp), %xmm6
	movups	176(%rsp), %xmm7
	movq	(%rsp), %rdi
	movq	8(%rsp), %rsi
	movq	16(%rsp), %rdx
	movq	24(%rsp), %rcx
	movq	32(%rsp), %r8
	movq	40(%rsp), %r9
	movq	48(%rsp), %rax
	movq	56(%rsp), %r11
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
