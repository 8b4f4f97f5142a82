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
	return (struct call_target){true, {module, address, code}, NULL};
}

static struct call_target target_named(const struct image *image, const char *name)
{
	struct call_target target = {true, place_named(image, name), name};
	if (target.place.code && (target.place.code->flags & SYMBOL_IFUNC))
		target.is_known = false;
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

struct jump_search {
	const struct place *from, *to;
	bool found;
};

static void visit_jump(void *context, uint64_t target, bool is_slot, unsigned width)
{
	struct jump_search *search = context;
	const struct symbols *symbols = search->from->module->symbols;
	(void)width;
	if (search->found)
		return;
	uint64_t inner = 0;
	const char *name = is_slot ? symbols_slot(symbols, target, &inner) : NULL;
	bool is_same_module = search->from->module == search->to->module;
	if (!is_slot && is_same_module && target == search->to->code->entry) {
		search->found = true;
		return;
	}
	if (!is_slot && width == 4 && !symbols_code_at(symbols, target))
		name = stub_name(symbols, target, &inner);
	search->found = (name && symbols_has_name(search->to->module->symbols, search->to->code, name)) ||
			(inner && is_same_module && inner == search->to->code->entry);
}

static enum jump find_jump(const struct place *function, const struct place *callee)
{
	struct symbols *symbols = function->module->symbols;
	struct jump_search search = {function, callee, false};
	bool is_somewhere = false;
	/* Its ranges: the first, and parts that lie elsewhere. */
	for (size_t i = 0; !search.found && i < symbols->ranges.count; i++) {
		const struct code_range *range = &symbols->ranges.rows[i];
		size_t length;
		bool is_part = (range->code->flags & SYMBOL_COLD) && range->code->source == function->code->source;
		if (range->code != function->code && !is_part)
			continue;
		const unsigned char *bytes = symbols_bytes(symbols, range->low, range->high - range->low, &length);
		if (!bytes)
			continue;
		machine_jumps(symbols->facts.machine, bytes, length, range->low, visit_jump, &search);
		is_somewhere |= machine_jumps_anywhere(symbols->facts.machine, bytes, length);
	}
	return search.found ? JUMP_DIRECT : is_somewhere ? JUMP_SOMEWHERE : JUMP_NONE;
}

enum jump jump_between(const struct image *image, const struct place *function, const struct place *callee)
{
	if (!function->code || !callee->code)
		return JUMP_NONE;
	/* Symbols, and so functions, stay where they are as long as the cache. */
	const struct symbol_code *pair[] = {function->code, callee->code};
	uint64_t key = hash_bytes64(pair, sizeof pair) >> 1;
	uint32_t jump;
	struct map64 *known = symbol_cache_jumps(image->run->cache);
	if (!map64_get(known, key, &jump)) {
		jump = find_jump(function, callee);
		map64_put(known, key, jump);
	}
	return (enum jump)jump;
}
