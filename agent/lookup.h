/* SPDX-License-Identifier: MIT */
/* Definitions of symbols in the loaded objects, by their own tables: what dlsym tells, without its locks, its allocation
 * and its dependence on who asks. Nothing here is for signal handlers; the loader's list must not change meanwhile. */
#ifndef SIGHTLINE_AGENT_LOOKUP_H
#define SIGHTLINE_AGENT_LOOKUP_H

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>

/* The dynamic section of one object, as far as we need it. */
struct lookup_object {
	uintptr_t bias;
	const ElfW(Sym) *symbols;
	const char *strings;
	const uint32_t *gnu_hash;       /* NULL: none */
	const uint32_t *sysv_hash;
	const ElfW(Half) *versions;     /* by symbol; NULL: none */
	const ElfW(Verdef) *defined;
	const ElfW(Verneed) *needed;
	const ElfW(Rela) *plt_relocations, *relocations;
	size_t plt_size, relocations_size; /* bytes */
	bool is_symbolic;               /* it looks into itself first */
};
void lookup_object_open(struct lookup_object *object, uintptr_t bias, const ElfW(Dyn) *dynamic);
/* The version that the object asks for, for one of its undefined symbols; NULL: none. */
const char *lookup_wanted_version(const struct lookup_object *object, size_t symbol);

enum lookup_choice { LOOKUP_LIKE_LINKS, LOOKUP_NEWEST }; /* where no version is asked for: as references bind, as dlsym does */
const ElfW(Sym) *lookup_in(const struct lookup_object *object, const char *name, const char *version,
			   enum lookup_choice choice);
/* Address of a definition; calls the resolver of an IFUNC. */
uintptr_t lookup_address(const struct lookup_object *object, const ElfW(Sym) *symbol);

/* The vdso stands in the loader's list, but references never bind to it. */
bool lookup_is_vdso(const struct link_map *map);

/* The next definition behind the object that holds the agent; version NULL: the default one. 0: none. */
uintptr_t lookup_next(const char *name, const char *version);

#endif
