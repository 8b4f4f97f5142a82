/* SPDX-License-Identifier: MIT */
/* Owns: reading the dynamic symbol tables of loaded objects.
 * Must not: call the loader, allocate, lock. */
#include "lookup.h"
#include "core.h"

#include <stddef.h>
#if !defined(__x86_64__)
#include <sys/auxv.h>
#include <sys/ifunc.h>
#endif

enum { VERSION_MASK = 0x7fff, VERSION_HIDDEN = 0x8000 };

/* The loader has relocated most of these pointers in place, but not those of read-only dynamic sections. */
static const void *dynamic_pointer(uintptr_t bias, ElfW(Addr) value)
{
	return (const void *)(value < bias ? value + bias : value);
}

void lookup_object_open(struct lookup_object *object, uintptr_t bias, const ElfW(Dyn) *dynamic)
{
	*object = (struct lookup_object){.bias = bias};
	for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
		const void *pointer = dynamic_pointer(bias, dynamic->d_un.d_ptr);
		switch (dynamic->d_tag) {
		case DT_SYMTAB: object->symbols = pointer; break;
		case DT_STRTAB: object->strings = pointer; break;
		case DT_GNU_HASH: object->gnu_hash = pointer; break;
		case DT_HASH: object->sysv_hash = pointer; break;
		case DT_VERSYM: object->versions = pointer; break;
		case DT_VERDEF: object->defined = pointer; break;
		case DT_VERNEED: object->needed = pointer; break;
		case DT_JMPREL: object->plt_relocations = pointer; break;
		case DT_PLTRELSZ: object->plt_size = dynamic->d_un.d_val; break;
		case DT_RELA: object->relocations = pointer; break;
		case DT_RELASZ: object->relocations_size = dynamic->d_un.d_val; break;
		case DT_SYMBOLIC: object->is_symbolic = true; break;
		case DT_FLAGS: object->is_symbolic |= (dynamic->d_un.d_val & DF_SYMBOLIC) != 0; break;
		default: break;
		}
	}
}

const char *lookup_wanted_version(const struct lookup_object *object, size_t symbol)
{
	const ElfW(Verneed) *need = object->needed;
	unsigned wanted = object->versions ? object->versions[symbol] & VERSION_MASK : 0;

	for (; wanted > 1 && need; need = need->vn_next ? (const void *)((const char *)need + need->vn_next) : NULL) {
		const ElfW(Vernaux) *aux = (const void *)((const char *)need + need->vn_aux);
		for (unsigned i = 0; i < need->vn_cnt; i++) {
			if ((aux->vna_other & VERSION_MASK) == wanted)
				return object->strings + aux->vna_name;
			aux = (const void *)((const char *)aux + aux->vna_next);
		}
	}
	return NULL;
}

static const char *defined_version(const struct lookup_object *object, unsigned index)
{
	const ElfW(Verdef) *definition = object->defined;

	for (; definition; definition = definition->vd_next ? (const void *)((const char *)definition + definition->vd_next) : NULL)
		if (definition->vd_ndx == index && !(definition->vd_flags & VER_FLG_BASE)) {
			const ElfW(Verdaux) *aux = (const void *)((const char *)definition + definition->vd_aux);
			return object->strings + aux->vda_name;
		}
	return NULL;
}

/* As the loader judges a definition (its check_match). maybe: taken if nothing better comes. */
static bool version_fits(const struct lookup_object *object, size_t symbol, const char *version, enum lookup_choice choice,
			 bool *maybe)
{
	unsigned entry, index;

	*maybe = false;
	if (!object->versions)
		return true;
	entry = object->versions[symbol];
	index = entry & VERSION_MASK;
	if (version) {
		const char *own = defined_version(object, index);
		return own ? text_is(own, version) : !(entry & VERSION_HIDDEN);
	}
	if (index < (choice == LOOKUP_NEWEST ? 2 : 3))
		return true;
	*maybe = !(entry & VERSION_HIDDEN);
	return false;
}

