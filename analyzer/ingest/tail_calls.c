/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls and jumps between functions, from the modules' code. */
#include "ingest/tail_calls.h"

#include <string.h>

#include "ingest/machine.h"
#include "ingest/symbols_internal.h"

/* The symbol behind a PLT stub or pointer; NULL: none. */
static const char *stub_name(const struct symbols *symbols, uint64_t address, uint64_t *target)
{
	size_t length;
	uint64_t slot;
	const unsigned char *code = symbols_bytes(symbols, address, 16, &length);
	*target = 0;
	if (!code || !machine_plt_stub(symbols_facts(symbols)->machine, code, length, address, &slot))
		return NULL;
	return symbols_slot(symbols, slot, target);
}

static struct place place_named(const struct image *image, const char *name)
{
	for (size_t i = 0; i < image->module_count; i++) {
		const struct image_module *module = &image->modules[i];
		const struct symbol_code *code = module->is_agent ? NULL : symbols_code_named(module->symbols, name);
		if (code)
			return (struct place){module, code->entry, code};
	}
	return (struct place){0};
}

static struct call_target target_in(const struct image_module *module, uint64_t address)
{
	const struct symbol_code *code = symbols_code_at(module->symbols, address);
	if (!code || code->entry != address || (code->flags & SYMBOL_IFUNC))
		return (struct call_target){0};
	return (struct call_target){.is_known = true, .place = {module, address, code}};
}

static struct call_target target_named(const struct image *image, const char *name)
{
	struct call_target target = {.is_known = true, .place = place_named(image, name), .name = name};
	if (target.place.code && (target.place.code->flags & SYMBOL_IFUNC))
		target.is_known = false, target.is_chosen = true;
	return target;
}

struct call_target call_target_of(const struct image *image, const struct place *site)
{
	const struct symbols *symbols = site->module->symbols;
	uint64_t back = site->address < 8 ? site->address : 8, address, inner;
	size_t length;
	/* site lies one before the return address. */
	const unsigned char *before = symbols_bytes(symbols, site->address + 1 - back, back, &length);
	if (!before || length < back)
		return (struct call_target){0};
	const char *name;
	switch (machine_call_before(symbols_facts(symbols)->machine, before, length, site->address + 1, &address)) {
	case MACHINE_CALL_DIRECT:
		name = stub_name(symbols, address, &inner);
		return name ? target_named(image, name) : target_in(site->module, inner ? inner : address);
	case MACHINE_CALL_SLOT:
		name = symbols_slot(symbols, address, &inner);
		/* A variable that holds the address of a function at start need not hold it later: only what the loader alone
		 * writes says whom it calls. */
		return name && !inner ? target_named(image, name) : (struct call_target){0};
	default:
		return (struct call_target){0};
	}
}

bool call_target_is(const struct call_target *target, const struct place *callee)
{
	if (!callee->code)
		return true; /* nothing speaks against it */
	if (target->name)
		return symbols_has_name(callee->module->symbols, callee->code, target->name) ||
		       (target->place.module == callee->module && target->place.code == callee->code);
	return target->place.module == callee->module && target->place.code == callee->code;
}

#define JUMPS_CEILING 64 /* looked at, from one function to another */

struct jump_search {
	const struct place *from, *to;
	struct jump_places { uint64_t at[JUMPS_CEILING]; size_t count; } direct, somewhere;
	const char *name; /* of the function reached, where it goes through a linkage table */
	bool has_others; /* jumps to other functions */
	bool has_pointer; /* jumps through a pointer */
};

static void add_place(struct jump_places *places, uint64_t at)
{
	if (places->count < JUMPS_CEILING)
		places->at[places->count++] = at;
}

static bool is_entry_of_other(const struct place *from, uint64_t target)
{
	const struct symbol_code *code = symbols_code_at(from->module->symbols, target);
	return code && code->entry == target && code->source != from->code->source;
}

/* By its symbols; or the library chose it for that name at start: such a one has no name outside, or a longer one. */
static bool is_named(const struct place *place, const char *name)
{
	if (symbols_has_name(place->module->symbols, place->code, name))
		return true;
	const struct symbol_code *code = symbols_code_named(place->module->symbols, name);
	bool may_be_chosen = (place->code->flags & SYMBOL_UNNAMED) || strstr(place->code->source->name, name);
	return may_be_chosen && code && (code->flags & SYMBOL_IFUNC);
}

