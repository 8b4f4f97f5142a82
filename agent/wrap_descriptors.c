/* SPDX-License-Identifier: MIT */
/* Wraps: what works on an open descriptor: reading, writing, mapping, copying and closing it. */
#include "descriptors.h"
#include "wrap.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- closing and copying ---- */

WRAPPED(close);
AGENT_EXPORT int close(int descriptor)
{
	uint32_t resource = descriptor_take(descriptor); /* before: another thread may get the number as soon as it is free */
	int result = REAL(close)(descriptor);
	TELL(told_close(&scene, resource, result));
	return result;
}

WRAPPED(close_range);
AGENT_EXPORT int close_range(unsigned first, unsigned last, int flags)
{
	if (!(flags & CLOSE_RANGE_CLOEXEC))
		descriptors_forget(first, last);
	return REAL(close_range)(first, last, flags);
}

WRAPPED(closefrom);
AGENT_EXPORT void closefrom(int first)
{
	descriptors_forget(first > 0 ? (unsigned)first : 0, UINT32_MAX);
	REAL(closefrom)(first);
}

/* Where recording is off, or is stopped, a stale number would be worse than none: these act without TELL. */
static int copied(int from, int to)
{
	if (to >= 0)
		descriptor_set(to, from >= 0 && to != from ? descriptor_known(from) : descriptor_known(to));
	return to;
}

WRAPPED(dup);
AGENT_EXPORT int dup(int descriptor)
{
	return copied(descriptor, REAL(dup)(descriptor));
}

WRAPPED(dup2);
AGENT_EXPORT int dup2(int from, int to)
{
	return copied(from, REAL(dup2)(from, to));
}

WRAPPED(dup3);
AGENT_EXPORT int dup3(int from, int to, int flags)
{
	return copied(from, REAL(dup3)(from, to, flags));
}

/* All commands take at most one more argument that fits a register; handing on one that is not there harms nobody. */
#define WRAP_FCNTL(name)                                                                                               \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(int descriptor, int command, ...)                                                        \
	{                                                                                                              \
		va_list arguments;                                                                                     \
		va_start(arguments, command);                                                                          \
		void *argument = va_arg(arguments, void *);                                                            \
		va_end(arguments);                                                                                     \
		int result = REAL(name)(descriptor, command, argument);                                                \
		if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)                                                  \
			return copied(descriptor, result);                                                             \
		if (command == F_SETLK || command == F_SETLKW)                                                         \
			TELL(descriptor_used(&scene, descriptor, TRACE_LOCK, result));                                 \
		return result;                                                                                         \
	}
WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)

/* ---- moving bytes ---- */

#define WRAP_MOVE(name, operation, parameters, ...)                                                                    \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT ssize_t name parameters                                                                           \
	{                                                                                                              \
		ssize_t result = REAL(name)(__VA_ARGS__);                                                              \
		TELL(descriptor_used(&scene, descriptor, operation, result));                                          \
		return result;                                                                                         \
	}
#define WRAP_MOVE_CHECKED(name, operation, parameters, ...)                                                            \
	ssize_t name parameters;                                                                                       \
	WRAP_MOVE(name, operation, parameters, __VA_ARGS__)
WRAP_MOVE(read, TRACE_READ, (int descriptor, void *buffer, size_t size), descriptor, buffer, size)
WRAP_MOVE(write, TRACE_WRITE, (int descriptor, const void *buffer, size_t size), descriptor, buffer, size)
WRAP_MOVE(pread, TRACE_READ, (int descriptor, void *buffer, size_t size, off_t offset), descriptor, buffer, size, offset)
WRAP_MOVE(pread64, TRACE_READ, (int descriptor, void *buffer, size_t size, off64_t offset), descriptor, buffer, size, offset)
WRAP_MOVE(pwrite, TRACE_WRITE, (int descriptor, const void *buffer, size_t size, off_t offset), descriptor, buffer, size, offset)
WRAP_MOVE(pwrite64, TRACE_WRITE, (int descriptor, const void *buffer, size_t size, off64_t offset), descriptor, buffer, size,
	  offset)
