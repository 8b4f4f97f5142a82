/* SPDX-License-Identifier: MIT */
/* Wraps: streams of stdio, told as uses of the file behind their descriptor. What is counted is the program's call, not
 * when the buffer goes out. Single characters (getc, putc and the like) are left alone: they cost less than telling. */
#undef __OPTIMIZE__ /* <stdio.h> would define some of them inline */
#include "descriptors.h"
#include "wrap.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening and closing ---- */

static void told_stream(const struct scene *scene, const char *path, const char *mode, FILE *stream)
{
	uint32_t resource = path_resource(TRACE_RESOURCE_FILE, AT_FDCWD, path);

	if (stream)
		descriptor_set(fileno_unlocked(stream), resource);
	scene_use(scene, resource, mode[0] == 'r' ? TRACE_OPEN : TRACE_CREATE, 0, !stream);
}

#define WRAP_FOPEN(name)                                                                                               \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT FILE *name(const char *path, const char *mode)                                                    \
	{                                                                                                              \
		FILE *stream = REAL(name)(path, mode);                                                                 \
		TELL(told_stream(&scene, path, mode, stream));                                                         \
		return stream;                                                                                         \
	}
#define WRAP_FREOPEN(name)                                                                                             \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT FILE *name(const char *path, const char *mode, FILE *old)                                         \
	{                                                                                                              \
		descriptor_take(fileno_unlocked(old));                                                                 \
		FILE *stream = REAL(name)(path, mode, old);                                                            \
		if (path)                                                                                              \
			TELL(told_stream(&scene, path, mode, stream));                                                 \
		return stream;                                                                                         \
	}
WRAP_FOPEN(fopen)
WRAP_FOPEN(fopen64)
WRAP_FREOPEN(freopen)
WRAP_FREOPEN(freopen64)

WRAPPED(fclose);
AGENT_EXPORT int fclose(FILE *stream)
{
	uint32_t resource = descriptor_take(fileno_unlocked(stream));
	int result = REAL(fclose)(stream);
	TELL(told_close(&scene, resource, result));
	return result;
}

#define WRAP_TMPFILE(name)                                                                                             \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT FILE *name(void)                                                                                  \
	{                                                                                                              \
		FILE *stream = REAL(name)();                                                                           \
		TELL(scene_use(&scene, resource_named(TRACE_RESOURCE_FILE, "(temporary file)", NULL), TRACE_CREATE, 0, \
			       !stream));                                                                              \
		return stream;                                                                                         \
	}
WRAP_TMPFILE(tmpfile)
WRAP_TMPFILE(tmpfile64)

/* ---- reading and writing ---- */

/* A stream without a descriptor (memory, cookies) is of nobody's interest. */
static void stream_used(const struct scene *scene, FILE *stream, enum trace_operation operation, long result)
{
	int descriptor = fileno_unlocked(stream);

	if (descriptor >= 0)
		descriptor_used(scene, descriptor, operation, result);
}

#define WRAP_BLOCKS(name, operation, parameters, ...)                                                                  \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT size_t name parameters                                                                            \
	{                                                                                                              \
		size_t result = REAL(name)(__VA_ARGS__);                                                               \
		TELL(stream_used(&scene, stream, operation, (long)(result * size)));                                   \
		return result;                                                                                         \
	}
#define WRAP_BLOCKS_CHECKED(name, operation, parameters, ...)                                                          \
	size_t name parameters;                                                                                        \
	WRAP_BLOCKS(name, operation, parameters, __VA_ARGS__)
WRAP_BLOCKS(fread, TRACE_READ, (void *buffer, size_t size, size_t count, FILE *stream), buffer, size, count, stream)
WRAP_BLOCKS(fread_unlocked, TRACE_READ, (void *buffer, size_t size, size_t count, FILE *stream), buffer, size, count, stream)
WRAP_BLOCKS(fwrite, TRACE_WRITE, (const void *buffer, size_t size, size_t count, FILE *stream), buffer, size, count, stream)
WRAP_BLOCKS(fwrite_unlocked, TRACE_WRITE, (const void *buffer, size_t size, size_t count, FILE *stream), buffer, size, count,
	    stream)
WRAP_BLOCKS_CHECKED(__fread_chk, TRACE_READ, (void *buffer, size_t room, size_t size, size_t count, FILE *stream), buffer, room,
		    size, count, stream)
WRAP_BLOCKS_CHECKED(__fread_unlocked_chk, TRACE_READ, (void *buffer, size_t room, size_t size, size_t count, FILE *stream), buffer,
		    room, size, count, stream)

#define WRAP_LINE(name, parameters, ...)                                                                               \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT char *name parameters                                                                             \
	{                                                                                                              \
		char *result = REAL(name)(__VA_ARGS__);                                                                \
		TELL(stream_used(&scene, stream, TRACE_READ, result ? (long)strlen(result) : 0));                      \
		return result;                                                                                         \
	}
#define WRAP_LINE_CHECKED(name, parameters, ...)                                                                       \
	char *name parameters;                                                                                         \
	WRAP_LINE(name, parameters, __VA_ARGS__)
