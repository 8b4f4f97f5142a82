/* SPDX-License-Identifier: MIT */
/* Assembly: words of thread storage. Where they lie from the thread pointer is known once the process runs: hub.c then
 * writes one instruction with that offset over the linker's two, or over the jump to where they stand. Each place is listed
 * in section thread_words, with the variable's number and the form (hub.c). */
#define THREAD_NOW 0
#define THREAD_SHADOW 1
#define FORM_LOAD 0
#define FORM_ADD 1

/* %rax = the variable */
.macro THREAD_LOAD variable number
8:	movq	\variable@gottpoff(%rip), %rax
	movq	%fs:(%rax), %rax
	THREAD_PLACE \number, FORM_LOAD
.endm
/* %rcx += the variable; at \slow: THREAD_ADD_SLOW, clobbers \free */
.macro THREAD_ADD number slow
8:	.byte	0xe9                    /* jmp \slow, the long form whatever the distance */
	.long	\slow - . - 4
	.byte	0x0f, 0x1f, 0x40, 0x00  /* nopl 0(%rax) */
	THREAD_PLACE \number, FORM_ADD
.endm
.macro THREAD_ADD_SLOW variable free back
	movq	\variable@gottpoff(%rip), %\free
	addq	%fs:(%\free), %rcx
	jmp	\back
.endm
.macro THREAD_PLACE number form
	.pushsection thread_words,"a",@progbits
	.quad	8b - .
	.quad	\number + 2 * \form
	.popsection
.endm
