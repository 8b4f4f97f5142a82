/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rules ask of the source beside calls and dependencies: literals, constants, call sites, declarations, circles of
 * dependencies and what to cut, what headers bring along. */
#include <stdlib.h>
#include <string.h>

#include "analysis/cycles.h"
#include "base/hash.h"
#include "base/text.h"
#include "cmd/derive_internal.h"

static void fill_facts(struct derive *d)
{
	const struct graph *graph = d->graph;
	for (uint32_t i = 0; i < graph->literal_count; i++) {
		const struct graph_literal *row = &graph->literals[i];
		*SNAPSHOT_ADD(&d->snapshot, literals) =
			(struct snapshot_literal){row->from, row->callee, row->argument, row->text, row->line};
	}
	for (uint32_t i = 0; i < graph->constant_count; i++) {
		const struct graph_constant *row = &graph->constants[i];
		*SNAPSHOT_ADD(&d->snapshot, constants) =
			(struct snapshot_constant){row->from, row->callee, row->argument, strtoll(row->value, NULL, 10), row->line};
	}
	for (uint32_t i = 0; i < graph->outcall_count; i++) {
		const struct graph_outcall *row = &graph->outcalls[i];
		*SNAPSHOT_ADD(&d->snapshot, outcalls) =
			(struct snapshot_outcall){row->from, row->callee, row->file, row->flags, row->sites, row->line};
	}
	for (uint32_t i = 0; i < graph->declaration_count; i++) {
		const struct graph_declaration *row = &graph->declarations[i];
		*SNAPSHOT_ADD(&d->snapshot, declarations) =
			(struct snapshot_declaration){row->symbol, row->file, row->line, row->is_definition};
	}
}

/* foo.c and foo.h are one module, which one of the files stands for: what units have as their main file, else the first. */
struct modules { uint32_t *of_file; /* -> the file that stands for it */ };

static uint32_t stem_of(struct interner *stems, const char *path)
{
	return interner_add(stems, path, path_stem_length(path));
}

static void find_modules(const struct graph *graph, struct modules *out)
{
	struct interner *stems = interner_create();
	uint32_t *first = mem_alloc(((size_t)graph->file_count + 1) * sizeof *first);
	out->of_file = mem_alloc(((size_t)graph->file_count + 1) * sizeof *out->of_file);
	memset(first, 0xff, ((size_t)graph->file_count + 1) * sizeof *first);
	for (uint32_t i = 0; i < graph->file_count; i++) {
		uint32_t stem = stem_of(stems, graph->files[i].path);
		if (first[stem] == UINT32_MAX || (graph->files[i].is_main && !graph->files[first[stem]].is_main))
			first[stem] = i;
	}
	for (uint32_t i = 0; i < graph->file_count; i++)
		out->of_file[i] = first[stem_of(stems, graph->files[i].path)];
	free(first);
	interner_destroy(stems);
}

static const char *member_name(const struct derive *d, const char *scope, uint32_t member)
{
	return scope[0] == 'f' ? d->graph->files[member].path : d->domains->domains[member].name;
}

/* First place at which one file names something of another. Cuts by where they begin, and there by where they end: cuts[] are
 * first[from] .. first[from + 1] - 1 of those of the result. */
struct place { uint32_t line; const char *symbol; };
struct place_cut { uint32_t to, cut; };
struct places { uint32_t *first; struct place_cut *cuts; struct place *items; const struct modules *modules; uint32_t *file_of; };

static int compare_place_cuts(const void *a, const void *b)
{
	const struct place_cut *x = a, *y = b;
	return (x->to > y->to) - (x->to < y->to);
}

static void list_cuts(const struct cycles_result *result, uint32_t nodes, struct places *out)
{
	out->first = mem_zalloc((size_t)nodes + 2, sizeof *out->first);
	out->cuts = mem_alloc((result->cut_count + 1) * sizeof *out->cuts);
	for (size_t i = 0; i < result->cut_count; i++)
		out->first[result->cuts[i].from + 2]++;
	for (uint32_t i = 0; i < nodes; i++)
		out->first[i + 2] += out->first[i + 1];
	for (size_t i = 0; i < result->cut_count; i++)
		out->cuts[out->first[result->cuts[i].from + 1]++] = (struct place_cut){result->cuts[i].to, (uint32_t)i};
	for (uint32_t i = 0; i < nodes; i++)
		if (out->first[i + 1] - out->first[i] > 1)
			qsort(out->cuts + out->first[i], out->first[i + 1] - out->first[i], sizeof *out->cuts, compare_place_cuts);
}

