/* SPDX-License-Identifier: MIT */
/* What the file's header tells of the process: program, arguments, folder. Read once; a forked child's file says the
 * same. Quiet (core.h). */
#include "core.h"

#include <fcntl.h>
#include <sys/syscall.h>

#define ARGUMENTS 4096

static char program[1024], arguments[ARGUMENTS];
static size_t program_length, arguments_length;

void describe_read(void)
{
	long length = system_call(SYS_readlinkat, (long)AT_FDCWD, "/proc/self/exe", program, sizeof program);
	program_length = length > 0 ? (size_t)length : 0;
	length = read_file("/proc/self/cmdline", arguments, sizeof arguments);
	arguments_length = length > 0 ? (size_t)length : 0;
}

void describe_process(void)
{
	static char directory[1024];
	if (program_length)
		pool_header->program = pool_string(program, program_length);
	if (arguments_length)
		pool_header->arguments = pool_string(arguments, arguments_length);
	long length = system_call(SYS_getcwd, directory, sizeof directory);
	if (length > 1)
		pool_header->directory = pool_string(directory, (size_t)length - 1);
}
