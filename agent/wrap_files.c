/* SPDX-License-Identifier: MIT */
/* Wraps: what names, opens, changes and removes files and directories. */
#include "descriptors.h"
#include "wrap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- opening ---- */

static void told_open(const struct scene *scene, int directory, const char *path, int flags, int descriptor)
{
	enum trace_resource_kind kind = flags & O_DIRECTORY && (flags & O_TMPFILE) != O_TMPFILE ? TRACE_RESOURCE_DIRECTORY
											       : TRACE_RESOURCE_FILE;
	uint32_t resource = path_resource(kind, directory, path);

	if (descriptor >= 0)
		descriptor_set(descriptor, resource);
	scene_use(scene, resource, flags & O_CREAT ? TRACE_CREATE : TRACE_OPEN, 0, descriptor < 0);
}

/* The mode is there only where the flags say so. */
#define OPEN_MODE(flags)                                                                                               \
	mode_t mode = 0;                                                                                               \
	if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) {                                                 \
		va_list arguments;                                                                                     \
		va_start(arguments, flags);                                                                            \
		mode = va_arg(arguments, mode_t);                                                                      \
		va_end(arguments);                                                                                     \
	}
#define WRAP_OPEN(name)                                                                                                \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(const char *path, int flags, ...)                                                        \
	{                                                                                                              \
		OPEN_MODE(flags)                                                                                       \
		int descriptor = REAL(name)(path, flags, mode);                                                        \
		TELL(told_open(&scene, AT_FDCWD, path, flags, descriptor));                                            \
		return descriptor;                                                                                     \
	}
#define WRAP_OPENAT(name)                                                                                              \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(int directory, const char *path, int flags, ...)                                         \
	{                                                                                                              \
		OPEN_MODE(flags)                                                                                       \
		int descriptor = REAL(name)(directory, path, flags, mode);                                             \
		TELL(told_open(&scene, directory, path, flags, descriptor));                                           \
		return descriptor;                                                                                     \
	}
#define WRAP_OPEN_CHECKED(name)                                                                                        \
	int name(const char *path, int flags);                                                                         \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(const char *path, int flags)                                                             \
	{                                                                                                              \
		int descriptor = REAL(name)(path, flags);                                                              \
		TELL(told_open(&scene, AT_FDCWD, path, flags, descriptor));                                            \
		return descriptor;                                                                                     \
	}
#define WRAP_OPENAT_CHECKED(name)                                                                                      \
	int name(int directory, const char *path, int flags);                                                          \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(int directory, const char *path, int flags)                                              \
	{                                                                                                              \
		int descriptor = REAL(name)(directory, path, flags);                                                   \
		TELL(told_open(&scene, directory, path, flags, descriptor));                                           \
		return descriptor;                                                                                     \
	}
#define WRAP_CREAT(name)                                                                                               \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(const char *path, mode_t mode)                                                           \
	{                                                                                                              \
		int descriptor = REAL(name)(path, mode);                                                               \
		TELL(told_open(&scene, AT_FDCWD, path, O_CREAT, descriptor));                                          \
		return descriptor;                                                                                     \
	}
#define WRAP_MKSTEMP(name, parameters, ...)                                                                            \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int descriptor = REAL(name)(__VA_ARGS__);                                                              \
		TELL(told_open(&scene, AT_FDCWD, template, O_CREAT, descriptor));                                      \
		return descriptor;                                                                                     \
	}
WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP_OPEN_CHECKED(__open_2)
WRAP_OPEN_CHECKED(__open64_2)
WRAP_OPENAT_CHECKED(__openat_2)
WRAP_OPENAT_CHECKED(__openat64_2)
WRAP_CREAT(creat)
WRAP_CREAT(creat64)
WRAP_MKSTEMP(mkstemp, (char *template), template)
WRAP_MKSTEMP(mkstemp64, (char *template), template)
WRAP_MKSTEMP(mkostemp, (char *template, int flags), template, flags)
WRAP_MKSTEMP(mkostemp64, (char *template, int flags), template, flags)
WRAP_MKSTEMP(mkstemps, (char *template, int suffix), template, suffix)
WRAP_MKSTEMP(mkstemps64, (char *template, int suffix), template, suffix)
WRAP_MKSTEMP(mkostemps, (char *template, int suffix, int flags), template, suffix, flags)
WRAP_MKSTEMP(mkostemps64, (char *template, int suffix, int flags), template, suffix, flags)

/* ---- what works on names ---- */

static void told_path(const struct scene *scene, enum trace_resource_kind kind, int directory, const char *path,
		      enum trace_operation operation, int result)
{
	scene_use(scene, path_resource(kind, directory, path), operation, 0, result != 0);
}

