/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summing up what runs saw, in symbols of the release. Knows nothing of how names are bound.
 *
 * Calls, samples and call stacks are never added to one another: where a call was counted, that alone is told. Order of first
 * sight runs on from one observation to the next. */
#include "analysis/observed_bind.h"

#include <stdlib.h>
#include <string.h>

#define FLOW_CALLS_CEILING 1000000 /* rows; past it calls are told without their entry point */

struct edge_row { uint32_t entry, caller, callee; uint64_t exact, inlined, tail, sampled, stacked, first, doubtful; uint32_t line; };

struct summing {
	const struct graph *graph;
	struct observed_result *result;
	struct binder *binder;
	struct interner *outside;    /* scope '\0' name -> index into result->outside */
	size_t outside_capacity;
	struct interner *resources;  /* kind '\0' name -> index into result->resources */
	size_t resource_capacity;
	struct interner *texts;      /* operations, kinds of entries: strings that outlive the observations */
	struct edge_row *edges;      size_t edge_count, edge_capacity;
	struct observed_use *uses;   size_t use_count, use_capacity;
	struct observed_order *orders; size_t order_count, order_capacity;
	struct observed_entry *entries; size_t entry_count, entry_capacity;
	struct observed_flow *seen;  size_t seen_count, seen_capacity; /* function on an entry's threads */
	struct time_row { uint32_t symbol; uint64_t total_ns, self_ns; } *times; size_t time_count, time_capacity;
	uint64_t first_base;         /* orders of the observations before are below it */
};

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static const char *keep(struct summing *summing, const char *text)
{
	return interner_text(summing->texts, interner_add_string(summing->texts, text));
}

/* ---- symbols ---- */

static uint32_t outside_symbol(struct summing *summing, const char *name, size_t length, const char *scope)
{
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_append(&key, scope, strlen(scope) + 1);
	buf_append(&key, name, length);
	uint32_t before = interner_count(summing->outside), id = interner_add(summing->outside, key.data, key.length);
	buf_finish(&key);
	if (id == before) {
		struct observed_result *result = summing->result;
		mem_grow(&result->outside, &summing->outside_capacity, (size_t)id + 1, sizeof *result->outside);
		result->outside[id] = (struct observed_outside){arena_strndup(result->arena, name, length),
								arena_strdup(result->arena, scope)};
		result->outside_count = id + 1;
	}
	return summing->graph->symbol_count + id;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* One for each function of an observation, made as it is needed: what nothing tells of needs no symbol. */
struct bound { const struct observation *observation; struct binding binding; uint32_t *symbol; };

static uint32_t symbol_of(struct summing *summing, struct bound *symbols, uint64_t function)
{
	if (function == OBSERVATION_NONE)
		return GRAPH_NONE;
	if (symbols->symbol[function] != GRAPH_NONE)
		return symbols->symbol[function];
	const struct observation *observation = symbols->observation;
	const struct observation_function *row = &observation->functions[function];
	const char *name = observation->strings[row->name_string];
	struct buf module;
	buf_init(&module, BUF_NO_CEILING);
	buf_printf(&module, "[%s]", file_name(observation->strings[observation->modules[row->module].name_string]));
	uint32_t symbol = symbols->binding.symbol[function];
	if (symbol == GRAPH_NONE && *name == '?') {
		symbol = outside_symbol(summing, module.data, module.length, "");
	} else if (symbol == GRAPH_NONE) {
		bool is_taken;
		size_t length = bind_name_length(name);
		symbol = binder_outside(summing->binder, name, length, &is_taken);
		/* A library's function with the name of one of the codebase is another one. */
		if (symbol == GRAPH_NONE || is_taken)
			symbol = outside_symbol(summing, name, length, is_taken ? module.data : "");
	}
	buf_finish(&module);
	return symbols->symbol[function] = symbol;
}

static bool is_inside(const struct summing *summing, uint32_t symbol)
{
	return symbol < summing->graph->symbol_count && summing->graph->function_of[symbol] != GRAPH_NONE;
}

/* ---- rows of one observation ---- */

/* The entry point's function; GRAPH_NONE where it is not known or not of the codebase. */
static uint32_t entry_of(const struct summing *summing, const struct bound *symbols, uint64_t entry)
{
	if (entry == OBSERVATION_NONE || symbols->observation->entries[entry].function == OBSERVATION_NONE)
		return GRAPH_NONE;
	uint32_t symbol = symbols->binding.symbol[symbols->observation->entries[entry].function];
	return is_inside(summing, symbol) ? symbol : GRAPH_NONE;
}

static void see(struct summing *summing, uint32_t entry, uint32_t symbol)
{
	if (symbol == GRAPH_NONE || !is_inside(summing, symbol))
		return;
	mem_grow(&summing->seen, &summing->seen_capacity, summing->seen_count + 1, sizeof *summing->seen);
	summing->seen[summing->seen_count++] = (struct observed_flow){entry, symbol, GRAPH_NONE};
}

/* A line in a function's file. */
static uint32_t line_of(const struct bound *symbols, uint64_t function, uint64_t line)
{
	bool is_elsewhere = function != OBSERVATION_NONE && symbols->binding.is_elsewhere[function];
	return line > INT32_MAX || is_elsewhere ? 0 : (uint32_t)line;
}

static bool calls_itself(const struct graph *graph, uint32_t symbol)
{
	uint32_t low = 0, high = graph->call_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct graph_call *call = &graph->calls[middle];
		if (call->caller < symbol || (call->caller == symbol && call->callee < symbol))
			low = middle + 1;
		else
			high = middle;
	}
	return low < graph->call_count && graph->calls[low].caller == symbol && graph->calls[low].callee == symbol;
}

