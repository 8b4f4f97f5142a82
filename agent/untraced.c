/* SPDX-License-Identifier: MIT */
/* A program that was followed to, and for which no file could be made, as on a full disk: the loss is told in the file of
 * whoever started it, whose blocks are there. Exec keeps the process, spawning makes the starter the parent: by its number
 * and the id that we were handed, that file has its name. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "core.h"

/* false: no such file, or not the one that was meant. */
static bool count_in_file(uint32_t process)
{
	char path[sizeof agent_options.directory + 64];
	if (!pool_file_name(process, agent_options.parent_id, path, sizeof path))
		return false;
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path, (long)(O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
	if (descriptor < 0)
		return false;
	struct trace_header header;
	bool is_it = system_call(SYS_pread64, descriptor, &header, sizeof header, 0L) == (long)sizeof header &&
		     same_bytes(header.magic, TRACE_MAGIC, sizeof header.magic) && header.version == TRACE_VERSION &&
		     same_bytes(header.trace_id, agent_options.parent_id, sizeof header.trace_id);
	long address = !is_it ? -1 : system_call(SYS_mmap, NULL, (long)AGENT_PAGE, (long)(PROT_READ | PROT_WRITE), (long)MAP_SHARED,
						 descriptor, 0L);
	system_call(SYS_close, descriptor);
	if (address < 0 && address > -4096)
		return false;
	struct trace_header *page = (struct trace_header *)address;
	__atomic_fetch_add(&page->lost[TRACE_LOST_CHILDREN], 1, __ATOMIC_RELAXED);
	system_call(SYS_munmap, page, (long)AGENT_PAGE);
	return true;
}

void untraced_tell(void)
{
	static const uint8_t nobody[16];
	if (!same_bytes(agent_options.parent_id, nobody, sizeof nobody) && !count_in_file((uint32_t)system_call(SYS_getpid)))
		count_in_file((uint32_t)system_call(SYS_getppid));
}
