/* SPDX-License-Identifier: MIT */
/* The agent's start: before the program's own constructors, in its only thread. Owns the order in which the parts begin,
 * and empty stand-ins (weak) for parts that are not built in. There is no end: see trace_format.h. */
#include "lifecycle.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#define WEAK __attribute__((weak))
/* Other machines: their code is not changed. */
WEAK void patch_hook(struct module *module) { module->mode = TRACE_MODE_PLT; module->reason = TRACE_REASON_REFUSED; }
WEAK void patch_unhook(struct module *module) { (void)module; }
WEAK void patch_started(void) { }
WEAK bool patch_has_hook(uintptr_t function) { (void)function; return false; }
WEAK void apis_start(void) { }
WEAK void sample_start(void) { }
WEAK void sample_forked(void) { }
WEAK void sample_thread_end(void) { }
WEAK void resources_start(void) { }
WEAK void resources_forked(void) { }
WEAK void resources_thread_end(void) { }
WEAK void library_event(struct thread *thread, uintptr_t from, const void *frame, const char *path, bool is_error)
{
	(void)thread, (void)from, (void)frame, (void)path, (void)is_error;
}
WEAK void process_event(struct thread *thread, uintptr_t from, const void *frame, const struct process_event *event)
{
	(void)thread, (void)from, (void)frame, (void)event;
}
WEAK void thread_event(struct thread *thread, uintptr_t from, const void *frame, uintptr_t start_function, int error)
{
	(void)thread, (void)from, (void)frame, (void)start_function, (void)error;
}

/* A relative folder would be another one after a chdir. */
static void make_directory_absolute(void)
{
	static char buffer[sizeof agent_options.directory];
	if (agent_options.directory[0] == '/')
		return;
	size_t length = 0;
	if (system_call(SYS_getcwd, buffer, sizeof buffer) <= 0)
		return;
	length = text_length(buffer);
	text_append(buffer, sizeof buffer, &length, "/");
	if (text_append(buffer, sizeof buffer, &length, agent_options.directory))
		copy_bytes(agent_options.directory, buffer, sizeof buffer);
}

static bool start(const char *value, const void *top)
{
	/* Kernels with larger pages, which AArch64 may have: what is mapped over ours, and how code is unprotected, is not right. */
	if (!value || !options_read(value) || getauxval(AT_PAGESZ) != AGENT_PAGE)
		return false;
	make_directory_absolute();
	control_open();
	uint32_t flags = (agent_options.sample_period ? TRACE_SAMPLED : 0u) | (agent_options.time ? TRACE_TIMED : 0u) |
			 (agent_control_page->paused ? TRACE_WAS_PAUSED : 0u);
	if (!pool_open(agent_options.parent_id, flags)) {
		untraced_tell();
		return false;
	}
	describe_read();
	describe_process();
	if (!threads_start(top, (const void *)pthread_self())) {
		pool_header->state = TRACE_SWITCHED_OFF;
		pool_header = NULL;
		return false;
	}
	return true;
}

/* -z initfirst: glibc runs this before all other constructors. */
__attribute__((constructor)) static void agent_start(int argc, char **argv, char **environment)
{
	(void)argc;
	(void)argv;
	lifecycle_resolve();
	if (!start(environment_take(environment), environment)) {
		control_off();
		return;
	}
	hub_start();
	lifecycle_start();
	apis_start();
	instrument_start();
	modules_start(environment_own_name());
	sites_started();
	patch_started();
	resources_start();
	if (agent_options.sample_period)
		sample_start();
}