static bool is_definition(const ElfW(Sym) *symbol)
{
	unsigned type = ELF64_ST_TYPE(symbol->st_info), bind = ELF64_ST_BIND(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && (symbol->st_value || symbol->st_shndx == SHN_ABS)
	       && (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC || type == STT_GNU_IFUNC)
	       && (bind == STB_GLOBAL || bind == STB_WEAK || bind == STB_GNU_UNIQUE);
}

static bool consider(const struct lookup_object *object, size_t index, const char *name, const char *version,
		     enum lookup_choice choice, const ElfW(Sym) **fallback)
{
	const ElfW(Sym) *symbol = &object->symbols[index];
	bool maybe;

	if (!is_definition(symbol) || !text_is(object->strings + symbol->st_name, name))
		return false;
	if (version_fits(object, index, version, choice, &maybe))
		return true;
	if (maybe && !*fallback)
		*fallback = symbol;
	return false;
}

static uint32_t gnu_hash_of(const char *name)
{
	uint32_t hash = 5381;

	for (const unsigned char *byte = (const void *)name; *byte; byte++)
		hash = hash * 33 + *byte;
	return hash;
}

static const ElfW(Sym) *lookup_gnu(const struct lookup_object *object, const char *name, const char *version,
				   enum lookup_choice choice)
{
	uint32_t hash = gnu_hash_of(name), buckets = object->gnu_hash[0], first = object->gnu_hash[1];
	uint32_t words = object->gnu_hash[2], shift = object->gnu_hash[3];
	const ElfW(Addr) *bloom = (const void *)(object->gnu_hash + 4);
	const uint32_t *bucket = (const void *)(bloom + words), *chain = bucket + buckets;
	const unsigned bits = 8 * sizeof(ElfW(Addr));
	const ElfW(Sym) *fallback = NULL;
	ElfW(Addr) word;

	if (!buckets || !words)
		return NULL;
	word = bloom[hash / bits % words];
	if (!(word >> hash % bits & word >> (hash >> shift) % bits & 1))
		return NULL;
	uint32_t index = bucket[hash % buckets];
	for (; index >= first && index; index++) {
		uint32_t value = chain[index - first];
		if ((value | 1) == (hash | 1) && consider(object, index, name, version, choice, &fallback))
			return &object->symbols[index];
		if (value & 1)
			break;
	}
	return fallback;
}

static const ElfW(Sym) *lookup_sysv(const struct lookup_object *object, const char *name, const char *version,
				    enum lookup_choice choice)
{
	uint32_t hash = 0, buckets = object->sysv_hash[0];
	const uint32_t *bucket = object->sysv_hash + 2, *chain = bucket + buckets;
	const ElfW(Sym) *fallback = NULL;

	for (const unsigned char *byte = (const void *)name; *byte; byte++) {
		hash = (hash << 4) + *byte;
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	for (uint32_t index = buckets ? bucket[hash % buckets] : 0; index; index = chain[index])
		if (consider(object, index, name, version, choice, &fallback))
			return &object->symbols[index];
	return fallback;
}

const ElfW(Sym) *lookup_in(const struct lookup_object *object, const char *name, const char *version,
			   enum lookup_choice choice)
{
	if (!object->symbols || !object->strings)
		return NULL;
	if (object->gnu_hash)
		return lookup_gnu(object, name, version, choice);
	return object->sysv_hash ? lookup_sysv(object, name, version, choice) : NULL;
}

uintptr_t lookup_address(const struct lookup_object *object, const ElfW(Sym) *symbol)
{
	uintptr_t value = symbol->st_value + (symbol->st_shndx == SHN_ABS ? 0 : object->bias);

	if (ELF64_ST_TYPE(symbol->st_info) != STT_GNU_IFUNC)
		return value;
#if defined(__x86_64__)
	return ((uintptr_t (*)(void))value)();
#else
	/* What the kernel told about the processor, as the loader passes it. */
	const __ifunc_arg_t processor = {sizeof(processor), getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
	return ((uintptr_t (*)(uint64_t, const __ifunc_arg_t *))value)(processor._hwcap | _IFUNC_ARG_HWCAP, &processor);
#endif
}

static bool is_own(const struct link_map *map)
{
	return map->l_ld == _DYNAMIC;
}

bool lookup_is_vdso(const struct link_map *map)
{
	return text_length(map->l_name) > 6 && same_bytes(map->l_name, "linux-", 6);
}

uintptr_t lookup_next(const char *name, const char *version)
{
	const struct link_map *map = _r_debug.r_map;

	while (map && !is_own(map))
		map = map->l_next;
	for (map = map ? map->l_next : _r_debug.r_map; map; map = map->l_next) {
		struct lookup_object object;
		const ElfW(Sym) *symbol;

		if (lookup_is_vdso(map) || is_own(map))
			continue;
		lookup_object_open(&object, map->l_addr, map->l_ld);
		symbol = lookup_in(&object, name, version, LOOKUP_NEWEST);
		if (symbol)
			return lookup_address(&object, symbol);
	}
	return 0;
}
