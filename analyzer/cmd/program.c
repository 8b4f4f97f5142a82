/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at a program's file as the kernel and the loader will. Runs nothing, and knows nothing of traces. */
#include "cmd/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#define OWN_LOADER "ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#define OWN_LOADER "ld-linux-aarch64.so.1"
#else
#define OWN_MACHINE EM_NONE
#define OWN_LOADER ""
#endif

#define MOST_INTERPRETERS 4 /* as many as the kernel goes through */
#define AGENT_PAGE_SIZE 4096  /* what the agent is laid out for */

/* ---- finding it ---- */

static bool is_program(const char *path)
{
	struct stat status;
	return !stat(path, &status) && S_ISREG(status.st_mode) && !access(path, X_OK);
}

static int find(const char *name, char **out, struct err *err)
{
	if (strchr(name, '/')) {
		struct stat status;
		if (stat(name, &status))
			return err_errno(err, ERR_INPUT, errno, "%s: cannot be traced", name);
		if (S_ISDIR(status.st_mode))
			return err_set(err, ERR_INPUT, "%s: is a folder, not a program", name);
		if (!is_program(name))
			return err_set(err, ERR_INPUT, "%s: is not executable; chmod +x it, or name its interpreter in front of it", name);
		*out = mem_strdup(name);
		return 0;
	}
	const char *path = getenv("PATH");
	for (const char *at = path ? path : "/usr/local/bin:/bin:/usr/bin"; *name;) {
		size_t length = strcspn(at, ":");
		char *folder = mem_strndup(length ? at : ".", length ? length : 1);
		struct buf file;
		buf_init(&file, BUF_NO_CEILING);
		buf_printf(&file, "%s/%s", folder, name);
		free(folder);
		if (is_program(file.data)) {
			*out = buf_take(&file, NULL);
			return 0;
		}
		buf_finish(&file);
		if (!at[length])
			break;
		at += length + 1;
	}
	return err_set(err, ERR_INPUT, "%s: no such program on PATH; for one in this folder say ./%s", name, name);
}

/* ---- what changes its rights ---- */

static int check_rights(const char *path, const struct stat *status, struct err *err)
{
	bool other_user = (status->st_mode & S_ISUID) && status->st_uid != getuid();
	bool other_group = (status->st_mode & S_ISGID) && (status->st_mode & S_IXGRP) && status->st_gid != getgid();
	if (other_user || other_group)
		return err_set(err, ERR_INPUT, "%s: is set-%s: the loader keeps preloaded libraries out of it; trace a copy of it (cp drops the "
			       "bit), as a user who may do what it does", path, other_user ? "uid" : "gid");
	if (getuid() && getxattr(path, "security.capability", NULL, 0) > 0)
		return err_set(err, ERR_INPUT, "%s: has file capabilities: the loader keeps preloaded libraries out of it; trace a copy of it (cp "
			       "drops them), as a user who may do what it does", path);
	return 0;
}

/* ---- ELF ---- */

struct image { const unsigned char *bytes; size_t size; };

static bool image_has(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->size && size <= image->size - offset;
}

static const char *image_text(const struct image *image, uint64_t offset)
{
	return offset < image->size && memchr(image->bytes + offset, 0, image->size - offset) ? (const char *)image->bytes + offset : "";
}

static uint64_t file_offset(const struct image *image, const Elf64_Ehdr *header, uint64_t address)
{
	for (unsigned i = 0; i < header->e_phnum; i++) {
		Elf64_Phdr segment;
		memcpy(&segment, image->bytes + header->e_phoff + (uint64_t)i * sizeof segment, sizeof segment);
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
			return address - segment.p_vaddr + segment.p_offset;
	}
	return UINT64_MAX;
}

/* A sanitizer linked as a library ends the program where another one is loaded before it. */
static char *find_sanitizer(const struct image *image, const Elf64_Ehdr *header, const Elf64_Phdr *dynamic)
{
	uint64_t strings = UINT64_MAX;
	char *found = NULL;
	if (!image_has(image, dynamic->p_offset, dynamic->p_filesz))
		return NULL;
	for (int pass = 0; pass < 2 && !found; pass++)
		for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic->p_filesz && !found; at += sizeof(Elf64_Dyn)) {
			Elf64_Dyn entry;
			memcpy(&entry, image->bytes + dynamic->p_offset + at, sizeof entry);
			if (entry.d_tag == DT_NULL)
				break;
			if (pass == 0 && entry.d_tag == DT_STRTAB)
				strings = file_offset(image, header, entry.d_un.d_ptr);
			if (pass == 0 || entry.d_tag != DT_NEEDED || strings == UINT64_MAX || entry.d_un.d_val > image->size)
				continue;
			const char *name = image_text(image, strings + entry.d_un.d_val);
			if (!strncmp(name, "libasan.so", 10) || !strncmp(name, "libtsan.so", 10) || !strncmp(name, "libclang_rt.asan", 16))
				found = mem_strdup(name);
		}
	return found;
}

static const char *machine_name(unsigned machine)
{
	switch (machine) {
	case EM_386: return "x86 (32 bit)";
	case EM_X86_64: return "x86-64";
	case EM_ARM: return "ARM (32 bit)";
	case EM_AARCH64: return "AArch64";
	case EM_RISCV: return "RISC-V";
	default: return "another";
	}
}