static void take_edges(struct summing *summing, struct bound *symbols)
{
	const struct observation *observation = symbols->observation;
	uint64_t last = 0;
	for (uint64_t i = 0; i < observation->edges_count; i++) {
		const struct observation_edge *edge = &observation->edges[i];
		uint32_t caller = GRAPH_NONE, callee = symbols->binding.symbol[edge->callee];
		bool own = callee != GRAPH_NONE || (edge->caller != OBSERVATION_NONE &&
						    symbols->binding.symbol[edge->caller] != GRAPH_NONE);
		last = edge->first > last ? edge->first : last;
		if (!own)
			continue; /* between libraries */
		caller = symbol_of(summing, symbols, edge->caller);
		callee = symbol_of(summing, symbols, edge->callee);
		/* A compiler splits functions and puts parts back into the rest: that is no call. */
		if ((edge->flags & OBSERVATION_INLINED) && caller == callee && caller != GRAPH_NONE &&
		    !calls_itself(summing->graph, caller))
			continue;
		mem_grow(&summing->edges, &summing->edge_capacity, summing->edge_count + 1, sizeof *summing->edges);
		struct edge_row *row = &summing->edges[summing->edge_count++];
		*row = (struct edge_row){.entry = entry_of(summing, symbols, edge->entry), .caller = caller, .callee = callee,
					 .first = add(edge->first, summing->first_base), .line = line_of(symbols, edge->caller, edge->line)};
		if (edge->how == OBSERVATION_SAMPLED_EDGE)
			row->sampled = edge->count;
		else if (edge->how == OBSERVATION_STACKED)
			row->stacked = edge->count;
		else if (edge->flags & OBSERVATION_TAIL_CALL)
			row->tail = edge->count;
		else if (edge->flags & OBSERVATION_INLINED)
			row->inlined = edge->count;
		else
			row->exact = edge->count;
		row->doubtful = edge->flags & OBSERVATION_DOUBTFUL ? row->exact : 0;
		see(summing, row->entry, caller);
		see(summing, row->entry, callee);
	}
	summing->first_base = add(summing->first_base, add(last, 1));
}

static uint32_t resource_of(struct summing *summing, const struct observation *observation, uint64_t index)
{
	const struct observation_resource *row = &observation->resources[index];
	const char *kind = observation->strings[row->kind_string], *name = observation->strings[row->name_string];
	const char *type = observation->strings[row->type_string];
	struct observed_result *result = summing->result;
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_append(&key, kind, strlen(kind) + 1);
	buf_append_string(&key, name);
	uint32_t before = interner_count(summing->resources), id = interner_add(summing->resources, key.data, key.length);
	buf_finish(&key);
	if (id == before) {
		mem_grow(&result->resources, &summing->resource_capacity, (size_t)id + 1, sizeof *result->resources);
		result->resources[id] = (struct observed_resource){arena_strdup(result->arena, kind), arena_strdup(result->arena, name),
								    arena_strdup(result->arena, type)};
		result->resource_count = id + 1;
	} else if (strcmp(type, result->resources[id].type) > 0) {
		result->resources[id].type = arena_strdup(result->arena, type); /* whichever observation comes first */
	}
	return id;
}

