/* SPDX-License-Identifier: MIT */
/* Assembly: words of thread storage. hub.c writes one instruction with the known offset over the 11 bytes of two; each
 * place is listed in section thread_words, with the variable's number and the form (hub.c). */
#define THREAD_NOW 0
#define THREAD_SHADOW 1
#define FORM_LOAD 0
#define FORM_ADD 1

/* %rax = the variable */
.macro THREAD_WORD variable number
8:	movq	\variable@gottpoff(%rip), %rax
	movq	%fs:(%rax), %rax
	THREAD_PLACE \number, FORM_LOAD
.endm
/* %rcx += thread_now; clobbers \free */
.macro THREAD_ADD variable free
8:	movq	\variable@gottpoff(%rip), %\free
	addq	%fs:(%\free), %rcx
	THREAD_PLACE THREAD_NOW, FORM_ADD
.endm
.macro THREAD_PLACE number form
	.pushsection thread_words,"a",@progbits
	.quad	8b - .
	.quad	\number + 2 * \form
	.popsection
.endm
