/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inclusion constraints over slots, solved with a worklist (Andersen 1994; field-based as in Heintze & Tardieu 2001).
 * Arguments and results of indirect calls are linked to their targets as these are found, until nothing changes.
 * Where a call's slot stays empty, or may hold something from where we do not follow, address-taken functions of the
 * same signature are taken instead. */
#include "analysis/indirect.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/indirect_records.h"
#include "base/hash.h"

#define SET_CEILING 4096      /* functions in one slot; past it the slot is "unknown" */
#define CROWD 128             /* functions in one slot; past it several types hardly mean the same call */
#define SIGNATURE_CEILING 512 /* candidates by signature; past it none is better than noise */

#define CONFIDENCE_FIELD 0.9f
#define CONFIDENCE_FLOW 0.8f
#define CONFIDENCE_SIGNATURE 0.3f
#define CONFIDENCE_CLOSE 0.75f /* factor: found by flow, of another type but as many parameters as are given */
#define CONFIDENCE_MISFIT 0.2f /* found by flow, but the number of arguments does not fit */

struct set { /* sorted function symbols */
	uint32_t *items;
	uint32_t count, capacity;
	bool unknown;
	bool looked_up; /* may hold a function that was found by a name we do not know */
};

struct edges { uint32_t *to; uint32_t count, capacity; };

struct solver {
	const struct graph *graph;
	struct set *sets;      /* per slot */
	struct edges *edges;   /* source slot -> targets */
	struct map64 *linked;  /* (source, target) pairs added while solving */
	uint32_t *queue, head, tail, queued_capacity;
	bool *queued;
	struct map64 *parameter_slots; /* (function, index) -> slot */
	struct map64 *return_slots;    /* function -> slot */
	struct edges *through;         /* slot -> SLOT_ICALL_* slots that go through it */
	struct edges *back;            /* SLOT_ICALL_PARAMETER -> objects whose address is the argument: what the callee
				        * stores through its parameter comes back to them */
	bool *via_field;               /* slot is a field, or is fed by one */
};

static void push(struct solver *solver, uint32_t slot)
{
	if (solver->queued[slot])
		return;
	solver->queued[slot] = true;
	solver->queue[solver->tail] = slot;
	solver->tail = (solver->tail + 1) % solver->queued_capacity;
}

static uint32_t pop(struct solver *solver)
{
	uint32_t slot = solver->queue[solver->head];
	solver->head = (solver->head + 1) % solver->queued_capacity;
	solver->queued[slot] = false;
	return slot;
}

