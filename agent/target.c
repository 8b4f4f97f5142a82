/* SPDX-License-Identifier: MIT */
/* Whether a program that is about to be started can be followed. Raw system calls and the stack alone: also used between
 * vfork and exec. */
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lifecycle.h"

extern char **environ;

static bool gains_rights(const char *path, long descriptor)
{
	struct stat status;
	if (system_call(SYS_fstat, descriptor, &status) != 0)
		return true;
	if (status.st_mode & (S_ISUID | S_ISGID))
		return true;
	return system_call(SYS_getxattr, path, "security.capability", NULL, 0L) > 0;
}

/* An interpreter of glibc: another C library's loader would fail over the agent. */
static bool elf_follows(long descriptor, const Elf64_Ehdr *header)
{
	Elf64_Phdr segment;
	char interpreter[256];
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != (pool_header ? pool_header->machine : 0))
		return false;
	for (unsigned i = 0; i < header->e_phnum; i++) {
		if (system_call(SYS_pread64, descriptor, &segment, sizeof segment,
				header->e_phoff + i * sizeof segment) != (long)sizeof segment)
			return false;
		if (segment.p_type != PT_INTERP || segment.p_filesz == 0 || segment.p_filesz > sizeof interpreter)
			continue;
		if (system_call(SYS_pread64, descriptor, interpreter, segment.p_filesz, segment.p_offset) !=
		    (long)segment.p_filesz)
			return false;
		interpreter[segment.p_filesz - 1] = 0;
		return same_bytes(text_file_name(interpreter), "ld-linux", 8);
	}
	return false;
}

/* The interpreter named in the first line of a script; false: none. */
static bool script_interpreter(const char *line, size_t length, char *out, size_t size)
{
	size_t at = 2, put = 0;
	while (at < length && (line[at] == ' ' || line[at] == '\t'))
		at++;
	while (at < length && line[at] > ' ' && put + 1 < size)
		out[put++] = line[at++];
	out[put] = 0;
	return put > 0;
}

static bool follows(const char *path, int depth)
{
	union {
		Elf64_Ehdr header;
		char text[256];
	} start;
	char interpreter[256];
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path, (long)(O_RDONLY | O_CLOEXEC | O_NONBLOCK));
	if (descriptor < 0)
		return descriptor == -2 /* ENOENT: nothing will run */;
	long length = system_call(SYS_pread64, descriptor, &start, sizeof start, 0L);
	bool is_followed = !gains_rights(path, descriptor), has_interpreter = false;
	if (length >= (long)sizeof start.header && same_bytes(start.text, ELFMAG, SELFMAG))
		is_followed = is_followed && elf_follows(descriptor, &start.header);
	else if (length > 2 && start.text[0] == '#' && start.text[1] == '!')
		has_interpreter = script_interpreter(start.text, (size_t)length, interpreter, sizeof interpreter);
	system_call(SYS_close, descriptor);
	return is_followed && (!has_interpreter || depth > 3 || follows(interpreter, depth + 1));
}

bool target_follows(const char *path)
{
	return pool_is_frozen || !path || follows(path, 0);
}

bool target_search(const char *name, char *buffer, size_t size)
{
	const char *folders = "/bin:/usr/bin";
	for (char **entry = environ; entry && *entry; entry++) {
		if (same_bytes(*entry, "PATH=", 5))
			folders = *entry + 5;
	}
	size_t length = 0;
	buffer[0] = 0;
	for (const char *at = name; *at; at++) {
		if (*at == '/')
			return text_append(buffer, size, &length, name);
	}
	while (!pool_is_frozen) {
		length = 0;
		for (; *folders && *folders != ':' && length + 1 < size; folders++)
			buffer[length++] = *folders;
		buffer[length] = 0;
		if (length)
			text_append(buffer, size, &length, "/");
		if (text_append(buffer, size, &length, name) &&
		    system_call(SYS_faccessat, (long)AT_FDCWD, buffer, (long)X_OK) == 0)
			return true;
		if (!*folders++)
			return false;
	}
	return false;
}
