/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs saw, joined with the rows that the source gave: counts on calls that were known, new rows for those that were not.
 *
 * A call that the source has goes by it, direct before indirect; what no source names is how = observed. Between files, calls that
 * only runs show count with those through pointers: nothing written depends on them. */
#include "cmd/derive_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define DOUBTFUL 0.5 /* confidence: the caller may be another one */
#define NO_ROW UINT32_MAX

/* ---- loading ---- */

struct loading { struct arena *arena; struct observation *items; size_t count, capacity; };

static int take(void *context, const void *bytes, size_t length, struct err *err)
{
	struct loading *loading = context;
	void *copy = arena_alloc(loading->arena, length + 1);
	memcpy(copy, bytes, length);
	mem_grow(&loading->items, &loading->capacity, loading->count + 1, sizeof *loading->items);
	int result = observation_decode(copy, length, loading->arena, &loading->items[loading->count], err);
	if (result) {
		err_prefix(err, "the model is damaged: a recorded run");
		return err->code = ERR_DATABASE;
	}
	loading->count++;
	return 0;
}

int derive_load_observed(struct derive *d, struct model *model, const struct model_release *release, struct err *err)
{
	struct loading loading = {.arena = arena_create()};
	int result = model_observations(model, release, take, &loading, &d->left_behind, err);
	if (!result)
		observed_compute(d->graph, loading.items, loading.count, &d->observed);
	free(loading.items);
	arena_destroy(loading.arena);
	return result;
}

/* ---- rows by key ---- */

static uint64_t key_of(uint32_t a, uint32_t b)
{
	return (uint64_t)a << 32 | b;
}

static void add_outside(struct derive *d)
{
	for (uint32_t i = 0; i < d->observed->outside_count; i++)
		*SNAPSHOT_ADD(&d->snapshot, symbols) =
			(struct snapshot_symbol){SYMBOL_FUNCTION, d->observed->outside[i].name, d->observed->outside[i].scope_path};
}

static void fill_functions(struct derive *d)
{
	for (size_t i = 0; i < d->snapshot.functions_count; i++) {
		struct snapshot_function *row = &d->snapshot.functions[i];
		row->observed_calls = d->observed->calls_of[row->symbol];
		row->is_observed = d->observed->is_seen[row->symbol];
		row->total_ns = d->observed->total_ns[row->symbol];
		row->self_ns = d->observed->self_ns[row->symbol];
	}
}

static void fill_calls(struct derive *d)
{
	struct map64 *rows = map64_create(); /* of what was seen alone: it is the smaller part by far */
	for (size_t i = 0; i < d->observed->call_count; i++)
		map64_put(rows, key_of(d->observed->calls[i].caller, d->observed->calls[i].callee), NO_ROW);
	/* Direct rows are put last: they stand for both where a call is made in both ways. */
	for (int direct = 0; direct < 2 && d->observed->call_count; direct++)
		for (size_t i = 0; i < d->snapshot.calls_count; i++) {
			const struct snapshot_call *call = &d->snapshot.calls[i];
			if ((call->how == CALL_DIRECT) == direct && map64_get(rows, key_of(call->caller, call->callee), NULL))
				map64_put(rows, key_of(call->caller, call->callee), (uint32_t)i);
		}
	for (size_t i = 0; i < d->observed->call_count; i++) {
		const struct observed_call *call = &d->observed->calls[i];
		uint32_t at;
		struct snapshot_call *row;
		if (map64_get(rows, key_of(call->caller, call->callee), &at) && at != NO_ROW) {
			row = &d->snapshot.calls[at];
		} else {
			row = SNAPSHOT_ADD(&d->snapshot, calls);
			*row = (struct snapshot_call){.caller = call->caller, .callee = call->callee, .how = CALL_OBSERVED,
						      .basis = "observed", .confidence = call->is_doubtful ? DOUBTFUL : 1, .line = call->line, .configurations = ""};
		}
		row->observed = call->count;
		row->observed_how = call->how;
		row->observed_first = call->first;
	}
	map64_destroy(rows);
}

/* ---- between files and domains ---- */

static uint32_t file_of(const struct derive *d, uint32_t symbol)
{
	if (symbol >= d->graph->symbol_count || d->graph->function_of[symbol] == GRAPH_NONE)
		return GRAPH_NONE;
	return d->graph->functions[d->graph->function_of[symbol]].file;
}

static struct snapshot_dependency *dependency_row(struct derive *d, struct map64 *rows, const char *kind, uint32_t from, uint32_t to)
{
	uint32_t at;
	if (map64_get(rows, key_of(from, to), &at))
		return &d->snapshot.dependencies[at];
	map64_put(rows, key_of(from, to), (uint32_t)d->snapshot.dependencies_count);
	struct snapshot_dependency *row = SNAPSHOT_ADD(&d->snapshot, dependencies);
	*row = (struct snapshot_dependency){from, to, kind, 0, 0};
	return row;
}

static struct snapshot_domain_dependency *domain_row(struct derive *d, struct map64 *rows, uint32_t from, uint32_t to)
{
	uint32_t at;
	if (map64_get(rows, key_of(from, to), &at))
		return &d->snapshot.domain_dependencies[at];
	map64_put(rows, key_of(from, to), (uint32_t)d->snapshot.domain_dependencies_count);
	struct snapshot_domain_dependency *row = SNAPSHOT_ADD(&d->snapshot, domain_dependencies);
	*row = (struct snapshot_domain_dependency){.from_domain = from, .to_domain = to};
	return row;
}