static void take_resources(struct summing *summing, struct bound *symbols)
{
	const struct observation *observation = symbols->observation;
	for (uint64_t i = 0; i < observation->uses_count; i++) {
		const struct observation_use *row = &observation->uses[i];
		uint32_t symbol = symbol_of(summing, symbols, row->function);
		if (symbol == GRAPH_NONE)
			continue;
		mem_grow(&summing->uses, &summing->use_capacity, summing->use_count + 1, sizeof *summing->uses);
		summing->uses[summing->use_count++] = (struct observed_use){
			.symbol = symbol, .resource = resource_of(summing, observation, row->resource),
			.operation = keep(summing, observation->strings[row->operation_string]), .count = row->count,
			.errors = row->errors, .bytes = row->bytes, .ns = row->ns, .line = line_of(symbols, row->function, row->line),
		};
		see(summing, entry_of(summing, symbols, row->entry), symbol);
	}
	for (uint64_t i = 0; i < observation->orders_count; i++) {
		const struct observation_order *row = &observation->orders[i];
		uint32_t symbol = symbol_of(summing, symbols, row->function);
		if (symbol == GRAPH_NONE)
			continue;
		mem_grow(&summing->orders, &summing->order_capacity, summing->order_count + 1, sizeof *summing->orders);
		summing->orders[summing->order_count++] = (struct observed_order){
			resource_of(summing, observation, row->held), resource_of(summing, observation, row->taken), symbol, row->count};
	}
}

static void take_observation(struct summing *summing, const struct observation *observation)
{
	struct arena *scratch = arena_create();
	struct bound symbols = {.observation = observation};
	binder_bind(summing->binder, observation, scratch, &symbols.binding);
	symbols.symbol = arena_alloc(scratch, (observation->functions_count + 1) * sizeof *symbols.symbol);
	memset(symbols.symbol, 0xff, (observation->functions_count + 1) * sizeof *symbols.symbol);
	take_edges(summing, &symbols);
	take_resources(summing, &symbols);
	for (uint64_t i = 0; i < observation->entries_count; i++) {
		uint32_t symbol = entry_of(summing, &symbols, i);
		if (symbol == GRAPH_NONE)
			continue;
		mem_grow(&summing->entries, &summing->entry_capacity, summing->entry_count + 1, sizeof *summing->entries);
		summing->entries[summing->entry_count++] = (struct observed_entry){
			symbol, keep(summing, observation->strings[observation->entries[i].kind_string]), observation->entries[i].count};
		if (observation->entries[i].count) /* else a handler that was set and never called */
			see(summing, symbol, symbol);
	}
	for (uint64_t i = 0; i < observation->times_count; i++) {
		const struct observation_time *row = &observation->times[i];
		uint32_t symbol = symbols.binding.symbol[row->function];
		if (symbol == GRAPH_NONE)
			continue;
		mem_grow(&summing->times, &summing->time_capacity, summing->time_count + 1, sizeof *summing->times);
		summing->times[summing->time_count++] = (struct time_row){symbol, row->total_ns, row->self_ns};
		see(summing, GRAPH_NONE, symbol);
	}
	arena_destroy(scratch);
}

/* ---- sums ---- */

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_edges(const void *a, const void *b)
{
	const struct edge_row *x = a, *y = b;
	int result = order(x->caller, y->caller);
	return result ? result : order(x->callee, y->callee);
}

static int compare_entry_edges(const void *a, const void *b)
{
	const struct edge_row *x = a, *y = b;
	int result = order(x->entry, y->entry);
	return result ? result : compare_edges(a, b);
}

static void sort(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(rows, count, size, compare);
}

static void unite_edges(struct edge_row *into, const struct edge_row *row)
{
	into->exact = add(into->exact, row->exact);
	into->inlined = add(into->inlined, row->inlined);
	into->tail = add(into->tail, row->tail);
	into->doubtful = add(into->doubtful, row->doubtful);
	into->sampled = add(into->sampled, row->sampled);
	into->stacked = add(into->stacked, row->stacked);
	if (row->first < into->first || !into->line)
		into->line = row->line ? row->line : into->line;
	if (row->first < into->first)
		into->first = row->first;
}

static struct observed_call call_of(const struct edge_row *row)
{
	uint64_t counted = add(add(row->exact, row->inlined), row->tail);
	struct observed_call call = {row->caller, row->callee, counted, "exact", row->line, row->first, row->doubtful && row->doubtful == counted};
	if (counted)
		call.how = row->tail ? "tail" : row->inlined ? "inlined" : "exact";
	else if (row->sampled)
		call.how = "sampled", call.count = row->sampled;
	else
		call.how = "stack", call.count = row->stacked;
	return call;
}