#define WRAP_PATH(name, kind, operation, directory, path, parameters, ...)                                             \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int result = REAL(name)(__VA_ARGS__);                                                                  \
		TELL(told_path(&scene, TRACE_RESOURCE_##kind, directory, path, operation, result));                    \
		return result;                                                                                         \
	}
WRAP_PATH(unlink, FILE, TRACE_REMOVE, AT_FDCWD, path, (const char *path), path)
WRAP_PATH(remove, FILE, TRACE_REMOVE, AT_FDCWD, path, (const char *path), path)
WRAP_PATH(rmdir, DIRECTORY, TRACE_REMOVE, AT_FDCWD, path, (const char *path), path)
WRAP_PATH(mkdir, DIRECTORY, TRACE_CREATE, AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
WRAP_PATH(mkdirat, DIRECTORY, TRACE_CREATE, directory, path, (int directory, const char *path, mode_t mode), directory, path,
	  mode)
WRAP_PATH(mkfifo, PIPE, TRACE_CREATE, AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
WRAP_PATH(mkfifoat, PIPE, TRACE_CREATE, directory, path, (int directory, const char *path, mode_t mode), directory, path, mode)
WRAP_PATH(truncate, FILE, TRACE_CHANGE, AT_FDCWD, path, (const char *path, off_t size), path, size)
WRAP_PATH(truncate64, FILE, TRACE_CHANGE, AT_FDCWD, path, (const char *path, off64_t size), path, size)
WRAP_PATH(chmod, FILE, TRACE_CHANGE, AT_FDCWD, path, (const char *path, mode_t mode), path, mode)
WRAP_PATH(fchmodat, FILE, TRACE_CHANGE, directory, path, (int directory, const char *path, mode_t mode, int flags), directory,
	  path, mode, flags)
WRAP_PATH(chown, FILE, TRACE_CHANGE, AT_FDCWD, path, (const char *path, uid_t owner, gid_t group), path, owner, group)
WRAP_PATH(lchown, FILE, TRACE_CHANGE, AT_FDCWD, path, (const char *path, uid_t owner, gid_t group), path, owner, group)
WRAP_PATH(link, FILE, TRACE_CREATE, AT_FDCWD, to, (const char *from, const char *to), from, to)
WRAP_PATH(symlink, FILE, TRACE_CREATE, AT_FDCWD, to, (const char *from, const char *to), from, to)
WRAP_PATH(linkat, FILE, TRACE_CREATE, to_directory, to,
	  (int directory, const char *from, int to_directory, const char *to, int flags), directory, from, to_directory, to, flags)
WRAP_PATH(symlinkat, FILE, TRACE_CREATE, directory, to, (const char *from, int directory, const char *to), from, directory, to)

WRAPPED(unlinkat);
AGENT_EXPORT int unlinkat(int directory, const char *path, int flags)
{
	int result = REAL(unlinkat)(directory, path, flags);
	TELL(told_path(&scene, flags & AT_REMOVEDIR ? TRACE_RESOURCE_DIRECTORY : TRACE_RESOURCE_FILE, directory, path, TRACE_REMOVE,
		       result));
	return result;
}

static void told_rename(const struct scene *scene, int directory, const char *from, int to_directory, const char *to, int result)
{
	told_path(scene, TRACE_RESOURCE_FILE, directory, from, TRACE_RENAME, result);
	told_path(scene, TRACE_RESOURCE_FILE, to_directory, to, TRACE_RENAME, result);
}

WRAPPED(rename);
AGENT_EXPORT int rename(const char *from, const char *to)
{
	int result = REAL(rename)(from, to);
	TELL(told_rename(&scene, AT_FDCWD, from, AT_FDCWD, to, result));
	return result;
}

WRAPPED(renameat);
AGENT_EXPORT int renameat(int directory, const char *from, int to_directory, const char *to)
{
	int result = REAL(renameat)(directory, from, to_directory, to);
	TELL(told_rename(&scene, directory, from, to_directory, to, result));
	return result;
}

WRAPPED(renameat2);
AGENT_EXPORT int renameat2(int directory, const char *from, int to_directory, const char *to, unsigned flags)
{
	int result = REAL(renameat2)(directory, from, to_directory, to, flags);
	TELL(told_rename(&scene, directory, from, to_directory, to, result));
	return result;
}

WRAPPED(mkdtemp);
AGENT_EXPORT char *mkdtemp(char *template)
{
	char *result = REAL(mkdtemp)(template);
	TELL(told_path(&scene, TRACE_RESOURCE_DIRECTORY, AT_FDCWD, template, TRACE_CREATE, !result));
	return result;
}

/* ---- directories ---- */

static void told_opendir(const struct scene *scene, const char *path, DIR *stream)
{
	uint32_t resource = path_resource(TRACE_RESOURCE_DIRECTORY, AT_FDCWD, path);

	if (stream)
		descriptor_set(dirfd(stream), resource);
	scene_use(scene, resource, TRACE_OPEN, 0, !stream);
}

WRAPPED(opendir);
AGENT_EXPORT DIR *opendir(const char *path)
{
	DIR *stream = REAL(opendir)(path);
	TELL(told_opendir(&scene, path, stream));
	return stream;
}

WRAPPED(closedir);
AGENT_EXPORT int closedir(DIR *stream)
{
	uint32_t resource = descriptor_take(dirfd(stream));
	int result = REAL(closedir)(stream);
	TELL(told_close(&scene, resource, result));
	return result;
}

#define WRAP_READDIR(name, type)                                                                                       \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT struct type *name(DIR *stream)                                                                    \
	{                                                                                                              \
		struct type *entry = REAL(name)(stream);                                                               \
		TELL(descriptor_used(&scene, dirfd(stream), TRACE_READ, 0));                                           \
		return entry;                                                                                          \
	}
WRAP_READDIR(readdir, dirent)
WRAP_READDIR(readdir64, dirent64)

#define WRAP_SCANDIR(name, type)                                                                                       \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(const char *path, struct type ***entries, int (*filter)(const struct type *),             \
			      int (*compare)(const struct type **, const struct type **))                              \
	{                                                                                                              \
		int count = REAL(name)(path, entries, filter, compare);                                                \
		TELL(told_path(&scene, TRACE_RESOURCE_DIRECTORY, AT_FDCWD, path, TRACE_READ, count < 0));              \
		return count;                                                                                          \
	}
WRAP_SCANDIR(scandir, dirent)
WRAP_SCANDIR(scandir64, dirent64)