static void visit_jump(void *context, uint64_t from, uint64_t target, bool is_slot, unsigned width)
{
	struct jump_search *search = context;
	const struct symbols *symbols = search->from->module->symbols;
	const struct place *to = search->to;
	uint64_t inner = 0;
	const char *name = is_slot && width ? symbols_slot(symbols, target, &inner) : NULL;
	/* Through a variable, whatever the run stored there. */
	search->has_pointer |= is_slot && !name && !inner;
	if (!width || (is_slot && !name && !inner)) {
		add_place(&search->somewhere, from);
		return;
	}
	bool is_same_module = search->from->module == to->module;
	bool is_it = !is_slot && is_same_module && target == to->code->entry;
	if (!is_it && !is_slot && width == 4 && !symbols_code_at(symbols, target))
		name = stub_name(symbols, target, &inner);
	is_it |= (name && is_named(to, name)) || (inner && is_same_module && inner == to->code->entry);
	if (is_it)
		add_place(&search->direct, from);
	if (is_it && name && (!search->name || strstr(to->code->source->name, name)))
		search->name = name;
	if (!is_it && (is_slot || name || (width == 4 && is_entry_of_other(search->from, target))))
		search->has_others = true;
}

/* The place of the jumps, if they all stand in one function of the source. */
static uint64_t one_place(const struct jump_search *search, const struct jump_places *places)
{
	const struct symbol_source *source = NULL;
	for (size_t i = 0; i < places->count; i++) {
		size_t count;
		const struct symbol_frame *frames = symbols_frames(search->from->module->symbols, places->at[i], &count);
		if (!count || (source && frames[0].source != source))
			return 0;
		source = frames[0].source;
	}
	return places->count ? places->at[0] : 0;
}

static struct jump find_jump(const struct place *function, const struct place *callee)
{
	struct symbols *symbols = function->module->symbols;
	struct jump_search search = {.from = function, .to = callee};
	bool returns = false;
	/* Its ranges: the first, and parts that lie elsewhere. */
	for (size_t i = 0; i < symbols->ranges.count; i++) {
		const struct code_range *range = &symbols->ranges.rows[i];
		size_t length;
		bool is_part = (range->code->flags & SYMBOL_COLD) && range->code->source == function->code->source;
		if (range->code != function->code && !is_part)
			continue;
		const unsigned char *bytes = symbols_bytes(symbols, range->low, range->high - range->low, &length);
		if (!bytes)
			continue;
		machine_jumps(symbols->facts.machine, bytes, length, range->low, visit_jump, &search);
		returns |= machine_returns(symbols->facts.machine, bytes, length);
	}
	if (search.direct.count)
		return (struct jump){JUMP_DIRECT, !returns && !search.somewhere.count && !search.has_others,
				     search.has_pointer, search.name,
				     one_place(&search, &search.direct)};
	if (search.somewhere.count)
		return (struct jump){JUMP_SOMEWHERE, false, search.has_pointer, NULL, one_place(&search, &search.somewhere)};
	return (struct jump){.kind = JUMP_NONE};
}

struct jump jump_between(const struct image *image, const struct place *function, const struct place *callee)
{
	if (!function->code || !callee->code)
		return (struct jump){.kind = JUMP_NONE};
	struct jump jump;
	/* Symbols, and so functions, stay where they are as long as the cache. */
	if (!symbol_cache_find(image->run->cache, function->code, callee->code, &jump, sizeof jump)) {
		jump = find_jump(function, callee);
		symbol_cache_keep(image->run->cache, function->code, callee->code, &jump, sizeof jump);
	}
	return jump;
}

bool may_be_pointed_to(const struct image *image, const struct place *function)
{
	if (!function->code || symbols_is_address_taken(function->module->symbols, function->code))
		return true;
	for (size_t i = 0; i < image->module_count; i++)
		if (&image->modules[i] != function->module && !image->modules[i].is_agent &&
		    symbols_imports(image->modules[i].symbols, function->module->symbols, function->code))
			return true;
	return false;
}