WRAP_MOVE(readv, TRACE_READ, (int descriptor, const struct iovec *parts, int count), descriptor, parts, count)
WRAP_MOVE(writev, TRACE_WRITE, (int descriptor, const struct iovec *parts, int count), descriptor, parts, count)
WRAP_MOVE(preadv, TRACE_READ, (int descriptor, const struct iovec *parts, int count, off_t offset), descriptor, parts, count,
	  offset)
WRAP_MOVE(preadv64, TRACE_READ, (int descriptor, const struct iovec *parts, int count, off64_t offset), descriptor, parts, count,
	  offset)
WRAP_MOVE(pwritev, TRACE_WRITE, (int descriptor, const struct iovec *parts, int count, off_t offset), descriptor, parts, count,
	  offset)
WRAP_MOVE(pwritev64, TRACE_WRITE, (int descriptor, const struct iovec *parts, int count, off64_t offset), descriptor, parts,
	  count, offset)
WRAP_MOVE_CHECKED(__read_chk, TRACE_READ, (int descriptor, void *buffer, size_t size, size_t room), descriptor, buffer, size, room)
WRAP_MOVE_CHECKED(__pread_chk, TRACE_READ, (int descriptor, void *buffer, size_t size, off_t offset, size_t room), descriptor,
		  buffer, size, offset, room)
WRAP_MOVE_CHECKED(__pread64_chk, TRACE_READ, (int descriptor, void *buffer, size_t size, off64_t offset, size_t room), descriptor,
		  buffer, size, offset, room)

static void told_transfer(const struct scene *scene, int from, int to, ssize_t result)
{
	descriptor_used(scene, from, TRACE_READ, result);
	descriptor_used(scene, to, TRACE_WRITE, result);
}

#define WRAP_TRANSFER(name, parameters, ...)                                                                           \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT ssize_t name parameters                                                                           \
	{                                                                                                              \
		ssize_t result = REAL(name)(__VA_ARGS__);                                                              \
		TELL(told_transfer(&scene, from, to, result));                                                         \
		return result;                                                                                         \
	}
WRAP_TRANSFER(sendfile, (int to, int from, off_t *offset, size_t size), to, from, offset, size)
WRAP_TRANSFER(sendfile64, (int to, int from, off64_t *offset, size_t size), to, from, offset, size)
WRAP_TRANSFER(splice, (int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size, unsigned flags), from, from_offset,
	      to, to_offset, size, flags)
WRAP_TRANSFER(copy_file_range, (int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size, unsigned flags), from,
	      from_offset, to, to_offset, size, flags)

/* ---- mapping and changing ---- */

#define WRAP_MMAP(name, offset_type)                                                                                   \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT void *name(void *address, size_t size, int protection, int flags, int descriptor, offset_type offset) \
	{                                                                                                              \
		void *result = REAL(name)(address, size, protection, flags, descriptor, offset);                       \
		if (descriptor >= 0 && !(flags & MAP_ANONYMOUS))                                                       \
			TELL(descriptor_used(&scene, descriptor, TRACE_MAP, result == MAP_FAILED ? -1 : (long)size));  \
		return result;                                                                                         \
	}
WRAP_MMAP(mmap, off_t)
WRAP_MMAP(mmap64, off64_t)

#define WRAP_CHANGE(name, operation, parameters, ...)                                                                  \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		int result = REAL(name)(__VA_ARGS__);                                                                  \
		TELL(descriptor_used(&scene, descriptor, operation, result ? -1 : 0));                                 \
		return result;                                                                                         \
	}
WRAP_CHANGE(ftruncate, TRACE_CHANGE, (int descriptor, off_t size), descriptor, size)
WRAP_CHANGE(ftruncate64, TRACE_CHANGE, (int descriptor, off64_t size), descriptor, size)
WRAP_CHANGE(fchmod, TRACE_CHANGE, (int descriptor, mode_t mode), descriptor, mode)
WRAP_CHANGE(fchown, TRACE_CHANGE, (int descriptor, uid_t owner, gid_t group), descriptor, owner, group)
WRAP_CHANGE(flock, TRACE_LOCK, (int descriptor, int operation), descriptor, operation)
WRAP_CHANGE(lockf, TRACE_LOCK, (int descriptor, int command, off_t size), descriptor, command, size)
WRAP_CHANGE(lockf64, TRACE_LOCK, (int descriptor, int command, off64_t size), descriptor, command, size)
