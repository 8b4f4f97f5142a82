/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses what, summed up: how many functions call one and are called by it and how far domains reach into structs. Rules ask for it, and summing
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

struct counting { const struct graph *graph; const struct snapshot_call *calls; size_t count; };

/* The functions on both ends of a call, if it is a direct one between functions of the codebase. */
static bool ends_of(const struct counting *c, size_t call, uint32_t *caller, uint32_t *callee)
{
	*caller = c->graph->function_of[c->calls[call].caller];
	*callee = c->graph->function_of[c->calls[call].callee];
	return c->calls[call].how == CALL_DIRECT && *caller != GRAPH_NONE && *callee != GRAPH_NONE;
}

/* Callers of function f: callers[first[f] .. first[f + 1]). */
static void list_callers(const struct counting *c, uint32_t *first, uint32_t *callers)
{
	uint32_t caller, callee, functions = c->graph->function_count;
	for (size_t i = 0; i < c->count; i++)
		if (ends_of(c, i, &caller, &callee))
			first[callee]++;
	for (uint32_t f = 1; f <= functions; f++)
		first[f] += first[f - 1];
	for (size_t i = c->count; i-- > 0;)
		if (ends_of(c, i, &caller, &callee))
			callers[--first[callee]] = caller;
}

static void fill_call_counts(struct derive *d)
{
	const struct graph *graph = d->graph;
	struct counting c = {graph, d->snapshot.calls, d->snapshot.calls_count};
	size_t room = (size_t)graph->function_count + 1;
	uint32_t *first = mem_zalloc(room, sizeof *first), *callers = mem_alloc((c.count + 1) * sizeof *callers), caller, callee;
	struct snapshot_call_count *rows = mem_zalloc(room, sizeof *rows);
	uint32_t *file_of = mem_alloc(room * sizeof *file_of); /* of functions: asked for each call, of functions anywhere */
	struct seen files = seen_init(graph->file_count), domains = seen_init(d->domains->count);
	for (uint32_t f = 0; f < graph->function_count; f++)
		file_of[f] = graph->functions[f].file;
	list_callers(&c, first, callers);
	for (uint32_t f = 0; f < graph->function_count; f++)
		for (uint32_t i = first[f]; i < first[f + 1]; i++) {
			uint32_t file = file_of[callers[i]];
			rows[f].callers++;
			rows[f].caller_files += is_first(&files, file, f);
			rows[f].caller_domains += is_first(&domains, d->domains->domain_of[file], f);
		}
	for (size_t i = 0; i < c.count; i++)
		if (ends_of(&c, i, &caller, &callee)) {
			rows[caller].callees++;
			rows[caller].callees_at_home += file_of[caller] == file_of[callee];
		}
	for (uint32_t f = 0; f < graph->function_count; f++)
		if (rows[f].callers || rows[f].callees) {
			rows[f].symbol = graph->functions[f].symbol;
			*SNAPSHOT_ADD(&d->snapshot, call_counts) = rows[f];
		}
	free(rows);
	free(first);
	free(callers);
	free(file_of);
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
	fill_call_counts(d);
	fill_struct_uses(d);
}
