/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses what, summed up: how widely functions are called and how far domains reach into structs. Rules ask for it, and summing
 * up tens of thousands of rows in SQL at each scan would cost more than all else that they do. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "cmd/derive_internal.h"

/* Counts members of sets that come one after the other: a member counts once for each owner. */
struct seen { uint32_t *last; };

static bool is_first(struct seen *seen, uint32_t member, uint32_t owner)
{
	bool first = seen->last[member] != owner;
	seen->last[member] = owner;
	return first;
}

static struct seen seen_init(uint32_t members)
{
	struct seen seen = {mem_alloc(((size_t)members + 1) * sizeof *seen.last)};
	memset(seen.last, 0xff, ((size_t)members + 1) * sizeof *seen.last);
	return seen;
}

/* Direct calls by callee; of functions that the codebase defines. */
static void fill_fan_ins(struct derive *d)
{
	const struct graph *graph = d->graph;
	size_t n = (size_t)graph->symbol_count + 2;
	uint32_t *first = mem_zalloc(n, sizeof *first), *callers = mem_alloc(((size_t)d->snapshot.calls_count + 1) * sizeof *callers);
	struct seen files = seen_init(graph->file_count), domains = seen_init(d->domains->count);
	for (size_t i = 0; i < d->snapshot.calls_count; i++)
		first[d->snapshot.calls[i].callee + 1] += d->snapshot.calls[i].how == CALL_DIRECT;
	for (size_t s = 1; s < n; s++)
		first[s] += first[s - 1];
	for (size_t i = d->snapshot.calls_count; i-- > 0;)
		if (d->snapshot.calls[i].how == CALL_DIRECT)
			callers[--first[d->snapshot.calls[i].callee + 1]] = d->snapshot.calls[i].caller;
	/* first[s + 1] is now where the callers of s start. */
	for (uint32_t f = 0; f < graph->function_count; f++) {
		uint32_t symbol = graph->functions[f].symbol;
		struct snapshot_fan_in row = {.symbol = symbol};
		for (uint32_t i = first[symbol + 1]; i < first[symbol + 2]; i++) {
			uint32_t caller = graph->function_of[callers[i]];
			if (caller == GRAPH_NONE)
				continue;
			uint32_t file = graph->functions[caller].file;
			row.callers++;
			row.files += is_first(&files, file, f);
			row.domains += is_first(&domains, d->domains->domain_of[file], f);
		}
		if (row.callers)
			*SNAPSHOT_ADD(&d->snapshot, fan_ins) = row;
	}
	free(first);
	free(callers);
	free(files.last);
	free(domains.last);
}

/* Fields are named "struct.field". */
static void fill_struct_uses(struct derive *d)
{
	struct interner *structs = interner_create(), *fields = interner_create();
	struct map64 *rows = map64_create(), *known = map64_create();
	for (size_t i = 0; i < d->snapshot.uses_count; i++) {
		const struct snapshot_use *use = &d->snapshot.uses[i];
		const char *name = d->graph->symbols[use->to].name, *dot = strchr(name, '.');
		uint32_t domain = d->domains->domain_of[use->from_file], at;
		if (strcmp(use->kind, "field") || !dot)
			continue;
		uint64_t of = (uint64_t)interner_add(structs, name, (size_t)(dot - name)) << 32 | domain;
		uint64_t field = (uint64_t)interner_add_string(fields, name) << 32 | domain;
		if (!map64_get(rows, of, &at)) {
			map64_put(rows, of, at = (uint32_t)d->snapshot.struct_uses_count);
			*SNAPSHOT_ADD(&d->snapshot, struct_uses) = (struct snapshot_struct_use){
				.name = arena_strndup(d->names, name, (size_t)(dot - name)), .domain = domain};
		}
		struct snapshot_struct_use *row = &d->snapshot.struct_uses[at];
		row->sites += use->sites;
		if (!map64_get(known, field, &at)) {
			map64_put(known, field, 0);
			row->fields++;
		}
	}
	map64_destroy(rows);
	map64_destroy(known);
	interner_destroy(structs);
	interner_destroy(fields);
}

void derive_fill_users(struct derive *d)
{
	fill_fan_ins(d);
	fill_struct_uses(d);
}
