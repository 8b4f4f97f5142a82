/* SPDX-License-Identifier: MIT */
/* Wraps: environment variables, and looking up symbols by name. dlsym is not called from here but jumped to: what it finds
 * for RTLD_NEXT depends on who asks. */
#include "core.h"
#include "wrap.h"

#include <dlfcn.h>
#include <stdlib.h>

static void told_variable(const struct scene *scene, const char *name, size_t length, enum trace_operation operation, bool failed)
{
	scene_use(scene, resource_number(TRACE_RESOURCE_ENVIRONMENT, name, length, NULL, 0, 0), operation, 0, failed);
}

WRAPPED(getenv);
AGENT_EXPORT char *getenv(const char *name)
{
	char *value = REAL(getenv)(name);
	TELL(told_variable(&scene, name, text_length(name), TRACE_GET, !value)); /* "failed": it is not set */
	return value;
}

WRAPPED(secure_getenv);
AGENT_EXPORT char *secure_getenv(const char *name)
{
	char *value = REAL(secure_getenv)(name);
	TELL(told_variable(&scene, name, text_length(name), TRACE_GET, !value));
	return value;
}

WRAPPED(setenv);
AGENT_EXPORT int setenv(const char *name, const char *value, int overwrite)
{
	int result = REAL(setenv)(name, value, overwrite);
	if (result == 0)
		TELL(told_variable(&scene, name, text_length(name), TRACE_SET, false));
	return result;
}

WRAPPED(unsetenv);
AGENT_EXPORT int unsetenv(const char *name)
{
	int result = REAL(unsetenv)(name);
	if (result == 0)
		TELL(told_variable(&scene, name, text_length(name), TRACE_REMOVE, false));
	return result;
}

WRAPPED(putenv);
AGENT_EXPORT int putenv(char *text)
{
	size_t length = 0;
	while (text[length] && text[length] != '=')
		length++;
	int result = REAL(putenv)(text);
	TELL(told_variable(&scene, text, length, text[length] ? TRACE_SET : TRACE_REMOVE, result != 0));
	return result;
}

/* ---- symbols ---- */

WRAPPED(dlsym);
WRAPPED(dlvsym);

/* Called by the code below with the arguments that dlsym was given; answers where to go on. */
__attribute__((visibility("hidden"), used)) void *dlsym_told(const char *name, const void *from, const void *frame,
							     bool has_version)
{
	struct scene scene;

	if (name && scene_enter(&scene, from, frame)) {
		scene_use(&scene, resource_named(TRACE_RESOURCE_SYMBOL, name, NULL), TRACE_LOOKUP, 0, false);
		scene_leave(&scene);
	}
	return has_version ? (void *)REAL(dlvsym) : (void *)REAL(dlsym);
}

#if defined(__x86_64__)
/* Looks like a function with a frame pointer while it records, and leaves no frame behind. */
#define JUMP_TO_REAL(name, has_version)                                                                                \
	__asm__(".text\n\t.p2align 4\n\t.globl " #name "\n\t.type " #name ", @function\n" #name ":\n\t.cfi_startproc\n\t" \
		"pushq %rbp\n\t.cfi_adjust_cfa_offset 8\n\t.cfi_rel_offset rbp, 0\n\t"                                 \
		"movq %rsp, %rbp\n\t.cfi_def_cfa_register rbp\n\t"                                                     \
		"pushq %rdi\n\tpushq %rsi\n\tpushq %rdx\n\tpushq %rdx\n\t"                                             \
		"movq %rsi, %rdi\n\tmovq 8(%rbp), %rsi\n\tmovq %rbp, %rdx\n\tmovl $" #has_version ", %ecx\n\t"         \
		"call dlsym_told\n\t"                                                                                  \
		"popq %rdx\n\tpopq %rdx\n\tpopq %rsi\n\tpopq %rdi\n\t"                                                 \
		"popq %rbp\n\t.cfi_def_cfa rsp, 8\n\t.cfi_restore rbp\n\tjmp *%rax\n\t.cfi_endproc\n\t"                \
		".size " #name ", .-" #name "\n\t")
#else
#define JUMP_TO_REAL(name, has_version)                                                                                \
	__asm__(".text\n\t.p2align 4\n\t.globl " #name "\n\t.type " #name ", %function\n" #name ":\n\t.cfi_startproc\n\t" \
		"stp x29, x30, [sp, #-48]!\n\t.cfi_adjust_cfa_offset 48\n\t.cfi_rel_offset x29, 0\n\t"               \
		".cfi_rel_offset x30, 8\n\tmov x29, sp\n\t"                                                         \
		"stp x0, x1, [sp, #16]\n\tstr x2, [sp, #32]\n\t"                                                    \
		"mov x0, x1\n\tmov x1, x30\n\tmov x2, x29\n\tmov w3, #" #has_version "\n\tbl dlsym_told\n\t"          \
		"mov x16, x0\n\tldp x0, x1, [sp, #16]\n\tldr x2, [sp, #32]\n\t"                                     \
		"ldp x29, x30, [sp], #48\n\t.cfi_adjust_cfa_offset -48\n\t.cfi_restore x29\n\t.cfi_restore x30\n\t"  \
		"br x16\n\t.cfi_endproc\n\t.size " #name ", .-" #name "\n\t")
#endif
JUMP_TO_REAL(dlsym, 0);
JUMP_TO_REAL(dlvsym, 1);