static bool set_add(struct set *set, uint32_t item)
{
	uint32_t low = 0, high = set->count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (set->items[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < set->count && set->items[low] == item)
		return false;
	if (set->count == SET_CEILING) {
		bool changed = !set->unknown;
		set->unknown = true;
		return changed;
	}
	size_t capacity = set->capacity;
	mem_grow(&set->items, &capacity, set->count + 1, sizeof *set->items);
	set->capacity = (uint32_t)capacity;
	memmove(set->items + low + 1, set->items + low, (set->count - low) * sizeof *set->items);
	set->items[low] = item;
	set->count++;
	return true;
}

static bool set_merge(struct set *into, const struct set *from)
{
	if ((from->unknown && !into->unknown) || (from->looked_up && !into->looked_up)) {
		into->unknown |= from->unknown;
		into->looked_up |= from->looked_up;
		for (uint32_t i = 0; i < from->count; i++)
			set_add(into, from->items[i]);
		return true;
	}
	/* Linear when there is nothing new, which is the usual case. */
	uint32_t i = 0, j = 0;
	bool changed = false;
	while (i < from->count) {
		while (j < into->count && into->items[j] < from->items[i])
			j++;
		if (j == into->count || into->items[j] != from->items[i])
			changed |= set_add(into, from->items[i]);
		i++;
	}
	return changed;
}

static void edge_add(struct edges *edges, uint32_t to)
{
	size_t capacity = edges->capacity;
	mem_grow(&edges->to, &capacity, edges->count + 1, sizeof *edges->to);
	edges->capacity = (uint32_t)capacity;
	edges->to[edges->count++] = to;
}

static void link_slots(struct solver *solver, uint32_t source, uint32_t target)
{
	uint64_t key = (uint64_t)source << 32 | target;
	if (source == target || map64_get(solver->linked, key, NULL))
		return;
	map64_put(solver->linked, key, 1);
	edge_add(&solver->edges[source], target);
	push(solver, source);
}

static void link_records(void *context, uint32_t source, uint32_t target)
{
	link_slots(context, source, target);
}

static const struct graph_function *function_of(const struct graph *graph, uint32_t symbol)
{
	uint32_t index = symbol == GRAPH_NONE ? GRAPH_NONE : graph->function_of[symbol];
	return index == GRAPH_NONE ? NULL : &graph->functions[index];
}

/* The slot of a function's parameter. All that is given as "..." shares one, which stands behind the named ones. */
static bool parameter_slot(const struct solver *solver, uint32_t symbol, uint32_t index, uint32_t *slot)
{
	const struct graph_function *function = function_of(solver->graph, symbol);
	if (function && function->flags & FUNCTION_VARIADIC && index > function->parameters)
		index = function->parameters;
	return map64_get(solver->parameter_slots, (uint64_t)symbol << 32 | index, slot);
}

static void link_argument(struct solver *solver, uint32_t argument, uint32_t parameter)
{
	link_slots(solver, argument, parameter);
	for (uint32_t i = 0; i < solver->back[argument].count; i++)
		link_slots(solver, parameter, solver->back[argument].to[i]);
}

static void link_calls(struct solver *solver, uint32_t slot)
{
	const struct graph *graph = solver->graph;
	const struct edges *through = &solver->through[slot];
	for (uint32_t i = 0; i < through->count; i++) {
		const struct graph_slot *call = &graph->slots[through->to[i]];
		for (uint32_t f = 0; f < solver->sets[slot].count; f++) {
			uint32_t function = solver->sets[slot].items[f], other;
			if (call->kind == SLOT_ICALL_PARAMETER && parameter_slot(solver, function, call->index, &other))
				link_argument(solver, through->to[i], other);
			if (call->kind == SLOT_ICALL_RETURN && map64_get(solver->return_slots, function, &other))
				link_slots(solver, other, through->to[i]);
		}
	}
}

/* ---- functions looked up by name ---- */

/* dlsym(handle, "name") gives the function of that name, in whatever module of the codebase it stands. Where other
 * names are computed, other functions may come out too: those that nobody refers to by name, as plugins are made; and,
 * where some names are known, any. */
static void add_looked_up(struct solver *solver)
{
	const struct graph *graph = solver->graph;
	for (uint32_t i = 0; i < graph->slot_count; i++) {
		const struct graph_slot *slot = &graph->slots[i];
		uint32_t named = 0, sites = 0;
		if (slot->kind != SLOT_RETURN || slot->owner == GRAPH_NONE || graph->symbols[slot->owner].is_defined ||
		    (strcmp(graph->symbols[slot->owner].name, "dlsym") != 0 && strcmp(graph->symbols[slot->owner].name, "dlvsym") != 0))
			continue;
		for (uint32_t k = 0; k < graph->literal_count; k++) {
			const struct graph_literal *literal = &graph->literals[k];
			if (literal->callee != slot->owner || literal->argument != 1)
				continue;
			named++;
			for (uint32_t f = 0; f < graph->function_count; f++)
				if (!(graph->functions[f].flags & FUNCTION_STATIC) &&
				    !strcmp(graph->symbols[graph->functions[f].symbol].name, literal->text))
					set_add(&solver->sets[i], graph->functions[f].symbol);
		}
		for (uint32_t k = 0; k < graph->call_count; k++)
			if (graph->calls[k].callee == slot->owner)
				sites += graph->calls[k].sites;
		solver->sets[i].looked_up = named < sites;
		solver->sets[i].unknown = named && named < sites;
		push(solver, i);
	}
}

static void unite_variadic(struct solver *solver)
{
	const struct graph *graph = solver->graph;
	for (uint32_t i = 0; i < graph->slot_count; i++) {
		uint32_t rest;
		if (graph->slots[i].kind == SLOT_PARAMETER && graph->slots[i].owner != GRAPH_NONE &&
		    parameter_slot(solver, graph->slots[i].owner, graph->slots[i].index, &rest))
			link_slots(solver, i, rest);
	}
}

/* ---- solving ---- */

static void solver_init(struct solver *solver, const struct graph *graph)
{
	uint32_t slots = graph->slot_count;
	*solver = (struct solver){.graph = graph, .linked = map64_create(), .parameter_slots = map64_create(),
				  .return_slots = map64_create(), .queued_capacity = slots + 1};
	solver->sets = mem_zalloc((size_t)slots + 1, sizeof *solver->sets);
	solver->edges = mem_zalloc((size_t)slots + 1, sizeof *solver->edges);
	solver->through = mem_zalloc((size_t)slots + 1, sizeof *solver->through);
	solver->back = mem_zalloc((size_t)slots + 1, sizeof *solver->back);
	solver->queued = mem_zalloc((size_t)slots + 1, sizeof *solver->queued);
	solver->via_field = mem_zalloc((size_t)slots + 1, sizeof *solver->via_field);
	solver->queue = mem_alloc(((size_t)slots + 1) * sizeof *solver->queue);
	for (uint32_t i = 0; i < slots; i++) {
		const struct graph_slot *slot = &graph->slots[i];
		switch ((enum slot_kind)slot->kind) {
		case SLOT_FUNCTION:
			set_add(&solver->sets[i], slot->owner);
			push(solver, i);
			break;
		case SLOT_UNKNOWN:
			solver->sets[i].unknown = true;
			push(solver, i);
			break;
		case SLOT_PARAMETER:
			map64_put(solver->parameter_slots, (uint64_t)slot->owner << 32 | slot->index, i);
			break;
		case SLOT_RETURN:
			map64_put(solver->return_slots, slot->owner, i);
			break;
		case SLOT_ICALL_PARAMETER: case SLOT_ICALL_RETURN:
			if (slot->through != GRAPH_NONE)
				edge_add(&solver->through[slot->through], i);
			break;
		default:
			break;
		}
		solver->via_field[i] = slot->kind == SLOT_FIELD;
	}
	for (uint32_t i = 0; i < graph->flow_count; i++) {
		uint32_t source = graph->flows[i].source;
		bool comes_back = graph->slots[source].kind == SLOT_ICALL_PARAMETER;
		edge_add(comes_back ? &solver->back[source] : &solver->edges[source], graph->flows[i].target);
	}
	records_unite(graph, link_records, solver);
	unite_variadic(solver);
	add_looked_up(solver);
}

static void solver_run(struct solver *solver)
{
	while (solver->head != solver->tail) {
		uint32_t slot = pop(solver);
		link_calls(solver, slot);
		for (uint32_t i = 0; i < solver->edges[slot].count; i++) {
			uint32_t target = solver->edges[slot].to[i];
			bool changed = set_merge(&solver->sets[target], &solver->sets[slot]);
			if (solver->via_field[slot] && !solver->via_field[target] && solver->sets[slot].count) {
				solver->via_field[target] = true;
				changed = true;
			}
			if (changed)
				push(solver, target);
		}
	}
}

static void solver_finish(struct solver *solver)
{
	for (uint32_t i = 0; i < solver->graph->slot_count; i++) {
		free(solver->sets[i].items);
		free(solver->edges[i].to);
		free(solver->through[i].to);
		free(solver->back[i].to);
	}
	free(solver->sets);
	free(solver->edges);
	free(solver->through);
	free(solver->back);
	free(solver->queued);
	free(solver->via_field);
	free(solver->queue);
	map64_destroy(solver->linked);
	map64_destroy(solver->parameter_slots);
	map64_destroy(solver->return_slots);
}

/* ---- by signature ---- */

struct by_signature { const char *signature; uint32_t function; };

static int compare_signatures(const void *a, const void *b)
{
	const struct by_signature *x = a, *y = b;
	int order = strcmp(x->signature, y->signature);
	return order ? order : (x->function > y->function) - (x->function < y->function);
}

/* Functions whose address is taken; or (exported) those that are there for others to look up: not static, and neither
 * called nor named anywhere. */
static struct by_signature *list_functions(const struct graph *graph, bool exported, size_t *count)
{
	struct by_signature *list = mem_alloc(((size_t)graph->function_count + 1) * sizeof *list);
	bool *named = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *named);
	size_t found = 0;
	for (uint32_t i = 0; i < graph->use_count; i++)
		if (exported || graph->uses[i].kind == REF_ADDRESS)
			named[graph->uses[i].to] = true;
	for (uint32_t i = 0; i < graph->call_count && exported; i++)
		if (graph->calls[i].caller != graph->calls[i].callee)
			named[graph->calls[i].callee] = true;
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		if (exported ? !named[function->symbol] && !(function->flags & FUNCTION_STATIC) : named[function->symbol])
			list[found++] = (struct by_signature){function->signature, function->symbol};
	}
	free(named);
	qsort(list, found, sizeof *list, compare_signatures);
	*count = found;
	return list;
}

