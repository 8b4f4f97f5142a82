/* SPDX-License-Identifier: MIT */
/* Assembly: %rax = a word of thread storage. hub.c writes the shorter instruction with the known offset over these 11
 * bytes; each place is listed in section thread_words, with the variable's number (hub.c). */
#define THREAD_NOW 0
#define THREAD_SHADOW 1

.macro THREAD_WORD variable number
8:	movq	\variable@gottpoff(%rip), %rax
	movq	%fs:(%rax), %rax
	.pushsection thread_words,"a",@progbits
	.quad	8b - .
	.quad	\number
	.popsection
.endm
