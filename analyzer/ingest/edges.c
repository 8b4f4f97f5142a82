/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edge records and stacks of an image become edges of the observation. See edges.h for what is counted. */
#include "ingest/edges.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/machine.h"
#include "ingest/tail_calls.h"

struct record {
	uint64_t from, callee, count, first;
	uint32_t entry, flags; /* flags without TRACE_EDGES_PLT */
	bool is_plt;           /* TRACE_EDGES_PLT */
};
struct records { struct record *rows; size_t count, capacity; };

/* All that was reached from one return address, in one entry's tables of one kind. */
struct group {
	struct image *image;
	struct place site;               /* the call: one before the return address */
	const struct symbol_frame *frames; /* the caller's, innermost first */
	size_t frame_count;
	uint64_t caller;                 /* row */
	uint64_t entry;                  /* row */
	uint64_t how;
	const struct record *records;
	struct place *callees;           /* of each record */
	size_t count;
};

static void emit(const struct group *group, uint64_t caller, uint64_t callee, uint64_t flags, uint64_t count, uint64_t line,
		 uint64_t first)
{
	if (callee == OBSERVATION_NONE)
		return;
	struct observation_edge edge = {caller, callee, group->entry, group->how, flags, count, line,
					group->image->run->order + first};
	observation_builder_add(group->image->run->builder, OBSERVATION_TABLE_edges, &edge);
}

static bool is_first_time(const struct image *image, const void *what, size_t size)
{
	uint32_t before = interner_count(image->told);
	return interner_add(image->told, what, size) == before;
}

/* Outer function -> inlined function, for functions whose code is at one place of a module. */
static void emit_inlined(const struct group *group, const struct image_module *module, const struct symbol_frame *frames,
			 size_t count, uint64_t first)
{
	for (size_t i = count; i-- > 1;) {
		const struct symbol_frame *outer = &frames[i], *inner = &frames[i - 1];
		if (outer->source == inner->source)
			continue; /* a part that was split off and put back: no call in the source */
		uint64_t key[] = {(uint64_t)(uintptr_t)module, inner->instance, group->entry, group->how};
		if (group->how == OBSERVATION_COUNTED && !is_first_time(group->image, key, sizeof key))
			continue;
		emit(group, image_function_row(group->image, module, outer->source),
		     image_function_row(group->image, module, inner->source), OBSERVATION_INLINED, 1, outer->line, first);
	}
}

static bool is_same(const struct place *a, const struct place *b)
{
	return a->module == b->module && a->code == b->code && (a->code || a->address == b->address);
}

/* Part of a function that was split off, called or jumped to by what was left of it: no call in the source. */
static bool is_own_part(const struct place *callee, const struct symbol_source *caller)
{
	return callee->code && (callee->code->flags & SYMBOL_PART) && callee->code->source == caller;
}

/* Functions outside have several names; theirs is the one by which they are called. NULL: none told. */
static uint64_t callee_row(const struct group *group, size_t i, const char *name)
{
	const struct place *callee = &group->callees[i];
	if (name && callee->module && !callee->module->is_inside && !callee->module->is_agent)
		return image_named_row(group->image, callee->module, name);
	return image_place_row(group->image, callee, true);
}

static void emit_jumps(const struct group *group, size_t i, const struct place *jumper, const struct jump *jump, uint64_t count)
{
	const struct image *image = group->image;
	const struct place *callee = &group->callees[i];
	uint64_t line = 0, first = group->records[i].first;
	struct symbol_source *source = jumper->code->source;
	if (jump->at) {
		size_t frame_count;
		const struct image_module *module = jumper->module;
		const struct symbol_frame *frames = symbols_frames(module->symbols, jump->at, &frame_count);
		source = frame_count ? frames[0].source : source;
		line = frame_count ? frames[0].line : 0;
		emit_inlined(group, module, frames, frame_count, first);
	}
	if (!is_own_part(callee, source))
		emit(group, image_function_row(image, jumper->module, source), callee_row(group, i, jump->name),
		     OBSERVATION_TAIL_CALL, count, line, first);
}