/* ---- results ---- */

struct results { struct graph_call *items; size_t count, capacity; };

static void add_call(struct results *results, const struct graph_icall *call, uint32_t callee, const char *basis,
		     float confidence)
{
	mem_grow(&results->items, &results->capacity, results->count + 1, sizeof *results->items);
	results->items[results->count++] = (struct graph_call){
		.caller = call->caller, .callee = callee, .file = call->file, .sites = call->sites, .line = call->line,
		.configurations = call->configurations, .confidence = confidence, .basis = basis,
	};
}

enum fit { FIT_NOT, FIT_FEWER, FIT_UNKNOWN, FIT_CLOSE, FIT_EXACT };

/* How a function's type fits a call. A function that takes fewer arguments than it is given works on real machines and
 * is used so (free where a callback with user data is called for); one that takes more reads what nobody passed. */
static enum fit fit_of(const struct graph *graph, uint32_t symbol, const struct graph_icall *call)
{
	const struct graph_function *function = function_of(graph, symbol);
	if (!function)
		return FIT_UNKNOWN;
	if (!strcmp(function->signature, call->signature))
		return FIT_EXACT;
	if (function->flags & FUNCTION_NO_PROTOTYPE || function->parameters == call->arguments)
		return FIT_CLOSE;
	if (function->parameters > call->arguments)
		return FIT_NOT;
	return function->flags & FUNCTION_VARIADIC ? FIT_CLOSE : FIT_FEWER;
}

