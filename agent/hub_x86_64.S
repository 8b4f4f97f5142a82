/* SPDX-License-Identifier: MIT */
/* The hubs that entry hooks and GOT stubs call, and raw system calls. All registers are kept; arithmetic flags are not:
 * nothing may live in them across a call, and -pg turns -fipa-ra off.
 *
 * The fast path: table = thread_now.view -> {mask, offset}, all relative to edge_base, so that zero anywhere means the
 * empty table; home pair of the edge; compare, count. edge_home in core.h is the same hash. mask is read before offset: a
 * signal handler may put a larger table in between, and tables never shrink. */
#define CONTROL_PAUSED 12
#define SET_PLT 16
#define HASH_MULTIPLIER 0x9E3779B1 - 0x100000000

	.text

/* FROM(%rsp), CALLEE(%rsp): where the edge is once three registers are pushed. Leaves %rcx = edge_base, %rdx = record. */
.macro FIND set from callee hit miss
	movq	\callee, %rax
	movq	\from, %rcx
	leaq	(%rcx,%rax,8), %rdx
	imulq	$HASH_MULTIPLIER, %rdx, %rdx
	movq	thread_now@gottpoff(%rip), %rax
	shrq	$20, %rdx
	movq	%fs:(%rax), %rax
	leaq	edge_base(%rip), %rcx
	andq	\set(%rcx,%rax), %rdx
	addq	\set+8(%rcx,%rax), %rdx
	movq	\from, %rax
	cmpq	%rax, (%rcx,%rdx)
	jne	7f
	movq	\callee, %rax
	cmpq	%rax, 8(%rcx,%rdx)
	jne	7f
	addq	$1, 16(%rcx,%rdx)
	jmp	\hit
7:	xorq	$32, %rdx
	movq	\from, %rax
	cmpq	%rax, (%rcx,%rdx)
	jne	\miss
	movq	\callee, %rax
	cmpq	%rax, 8(%rcx,%rdx)
	jne	\miss
	addq	$1, 16(%rcx,%rdx)
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

/* Calls the C half with every register that it may change kept. %rax, %rcx, %rdx are saved already. */
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

/* On entry (%rsp): address in the callee, 8(%rsp): return address in its caller. */
	.p2align 6
	.globl	edge_hub
	.hidden	edge_hub
	.type	edge_hub, @function
	.globl	__fentry__
	.type	__fentry__, @function
edge_hub:
__fentry__:
	.cfi_startproc
	cmpl	$0, agent_control_area+CONTROL_PAUSED(%rip)
	jne	3f
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
	.cfi_remember_state
	FIND	0, 32(%rsp), 24(%rsp), 1f, 2f
1:	POP	rdx
	POP	rcx
	POP	rax
	ret
	.cfi_restore_state
	.cfi_remember_state
2:	movq	32(%rsp), %rcx
	movq	24(%rsp), %rdx
	SLOW	edge_miss
	POP	rdx
	POP	rcx
	POP	rax
	ret
	.cfi_restore_state
	.cfi_def_cfa_offset 8
	.cfi_restore rax
	.cfi_restore rcx
	.cfi_restore rdx
3:	cmpb	$0, edge_saw_pause(%rip)
	jne	4f
	movb	$1, edge_saw_pause(%rip)
4:	ret
	.cfi_endproc
	.size	edge_hub, .-edge_hub
	.size	__fentry__, .-__fentry__

/* On entry (%rsp): return address in the caller, %r11: the callee; jumps to it. */
	.p2align 6
	.globl	edge_hub_plt
	.hidden	edge_hub_plt
	.type	edge_hub_plt, @function
edge_hub_plt:
	.cfi_startproc
	cmpl	$0, agent_control_area+CONTROL_PAUSED(%rip)
	jne	3f
	PUSH	rax
	PUSH	rcx
	PUSH	rdx
	PUSH	r11
	.cfi_remember_state
	FIND	SET_PLT, 32(%rsp), 0(%rsp), 1f, 2f
1:	POP	r11
	POP	rdx
	POP	rcx
	POP	rax
	jmp	*%r11
	.cfi_restore_state
	.cfi_remember_state
2:	movq	32(%rsp), %rcx
	movq	(%rsp), %rdx
	SLOW	edge_miss_plt
	POP	r11
	POP	rdx
	POP	rcx
	POP	rax
	jmp	*%r11
	.cfi_restore_state
	.cfi_def_cfa_offset 8
	.cfi_restore rax
	.cfi_restore rcx
	.cfi_restore rdx
	.cfi_restore r11
3:	cmpb	$0, edge_saw_pause(%rip)
	jne	4f
	movb	$1, edge_saw_pause(%rip)
4:	jmp	*%r11
	.cfi_endproc
	.size	edge_hub_plt, .-edge_hub_plt

/* long system_call(long number, ...) */
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
