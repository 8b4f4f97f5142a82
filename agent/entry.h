/* SPDX-License-Identifier: MIT */
/* What an entry hook is in machine code: no-ops that the compiler left at a function's start, and the call of a hub that
 * replaces them. One file per machine. */
#ifndef SIGHTLINE_AGENT_ENTRY_H
#define SIGHTLINE_AGENT_ENTRY_H

#include "agent.h"

#if defined(__x86_64__)
#define ENTRY_SIZE 5                          /* bytes that a hook takes */
#define ENTRY_REACH ((uintptr_t)0x7fff0000)   /* how far its call goes */
#else
#define ENTRY_SIZE 8
#define ENTRY_REACH ((uintptr_t)0x7ff0000)
#endif
#define ENTRY_JUMP_SIZE 16

/* No-ops that a hook may replace lie there, at the very start of a function (or behind its landing pad): with some in front
 * of the function (-fpatchable-function-entry=N,M) a hook there would be entered in its middle. */
bool entry_is_site(const struct module *module, uintptr_t address);
/* Whether no code of the module shows that it enters such places in their middle, where their looks alone do not tell. */
bool entry_are_sites(const struct module *module, const uintptr_t *addresses, size_t count);
void entry_write_call(uint8_t *code, uintptr_t target);
/* Jumps to the hub: for calls that do not reach it. */
void entry_write_jump(uint8_t *code, uintptr_t hub);
/* Code was written that is about to run. */
void entry_written(void *code, size_t size);
/* What a function's hook calls; 0: it begins with none. */
uintptr_t entry_target(const uint8_t *function);
/* Whether that is a hub of ours that the compiler named (__fentry__), perhaps through the module's linkage table. */
bool entry_is_named_hub(uintptr_t target, const struct module *module);

#endif