/* One that may have jumped to a callee. */
struct jumper {
	const struct place *place; /* NULL: nobody */
	struct jump jump;
	uint64_t reached;          /* how often it was, from the same place; UINT64_MAX: that is not known */
	bool is_named;             /* by the call */
};

/* Is a the likelier one to have jumped count times? Who jumps there directly rather than who jumps somewhere; of the former
 * the one that the call names; then who was reached just so often, at least so often, less often in all. */
static bool is_likelier(const struct jumper *a, const struct jumper *b, uint64_t count)
{
	if (a->jump.kind != b->jump.kind)
		return a->jump.kind > b->jump.kind;
	if (a->jump.kind == JUMP_DIRECT && a->is_named != b->is_named && (a->is_named ? a : b)->reached >= count)
		return a->is_named;
	if ((a->reached == count) != (b->reached == count))
		return a->reached == count;
	if ((a->reached >= count) != (b->reached >= count))
		return a->reached >= count;
	return a->reached < b->reached;
}

/* Who jumped to callee i: of those reached from the same place, or named there. Those that cannot leave otherwise did so
 * each time they were reached; the rest falls to the likeliest of the others. false: nobody. */
static bool emit_tail_call(const struct group *group, size_t i, const struct place *named)
{
	const struct place *callee = &group->callees[i];
	struct jumper best = {0};
	uint64_t left = group->records[i].count;
	bool is_told = false, is_named_reached = false;
	for (size_t k = 0; k < group->count; k++) {
		struct jumper jumper = {.place = &group->callees[k], .reached = group->records[k].count};
		jumper.is_named = named && is_same(named, jumper.place);
		is_named_reached |= jumper.is_named;
		if (!jumper.place->code || is_same(jumper.place, callee))
			continue;
		jumper.jump = jump_between(group->image, jumper.place, callee);
		if (jumper.jump.is_only_way && jumper.reached <= left) {
			emit_jumps(group, i, jumper.place, &jumper.jump, jumper.reached);
			left -= jumper.reached;
			is_told = true;
		} else if (jumper.jump.kind != JUMP_NONE && (!best.place || is_likelier(&jumper, &best, left))) {
			best = jumper;
		}
	}
	if (named && named->code && !is_named_reached && !is_same(named, callee)) {
		struct jumper jumper = {named, jump_between(group->image, named, callee), UINT64_MAX, true};
		if (!best.place || is_likelier(&jumper, &best, left))
			best = jumper;
	}
	if (!best.place && !is_told && named && named->code && !is_same(named, callee))
		best.place = named; /* by ways that its code does not show */
	if (left && best.place)
		emit_jumps(group, i, best.place, &best.jump, left);
	return best.place || is_told;
}

#define JUMPERS_CEILING 64 /* looked at, where a call reaches many */

/* Of what a call through a pointer reached: may something else that it reached have jumped there? Then that is the caller. */
static bool may_be_jumped_to(const struct group *group, size_t i)
{
	for (size_t k = 0; k < group->count && group->count <= JUMPERS_CEILING; k++) {
		if (k == i || group->records[k].count < group->records[i].count)
			continue;
		struct jump jump = jump_between(group->image, &group->callees[k], &group->callees[i]);
		if (jump.kind == JUMP_DIRECT || jump.may_be_pointer)
			return true;
	}
	return false;
}

static void emit_call_of(const struct group *group, size_t i, uint64_t callee, uint64_t flags)
{
	const struct record *record = &group->records[i];
	if (!group->frame_count || !is_own_part(&group->callees[i], group->frames[0].source))
		emit(group, group->caller, callee, flags, record->count, group->frame_count ? group->frames[0].line : 0, record->first);
}

static void emit_call(const struct group *group, size_t i)
{
	emit_call_of(group, i, callee_row(group, i, NULL), 0);
}


