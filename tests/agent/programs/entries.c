/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions whose first instructions are awkward to move, in assembly: each says by its result that it still does what it
 * did. With unwind tables, as compilers write them; the return addresses that callees see are checked. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

__asm__(
	".text\n"
#define FUNCTION(name, body) ".p2align 4\n.globl " #name "\n.type " #name ", @function\n" #name ":\n.cfi_startproc\n" body \
			     ".cfi_endproc\n.size " #name ", .-" #name "\n"
	FUNCTION(rip_load, "movl number(%rip), %eax\n ret\n")
	FUNCTION(rip_wide, "movabsq $0x1122334455667788, %rax\n ret\n")
	FUNCTION(tiny, "movl %edi, %eax\n ret\n")
	FUNCTION(tiniest, "ret\n")
	FUNCTION(short_branch, "testl %edi, %edi\n je 1f\n movl $1, %eax\n ret\n1: movl $2, %eax\n ret\n")
	FUNCTION(jump_away, "jmp tiny\n")
	FUNCTION(call_first, "call where\n ret\n")
	FUNCTION(push_call, "pushq %rbx\n .cfi_adjust_cfa_offset 8\n call where\n popq %rbx\n .cfi_adjust_cfa_offset -8\n ret\n")
	FUNCTION(call_memory, "call *where_pointer(%rip)\n ret\n")
	FUNCTION(call_register, "subq $8, %rsp\n .cfi_adjust_cfa_offset 8\n call *%rdi\n addq $8, %rsp\n .cfi_adjust_cfa_offset -8\n ret\n")
	FUNCTION(call_pushed, "pushq %rdi\n .cfi_adjust_cfa_offset 8\n call *(%rsp)\n popq %rdi\n .cfi_adjust_cfa_offset -8\n ret\n")
	FUNCTION(marked, "endbr64\n movl $77, %eax\n ret\n")
	FUNCTION(loop_to_start, "decl %edi\n jne loop_to_start\n movl $5, %eax\n ret\n")
	FUNCTION(loop_inside, "xorl %eax, %eax\n1: addl %edi, %eax\n decl %edi\n jne 1b\n ret\n")
	FUNCTION(counted_loop, "movl %edi, %ecx\n xorl %eax, %eax\n1: addl $3, %eax\n loop 1b\n ret\n")
	FUNCTION(switching, "1: cmpl $3, %edi\n ja 9f\n leaq table(%rip), %rdx\n movslq (%rdx,%rdi,4), %rax\n addq %rdx, %rax\n"
			    " jmp *%rax\n2: movl $20, %eax\n ret\n3: movl $4, %edi\n jmp 9f\n9: movl %edi, %eax\n ret\n"
			    ".section .rodata\n.p2align 2\ntable: .long 2b-table, 3b-table, 2b-table, 3b-table\n.text\n")
	FUNCTION(table_to_start, "pushq %rbx\n .cfi_adjust_cfa_offset 8\n1: leaq back(%rip), %rdx\n decl %edi\n cmpl $1, %edi\n"
				 " seta %bl\n movzbl %bl, %ebx\n movslq (%rdx,%rbx,4), %rax\n addq %rdx, %rax\n jmp *%rax\n"
				 "2: movl $9, %eax\n popq %rbx\n .cfi_adjust_cfa_offset -8\n ret\n"
				 ".section .rodata\n.p2align 2\nback: .long 2b-back, 1b-back\n.text\n")
	FUNCTION(flags_in, "setc %al\n movzbl %al, %eax\n ret\n")
	FUNCTION(overflow_in, "seto %al\n movzbl %al, %eax\n ret\n")
	FUNCTION(ask_flags, "stc\n call flags_in\n movl %eax, %edx\n clc\n call flags_in\n leal (%rax,%rdx,2), %edx\n"
			    " movb $127, %al\n addb $1, %al\n call overflow_in\n leal (%rax,%rdx,2), %eax\n ret\n")
	/* All registers that a call might change, with values of their own; 0 if they are kept. */
	FUNCTION(registers, "movl $1, %eax\n movl $2, %ecx\n movl $3, %edx\n movl $4, %esi\n movl $5, %edi\n movl $6, %r8d\n"
			    " movl $7, %r9d\n movl $8, %r10d\n movl $9, %r11d\n movq %rax, %xmm0\n movq %rcx, %xmm15\n"
			    " call tiniest\n addl %ecx, %eax\n addl %edx, %eax\n addl %esi, %eax\n addl %edi, %eax\n addl %r8d, %eax\n"
			    " addl %r9d, %eax\n addl %r10d, %eax\n addl %r11d, %eax\n subl $45, %eax\n movq %xmm0, %rcx\n"
			    " addl %ecx, %eax\n movq %xmm15, %rcx\n addl %ecx, %eax\n subl $3, %eax\n ret\n")
	".section .data\n.globl where_pointer\nwhere_pointer: .quad where\n.globl number\nnumber: .long 4711\n.text\n");

int rip_load(void), tiny(int), short_branch(int), jump_away(int), marked(void), loop_to_start(int), loop_inside(int),
	counted_loop(int), switching(long), table_to_start(int), ask_flags(void), registers(void);
void tiniest(void);
uint64_t rip_wide(void);
uintptr_t call_first(void), push_call(void), call_memory(void), call_register(void *), call_pushed(void *);

/* The return address that it was given. */
__attribute__((noipa)) uintptr_t where(void)
{
	return (uintptr_t)__builtin_return_address(0);
}

int main(void)
{
	for (int i = 0; i < 3; i++) {
		tiniest();
		printf("%d %llx %d %d %d %d %d\n", rip_load(), (unsigned long long)rip_wide(), tiny(7), short_branch(0), short_branch(1),
		       jump_away(8), marked());
		printf("returns %d %d %d %d %d\n", (int)(call_first() - (uintptr_t)call_first), (int)(push_call() - (uintptr_t)push_call),
		       (int)(call_memory() - (uintptr_t)call_memory), (int)(call_register((void *)where) - (uintptr_t)call_register),
		       (int)(call_pushed((void *)where) - (uintptr_t)call_pushed));
		printf("loops %d %d %d %d %d %d\n", loop_to_start(4), loop_inside(4), counted_loop(4), switching(1), switching(2),
		       table_to_start(6));
		printf("flags %d registers %d\n", ask_flags(), registers());
	}
	return 0;
}
