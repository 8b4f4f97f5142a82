/* SPDX-License-Identifier: MIT */
/* Which modules are the user's own: what lies below the folders, or is one of the files, that the launcher names. Their
 * functions are what a release can name; of a shell or a compiler that a "make check" starts it knows none. */
#include <fcntl.h>
#include <sys/syscall.h>

#include "core.h"
#include "lookup.h"

bool own_is_sanitized(const struct module *module)
{
	static const char *const names[] = {"__asan_init", "__tsan_init", "__msan_init", "__hwasan_init", "__lsan_init"};
	struct lookup_object object;
	if (!module->dynamic)
		return false;
	lookup_object_open(&object, module->bias, module->dynamic);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (object.symbols && object.strings && lookup_in(&object, names[i], NULL, LOOKUP_LIKE_LINKS))
			return true;
	return false;
}

bool real_path(const char *path, char *out, size_t size)
{
	char name[40];
	size_t length = 0;
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path, (long)(O_PATH | O_CLOEXEC));
	if (descriptor < 0)
		return false;
	text_append(name, sizeof name, &length, "/proc/self/fd/");
	text_append_number(name, sizeof name, &length, (uint64_t)descriptor);
	long got = system_call(SYS_readlinkat, (long)AT_FDCWD, name, out, size - 1);
	system_call(SYS_close, descriptor);
	if (got <= 0)
		return false;
	out[got] = 0;
	return true;
}

/* The line is the path, or a folder above it. */
static bool holds(const char *line, size_t length, const char *path)
{
	while (length && line[length - 1] == '/')
		length--;
	for (size_t i = 0; i < length; i++)
		if (path[i] != line[i])
			return false;
	return path[length] == 0 || path[length] == '/';
}

bool own_has(const struct module *module, const char *path)
{
	static char real[4096]; /* modules_refresh has a lock */
	if (!agent_options.own[0] || !*path)
		return false;
	/* The program itself: the kernel's word, which is no link. */
	if (module->id != 1 && real_path(path, real, sizeof real))
		path = real;
	for (const char *line = agent_options.own; *line;) {
		size_t length = 0;
		while (line[length] && line[length] != '\n')
			length++;
		if (length && path[0] == '/' && holds(line, length, path))
			return true;
		line += length + (line[length] != 0);
	}
	return false;
}