/* The call names a function: what else was reached from there was reached by jumps. */
static void emit_named_calls(const struct group *group, const struct call_target *target)
{
	uint64_t reached_by_jump = 0, first = UINT64_MAX;
	bool is_seen = false;
	for (size_t i = 0; i < group->count; i++) {
		if (call_target_is(target, &group->callees[i])) {
			is_seen = true;
			emit_call_of(group, i, callee_row(group, i, target->name), 0);
			continue;
		}
		if (!emit_tail_call(group, i, &target->place)) { /* named, but nowhere to be found */
			emit_call(group, i);
			continue;
		}
		reached_by_jump += group->records[i].count;
		first = group->records[i].first < first ? group->records[i].first : first;
	}
	if (!is_seen && reached_by_jump)
		emit(group, group->caller, image_place_row(group->image, &target->place, true), OBSERVATION_TAIL_CALL,
		     reached_by_jump, group->frame_count ? group->frames[0].line : 0, first);
}

/* Through a pointer: what cannot be pointed to was reached by jumps, and so was what went through a GOT entry. */
static void emit_pointer_calls(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		bool is_jump = group->count > 1 && (group->records[i].is_plt || !may_be_pointed_to(group->image, &group->callees[i]));
		if (!is_jump || !emit_tail_call(group, i, NULL))
			emit_call_of(group, i, callee_row(group, i, NULL), may_be_jumped_to(group, i) ? OBSERVATION_DOUBTFUL : 0);
	}
}

/* Of memcpy a library has several, and each processor gets one: they are all memcpy. time() may be the kernel's. */
static void emit_chosen_calls(const struct group *group, const struct call_target *target)
{
	uint64_t named = image_named_row(group->image, target->place.module, target->name);
	for (size_t i = 0; i < group->count; i++)
		if (group->callees[i].module == target->place.module || !group->callees[i].code)
			emit_call_of(group, i, named, 0);
		else
			emit_call(group, i);
}

static void emit_from_codebase(struct group *group)
{
	const struct image_module *module = group->site.module;
	group->frames = symbols_frames(module->symbols, group->site.address, &group->frame_count);
	group->caller = group->frame_count ? image_function_row(group->image, module, group->frames[0].source)
					   : image_place_row(group->image, &group->site, false);
	emit_inlined(group, module, group->frames, group->frame_count, group->records[0].first);
	struct call_target target = call_target_of(group->image, &group->site);
	if (target.is_known)
		emit_named_calls(group, &target);
	else if (target.is_chosen)
		emit_chosen_calls(group, &target);
	else
		emit_pointer_calls(group);
}

/* Tables of functions instead of return addresses: the calls are those of the source. */
static void emit_from_functions(struct group *group)
{
	group->caller = image_place_row(group->image, &group->site, true);
	for (size_t i = 0; i < group->count; i++)
		emit(group, group->caller, image_place_row(group->image, &group->callees[i], true), 0, group->records[i].count, 0,
		     group->records[i].first);
}

static void add_entry(const struct group *group, size_t i, const char *kind)
{
	struct observation_entry entry = {image_place_row(group->image, &group->callees[i], true),
					  image_string(group->image, kind),
					  group->how == OBSERVATION_COUNTED ? group->records[i].count : 0};
	observation_builder_add(group->image->run->builder, OBSERVATION_TABLE_entries, &entry);
}

static void emit_from_outside(struct group *group)
{
	const struct place *site = &group->site;
	bool is_named = site->code && !(site->code->flags & SYMBOL_UNNAMED) && !site->module->is_agent;
	group->caller = is_named ? image_place_row(group->image, site, false) : OBSERVATION_NONE;
	for (size_t i = 0; i < group->count; i++) {
		const struct place *callee = &group->callees[i];
		/* Counted at the GOT entry of something inside: a jump, from what was called from there. */
		if (callee->module && !callee->module->is_inside && group->records[i].is_plt && group->count > 1)
			emit_tail_call(group, i, NULL);
		if (!callee->module || !callee->module->is_inside)
			continue;
		uint64_t main_address = symbols_facts(callee->module->symbols)->main;
		bool is_main = callee->module == group->image->program && callee->code && callee->code->entry == main_address;
		bool is_start = site->module && (site->module->is_loader || site->module->is_libc);
		/* Threads and main are entries already. */
		if (!is_main && !image_is_start_function(group->image, callee))
			add_entry(group, i, is_start && callee->code && symbols_is_constructor(callee->module->symbols, callee->code->entry)
						    ? "constructor" : "callback");
		emit(group, group->caller, image_place_row(group->image, callee, true), 0, group->records[i].count, 0,
		     group->records[i].first);
	}
}

