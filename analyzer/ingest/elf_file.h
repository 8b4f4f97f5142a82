/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ELF file on disk: opened with care, told by its build id, its bytes at addresses; and where its debug file lies.
 * Knows nothing of functions. */
#ifndef SIGHTLINE_INGEST_ELF_FILE_H
#define SIGHTLINE_INGEST_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct elf_file {
	int fd;
	Elf *elf;
	char *path;
	unsigned machine;
	uint64_t entry;
	int64_t modified_at; /* ns since the epoch */
	const unsigned char *build_id; /* NULL: none */
	size_t build_id_length;
};

/* A regular ELF file, or NULL. */
struct elf_file *elf_file_open(const char *path);
void elf_file_close(struct elf_file *file);

bool elf_file_has_build_id(const struct elf_file *file, const void *id, size_t length);
/* Bytes at a virtual address, at most wanted, from what the loader maps; NULL: none in the file. */
const unsigned char *elf_file_bytes(const struct elf_file *file, uint64_t address, size_t wanted, size_t *length);
bool elf_file_is_executable(const struct elf_file *file, uint64_t address);
bool elf_file_is_loaded(const struct elf_file *file, uint64_t address); /* in any PT_LOAD, .bss included */

/* A section by name; NULL: there is none with contents. */
Elf_Scn *elf_file_section(const struct elf_file *file, const char *name, GElf_Shdr *header);
/* Does it hold DWARF, or a symbol table beyond the dynamic one? */
bool elf_file_has_dwarf(const struct elf_file *file);
bool elf_file_has_symbols(const struct elf_file *file);

/* The debug file of a module: by build id, then by .gnu_debuglink (name and checksum; file may be NULL where the module
 * itself is gone). folders: NULL at the end, may be NULL; /usr/lib/debug comes last. NULL: none found. */
struct elf_file *elf_file_open_debug(const struct elf_file *file, const char *path, const void *id, size_t id_length,
				     const char *const *folders);

#endif
