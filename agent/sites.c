/* SPDX-License-Identifier: MIT */
/* Mode fentry: entry hooks that the compiler put in. Modules built with -pg -mfentry call __fentry__, which is the hub
 * itself (hub_x86_64.S): nothing to do. Modules built with -fpatchable-function-entry=5 have no-ops at each function's
 * start and a section that lists them: they become calls of the hub, through a jump near the module where the hub is out
 * of a call's reach. Owns those jumps; what they are in machine code is for entry.h. */
#include "core.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "elf_view.h"
#include "entry.h"

#define SECTION "__patchable_function_entries"
#define JUMPS 64
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

struct sites {
	struct module *module;
	uintptr_t low, high;      /* of the functions' starts */
	uint32_t found, hooked;
	uintptr_t target;         /* what the calls go to */
};

/* Threads that the calling thread had started when it refreshed last: libraries' constructors run on it. */
static AGENT_TLS uint32_t threads_seen;
static bool is_started;

static void count_entries(uintptr_t address, size_t size, void *context)
{
	struct sites *sites = context;
	const uintptr_t *entry = (const uintptr_t *)address;
	for (size_t i = 0; i < size / sizeof *entry; i++) {
		if (entry[i] < sites->module->start || entry[i] + ENTRY_SIZE > sites->module->end)
			continue;
		sites->found++;
		if (entry[i] < sites->low)
			sites->low = entry[i];
		if (entry[i] + ENTRY_SIZE > sites->high)
			sites->high = entry[i] + ENTRY_SIZE;
	}
}

static void hook_entries(uintptr_t address, size_t size, void *context)
{
	struct sites *sites = context;
	const uintptr_t *entry = (const uintptr_t *)address;
	size_t count = size / sizeof *entry;
	if (!entry_are_sites(sites->module, entry, count))
		return;
	for (size_t i = 0; i < count; i++) {
		if (entry[i] < sites->low || entry[i] + ENTRY_SIZE > sites->high || !entry_is_site(sites->module, entry[i]))
			continue;
		entry_write_call((uint8_t *)entry[i], sites->target);
		sites->hooked++;
	}
}

static bool reaches(uintptr_t from_low, uintptr_t from_high, uintptr_t target)
{
	return (target > from_low ? target - from_low : from_low - target) < ENTRY_REACH &&
	       (target > from_high ? target - from_high : from_high - target) < ENTRY_REACH;
}

/* Pages with a jump to the hub: modules within reach share one. Under the lock of modules_refresh. */
static uintptr_t jumps[JUMPS];

static uintptr_t make_jump(uintptr_t low, uintptr_t high);

static uintptr_t find_jump(uintptr_t low, uintptr_t high)
{
	for (size_t i = 0; i < JUMPS; i++) {
		if (!jumps[i])
			return jumps[i] = make_jump(low, high);
		if (reaches(low, high, jumps[i]))
			return jumps[i];
	}
	return 0;
}

/* A page for a jump to the hub, below the module: above it the heap wants to grow. 0: no place. */
static uintptr_t make_jump(uintptr_t low, uintptr_t high)
{
	uintptr_t place = low & ~(uintptr_t)0xffff;
	for (int attempt = 0; attempt < 1024; attempt++) {
		place -= attempt < 256 ? 0x10000 : 0x100000;
		if (place < 0x10000 || place > low || !reaches(low, high, place))
			return 0;
		long got = system_call(SYS_mmap, place, (long)AGENT_PAGE, (long)(PROT_READ | PROT_WRITE),
				       (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE), -1L, 0L);
		if (got < 0 && got > -4096)
			continue;
		if ((uintptr_t)got != place) { /* an old kernel took it for a hint */
			system_call(SYS_munmap, got, (long)AGENT_PAGE);
			continue;
		}
		entry_write_jump((uint8_t *)place, (uintptr_t)edge_hub);
		entry_written((void *)place, ENTRY_JUMP_SIZE);
		if (system_call(SYS_mprotect, place, (long)AGENT_PAGE, (long)(PROT_READ | PROT_EXEC)) == 0)
			return place;
		system_call(SYS_munmap, place, (long)AGENT_PAGE);
		return 0;
	}
	return 0;
}

/* At start nobody else runs. Later the module may only be hooked where no thread can be inside it yet: its constructors
 * have run on this thread, and what they started may. */
static bool is_quiet_moment(void)
{
	bool is_quiet = !is_started || threads_started == threads_seen;
	threads_seen = threads_started;
	return is_quiet;
}

static bool hook_patchable(struct sites *sites)
{
	uintptr_t low = sites->low & ~(uintptr_t)(AGENT_PAGE - 1);
	size_t size = (sites->high - low + AGENT_PAGE - 1) & ~(size_t)(AGENT_PAGE - 1);
	sites->target = reaches(low, sites->high, (uintptr_t)edge_hub) ? (uintptr_t)edge_hub
								       : find_jump(low, sites->high);
	if (!sites->target)
		return false;
	long writable = is_started ? PROT_READ | PROT_WRITE | PROT_EXEC : PROT_READ | PROT_WRITE;
	if (system_call(SYS_mprotect, low, size, writable) != 0)
		return false;
	elf_sections(sites->module, SECTION, hook_entries, sites);
	entry_written((void *)low, size);
	system_call(SYS_mprotect, low, size, (long)(PROT_READ | PROT_EXEC));
	return sites->hooked > 0;
}

static struct sites find_sites(struct module *module)
{
	struct sites sites = {.module = module, .low = UINTPTR_MAX};
	elf_sections(module, SECTION, count_entries, &sites);
	return sites;
}

bool sites_present(const struct module *module)
{
	return elf_imports(module, "__fentry__") || find_sites((struct module *)module).found > 0;
}

void sites_hook(struct module *module)
{
	struct sites sites = find_sites(module);
	bool is_hooked = sites.found > 0 && is_quiet_moment() && hook_patchable(&sites);
	if (!is_hooked && !elf_imports(module, "__fentry__")) {
		module->mode = TRACE_MODE_PLT;
		module->reason = TRACE_REASON_THREADS;
	}
	if (module->record && sites.found) {
		module->record->functions = sites.found;
		module->record->recorded = sites.hooked;
	}
}

bool sites_has_hook(uintptr_t function)
{
	uintptr_t target = entry_target((const uint8_t *)function);
	for (size_t i = 0; i < JUMPS && target; i++) {
		if (target == jumps[i])
			return true;
	}
	return target && (target == (uintptr_t)edge_hub || entry_is_named_hub(target, module_of(function)));
}

void sites_started(void)
{
	is_started = true;
}
