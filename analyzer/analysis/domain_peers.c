/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that stand in the same place: they use the same and are used by the same, though they may not know each other.
 * So do the drivers of one interface, the protocols behind one table, the commands of one program: no dependency ties
 * them, and everyone who reads the code sees that they are one thing. */
#include <stdlib.h>

#include "analysis/domain_internal.h"

/* Words below node_count: uses that node; below twice that: is used by it; above: uses that symbol, of other nodes, of third
 * parties or of the outside. What a header includes says less than what it uses. */
static void add_dependencies(const struct discovery *d, struct domain_terms *terms)
{
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		uint32_t from = d->node_of[row->from], to = d->node_of[row->to];
		if (row->kind == DEPENDENCY_INCLUDE || from == GRAPH_NONE || to == GRAPH_NONE || from == to)
			continue;
		domain_terms_add(terms, from, to);
		domain_terms_add(terms, to, d->node_count + from);
	}
}

static void add_use(const struct discovery *d, struct domain_terms *terms, uint32_t file, uint32_t symbol)
{
	uint32_t node = file == GRAPH_NONE ? GRAPH_NONE : d->node_of[file], home = d->graph->symbols[symbol].file;
	if (node != GRAPH_NONE && (home == GRAPH_NONE || d->node_of[home] != node))
		domain_terms_add(terms, node, 2 * d->node_count + symbol);
}

void domain_peers_make(struct discovery *d)
{
	const struct graph *graph = d->graph;
	struct domain_terms terms = {0};
	add_dependencies(d, &terms);
	for (uint32_t i = 0; i < graph->use_count; i++)
		add_use(d, &terms, graph->uses[i].from_file, graph->uses[i].to);
	for (uint32_t i = 0; i < graph->call_count; i++)
		add_use(d, &terms, graph->calls[i].file, graph->calls[i].callee);
	domain_terms_tie(d, &terms, 2 * d->node_count + graph->symbol_count, &d->signals[DOMAIN_PEERS]);
	free(terms.items);
}
