/* SPDX-License-Identifier: MIT */
/* Pause and resume: the page that every hub reads, replaced by the run's control file where the launcher made one. */
#include "core.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static_assert(offsetof(struct trace_control, version) == 8 && offsetof(struct trace_control, paused) == 12 &&
	      offsetof(struct trace_control, factor) == 32, "edge_table_x86_64.h");

union control_area agent_control_area __attribute__((aligned(AGENT_PAGE)));
struct trace_control *agent_control_page = &agent_control_area.control;

/* The file is mapped over the page, so that hubs reach it relative to their own code. Writable memory of ours stays as
 * it is where the file is missing or too short to be read safely. */
void control_open(void)
{
	trace_control_pause(&agent_control_area.control, agent_options.paused);
	char path[sizeof agent_options.directory + 16];
	size_t length = 0;
	text_append(path, sizeof path, &length, agent_options.directory);
	text_append(path, sizeof path, &length, "/" TRACE_CONTROL);
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path, (long)(O_RDONLY | O_CLOEXEC));
	if (descriptor < 0)
		return;
	struct trace_control control;
	long got = system_call(SYS_pread64, descriptor, &control, sizeof control, 0L);
	if (got == (long)sizeof control && same_bytes(control.magic, TRACE_MAGIC, sizeof control.magic) &&
	    control.version == TRACE_CONTROL_VERSION)
		system_call(SYS_mmap, &agent_control_area, (long)AGENT_PAGE, (long)PROT_READ, (long)(MAP_SHARED | MAP_FIXED),
			    descriptor, 0L);
	system_call(SYS_close, descriptor);
}

void control_off(void)
{
	system_call(SYS_mmap, &agent_control_area, (long)AGENT_PAGE, (long)(PROT_READ | PROT_WRITE),
		    (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED), -1L, 0L);
	trace_control_pause(&agent_control_area.control, true);
}