static int check_image(const char *path, const struct image *image, struct program *out, struct err *err)
{
	Elf64_Ehdr header;
	const char *loader = NULL;
	if (image->size < sizeof header)
		return err_set(err, ERR_INPUT, "%s: is a damaged program", path);
	memcpy(&header, image->bytes, sizeof header);
	if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != OWN_MACHINE)
		return err_set(err, ERR_INPUT, "%s: is a program for a %s machine, and the agent is for %s; build it for that, or trace on such a "
			       "machine with a sightline built there and 'sightline ingest' the traces here", path,
			       machine_name(header.e_machine), machine_name(OWN_MACHINE));
	if (header.e_phentsize != sizeof(Elf64_Phdr) || !image_has(image, header.e_phoff, (uint64_t)header.e_phnum * sizeof(Elf64_Phdr)))
		return err_set(err, ERR_INPUT, "%s: is a damaged program", path);
	for (unsigned i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr segment;
		memcpy(&segment, image->bytes + header.e_phoff + (uint64_t)i * sizeof segment, sizeof segment);
		if (segment.p_type == PT_INTERP)
			loader = image_text(image, segment.p_offset);
		else if (segment.p_type == PT_DYNAMIC && !out->sanitizer)
			out->sanitizer = find_sanitizer(image, &header, &segment);
	}
	if (!loader)
		return err_set(err, ERR_INPUT, "%s: is statically linked: no library can be preloaded into it; link it without -static (and "
			       "-static-pie) and trace that", path);
	if (!strncmp(path_basename(loader), "ld-musl-", 8))
		return err_set(err, ERR_INPUT, "%s: is linked against musl (%s), and the agent against glibc; build it against glibc and trace that",
			       path, loader);
	if (strcmp(path_basename(loader), OWN_LOADER))
		return err_set(err, ERR_INPUT, "%s: is linked against another C library (loader %s), and the agent against glibc; build it against "
			       "glibc and trace that", path, loader);
	return 0;
}

/* ---- a file ---- */

/* "#!/usr/bin/env python3": the interpreter's path. NULL: not a script. */
static char *interpreter_of(const struct image *image)
{
	if (image->size < 3 || memcmp(image->bytes, "#!", 2))
		return NULL;
	const char *line = (const char *)image->bytes + 2, *end = memchr(line, '\n', image->size - 2);
	size_t length = end ? (size_t)(end - line) : image->size - 2;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	size_t name = 0;
	while (name < length && line[name] != ' ' && line[name] != '\t' && line[name] != '\r')
		name++;
	return name ? mem_strndup(line, name) : NULL;
}

static int check_file(const char *path, unsigned depth, struct program *out, struct err *err)
{
	struct stat status;
	struct image image = {NULL, 0};
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &status)) {
		int why = errno;
		if (file >= 0)
			close(file);
		/* It may be executed without being readable; then nobody can say what it is. */
		return err_errno(err, ERR_INPUT, why, "%s: cannot be read, so it cannot be told whether it can be traced", path);
	}
	int result = check_rights(path, &status, err);
	if (!result && status.st_size > 0) {
		image.size = (size_t)status.st_size;
		void *bytes = mmap(NULL, image.size, PROT_READ, MAP_PRIVATE, file, 0);
		image.bytes = bytes == MAP_FAILED ? NULL : bytes;
		if (!image.bytes)
			result = err_errno(err, ERR_INPUT, errno, "%s: cannot be read", path);
	}
	close(file);
	char *interpreter = result || !image.bytes ? NULL : interpreter_of(&image);
	if (result) {
		/* said */
	} else if (interpreter && depth >= MOST_INTERPRETERS) {
		result = err_set(err, ERR_INPUT, "%s: its interpreter is a script, and so on: too many", path);
	} else if (interpreter) {
		result = is_program(interpreter) ? check_file(interpreter, depth + 1, out, err)
						  : err_set(err, ERR_INPUT, "its interpreter %s: is no program", interpreter);
		if (result)
			result = err_prefix(err, "%s", path);
	} else if (image.size < SELFMAG || memcmp(image.bytes, ELFMAG, SELFMAG)) {
		result = err_set(err, ERR_INPUT, "%s: is no program; if it is a script, its first line must name the interpreter (#!), or name that "
				 "in front of it", path);
	} else {
		result = check_image(path, &image, out, err);
	}
	free(interpreter);
	if (image.bytes)
		munmap((void *)image.bytes, image.size);
	return result;
}

int program_check(const char *name, struct program *out, struct err *err)
{
	struct program program = {NULL, NULL};
	long page = sysconf(_SC_PAGESIZE);
	if (page != AGENT_PAGE_SIZE)
		return err_set(err, ERR_INPUT, "this kernel's pages have %ld bytes, and the agent records on kernels with pages of %d bytes only; "
			       "trace on such a one and 'sightline ingest' the traces here", page, AGENT_PAGE_SIZE);
	int result = find(name, &program.path, err);
	if (!result)
		result = check_file(program.path, 0, &program, err);
	if (result)
		program_finish(&program);
	else
		*out = program;
	return result;
}

void program_finish(struct program *program)
{
	free(program->path);
	free(program->sanitizer);
	*program = (struct program){NULL, NULL};
}