static bool is_signal_return(const struct image *image, uint64_t return_address, uint64_t order)
{
	struct place place = image_place(image, return_address, order);
	size_t length;
	const unsigned char *bytes = place.module ? symbols_bytes(place.module->symbols, place.address, 16, &length) : NULL;
	return bytes && machine_signal_return(symbols_facts(place.module->symbols)->machine, bytes, length);
}

static void emit_signals(struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		if (!group->callees[i].module || !group->callees[i].module->is_inside)
			continue;
		add_entry(group, i, "signal");
		emit(group, OBSERVATION_NONE, image_place_row(group->image, &group->callees[i], true), OBSERVATION_SIGNAL,
		     group->records[i].count, 0, group->records[i].first);
	}
}

/* records: count of them with one from, entry and kind of table. */
static void emit_group(struct image *image, const struct record *records, size_t count, uint64_t how)
{
	struct place few[16], *callees = count <= 16 ? few : mem_alloc(count * sizeof *callees);
	struct group group = {.image = image, .entry = image_entry(image, records->entry), .how = how, .records = records,
			      .callees = callees, .count = count};
	bool is_function = records->flags & TRACE_EDGES_FUNCTIONS;
	group.site = image_place(image, is_function ? records->from : records->from - 1, records->first);
	for (size_t i = 0; i < count; i++)
		callees[i] = image_place(image, records[i].callee, records[i].first);
	if (!is_function && is_signal_return(image, records->from, records->first))
		emit_signals(&group);
	else if (!group.site.module || !group.site.module->is_inside)
		emit_from_outside(&group);
	else if (is_function)
		emit_from_functions(&group);
	else
		emit_from_codebase(&group);
	if (callees != few)
		free(callees);
}

