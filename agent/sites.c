/* SPDX-License-Identifier: MIT */
/* Mode fentry: entry hooks that the compiler put in. Modules built with -pg -mfentry call __fentry__, which is the hub
 * itself (hub_x86_64.S): nothing to do. Modules built with -fpatchable-function-entry=5 have no-ops at each function's
 * start and a section that lists them: they become calls of the hub, through a jump near the module where the hub is out
 * of a call's reach. Owns those jumps. */
#include "core.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "elf_view.h"

#define SECTION "__patchable_function_entries"
#define HOOK_SIZE 5
#define JUMPS 64
#define REACH ((uintptr_t)0x7fff0000)
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

struct sites {
	struct module *module;
	uintptr_t low, high;      /* of the functions' starts */
	uint32_t found, hooked;
	uintptr_t target;         /* what the calls go to */
};

#if defined(__x86_64__)
/* Threads that the calling thread had started when it refreshed last: libraries' constructors run on it. */
static AGENT_TLS uint32_t threads_seen;
static bool is_started;

static void count_entries(uintptr_t address, size_t size, void *context)
{
	struct sites *sites = context;
	const uintptr_t *entry = (const uintptr_t *)address;
	for (size_t i = 0; i < size / sizeof *entry; i++) {
		if (entry[i] < sites->module->start || entry[i] + HOOK_SIZE > sites->module->end)
			continue;
		sites->found++;
		if (entry[i] < sites->low)
			sites->low = entry[i];
		if (entry[i] + HOOK_SIZE > sites->high)
			sites->high = entry[i] + HOOK_SIZE;
	}
}

static size_t length_of_noop(const uint8_t *code)
{
	size_t prefix = code[0] == 0x66;
	code += prefix;
	if (code[0] == 0x90)
		return prefix + 1;
	if (code[0] != 0x0f || code[1] != 0x1f)
		return 0;
	return code[2] == 0x00 ? prefix + 3 : code[2] == 0x40 ? prefix + 4 : code[2] == 0x44 ? prefix + 5 : 0;
}

/* No-ops of exactly the hook's size, at the very start of a function (or behind its endbr64): with entries in front of
 * the function (-fpatchable-function-entry=N,M) a call there would be entered in its middle. */
static bool is_site(const struct module *module, uintptr_t address)
{
	const uint8_t *code = (const uint8_t *)address;
	size_t length = 0;
	while (length < HOOK_SIZE) {
		size_t step = length_of_noop(code + length);
		if (step == 0)
			return false;
		length += step;
	}
	if (length != HOOK_SIZE)
		return false;
	bool has_mark = address >= module->start + 4 && same_bytes(code - 4, "\xf3\x0f\x1e\xfa", 4);
	uintptr_t start = has_mark ? address - 4 : address;
	int known = elf_starts_function(module, start);
	return known == 1 || (known < 0 && start % 16 == 0);
}

static void hook_entries(uintptr_t address, size_t size, void *context)
{
	struct sites *sites = context;
	const uintptr_t *entry = (const uintptr_t *)address;
	for (size_t i = 0; i < size / sizeof *entry; i++) {
		if (entry[i] < sites->low || entry[i] + HOOK_SIZE > sites->high || !is_site(sites->module, entry[i]))
			continue;
		int32_t distance = (int32_t)(sites->target - (entry[i] + HOOK_SIZE));
		uint8_t *code = (uint8_t *)entry[i];
		code[0] = 0xe8;
		copy_bytes(code + 1, &distance, sizeof distance);
		sites->hooked++;
	}
}

static bool reaches(uintptr_t from_low, uintptr_t from_high, uintptr_t target)
{
	return (target > from_low ? target - from_low : from_low - target) < REACH &&
	       (target > from_high ? target - from_high : from_high - target) < REACH;
}

/* Pages with a "jmp *hub": modules within reach share one. Under the lock of modules_refresh. */
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

/* A page for "jmp *hub" below the module: above it the heap wants to grow. 0: no place. */
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
		uintptr_t hub = (uintptr_t)edge_hub;
		copy_bytes((void *)place, "\xff\x25\0\0\0\0", 6);
		copy_bytes((char *)place + 6, &hub, sizeof hub);
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

/* What a call at a function's entry leads to, through the linkage table or its entry; 0: it does not begin with a call. */
static uintptr_t entry_call(const uint8_t *code)
{
	int32_t distance;
	copy_bytes(&distance, code + 1, sizeof distance);
	if (code[0] == 0xe8)
		return (uintptr_t)code + HOOK_SIZE + (uintptr_t)(intptr_t)distance;
	copy_bytes(&distance, code + 2, sizeof distance);
	return code[0] == 0xff && code[1] == 0x15 ? *(const uintptr_t *)(code + 6 + distance) : 0;
}

/* jmp *slot, as linkage tables have it. */
static uintptr_t stub_target(const uint8_t *code)
{
	int32_t distance;
	code += same_bytes(code, "\xf3\x0f\x1e\xfa", 4) ? 4 : 0;
	code += *code == 0xf2; /* bnd */
	copy_bytes(&distance, code + 2, sizeof distance);
	return code[0] == 0xff && code[1] == 0x25 ? *(const uintptr_t *)(code + 6 + distance) : 0;
}

bool sites_has_hook(uintptr_t function)
{
	const uint8_t *code = (const uint8_t *)function;
	uintptr_t target = entry_call(same_bytes(code, "\xf3\x0f\x1e\xfa", 4) ? code + 4 : code);
	const struct module *module = module_of(function);
	for (size_t i = 0; i < JUMPS && target; i++) {
		if (target == jumps[i])
			return true;
	}
	if (!target || target == (uintptr_t)edge_hub || target == (uintptr_t)__fentry__)
		return target != 0;
	/* Not bound yet: the only thing that functions call before they have a frame. */
	uintptr_t behind = target >= module->start && target + 16 <= module->end ? stub_target((const uint8_t *)target) : 0;
	return behind == (uintptr_t)__fentry__ || (behind >= module->start && behind < module->end);
}

void sites_started(void)
{
	is_started = true;
}
#else
bool sites_has_hook(uintptr_t function) { (void)function; return false; }
/* Other machines: their compilers' hooks (mcount, two no-ops) need other hubs. */
bool sites_present(const struct module *module) { (void)module; return false; }
void sites_hook(struct module *module) { module->mode = TRACE_MODE_PLT; }
void sites_started(void) { }
#endif