static struct place *place_of(const struct places *places, uint32_t from, uint32_t to)
{
	uint32_t low = places->first[from], high = places->first[from + 1];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (places->cuts[middle].to == to)
			return &places->items[places->cuts[middle].cut];
		if (places->cuts[middle].to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void see_place(struct places *places, const struct graph *graph, uint32_t from, uint32_t symbol, uint32_t line)
{
	uint32_t to = places->file_of[symbol];
	if (from == GRAPH_NONE || to == GRAPH_NONE || from == to) /* no cut lies within a file, and most calls do */
		return;
	struct place *place = place_of(places, places->modules->of_file[from], places->modules->of_file[to]);
	if (place && (!place->line || line < place->line))
		*place = (struct place){line, graph->symbols[symbol].name};
}

/* The evidence for each cut between files. */
static void find_places(const struct graph *graph, const struct cycles_result *result, struct places *out)
{
	if (!out->modules || !result->cut_count)
		return;
	list_cuts(result, graph->file_count, out);
	out->items = mem_zalloc(result->cut_count, sizeof *out->items);
	out->file_of = mem_alloc(((size_t)graph->symbol_count + 1) * sizeof *out->file_of);
	for (uint32_t i = 0; i < graph->symbol_count; i++)
		out->file_of[i] = graph->symbols[i].file;
	for (uint32_t i = 0; i < graph->call_count; i++)
		see_place(out, graph, graph->calls[i].file, graph->calls[i].callee, graph->calls[i].line);
	for (uint32_t i = 0; i < graph->use_count; i++)
		see_place(out, graph, graph->uses[i].from_file, graph->uses[i].to, graph->uses[i].line);
}

static void fill_cycles(struct derive *d, const char *scope, uint32_t nodes, const struct cycle_edge *edges, size_t count,
			const struct modules *modules)
{
	struct cycles_result result;
	cycles_find(nodes, edges, count, &result);
	for (size_t i = 0; i < result.count; i++)
		for (uint32_t m = 0; m < result.cycles[i].count; m++)
			*SNAPSHOT_ADD(&d->snapshot, cycle_members) = (struct snapshot_cycle_member){
				scope, member_name(d, scope, result.members[result.cycles[i].first]),
				member_name(d, scope, result.members[result.cycles[i].first + m])};
	struct places places = {.modules = modules};
	find_places(d->graph, &result, &places);
	for (size_t i = 0; i < result.cut_count; i++) {
		const struct cycle_cut *cut = &result.cuts[i];
		const struct place *place = places.items && places.items[i].line ? &places.items[i] : NULL;
		*SNAPSHOT_ADD(&d->snapshot, cycle_cuts) = (struct snapshot_cycle_cut){
			scope, member_name(d, scope, result.members[result.cycles[cut->cycle].first]), member_name(d, scope, cut->from),
			member_name(d, scope, cut->to), cut->cost, place ? place->line : 0, place ? place->symbol : ""};
	}
	free(places.first);
	free(places.cuts);
	free(places.file_of);
	free(places.items);
	cycles_result_finish(&result);
}

static void fill_file_cycles(struct derive *d)
{
	struct modules modules;
	struct cycle_edge *edges = mem_zalloc(d->dependency_count + 1, sizeof *edges);
	size_t count = 0;
	find_modules(d->graph, &modules);
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		uint32_t from = modules.of_file[row->from], to = modules.of_file[row->to];
		if (dependency_is_written(row->kind) && from != to)
			edges[count++] = (struct cycle_edge){from, to, (double)row->weight};
	}
	fill_cycles(d, "file", d->graph->file_count, edges, count, &modules);
	free(edges);
	free(modules.of_file);
}

void derive_fill_domain_cycles(struct derive *d)
{
	struct cycle_edge *edges = mem_zalloc(d->domains->link_count + 1, sizeof *edges);
	for (size_t i = 0; i < d->domains->link_count; i++)
		edges[i] = (struct cycle_edge){d->domains->links[i].from, d->domains->links[i].to, d->domains->links[i].weight};
	fill_cycles(d, "domain", d->domains->count, edges, d->domains->link_count, NULL);
	free(edges);
}

static void fill_header_costs(struct derive *d)
{
	const struct graph *graph = d->graph;
	uint32_t n = graph->file_count;
	struct include_edge *edges = mem_alloc(((size_t)graph->include_count + 1) * sizeof *edges);
	uint32_t *weights = mem_zalloc((size_t)n + 1, sizeof *weights), *mains = mem_zalloc((size_t)n + 1, sizeof *mains);
	uint64_t *lines = mem_zalloc((size_t)n + 1, sizeof *lines);
	bool *is_main = mem_zalloc((size_t)n + 1, sizeof *is_main);
	size_t count = 0;
	for (uint32_t i = 0; i < n; i++) {
		weights[i] = graph->files[i].code_lines;
		is_main[i] = graph->files[i].is_main;
	}
	for (uint32_t i = 0; i < graph->include_count; i++)
		if (graph->includes[i].target != GRAPH_NONE)
			edges[count++] = (struct include_edge){graph->includes[i].file, graph->includes[i].target};
	if (include_costs(n, edges, count, weights, is_main, lines, mains))
		for (uint32_t i = 0; i < n; i++)
			if (graph->files[i].is_header)
				*SNAPSHOT_ADD(&d->snapshot, header_costs) = (struct snapshot_header_cost){i, lines[i], mains[i]};
	free(edges);
	free(weights);
	free(mains);
	free(lines);
	free(is_main);
}

void derive_fill_structure(struct derive *d)
{
	fill_facts(d);
	fill_file_cycles(d);
	fill_header_costs(d);
}