static int compare_records(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	if (x->flags != y->flags)
		return x->flags < y->flags ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->callee != y->callee)
		return x->callee < y->callee ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static void read_records(const struct image *image, struct records *records)
{
	struct trace_rows rows;
	for (uint64_t at = 0; trace_rows_next(image->trace, TRACE_EDGES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_edge *edge = trace_row(&rows, i);
			if (!edge->from || !edge->key || !edge->count)
				continue;
			mem_grow(&records->rows, &records->capacity, records->count + 1, sizeof *records->rows);
			bool is_plt = rows.segment->flags & TRACE_EDGES_PLT;
			records->rows[records->count++] = (struct record){edge->from, trace_edge_callee(edge), edge->count, edge->first,
				rows.segment->entry, rows.segment->flags & ~(uint32_t)TRACE_EDGES_PLT, is_plt};
		}
}

/* What tells a function from all others. */
static void function_key(const struct image *image, const struct record *record, uintptr_t key[2])
{
	struct place callee = image_place(image, record->callee, record->first);
	key[0] = (uintptr_t)callee.module;
	key[1] = callee.code ? (uintptr_t)callee.code : (uintptr_t)callee.address;
}

/* Calls through a GOT entry of functions that have counted at their entries, too, count once. All that is left was reached
 * from its return address, whichever way that was noticed. */
static void settle_records(const struct image *image, struct records *records)
{
	struct interner *counted = interner_create();
	size_t kept = 0;
	uintptr_t key[2];
	uint32_t ignored;
	for (size_t i = 0; i < records->count; i++) {
		function_key(image, &records->rows[i], key);
		if (!records->rows[i].is_plt && !(records->rows[i].flags & TRACE_EDGES_SAMPLED))
			interner_add(counted, (const char *)key, sizeof key);
	}
	for (size_t i = 0; i < records->count; i++) {
		function_key(image, &records->rows[i], key);
		if (!records->rows[i].is_plt || !interner_find(counted, (const char *)key, sizeof key, &ignored))
			records->rows[kept++] = records->rows[i];
	}
	records->count = kept;
	if (kept)
		qsort(records->rows, kept, sizeof *records->rows, compare_records);
	interner_destroy(counted);
}

/* Is an address in the same module at both times? Not where one module came to the addresses of another that went. */
static bool is_same_module(const struct image *image, uint64_t address, const struct record *a, const struct record *b)
{
	return image_place(image, address, a->first).module == image_place(image, address, b->first).module;
}

/* Equal records add up. */
static void merge_records(const struct image *image, struct records *records)
{
	size_t kept = 0;
	for (size_t i = 0; i < records->count; i++) {
		struct record *record = &records->rows[i], *last = kept ? &records->rows[kept - 1] : NULL;
		if (last && last->from == record->from && last->callee == record->callee && last->entry == record->entry &&
		    last->flags == record->flags && is_same_module(image, record->from - 1, last, record) &&
		    is_same_module(image, record->callee, last, record))
			last->count = last->count > UINT64_MAX - 1 - record->count ? UINT64_MAX - 1 : last->count + record->count;
		else
			records->rows[kept++] = *record;
	}
	records->count = kept;
}

/* Were two records reached from the same call? */
static bool is_one_group(const struct image *image, const struct record *a, const struct record *b)
{
	return a->from == b->from && a->entry == b->entry && a->flags == b->flags && is_same_module(image, a->from - 1, a, b);
}

struct told_key { uint64_t kind, what, entry; };

static struct told_key counted_key(const struct place *callee)
{
	return (struct told_key){2, (uint64_t)(uintptr_t)callee->code, 0};
}

/* Mode patch leaves some functions alone: those that were counted at their entry are remembered. */
static void remember_counted(struct image *image, const struct records *records)
{
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->rows[i];
		struct place callee = image_place(image, record->callee, record->first);
		if (record->flags || !callee.code || callee.module->mode != TRACE_MODE_PATCH)
			continue;
		struct told_key key = counted_key(&callee);
		interner_add(image->told, (const char *)&key, sizeof key);
	}
}

/* Are all calls of the function at that place counted, from wherever they come? */
static bool is_counted(const struct image *image, const struct place *callee)
{
	uint32_t id;
	if (!callee->module || !callee->module->is_inside)
		return false;
	if (callee->module->mode != TRACE_MODE_PATCH)
		return callee->module->mode == TRACE_MODE_FENTRY || callee->module->mode == TRACE_MODE_INSTRUMENT;
	struct told_key key = counted_key(callee);
	return callee->code && interner_find(image->told, (const char *)&key, sizeof key, &id);
}

void edges_read(struct image *image)
{
	struct records records = {0};
	read_records(image, &records);
	settle_records(image, &records);
	merge_records(image, &records);
	remember_counted(image, &records);
	for (size_t i = 0, end; i < records.count; i = end) {
		for (end = i + 1; end < records.count && is_one_group(image, &records.rows[i], &records.rows[end]);)
			end++;
		emit_group(image, records.rows + i, end - i,
			   records.rows[i].flags & TRACE_EDGES_SAMPLED ? OBSERVATION_SAMPLED_EDGE : OBSERVATION_COUNTED);
	}
	free(records.rows);
}

void edges_add_stack(struct image *image, const struct trace_stack *stack, uint32_t entry, uint64_t order)
{
	struct told_key key = {1, (uint64_t)((const unsigned char *)stack - image->trace->bytes), entry};
	if (!is_first_time(image, &key, sizeof key))
		return;
	for (uint32_t i = 0; i + 1 < stack->count; i++) {
		struct place callee = image_place(image, stack->addresses[i] - 1, order);
		if (is_counted(image, &callee))
			continue; /* no need of stacks, which do not see that a call was jumped to */
		struct record record = {stack->addresses[i + 1], stack->addresses[i] - 1, 1, order, entry, 0, false};
		emit_group(image, &record, 1, OBSERVATION_STACKED);
	}
}
