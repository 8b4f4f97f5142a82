/* SPDX-License-Identifier: MIT */
/* Calls that leave a module go through its GOT; each entry that is used for nothing but calls is made to point to a stub,
 * which has the call counted and goes on to the function: all that mode plt has, and in the other modes how calls of
 * functions are counted that have no hook themselves, as those of libc. Owns the stubs, and which entries may be changed.
 * Must not change an entry whose value the program can see: pointers to a function must be equal in all modules.
 *
 * Entries for the PLT (JUMP_SLOT) are used for calls alone. One that the loader has not bound yet is bound here, to what
 * the loader would find; where that is not certain it is left alone. Entries that code reads itself (GLOB_DAT: -fno-plt,
 * and functions whose address is taken) are changed only if every instruction that refers to them is a call or a jump
 * through them. */
#include "got.h"
#include "core.h"
#include "entry.h"
#include "got_stub.h"
#include "lookup.h"
#include "wrap.h"

#include <sys/mman.h>
#include <sys/syscall.h>

enum { MODULES = 1025, STARTED = 512, CANDIDATES = 8192, SEGMENTS = 16 };

/* Stubs of one module: code, then three addresses, then records. Kept when the module goes: it may come back. */
struct block { char *memory; size_t size, stubs; };
static struct block blocks[MODULES];

struct range { uintptr_t start, end; };
struct entry { uintptr_t slot; const ElfW(Sym) *symbol; bool is_called, is_read; };

/* Under the lock of modules_refresh, as all here. */
struct work {
	struct module *module;
	struct lookup_object object;
	struct range text[SEGMENTS], read_only;
	size_t text_count;
	struct entry *entries;
	size_t entry_count;
	struct block *block;
	size_t stub, record;      /* next free */
	size_t change_count;
};
static struct entry entries[CANDIDATES];
/* Entries and what they will hold: written when the stubs can be run. */
static struct change { uintptr_t slot, stub; } changes[CANDIDATES];
static const struct link_map *started[STARTED]; /* objects that the program began with: everybody's scope */
static size_t started_count;

/* ---- what the loader would find ---- */

static void remember_started(void)
{
	for (const struct link_map *map = _r_debug.r_map; map && started_count < STARTED; map = map->l_next)
		if (!lookup_is_vdso(map))
			started[started_count++] = map;
}

static bool was_there_at_start(const struct link_map *map)
{
	for (size_t i = 0; i < started_count; i++)
		if (started[i] == map)
			return true;
	return false;
}

static uintptr_t find_in(const struct link_map *map, const char *name, const char *version)
{
	struct lookup_object object;
	const ElfW(Sym) *symbol;

	lookup_object_open(&object, map->l_addr, map->l_ld);
	symbol = lookup_in(&object, name, version, LOOKUP_LIKE_LINKS);
	return symbol ? lookup_address(&object, symbol) : 0;
}

/* 0: nothing, or not certain: an object that came later also defines it, and who sees it first is not known. */
static uintptr_t bind_symbol(const struct work *work, const char *name, const char *version)
{
	uintptr_t found = 0, later = 0;
	size_t definitions = 0;

	for (size_t i = 0; i < started_count && !found; i++)
		found = find_in(started[i], name, version);
	if (work->object.is_symbolic)
		return 0;
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next) {
		uintptr_t address = lookup_is_vdso(map) || was_there_at_start(map) ? 0 : find_in(map, name, version);
		if (address) {
			later = address;
			definitions++;
		}
	}
	if (definitions == 0)
		return found;
	return !found && definitions == 1 ? later : 0;
}

/* Whether an entry still leads to the part of the PLT that asks the loader. */
static bool is_unbound(const struct work *work, uintptr_t value, size_t number)
{
	return value >= work->module->start && value + 16 <= work->module->end && stub_asks_loader((const uint8_t *)value, number);
}

/* ---- which instructions refer to an entry ---- */

