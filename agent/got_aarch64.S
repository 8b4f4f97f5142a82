/* SPDX-License-Identifier: MIT */
/* As got_x86_64.S, for AArch64. Keeps all that may hold an argument: eight registers, x8, eight vector registers. */
	.text

/* The eight registers of arguments in their order: api_called is told where they lie. x16 is the record. */
.macro EACH_PAIR do
	\do	x0, x1, [sp]
	\do	x2, x3, [sp, #16]
	\do	x4, x5, [sp, #32]
	\do	x6, x7, [sp, #48]
	\do	x8, x16, [sp, #64]
	\do	q0, q1, [sp, #80]
	\do	q2, q3, [sp, #112]
	\do	q4, q5, [sp, #144]
	\do	q6, q7, [sp, #176]
.endm

	.p2align 4
	.globl	got_api_hub
	.hidden	got_api_hub
	.type	got_api_hub, %function
got_api_hub:
	.cfi_startproc
	stp	x29, x30, [sp, #-16]!
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	mov	x29, sp
	.cfi_def_cfa_register x29
	sub	sp, sp, #208
	EACH_PAIR stp
	mov	x0, x16
	mov	x1, sp
	mov	x2, x30
	mov	x3, x29
	bl	api_called
	EACH_PAIR ldp
	mov	sp, x29
	ldp	x29, x30, [sp], #16
	.cfi_def_cfa sp, 0
	.cfi_restore x29
	.cfi_restore x30
	ldr	x17, [x16, #16]
	br	x17
	.cfi_endproc
	.size	got_api_hub, .-got_api_hub

	.p2align 4
	.globl	got_jump
	.hidden	got_jump
	.type	got_jump, %function
got_jump:
	.cfi_startproc
	ldr	x16, [x16, #8]
	br	x16
	.cfi_endproc
	.size	got_jump, .-got_jump

	.section .note.GNU-stack,"",%progbits
