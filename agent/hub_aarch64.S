/* SPDX-License-Identifier: MIT */
/* As hub_x86_64.S, for AArch64. Assembled, never run: no machine of that kind was there to test it.
 *
 * Entry hooks of that machine (-fpatchable-function-entry=2: mov x9, x30; bl hub) are not set yet: sites.c leaves such
 * modules alone. What edge_hub expects of them: x9 = return address in the caller, x30 = address in the callee. */

	.text

	.macro	PAIRS do
	\do	x2, x3, [sp, #16]
	\do	x4, x5, [sp, #32]
	\do	x6, x7, [sp, #48]
	\do	x8, x9, [sp, #64]
	\do	x10, x11, [sp, #80]
	\do	x12, x13, [sp, #96]
	\do	x14, x15, [sp, #112]
	\do	x16, x17, [sp, #128]
	\do	x18, x29, [sp, #144]
	.endm
/* Calls the C half with every register kept that it may change. */
	.macro	COUNTED from, callee, function
	stp	x0, x1, [sp, #-240]!
	PAIRS	stp
	str	x30, [sp, #160]
	.cfi_adjust_cfa_offset 240
	.cfi_rel_offset x30, 160
	mov	x0, \from
	mov	x1, \callee
	bl	\function
	PAIRS	ldp
	ldr	x30, [sp, #160]
	ldp	x0, x1, [sp], #240
	.cfi_adjust_cfa_offset -240
	.cfi_restore x30
	.endm

/* edge_count looks into the home pair itself, and keeps off vector registers. */
	.p2align 6
	.globl	edge_hub
	.hidden	edge_hub
	.type	edge_hub, %function
edge_hub:
	.cfi_startproc
	COUNTED	x9, x30, edge_count
	/* x30 is the callee's own again, as it was before its hook. */
	mov	x16, x30
	mov	x30, x9
	br	x16
	.cfi_endproc
	.size	edge_hub, .-edge_hub

/* On entry x30: return address in the caller, x16: the callee; jumps to it. */
	.p2align 6
	.globl	edge_hub_plt
	.hidden	edge_hub_plt
	.type	edge_hub_plt, %function
edge_hub_plt:
	.cfi_startproc
	COUNTED	x30, x16, edge_miss_plt
	br	x16
	.cfi_endproc
	.size	edge_hub_plt, .-edge_hub_plt

/* long system_call(long number, ...) */
	.p2align 4
	.globl	system_call
	.hidden	system_call
	.type	system_call, %function
system_call:
	.cfi_startproc
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5
	mov	x5, x6
	svc	#0
	ret
	.cfi_endproc
	.size	system_call, .-system_call

	.section .note.GNU-stack,"",%progbits