static struct entry *entry_at(const struct work *work, uintptr_t slot)
{
	size_t low = 0, high = work->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (work->entries[middle].slot == slot)
			return &work->entries[middle];
		if (work->entries[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A displacement, seen from the instruction's end: 0 to 4 bytes of immediate operand may follow it. Bytes that only look
 * like one make an entry seem to be read: then it stays as it is. */
static void see_reference(const struct work *work, const uint8_t *place, uintptr_t target)
{
	static const uint8_t behind[] = {0, 1, 2, 4};

	for (size_t i = 0; i < sizeof(behind); i++) {
		struct entry *entry = entry_at(work, target + behind[i]);
		if (!entry)
			continue;
		if (!behind[i] && stub_is_call(place))
			entry->is_called = true;
		else
			entry->is_read = true;
	}
}

static void scan_text(const struct work *work)
{
	uintptr_t low = work->entries[0].slot - 4, span = work->entries[work->entry_count - 1].slot + 4 - low;

	for (size_t i = 0; i < work->text_count; i++) {
		const uint8_t *end = (const uint8_t *)work->text[i].end;
		for (const uint8_t *place = (const uint8_t *)work->text[i].start + 2; place + 4 <= end; place++) {
			int32_t displacement;
			__builtin_memcpy(&displacement, place, sizeof(displacement));
			uintptr_t target = (uintptr_t)place + 4 + (uintptr_t)(intptr_t)displacement;
			if (target - low <= span)
				see_reference(work, place, target);
		}
	}
}

/* ---- stubs ---- */

static size_t page_up(size_t size)
{
	return (size + AGENT_PAGE - 1) & ~(size_t)(AGENT_PAGE - 1);
}

static bool block_prepare(struct block *block, size_t stubs)
{
	static uintptr_t (*const hubs[])(void) = {(void *)edge_hub_plt, (void *)edge_hub_plt_via, (void *)got_api_hub};
	size_t code = page_up(stubs * STUB_SIZE), size = code + page_up(sizeof(hubs) + stubs * sizeof(struct got_record));
	long address;

	if (code > STUBS_REACH)
		return false;
	if (block->memory && block->stubs >= stubs)
		return system_call(SYS_mprotect, block->memory, page_up(block->stubs * STUB_SIZE), (long)(PROT_READ | PROT_WRITE)) == 0;
	address = system_call(SYS_mmap, NULL, size, (long)(PROT_READ | PROT_WRITE), (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);
	if (address < 0 && address > -4096)
		return false;
	*block = (struct block){.memory = (char *)address, .size = size, .stubs = stubs};
	copy_bytes(block->memory + code, hubs, sizeof(hubs));
	return true;
}

static struct got_record *block_records(const struct block *block)
{
	return (void *)(block->memory + page_up(block->stubs * STUB_SIZE) + 3 * sizeof(uintptr_t));
}

static uintptr_t stub_write(struct work *work, size_t hub, uintptr_t operand)
{
	struct block *block = work->block;
	uint8_t *code = (uint8_t *)block->memory + STUB_SIZE * work->stub++;

	stub_encode(code, operand, (uint8_t *)block->memory + page_up(block->stubs * STUB_SIZE) + hub * sizeof(uintptr_t));
	return (uintptr_t)code;
}

static bool is_own(uintptr_t address)
{
	const struct module *own = module_of((uintptr_t)got_hook), *module = module_of(address);

	return own && own == module;
}

/* Functions with hooks of -finstrument-functions do not tell so at their start: both counts are kept, and ingest takes one. */
static bool has_entry_hook(uintptr_t function)
{
	const struct module *module = module_of(function);

	if (!module)
		return false;
	return (module->mode == TRACE_MODE_FENTRY && sites_has_hook(function))
	       || (module->mode == TRACE_MODE_PATCH && patch_has_hook(function));
}

static uintptr_t stub_make(struct work *work, uintptr_t target, const char *name)
{
	/* A library's own calls of its API are not the program's. */
	const struct api *api = target >= work->module->start && target < work->module->end ? NULL : api_find(name);
	uintptr_t callee = is_own(target) ? lookup_next(name, NULL) : target;
	struct got_record *record;

	if (work->stub == work->block->stubs)
		return 0;
	if (!api && callee == target)
		return stub_write(work, 0, target);
	record = &block_records(work->block)[work->record++];
	*record = (struct got_record){.callee = callee ? callee : target, .target = target,
				      .next = (uintptr_t)(has_entry_hook(target) ? got_jump : edge_hub_plt_via), .api = api};
	return stub_write(work, api ? 2 : 1, (uintptr_t)record);
}

/* Functions that are called in ways of their own, or that would tell nothing. */
static bool is_left_alone(const char *name)
{
	static const char *const names[] = {"__tls_get_addr", "__fentry__", "mcount", "_mcount", "__cyg_profile_func_enter",
					    "__cyg_profile_func_exit", "__morestack", "__gmon_start__"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

static void change_add(struct work *work, uintptr_t slot, uintptr_t target, const char *name)
{
	bool is_counted = has_entry_hook(target) && !api_find(name);
	uintptr_t stub = is_counted || work->change_count == CANDIDATES ? 0 : stub_make(work, target, name);

	if (stub)
		changes[work->change_count++] = (struct change){slot, stub};
}

static void changes_write(const struct work *work)
{
	for (size_t i = 0; i < work->change_count; i++)
		__atomic_store_n((uintptr_t *)changes[i].slot, changes[i].stub, __ATOMIC_RELEASE);
}

static bool is_stub(const struct work *work, uintptr_t value)
{
	return value - (uintptr_t)work->block->memory < work->block->size;
}

/* ---- entries ---- */

static const char *entry_name(const struct work *work, const ElfW(Rela) *relocation)
{
	return work->object.strings + work->object.symbols[ELF64_R_SYM(relocation->r_info)].st_name;
}

static bool is_wanted(const char *name)
{
	return *name && !is_left_alone(name);
}

static void hook_slot(struct work *work, const ElfW(Rela) *relocation, size_t number)
{
	uintptr_t slot = work->object.bias + relocation->r_offset, value = *(const uintptr_t *)slot;
	const char *name = entry_name(work, relocation);

	if (ELF64_R_TYPE(relocation->r_info) != JUMP_SLOT || !is_wanted(name))
		return;
	if (is_unbound(work, value, number))
		value = bind_symbol(work, name, lookup_wanted_version(&work->object, ELF64_R_SYM(relocation->r_info)));
	if (value && module_of(value) && !is_stub(work, value))
		change_add(work, slot, value, name);
}

static void collect_entries(struct work *work)
{
	size_t count = work->object.relocations_size / sizeof(ElfW(Rela));

	for (size_t i = 0; i < count && work->entry_count < CANDIDATES; i++) {
		const ElfW(Rela) *relocation = &work->object.relocations[i];
		const ElfW(Sym) *symbol = &work->object.symbols[ELF64_R_SYM(relocation->r_info)];
		uintptr_t slot = work->object.bias + relocation->r_offset;
		if ((int)ELF64_R_TYPE(relocation->r_info) != GLOB_DAT || ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT
		    || ELF64_ST_TYPE(symbol->st_info) == STT_TLS || !is_wanted(entry_name(work, relocation))
		    || !module_of(*(const uintptr_t *)slot))
			continue;
		size_t at = work->entry_count++;
		for (; at > 0 && work->entries[at - 1].slot > slot; at--) /* nearly sorted as they come */
			work->entries[at] = work->entries[at - 1];
		work->entries[at] = (struct entry){.slot = slot, .symbol = symbol};
	}
}

static void hook_entries(struct work *work)
{
	for (size_t i = 0; i < work->entry_count; i++) {
		const struct entry *entry = &work->entries[i];
		uintptr_t value = *(const uintptr_t *)entry->slot;
		if (entry->is_called && !entry->is_read && !is_stub(work, value))
			change_add(work, entry->slot, value, work->object.strings + entry->symbol->st_name);
	}
}

/* ---- a module ---- */

static int see_object(struct dl_phdr_info *info, size_t size, void *context)
{
	struct work *work = context;
	bool is_it = false;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++)
		is_it |= info->dlpi_phdr[i].p_type == PT_DYNAMIC
			 && info->dlpi_addr + info->dlpi_phdr[i].p_vaddr == (uintptr_t)work->module->dynamic;
	for (size_t i = 0; is_it && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		struct range range = {info->dlpi_addr + header->p_vaddr, info->dlpi_addr + header->p_vaddr + header->p_filesz};
		if (header->p_type == PT_LOAD && header->p_flags & PF_X && header->p_flags & PF_R && work->text_count < SEGMENTS)
			work->text[work->text_count++] = range;
		else if (header->p_type == PT_GNU_RELRO)
			work->read_only = (struct range){range.start & ~(uintptr_t)(AGENT_PAGE - 1),
							 (range.start + header->p_memsz) & ~(uintptr_t)(AGENT_PAGE - 1)};
	}
	return is_it;
}

static bool protect(const struct work *work, long protection)
{
	size_t size = work->read_only.end - work->read_only.start;

	return work->read_only.end <= work->read_only.start
	       || system_call(SYS_mprotect, work->read_only.start, size, protection) == 0;
}

static bool hook_module(struct work *work)
{
	size_t slots = work->object.plt_size / sizeof(ElfW(Rela)), wanted = 0;

	work->entries = entries;
	collect_entries(work);
	if (work->entry_count)
		scan_text(work);
	for (size_t i = 0; i < slots; i++)
		wanted += is_wanted(entry_name(work, &work->object.plt_relocations[i]));
	for (size_t i = 0; i < work->entry_count; i++)
		wanted += work->entries[i].is_called && !work->entries[i].is_read;
	if (!wanted)
		return true;
	if (!block_prepare(work->block, wanted))
		return false;
	for (size_t i = 0; i < slots; i++)
		hook_slot(work, &work->object.plt_relocations[i], i);
	hook_entries(work);
	entry_written(work->block->memory, work->stub * STUB_SIZE);
	if (system_call(SYS_mprotect, work->block->memory, page_up(work->block->stubs * STUB_SIZE), (long)(PROT_READ | PROT_EXEC)) != 0
	    || !protect(work, PROT_READ | PROT_WRITE))
		return false;
	changes_write(work);
	return protect(work, PROT_READ);
}

bool got_hook(struct module *module)
{
	struct work work = {.module = module};

	if (!started_count)
		remember_started();
	if (module->id >= MODULES || !module->dynamic || pool_is_frozen)
		return false;
	work.block = &blocks[module->id];
	lookup_object_open(&work.object, module->bias, module->dynamic);
	dl_iterate_phdr(see_object, &work);
	return work.object.symbols && work.object.strings && work.text_count && hook_module(&work);
}

bool got_is_stub(uintptr_t address)
{
	for (size_t i = 0; i < MODULES; i++)
		if (address - (uintptr_t)blocks[i].memory < blocks[i].size && blocks[i].memory)
			return true;
	return false;
}