/* Adds what flows to the call; returns how many. *fits: one of them may be called so. A slot that holds functions of
 * several types (by void pointers, "...") says by the types which are meant: those that cannot be are left out,
 * unless nothing else is known; and of a crowd (tables of functions of any type, as plugins register them) all those
 * that are of another type, where some are of the call's. */
static size_t call_by_flow(const struct graph *graph, const struct graph_icall *call, const struct set *set, bool field,
			   struct results *results, bool *fits)
{
	size_t added = 0;
	enum fit best = FIT_NOT;
	for (uint32_t i = 0; i < set->count && best != FIT_EXACT; i++) {
		enum fit fit = fit_of(graph, set->items[i], call);
		best = fit > best ? fit : best;
	}
	*fits = best > FIT_FEWER;
	for (uint32_t i = 0; i < set->count; i++) {
		enum fit fit = fit_of(graph, set->items[i], call);
		float confidence = field ? CONFIDENCE_FIELD : CONFIDENCE_FLOW;
		if (*fits && (fit == FIT_NOT || (fit < FIT_EXACT && fit != FIT_UNKNOWN && best == FIT_EXACT && set->count > CROWD)))
			continue;
		if (fit == FIT_CLOSE)
			confidence *= CONFIDENCE_CLOSE;
		add_call(results, call, set->items[i], field ? "field" : "flow",
			 fit <= FIT_FEWER ? CONFIDENCE_MISFIT : confidence);
		added++;
	}
	return added;
}

