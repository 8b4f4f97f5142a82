/* SPDX-License-Identifier: MIT */
/* Wrappers that must not have a frame when the real function runs. vfork: the child returns through it first. syscall:
 * what it starts may return twice, or on another stack. */
#define SYS_seccomp 317

	.text
	.globl	vfork
	.type	vfork, @function
vfork:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	movq	%rsp, %rbp
	movq	8(%rsp), %rdi
	movq	%rsp, %rsi
	call	vfork_seen
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbp
	jmp	*real_vfork(%rip)
	.cfi_endproc
	.size	vfork, .-vfork

	.globl	syscall
	.type	syscall, @function
syscall:
	.cfi_startproc
	cmpq	$SYS_seccomp, %rdi
	je	1f
	jmp	*real_syscall(%rip)
1:	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rsi
	.cfi_adjust_cfa_offset 8
	pushq	%rdx
	.cfi_adjust_cfa_offset 8
	pushq	%rcx
	.cfi_adjust_cfa_offset 8
	pushq	%r8
	.cfi_adjust_cfa_offset 8
	call	freeze_begin
	popq	%r8
	.cfi_adjust_cfa_offset -8
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	popq	%rdx
	.cfi_adjust_cfa_offset -8
	popq	%rsi
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	jmp	*real_syscall(%rip)
	.cfi_endproc
	.size	syscall, .-syscall

/* void *call_from(uintptr_t ret, void *function, a, b, c): function(a, b, c), which sees "ret" as its return address: the
 * address of a ret instruction, by which it comes back here. */
	.globl	call_from
	.hidden	call_from
	.type	call_from, @function
call_from:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	movq	%rsp, %rbp
	.cfi_def_cfa_register rbp
	movq	%rdi, %r10
	movq	%rsi, %r11
	movq	%rdx, %rdi
	movq	%rcx, %rsi
	movq	%r8, %rdx
	leaq	1f(%rip), %rax
	subq	$8, %rsp
	pushq	%rax
	pushq	%r10
	jmp	*%r11
	nop
1:	movq	%rbp, %rsp
	popq	%rbp
	.cfi_def_cfa rsp, 8
	ret
	.cfi_endproc
	.size	call_from, .-call_from

	.section .note.GNU-stack,"",@progbits
