/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted once domains are known, as rows. */
#include "cmd/derive_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void derive_measure(struct derive *d)
{
	d->is_declared = measures_find_declared(d->graph);
	named_resources_find(d->graph, &d->named);
	reach_divide(d->graph, &d->indirect, d->domains->domain_of, &d->reach);
	struct measures_input input = {.graph = d->graph, .domains = d->domains, .reach = &d->reach, .observed = d->observed,
				       .named = d->named, .is_declared = d->is_declared};
	measures_compute(&input, &d->measures);
}

/* "main src/server.c:main", "exports of network" */
static const char *part_name(struct derive *d, const struct reach_part *part)
{
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	if (part->symbol == GRAPH_NONE) {
		buf_printf(&name, "%ss of %s", part->kind, d->domains->domains[part->domain].name);
	} else {
		const struct graph_function *function = &d->graph->functions[d->graph->function_of[part->symbol]];
		buf_printf(&name, "%s %s:%s", part->kind, d->graph->files[function->file].path, d->graph->symbols[part->symbol].name);
	}
	const char *kept = arena_strdup(d->names, name.data);
	buf_finish(&name);
	return kept;
}

static void fill_functions(struct derive *d)
{
	const char **names = mem_alloc(((size_t)d->reach.part_count + 1) * sizeof *names);
	for (uint32_t i = 0; i < d->reach.part_count; i++)
		names[i] = part_name(d, &d->reach.parts[i]);
	for (size_t i = 0; i < d->snapshot.functions_count; i++) {
		struct snapshot_function *row = &d->snapshot.functions[i];
		uint32_t part = d->reach.part_of[d->graph->function_of[row->symbol]];
		row->entry_domain = part == REACH_NOWHERE ? NULL : part == REACH_COMMON ? "common" : names[part];
		row->flags |= d->is_declared[row->symbol] ? SNAPSHOT_DECLARED : 0;
	}
	for (size_t i = 0; i < d->snapshot.variables_count; i++)
		d->snapshot.variables[i].flags |= d->is_declared[d->snapshot.variables[i].symbol] ? SNAPSHOT_DECLARED : 0;
	free(names);
}

static void fill_entries(struct derive *d)
{
	bool *has_flow = mem_zalloc((size_t)d->graph->symbol_count + 1, sizeof *has_flow);
	for (size_t i = 0; i < d->snapshot.flows_count; i++)
		if (d->snapshot.flows[i].entry_symbol < d->graph->symbol_count)
			has_flow[d->snapshot.flows[i].entry_symbol] = true;
	for (size_t i = 0; i < d->snapshot.entries_count; i++) {
		struct snapshot_entry *row = &d->snapshot.entries[i];
		row->has_flow = row->symbol < d->graph->symbol_count && has_flow[row->symbol];
	}
	free(has_flow);
}

void derive_fill_measures(struct derive *d)
{
	fill_functions(d);
	fill_entries(d);
	for (size_t i = 0; i < d->measures.count; i++) {
		const struct debt_metric *row = &d->measures.metrics[i];
		*SNAPSHOT_ADD(&d->snapshot, metrics) = (struct snapshot_metric){row->scope, row->subject, row->metric, row->value};
	}
}

void derive_cover_measures(struct derive *d)
{
	derive_cover(d, "flows of entry points stored", d->reach.flows_kept, d->reach.flows_wanted);
	derive_cover(d, "calls that use resources and name them", d->named->sites_named, d->named->sites);
}

void derive_finish_measures(struct derive *d)
{
	measures_finish(&d->measures);
	named_resources_destroy(d->named);
	free(d->is_declared);
	arena_destroy(d->names);
}
