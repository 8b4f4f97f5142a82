/* SPDX-License-Identifier: MIT */
/* What the dynamic section of a loaded object and the section headers of its file say. Reads, owns nothing. */
#ifndef SIGHTLINE_AGENT_ELF_VIEW_H
#define SIGHTLINE_AGENT_ELF_VIEW_H

#include "agent.h"

/* Whether some relocation of the object is against an undefined symbol of that name. */
bool elf_imports(const struct module *module, const char *name);
/* Visits the sections of that name in the object's file that are loaded: address (with bias) and bytes. The file is
 * left out where its program headers are not those in memory (it was replaced). */
void elf_sections(const struct module *module, const char *name,
		  void (*visit)(uintptr_t address, size_t size, void *context), void *context);
/* Whether a function starts there, by the sorted table of .eh_frame_hdr: 1, 0, or -1 where that has no usable table. */
int elf_starts_function(const struct module *module, uintptr_t address);

/* The start of the last function at or before the address, by the same table; 0: none known. */
uintptr_t elf_function_start(const struct module *module, uintptr_t address);

#endif
