/* SPDX-License-Identifier: MIT */
/* As wrap_x86_64.S, for AArch64. Run under emulation (qemu-user) only. */
#define SYS_seccomp 277

	.text
	.globl	vfork
	.type	vfork, %function
vfork:
	.cfi_startproc
	stp	x29, x30, [sp, #-16]!
	.cfi_adjust_cfa_offset 16
	mov	x29, sp
	mov	x0, x30
	mov	x1, sp
	bl	vfork_seen
	ldp	x29, x30, [sp], #16
	.cfi_adjust_cfa_offset -16
	adrp	x16, :got:real_vfork
	ldr	x16, [x16, :got_lo12:real_vfork]
	ldr	x16, [x16]
	br	x16
	.cfi_endproc
	.size	vfork, .-vfork

	.globl	syscall
	.type	syscall, %function
syscall:
	.cfi_startproc
	cmp	x0, #SYS_seccomp
	b.ne	1f
	stp	x29, x30, [sp, #-64]!
	.cfi_adjust_cfa_offset 64
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	bl	freeze_begin
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x29, x30, [sp], #64
	.cfi_adjust_cfa_offset -64
1:	adrp	x16, :got:real_syscall
	ldr	x16, [x16, :got_lo12:real_syscall]
	ldr	x16, [x16]
	br	x16
	.cfi_endproc
	.size	syscall, .-syscall

/* As for x86-64; ret: the address of "ldp x29, x30, [sp], #size; ret", which finds here what it loads. */
	.globl	call_from
	.hidden	call_from
	.type	call_from, %function
call_from:
	.cfi_startproc
	stp	x29, x30, [sp, #-16]!
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	mov	x29, sp
	.cfi_def_cfa_register x29
	ldr	w9, [x0]
	ubfx	w9, w9, #15, #6
	sub	sp, sp, x9, lsl #3
	adr	x10, 1f
	stp	x29, x10, [sp]
	mov	x30, x0
	mov	x16, x1
	mov	x0, x2
	mov	x1, x3
	mov	x2, x4
	br	x16
1:	ldp	x29, x30, [sp], #16
	ret
	.cfi_endproc
	.size	call_from, .-call_from

	.section .note.GNU-stack,"",%progbits
