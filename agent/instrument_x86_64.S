/* SPDX-License-Identifier: MIT */
/* The usual case of the hooks of -finstrument-functions; everything else is in instrument.c. The caller is the top frame,
 * as it was when the same hook was called for the same call before: count, push. The top is moved before the frame is
 * written: a signal handler in between may see an old frame there, which is no caller of it, and leaves ours alone. */
#include "shadow.h"
#include "thread_word.h"

#define CONTROL_VERSION 8
#define CONTROL_PAUSED 12

	.text
.macro SLOW_ARGUMENTS
	movq	(%rsp), %rdx
	movq	%rsp, %rcx
.endm

	.p2align 6
	.globl	__cyg_profile_func_enter
	.type	__cyg_profile_func_enter, @function
__cyg_profile_func_enter:
	.cfi_startproc
	THREAD_LOAD thread_shadow, THREAD_SHADOW
	testq	%rax, %rax
	je	1f
	movq	(%rsp), %r8
	movq	SHADOW_TOP(%rax), %r9
	leaq	(%rsi,%r8,8), %rdx
	andl	$((SHADOW_MEMOS - 1) * 4), %edx
	cmpq	%r8, SHADOW_MEMO+MEMO_SITE(%rax,%rdx,8) /* first: a handler may fill what is empty now, and make it match */
	jne	1f
	movq	SHADOW_MEMO+MEMO_COUNT(%rax,%rdx,8), %r10 /* early: what waits is the address to count at */
	movq	FRAME_SITE(%r9), %rcx
	cmpq	%rsp, FRAME_SP(%r9)
	jb	1f
	addq	agent_control_area+CONTROL_VERSION(%rip), %rcx /* and, above 32 bits, paused */
	addq	$FRAME_SIZE, %r9
	cmpq	%rsi, SHADOW_MEMO+MEMO_CALL_SITE(%rax,%rdx,8)
	jne	1f
	cmpq	%rcx, SHADOW_MEMO+MEMO_TOP(%rax,%rdx,8)
	jne	1f
	testl	$(SHADOW_FRAMES_SIZE - 1), %r9d
	je	1f
	addq	$1, (%r10)
	movq	%r9, SHADOW_TOP(%rax)
	movq	%rdi, FRAME_FUNCTION(%r9)
	movq	%rsi, FRAME_CALL_SITE(%r9)
	movq	%r8, FRAME_SITE(%r9)
	movq	%rsp, FRAME_SP(%r9)
	ret
1:	cmpl	$0, agent_control_area+CONTROL_PAUSED(%rip)
	jne	2f
	SLOW_ARGUMENTS
	jmp	instrument_enter
2:	movb	$1, edge_saw_pause(%rip)
	ret
	.cfi_endproc
	.size	__cyg_profile_func_enter, .-__cyg_profile_func_enter

	.p2align 6
	.globl	__cyg_profile_func_exit
	.type	__cyg_profile_func_exit, @function
__cyg_profile_func_exit:
	.cfi_startproc
	THREAD_LOAD thread_shadow, THREAD_SHADOW
	testq	%rax, %rax
	je	1f
	movq	SHADOW_TOP(%rax), %r9
	cmpq	%rdi, FRAME_FUNCTION(%r9)
	jne	1f
	cmpq	%rsi, FRAME_CALL_SITE(%r9)
	jne	1f
	leaq	-FRAME_SIZE(%r9), %rdx
	cmpq	%rsp, FRAME_SP(%r9)
	jb	2f
	movq	%rdx, SHADOW_TOP(%rax)
	ret
2:	cmpq	%rsi, (%rsp) /* jumped to, with nothing left of the frame: the caller's is the next one */
	jne	1f
	cmpq	%rsp, FRAME_SP(%rdx)
	jb	1f
	movq	%rdx, SHADOW_TOP(%rax)
	ret
1:	SLOW_ARGUMENTS
	jmp	instrument_leave
	.cfi_endproc
	.size	__cyg_profile_func_exit, .-__cyg_profile_func_exit

	.section .note.GNU-stack,"",@progbits
