/* SPDX-License-Identifier: MIT */
/* What the dynamic section of a loaded object and the section headers of its file say. Reads, owns nothing. */
#include "elf_view.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/syscall.h>

#include "core.h"

struct dynamic_view {
	const char *strings;
	const ElfW(Sym) *symbols;
	const ElfW(Rela) *relocations[2]; /* DT_RELA, DT_JMPREL */
	size_t sizes[2];
};

/* glibc adds the bias to the addresses in the section, other loaders do not. */
static const void *at_address(const struct module *module, ElfW(Addr) value)
{
	return (const void *)(value < module->bias ? value + module->bias : value);
}

static void read_dynamic(const struct module *module, struct dynamic_view *view)
{
	zero_bytes(view, sizeof *view);
	for (const ElfW(Dyn) *entry = module->dynamic; entry && entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == DT_STRTAB)
			view->strings = at_address(module, entry->d_un.d_ptr);
		else if (entry->d_tag == DT_SYMTAB)
			view->symbols = at_address(module, entry->d_un.d_ptr);
		else if (entry->d_tag == DT_RELA)
			view->relocations[0] = at_address(module, entry->d_un.d_ptr);
		else if (entry->d_tag == DT_RELASZ)
			view->sizes[0] = entry->d_un.d_val;
		else if (entry->d_tag == DT_JMPREL)
			view->relocations[1] = at_address(module, entry->d_un.d_ptr);
		else if (entry->d_tag == DT_PLTRELSZ)
			view->sizes[1] = entry->d_un.d_val;
	}
}

bool elf_imports(const struct module *module, const char *name)
{
	struct dynamic_view view;
	read_dynamic(module, &view);
	if (!view.strings || !view.symbols)
		return false;
	for (int part = 0; part < 2; part++) {
		const ElfW(Rela) *relocation = view.relocations[part];
		for (size_t i = 0; relocation && i < view.sizes[part] / sizeof *relocation; i++) {
			size_t index = ELF64_R_SYM(relocation[i].r_info);
			const ElfW(Sym) *symbol = &view.symbols[index];
			if (index && symbol->st_shndx == SHN_UNDEF && text_is(view.strings + symbol->st_name, name))
				return true;
		}
	}
	return false;
}

static bool read_at(long descriptor, void *buffer, size_t size, uint64_t offset)
{
	return system_call(SYS_pread64, descriptor, buffer, size, offset) == (long)size;
}

/* The file is that of the object in memory: its dynamic segment lies where the loaded one does. */
static bool is_file_of(const struct module *module, long descriptor, const ElfW(Ehdr) *header)
{
	if (!same_bytes(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64)
		return false;
	for (unsigned i = 0; i < header->e_phnum; i++) {
		ElfW(Phdr) segment;
		if (!read_at(descriptor, &segment, sizeof segment, header->e_phoff + i * sizeof segment))
			return false;
		if (segment.p_type == PT_LOAD && segment.p_flags & PF_X &&
		    (segment.p_vaddr + module->bias < module->start ||
		     segment.p_vaddr + segment.p_memsz + module->bias > module->end))
			return false;
		if (segment.p_type == PT_DYNAMIC && segment.p_vaddr + module->bias != (uintptr_t)module->dynamic)
			return false;
	}
	return true;
}

static void visit_sections(const struct module *module, long descriptor, const char *name,
			   void (*visit)(uintptr_t address, size_t size, void *context), void *context)
{
	ElfW(Ehdr) header;
	ElfW(Shdr) names, section;
	char found[64];
	size_t length = text_length(name) + 1;
	if (!read_at(descriptor, &header, sizeof header, 0) || !is_file_of(module, descriptor, &header) ||
	    header.e_shentsize != sizeof section || header.e_shstrndx >= header.e_shnum || length > sizeof found ||
	    !read_at(descriptor, &names, sizeof names, header.e_shoff + header.e_shstrndx * sizeof names))
		return;
	for (unsigned i = 0; i < header.e_shnum; i++) {
		if (!read_at(descriptor, &section, sizeof section, header.e_shoff + i * sizeof section))
			return;
		if (section.sh_type == SHT_PROGBITS && section.sh_flags & SHF_ALLOC &&
		    read_at(descriptor, found, length, names.sh_offset + section.sh_name) &&
		    same_bytes(found, name, length))
			visit(module->bias + section.sh_addr, section.sh_size, context);
	}
}

void elf_sections(const struct module *module, const char *name,
		  void (*visit)(uintptr_t address, size_t size, void *context), void *context)
{
	const char *path = module->id == 1 ? "/proc/self/exe" : module->path;
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path, (long)(O_RDONLY | O_CLOEXEC));
	if (descriptor < 0)
		return;
	visit_sections(module, descriptor, name, visit, context);
	system_call(SYS_close, descriptor);
}

/* The table of function starts in .eh_frame_hdr: pairs of 32-bit words relative to it. NULL: not as linkers write it
 * (version 1; .eh_frame as pcrel sdata4; count as udata4; table as datarel sdata4). */
static const int32_t *start_table(const struct module *module, size_t *count)
{
	const uint8_t *header = module->eh_frame_header;
	if (!header || module->eh_frame_header_size < 12 || header[0] != 1 || header[1] != 0x1b || header[2] != 0x03 ||
	    header[3] != 0x3b)
		return NULL;
	const int32_t *words = (const int32_t *)(const void *)header;
	*count = (uint32_t)words[2];
	return *count <= (module->eh_frame_header_size - 12) / 8 ? words + 3 : NULL;
}

uintptr_t elf_function_start(const struct module *module, uintptr_t address)
{
	size_t count = 0;
	const int32_t *table = start_table(module, &count);
	uintptr_t base = (uintptr_t)module->eh_frame_header, found = 0;
	size_t low = 0, high = table ? count : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uintptr_t start = base + (uintptr_t)(intptr_t)table[2 * middle];
		if (start <= address) {
			found = start;
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return found;
}

int elf_starts_function(const struct module *module, uintptr_t address)
{
	size_t count;
	return start_table(module, &count) ? elf_function_start(module, address) == address : -1;
}
