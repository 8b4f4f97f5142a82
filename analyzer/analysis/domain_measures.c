/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be said of domains in numbers: sizes, cohesion, exclusivity, and what ties one to another. */
#include <stdlib.h>

#include "analysis/domain_internal.h"
#include "base/sort.h"

static int compare_links(const void *a, const void *b)
{
	const struct domain_link *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static uint64_t domains_key(const void *row, unsigned part)
{
	const struct domain_link *x = row;
	(void)part;
	return (uint64_t)x->from << 32 | x->to;
}

struct symbol_link { uint32_t from, to, symbol; };

static int compare_symbol_links(const void *a, const void *b)
{
	const struct symbol_link *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static uint64_t link_key(const void *row, unsigned part)
{
	const struct symbol_link *x = row;
	return part ? x->symbol : (uint64_t)x->from << 32 | x->to;
}

struct symbol_links { struct symbol_link *items; size_t count, capacity; };

static void symbol_link(struct symbol_links *links, const struct graph *graph, const struct domains_result *result,
			uint32_t from_file, uint32_t symbol)
{
	uint32_t file = graph->symbols[symbol].file;
	if (from_file == GRAPH_NONE || file == GRAPH_NONE || !graph->symbols[symbol].is_defined)
		return;
	uint32_t from = result->domain_of[from_file], to = result->domain_of[file];
	if (from == to)
		return;
	mem_grow(&links->items, &links->capacity, links->count + 1, sizeof *links->items);
	links->items[links->count++] = (struct symbol_link){from, to, symbol};
}

static void measure_links(const struct discovery *d, const struct graph_call *indirect, size_t indirect_count,
			  struct domains_result *out)
{
	const struct graph *graph = d->graph;
	size_t capacity = 0;
	double *within = mem_zalloc((size_t)out->count + 1, sizeof *within);
	double *crossing = mem_zalloc((size_t)out->count + 1, sizeof *crossing);
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		uint32_t from = out->domain_of[row->from], to = out->domain_of[row->to];
		if (!dependency_is_written(row->kind))
			continue;
		if (from == to) {
			within[from] += row->weight;
			continue;
		}
		crossing[from] += row->weight;
		crossing[to] += row->weight;
		mem_grow(&out->links, &capacity, out->link_count + 1, sizeof *out->links);
		out->links[out->link_count++] = (struct domain_link){from, to, row->weight, 0};
	}
	sort_rows(out->links, out->link_count, sizeof *out->links, 1, domains_key);
	size_t kept = 0;
	for (size_t i = 0; i < out->link_count; i++) {
		if (kept && compare_links(&out->links[kept - 1], &out->links[i]) == 0)
			out->links[kept - 1].weight += out->links[i].weight;
		else
			out->links[kept++] = out->links[i];
	}
	out->link_count = kept;
	for (uint32_t i = 0; i < out->count; i++)
		out->domains[i].cohesion = within[i] + crossing[i] > 0 ? within[i] / (within[i] + crossing[i]) : 1;
	free(within);
	free(crossing);

	struct symbol_links symbols = {0};
	for (uint32_t i = 0; i < graph->call_count; i++)
		symbol_link(&symbols, graph, out, graph->calls[i].file, graph->calls[i].callee);
	for (size_t i = 0; i < indirect_count; i++)
		symbol_link(&symbols, graph, out, indirect[i].file, indirect[i].callee);
	for (uint32_t i = 0; i < graph->use_count; i++)
		symbol_link(&symbols, graph, out, graph->uses[i].from_file, graph->uses[i].to);
	sort_rows(symbols.items, symbols.count, sizeof *symbols.items, 2, link_key);
	for (size_t i = 0; i < symbols.count; i++) {
		if (i && compare_symbol_links(&symbols.items[i - 1], &symbols.items[i]) == 0)
			continue;
		struct domain_link key = {.from = symbols.items[i].from, .to = symbols.items[i].to};
		struct domain_link *link = out->link_count
			? bsearch(&key, out->links, out->link_count, sizeof key, compare_links) : NULL;
		if (link)
			link->symbols++;
	}
	free(symbols.items);
}

void domain_measure(const struct discovery *d, const struct graph_call *indirect, size_t indirect_count,
		    struct domains_result *out)
{
	const struct graph *graph = d->graph;
	for (uint32_t f = 0; f < graph->file_count; f++) {
		out->domains[out->domain_of[f]].files++;
		out->domains[out->domain_of[f]].lines += graph->files[f].code_lines;
	}
	bool *shared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *shared);
	for (uint32_t i = 0; i < graph->call_count + indirect_count; i++) {
		const struct graph_call *call = i < graph->call_count ? &graph->calls[i] : &indirect[i - graph->call_count];
		uint32_t file = graph->symbols[call->callee].file;
		if (file != GRAPH_NONE && out->domain_of[file] != out->domain_of[call->file])
			shared[call->callee] = true;
	}
	uint32_t *exclusive = mem_zalloc((size_t)out->count + 1, sizeof *exclusive);
	for (uint32_t i = 0; i < graph->function_count; i++) {
		uint32_t domain = out->domain_of[graph->functions[i].file];
		out->domains[domain].functions++;
		exclusive[domain] += !shared[graph->functions[i].symbol];
	}
	for (uint32_t i = 0; i < out->count; i++)
		out->domains[i].exclusivity = out->domains[i].functions ? (double)exclusive[i] / out->domains[i].functions : 1;
	free(shared);
	free(exclusive);
	measure_links(d, indirect, indirect_count, out);
}