static void sum_calls(struct summing *summing)
{
	struct observed_result *result = summing->result;
	struct edge_row *rows = summing->edges;
	size_t count = 0;
	sort(rows, summing->edge_count, sizeof *rows, compare_entry_edges);
	for (size_t i = 0; i < summing->edge_count; i++)
		if (count && !compare_entry_edges(&rows[count - 1], &rows[i]))
			unite_edges(&rows[count - 1], &rows[i]);
		else
			rows[count++] = rows[i];
	result->flow_calls = arena_alloc(result->arena, (count + 1) * sizeof *result->flow_calls);
	for (size_t i = 0; i < count && result->flow_call_count < FLOW_CALLS_CEILING; i++)
		if (rows[i].entry != GRAPH_NONE && rows[i].caller != GRAPH_NONE)
			result->flow_calls[result->flow_call_count++] = (struct observed_flow_call){rows[i].entry, call_of(&rows[i])};
	sort(rows, count, sizeof *rows, compare_edges);
	summing->edge_count = 0;
	for (size_t i = 0; i < count; i++)
		if (summing->edge_count && !compare_edges(&rows[summing->edge_count - 1], &rows[i]))
			unite_edges(&rows[summing->edge_count - 1], &rows[i]);
		else
			rows[summing->edge_count++] = rows[i];
	result->calls = arena_alloc(result->arena, (summing->edge_count + 1) * sizeof *result->calls);
	for (size_t i = 0; i < summing->edge_count; i++) {
		const struct edge_row *row = &rows[i];
		result->calls_of[row->callee] = add(result->calls_of[row->callee], add(add(row->exact, row->inlined), row->tail));
		if (row->caller != GRAPH_NONE)
			result->calls[result->call_count++] = call_of(row);
	}
}

static int compare_uses(const void *a, const void *b)
{
	const struct observed_use *x = a, *y = b;
	int result = order(x->symbol, y->symbol);
	if (!result)
		result = order(x->resource, y->resource);
	return result ? result : strcmp(x->operation, y->operation);
}

static int compare_orders(const void *a, const void *b)
{
	const struct observed_order *x = a, *y = b;
	int result = order(x->held, y->held);
	if (!result)
		result = order(x->taken, y->taken);
	return result ? result : order(x->symbol, y->symbol);
}

static void sum_resources(struct summing *summing)
{
	struct observed_result *result = summing->result;
	sort(summing->uses, summing->use_count, sizeof *summing->uses, compare_uses);
	result->uses = arena_alloc(result->arena, (summing->use_count + 1) * sizeof *result->uses);
	for (size_t i = 0; i < summing->use_count; i++) {
		const struct observed_use *row = &summing->uses[i];
		struct observed_use *last = result->use_count ? &result->uses[result->use_count - 1] : NULL;
		if (!last || compare_uses(last, row) != 0) {
			result->uses[result->use_count] = *row;
			result->uses[result->use_count++].operation = arena_strdup(result->arena, row->operation);
			continue;
		}
		last->count = add(last->count, row->count);
		last->errors = add(last->errors, row->errors);
		last->bytes = add(last->bytes, row->bytes);
		last->ns = add(last->ns, row->ns);
		if (row->line && (!last->line || row->line < last->line))
			last->line = row->line;
	}
	sort(summing->orders, summing->order_count, sizeof *summing->orders, compare_orders);
	result->orders = arena_alloc(result->arena, (summing->order_count + 1) * sizeof *result->orders);
	for (size_t i = 0; i < summing->order_count; i++) {
		struct observed_order *last = result->order_count ? &result->orders[result->order_count - 1] : NULL;
		if (last && !compare_orders(last, &summing->orders[i]))
			last->count = add(last->count, summing->orders[i].count);
		else
			result->orders[result->order_count++] = summing->orders[i];
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct observed_entry *x = a, *y = b;
	int result = order(x->symbol, y->symbol);
	return result ? result : strcmp(x->kind, y->kind);
}

static void sum_entries(struct summing *summing)
{
	struct observed_result *result = summing->result;
	sort(summing->entries, summing->entry_count, sizeof *summing->entries, compare_entries);
	result->entries = arena_alloc(result->arena, (summing->entry_count + 1) * sizeof *result->entries);
	for (size_t i = 0; i < summing->entry_count; i++) {
		struct observed_entry *last = result->entry_count ? &result->entries[result->entry_count - 1] : NULL;
		if (last && !compare_entries(last, &summing->entries[i])) {
			last->count = add(last->count, summing->entries[i].count);
			continue;
		}
		result->entries[result->entry_count] = summing->entries[i];
		result->entries[result->entry_count++].kind = arena_strdup(result->arena, summing->entries[i].kind);
	}
	for (size_t i = 0; i < summing->time_count; i++) {
		const struct time_row *row = &summing->times[i];
		result->total_ns[row->symbol] = add(result->total_ns[row->symbol], row->total_ns);
		result->self_ns[row->symbol] = add(result->self_ns[row->symbol], row->self_ns);
	}
}

/* ---- flows ---- */

static int compare_flows(const void *a, const void *b)
{
	const struct observed_flow *x = a, *y = b;
	int result = order(x->entry, y->entry);
	return result ? result : order(x->symbol, y->symbol);
}

/* Fewest observed calls from one entry point: breadth first over its calls, which are sorted by caller. */
static void measure_depths(struct observed_flow *flows, size_t count,
			   const struct observed_flow_call *calls, size_t call_count, uint32_t *depth, uint32_t *queue)
{
	uint32_t head = 0, tail = 0, entry = flows->entry;
	depth[entry] = 0;
	queue[tail++] = entry;
	while (head < tail) {
		uint32_t at = queue[head++];
		size_t low = 0, high = call_count;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (calls[middle].call.caller < at)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < call_count && calls[low].call.caller == at; low++) {
			uint32_t next = calls[low].call.callee;
			if (depth[next] != GRAPH_NONE)
				continue;
			depth[next] = depth[at] + 1;
			queue[tail++] = next;
		}
	}
	for (size_t i = 0; i < count; i++)
		flows[i].depth = depth[flows[i].symbol];
	for (uint32_t i = 0; i < tail; i++)
		depth[queue[i]] = GRAPH_NONE;
}