static void fill_dependencies(struct derive *d)
{
	if (!d->observed->call_count)
		return;
	struct map64 *direct = map64_create(), *indirect = map64_create(), *domains = map64_create();
	for (size_t i = 0; i < d->snapshot.dependencies_count; i++) {
		const struct snapshot_dependency *row = &d->snapshot.dependencies[i];
		if (!strcmp(row->kind, "call"))
			map64_put(direct, key_of(row->from_file, row->to_file), (uint32_t)i);
		else if (!strcmp(row->kind, "indirect"))
			map64_put(indirect, key_of(row->from_file, row->to_file), (uint32_t)i);
	}
	for (size_t i = 0; i < d->snapshot.domain_dependencies_count; i++)
		map64_put(domains, key_of(d->snapshot.domain_dependencies[i].from_domain, d->snapshot.domain_dependencies[i].to_domain),
			  (uint32_t)i);
	for (size_t i = 0; i < d->snapshot.calls_count; i++) {
		const struct snapshot_call *call = &d->snapshot.calls[i];
		uint32_t from = file_of(d, call->caller), to = file_of(d, call->callee);
		if (!call->observed || from == GRAPH_NONE || to == GRAPH_NONE || from == to)
			continue;
		bool is_direct = call->how == CALL_DIRECT;
		dependency_row(d, is_direct ? direct : indirect, is_direct ? "call" : "indirect", from, to)->observed +=
			(double)call->observed;
		if (d->domains->domain_of[from] != d->domains->domain_of[to])
			domain_row(d, domains, d->domains->domain_of[from], d->domains->domain_of[to])->observed +=
				(double)call->observed;
	}
	map64_destroy(direct);
	map64_destroy(indirect);
	map64_destroy(domains);
}

/* ---- entry points and flows: both sides are sorted alike ---- */

/* To runs a function that a library calls is a callback, unless they saw why: destructors, what atexit was given. Where the source
 * knows better, its kind is told. SIZE_MAX: none. */
static size_t entry_row(const struct derive *d, size_t known, const struct observed_entry *entry)
{
	size_t low = 0, high = known;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (d->snapshot.entries[middle].symbol < entry->symbol)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t at = low; at < known && d->snapshot.entries[at].symbol == entry->symbol; at++)
		if (!strcmp(d->snapshot.entries[at].kind, entry->kind))
			return at;
	bool is_known = low < known && d->snapshot.entries[low].symbol == entry->symbol;
	return is_known && !strcmp(entry->kind, "callback") ? low : SIZE_MAX;
}

static void fill_entries(struct derive *d)
{
	size_t known = d->snapshot.entries_count; /* sorted by symbol */
	for (size_t i = 0; i < d->observed->entry_count; i++) {
		const struct observed_entry *entry = &d->observed->entries[i];
		size_t at = entry_row(d, known, entry);
		if (at != SIZE_MAX)
			d->snapshot.entries[at].observed += entry->count;
		else
			*SNAPSHOT_ADD(&d->snapshot, entries) = (struct snapshot_entry){
				.symbol = entry->symbol, .kind = entry->kind, .observed = entry->count, .reaches = SNAPSHOT_NONE};
	}
}

static void fill_flows(struct derive *d)
{
	size_t known = d->snapshot.flows_count, at = 0;
	for (size_t i = 0; i < d->observed->flow_count; i++) {
		const struct observed_flow *flow = &d->observed->flows[i];
		while (at < known && (d->snapshot.flows[at].entry_symbol < flow->entry ||
				      (d->snapshot.flows[at].entry_symbol == flow->entry && d->snapshot.flows[at].symbol < flow->symbol)))
			at++;
		if (at < known && d->snapshot.flows[at].entry_symbol == flow->entry && d->snapshot.flows[at].symbol == flow->symbol)
			d->snapshot.flows[at].observed = 1;
		else
			*SNAPSHOT_ADD(&d->snapshot, flows) = (struct snapshot_flow){flow->entry, flow->symbol, flow->depth, 1};
	}
	for (size_t i = 0; i < d->observed->flow_call_count; i++) {
		const struct observed_flow_call *row = &d->observed->flow_calls[i];
		*SNAPSHOT_ADD(&d->snapshot, flow_calls) = (struct snapshot_flow_call){
			row->entry, row->call.caller, row->call.callee, row->call.count, row->call.how, row->call.first};
	}
}

void derive_fill_observed(struct derive *d)
{
	add_outside(d);
	fill_functions(d);
	fill_calls(d);
	fill_dependencies(d);
	fill_entries(d);
	fill_flows(d);
	derive_fill_resources(d);
}

void derive_cover_observed(struct derive *d)
{
	uint64_t seen = 0, indirect = 0, confirmed = 0, beyond = 0;
	for (size_t i = 0; i < d->snapshot.functions_count; i++)
		seen += d->snapshot.functions[i].is_observed;
	for (size_t i = 0; i < d->snapshot.calls_count; i++) {
		const struct snapshot_call *call = &d->snapshot.calls[i];
		indirect += call->how == CALL_INDIRECT;
		confirmed += call->how == CALL_INDIRECT && call->observed;
		beyond += call->how == CALL_OBSERVED;
	}
	derive_cover(d, "functions observed", seen, d->snapshot.functions_count);
	if (!d->observed->observations)
		return;
	derive_cover(d, "indirect calls confirmed by runs", confirmed, indirect);
	derive_cover(d, "observed calls that the source does not show", beyond, d->observed->call_count);
	for (size_t i = 0; i < d->observed->coverage_count; i++)
		derive_cover(d, d->observed->coverage[i].what, d->observed->coverage[i].seen, d->observed->coverage[i].total);
}