static int compare_calls(const void *a, const void *b)
{
	const struct graph_call *x = a, *y = b;
	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	if (x->callee != y->callee)
		return x->callee < y->callee ? -1 : 1;
	return (x->confidence < y->confidence) - (x->confidence > y->confidence);
}

static void unite_calls(struct indirect_result *out, struct results *results)
{
	if (results->count)
		qsort(results->items, results->count, sizeof *results->items, compare_calls);
	size_t kept = 0;
	for (size_t i = 0; i < results->count; i++) {
		struct graph_call *last = kept ? &results->items[kept - 1] : NULL;
		const struct graph_call *call = &results->items[i];
		if (last && last->caller == call->caller && last->callee == call->callee) {
			last->sites += call->sites;
			last->line = call->line < last->line ? call->line : last->line;
			last->configurations = last->configurations == call->configurations ? last->configurations : 0;
		} else {
			results->items[kept++] = *call;
		}
	}
	out->calls = results->items;
	out->count = kept;
}

static size_t call_by_signature(const struct graph_icall *call, const struct by_signature *list, size_t count,
				struct results *results, const struct set *known)
{
	size_t low = 0, high = count, found = 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(list[middle].signature, call->signature) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	size_t last = low;
	while (last < count && !strcmp(list[last].signature, call->signature))
		last++;
	if (last - low > SIGNATURE_CEILING)
		return 0;
	for (size_t i = low; i < last; i++) {
		bool have = false;
		for (uint32_t k = 0; k < known->count && !have; k++)
			have = known->items[k] == list[i].function;
		if (!have) {
			add_call(results, call, list[i].function, "signature", CONFIDENCE_SIGNATURE);
			found++;
		}
	}
	return found;
}

static void collect_callbacks(struct solver *solver, struct indirect_result *out)
{
	const struct graph *graph = solver->graph;
	size_t capacity = 0;
	for (uint32_t i = 0; i < graph->slot_count; i++) {
		const struct graph_slot *slot = &graph->slots[i];
		if (slot->kind != SLOT_PARAMETER || slot->owner == GRAPH_NONE || graph->symbols[slot->owner].is_defined)
			continue;
		for (uint32_t f = 0; f < solver->sets[i].count; f++) {
			mem_grow(&out->callbacks, &capacity, out->callback_count + 1, sizeof *out->callbacks);
			out->callbacks[out->callback_count++] =
				(struct indirect_callback){slot->owner, slot->index, solver->sets[i].items[f]};
		}
	}
}

void indirect_resolve(const struct graph *graph, struct indirect_result *out)
{
	*out = (struct indirect_result){0};
	struct solver solver;
	solver_init(&solver, graph);
	solver_run(&solver);
	size_t taken_count, exported_count, candidates = 0;
	struct by_signature *taken = list_functions(graph, false, &taken_count);
	struct by_signature *exported = list_functions(graph, true, &exported_count);
	struct results results = {0};
	for (uint32_t i = 0; i < graph->icall_count; i++) {
		const struct graph_icall *call = &graph->icalls[i];
		const struct set *set = &solver.sets[call->slot];
		bool fits;
		size_t found = call_by_flow(graph, call, set, solver.via_field[call->slot], &results, &fits);
		bool by_flow = found > 0;
		if (!fits || set->unknown)
			found += call_by_signature(call, taken, taken_count, &results, set);
		if (set->looked_up)
			found += call_by_signature(call, exported, exported_count, &results, set);
		out->sites += call->sites;
		if (found) {
			out->sites_resolved += call->sites;
			candidates += found * call->sites;
			if (!by_flow)
				out->sites_by_signature += call->sites;
			else if (solver.via_field[call->slot])
				out->sites_by_field += call->sites;
			else
				out->sites_by_flow += call->sites;
		}
	}
	out->mean_candidates = out->sites_resolved ? (double)candidates / (double)out->sites_resolved : 0;
	unite_calls(out, &results);
	collect_callbacks(&solver, out);
	free(taken);
	free(exported);
	solver_finish(&solver);
}

void indirect_result_finish(struct indirect_result *result)
{
	free(result->calls);
	free(result->callbacks);
	*result = (struct indirect_result){0};
}
