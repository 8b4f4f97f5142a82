/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fakes.h"
#include "agent/stack.h"

#include <assert.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

enum { FILE_SIZE = 64 << 20, MODULES = 64 };

struct trace_header *pool_header;
uint32_t modules_generation = 1;
uint64_t fakes_lost[TRACE_LOSSES];
AGENT_TLS struct thread thread_now;
AGENT_TLS uintptr_t loader_ret;
static struct module modules[MODULES];
static size_t module_count, file_used = 4096;

bool modules_notice(uintptr_t address)
{
	(void)address;
	return false;
}

static int add_module(struct dl_phdr_info *info, size_t size, void *context)
{
	struct module *module = &modules[module_count];

	(void)size, (void)context;
	assert(module_count < MODULES);
	*module = (struct module){.id = (uint32_t)module_count, .bias = info->dlpi_addr, .start = UINTPTR_MAX, .path = info->dlpi_name};
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
		if (header->p_type == PT_LOAD && header->p_flags & PF_X) {
			module->start = start < module->start ? start : module->start;
			module->end = end > module->end ? end : module->end;
		} else if (header->p_type == PT_GNU_EH_FRAME) {
			module->eh_frame_header = (const void *)start;
			module->eh_frame_header_size = header->p_memsz;
		} else if (header->p_type == PT_DYNAMIC) {
			module->dynamic = (const void *)start;
		}
	}
	module_count++;
	return 0;
}

void fakes_start(void)
{
	pool_header = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert(pool_header != MAP_FAILED);
	module_count = 0;
	dl_iterate_phdr(add_module, NULL);
}

void fakes_thread(struct thread *thread)
{
	pthread_attr_t attributes;
	void *low;
	size_t size;

	*thread = (struct thread){0};
	assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
	pthread_attr_getstack(&attributes, &low, &size);
	pthread_attr_destroy(&attributes);
	thread->stack_low = low;
	thread->stack_high = (char *)low + size;
}

const struct module *module_of(uintptr_t address)
{
	for (size_t i = 0; i < module_count; i++)
		if (address >= modules[i].start && address < modules[i].end)
			return &modules[i];
	return NULL;
}

void *pool_append(enum trace_segment_kind kind, size_t bytes)
{
	size_t place = __atomic_fetch_add(&file_used, (bytes + 7) & ~7ull, __ATOMIC_RELAXED);

	(void)kind;
	return place + bytes <= FILE_SIZE ? (char *)pool_header + place : NULL;
}

void pool_publish(enum trace_segment_kind kind, void *entry, size_t bytes)
{
	(void)kind, (void)entry, (void)bytes;
}

trace_ref pool_reference(const void *in_file)
{
	return in_file ? (trace_ref)((const char *)in_file - (const char *)pool_header) : 0;
}

void pool_lost(enum trace_loss what, uint64_t count)
{
	__atomic_fetch_add(&fakes_lost[what], count, __ATOMIC_RELAXED);
}

/* Stacks that are not told are cut. */
bool mapping_of(uintptr_t address, uintptr_t *low, uintptr_t *high)
{
	(void)address, (void)low, (void)high;
	return false;
}

bool alternate_stack(uintptr_t *low, uintptr_t *high)
{
	(void)low;
	(void)high;
	return false;
}