static void sum_flows(struct summing *summing)
{
	struct observed_result *result = summing->result;
	size_t symbols = (size_t)summing->graph->symbol_count + result->outside_count + 1, call = 0;
	uint32_t *depth = mem_alloc(symbols * sizeof *depth), *queue = mem_alloc(symbols * sizeof *queue);
	memset(depth, 0xff, symbols * sizeof *depth);
	sort(summing->seen, summing->seen_count, sizeof *summing->seen, compare_flows);
	result->flows = arena_alloc(result->arena, (summing->seen_count + 1) * sizeof *result->flows);
	for (size_t i = 0; i < summing->seen_count; i++) {
		const struct observed_flow *row = &summing->seen[i];
		result->is_seen[row->symbol] = true;
		if (row->entry != GRAPH_NONE && (!i || compare_flows(row - 1, row) != 0))
			result->flows[result->flow_count++] = *row;
	}
	for (size_t i = 0; i < result->flow_count;) {
		uint32_t entry = result->flows[i].entry;
		size_t end = i, first = call;
		while (end < result->flow_count && result->flows[end].entry == entry)
			end++;
		while (first < result->flow_call_count && result->flow_calls[first].entry < entry)
			first++;
		call = first;
		while (call < result->flow_call_count && result->flow_calls[call].entry == entry)
			call++;
		measure_depths(result->flows + i, end - i, result->flow_calls + first, call - first, depth, queue);
		i = end;
	}
	free(depth);
	free(queue);
}

void observed_compute(const struct graph *graph, const struct observation *observations, size_t count,
		      struct observed_result **out)
{
	struct observed_result *result = mem_zalloc(1, sizeof *result);
	struct summing summing = {.graph = graph, .result = result, .binder = binder_create(graph), .outside = interner_create(),
				  .resources = interner_create(), .texts = interner_create()};
	result->arena = arena_create();
	result->observations = count;
	for (size_t i = 0; i < count; i++)
		take_observation(&summing, &observations[i]);
	size_t symbols = (size_t)graph->symbol_count + result->outside_count + 1;
	result->calls_of = arena_zalloc(result->arena, symbols, sizeof *result->calls_of);
	result->total_ns = arena_zalloc(result->arena, symbols, sizeof *result->total_ns);
	result->self_ns = arena_zalloc(result->arena, symbols, sizeof *result->self_ns);
	result->is_seen = arena_zalloc(result->arena, symbols, sizeof *result->is_seen);
	sum_calls(&summing);
	sum_resources(&summing);
	sum_entries(&summing);
	sum_flows(&summing);
	observed_cover(summing.binder, observations, count, result);
	binder_destroy(summing.binder);
	interner_destroy(summing.outside);
	interner_destroy(summing.resources);
	interner_destroy(summing.texts);
	free(summing.edges);
	free(summing.uses);
	free(summing.orders);
	free(summing.entries);
	free(summing.seen);
	free(summing.times);
	*out = result;
}

void observed_result_destroy(struct observed_result *result)
{
	if (!result)
		return;
	free(result->outside);
	free(result->resources);
	free(result->coverage);
	arena_destroy(result->arena);
	free(result);
}