WRAP_LINE(fgets, (char *buffer, int size, FILE *stream), buffer, size, stream)
WRAP_LINE(fgets_unlocked, (char *buffer, int size, FILE *stream), buffer, size, stream)
WRAP_LINE_CHECKED(__fgets_chk, (char *buffer, size_t room, int size, FILE *stream), buffer, room, size, stream)
WRAP_LINE_CHECKED(__fgets_unlocked_chk, (char *buffer, size_t room, int size, FILE *stream), buffer, room, size, stream)

/* The end of the file is no error. */
#define WRAP_GETLINE(name, parameters, ...)                                                                            \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT ssize_t name parameters                                                                           \
	{                                                                                                              \
		ssize_t result = REAL(name)(__VA_ARGS__);                                                              \
		TELL(stream_used(&scene, stream, TRACE_READ, result > 0 ? result : 0));                                \
		return result;                                                                                         \
	}
WRAP_GETLINE(getline, (char **line, size_t *size, FILE *stream), line, size, stream)
WRAP_GETLINE(getdelim, (char **line, size_t *size, int end, FILE *stream), line, size, end, stream)
WRAP_GETLINE(__getdelim, (char **line, size_t *size, int end, FILE *stream), line, size, end, stream)

#define WRAP_TEXT(name)                                                                                                \
	WRAPPED(name);                                                                                                 \
	AGENT_EXPORT int name(const char *text, FILE *stream)                                                          \
	{                                                                                                              \
		int result = REAL(name)(text, stream);                                                                 \
		TELL(stream_used(&scene, stream, TRACE_WRITE, result < 0 ? -1 : (long)strlen(text)));                  \
		return result;                                                                                         \
	}
WRAP_TEXT(fputs)
WRAP_TEXT(fputs_unlocked)

WRAPPED(puts);
AGENT_EXPORT int puts(const char *text)
{
	int result = REAL(puts)(text);
	TELL(stream_used(&scene, stdout, TRACE_WRITE, result < 0 ? -1 : (long)strlen(text) + 1));
	return result;
}

/* ---- formatted ---- */

int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments);
int __vprintf_chk(int flag, const char *format, va_list arguments);
WRAPPED(vfprintf);
WRAPPED(vprintf);
WRAPPED(__vfprintf_chk);
WRAPPED(__vprintf_chk);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
int __printf_chk(int flag, const char *format, ...);

AGENT_EXPORT int vfprintf(FILE *stream, const char *format, va_list arguments)
{
	int result = REAL(vfprintf)(stream, format, arguments);
	TELL(stream_used(&scene, stream, TRACE_WRITE, result));
	return result;
}

AGENT_EXPORT int vprintf(const char *format, va_list arguments)
{
	int result = REAL(vprintf)(format, arguments);
	TELL(stream_used(&scene, stdout, TRACE_WRITE, result));
	return result;
}

AGENT_EXPORT int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments)
{
	int result = REAL(__vfprintf_chk)(stream, flag, format, arguments);
	TELL(stream_used(&scene, stream, TRACE_WRITE, result));
	return result;
}

AGENT_EXPORT int __vprintf_chk(int flag, const char *format, va_list arguments)
{
	int result = REAL(__vprintf_chk)(flag, format, arguments);
	TELL(stream_used(&scene, stdout, TRACE_WRITE, result));
	return result;
}

#define WRAP_FORMAT(name, target, last, parameters, ...)                                                               \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		va_list arguments;                                                                                     \
		va_start(arguments, last);                                                                             \
		int result = __VA_ARGS__;                                                                              \
		va_end(arguments);                                                                                     \
		TELL(stream_used(&scene, target, TRACE_WRITE, result));                                                \
		return result;                                                                                         \
	}
WRAP_FORMAT(fprintf, stream, format, (FILE *stream, const char *format, ...), REAL(vfprintf)(stream, format, arguments))
WRAP_FORMAT(printf, stdout, format, (const char *format, ...), REAL(vprintf)(format, arguments))
WRAP_FORMAT(__fprintf_chk, stream, format, (FILE *stream, int flag, const char *format, ...),
	    REAL(__vfprintf_chk)(stream, flag, format, arguments))
WRAP_FORMAT(__printf_chk, stdout, format, (int flag, const char *format, ...), REAL(__vprintf_chk)(flag, format, arguments))

/* Scanning comes in the old dialect and the one of C99 (what <stdio.h> names since); bytes read are not known. */
int __isoc99_vfscanf(FILE *stream, const char *format, va_list arguments);
int __isoc99_fscanf(FILE *stream, const char *format, ...);
WRAPPED(__isoc99_vfscanf);
#define WRAP_SCAN(name, target, last, parameters, ...)                                                                 \
	AGENT_EXPORT int name parameters                                                                               \
	{                                                                                                              \
		va_list arguments;                                                                                     \
		va_start(arguments, last);                                                                             \
		int result = __VA_ARGS__;                                                                              \
		va_end(arguments);                                                                                     \
		TELL(stream_used(&scene, target, TRACE_READ, 0));                                                      \
		return result;                                                                                         \
	}
WRAP_SCAN(__isoc99_fscanf, stream, format, (FILE *stream, const char *format, ...),
	  REAL(__isoc99_vfscanf)(stream, format, arguments))
