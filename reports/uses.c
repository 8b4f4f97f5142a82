/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uses.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return !x->edge - !y->edge; /* one that is more than an include first */
}

int uses_gather(const struct report *report, struct use **out, size_t *count)
{
	struct use *uses = malloc((report->edge_count + report->link_count + 1) * sizeof *uses);
	size_t found = 0, kept = 0;
	if (!uses)
		return -1;
	for (size_t i = 0; i < report->edge_count; i++) {
		const struct report_edge *edge = &report->edges[i];
		if (edge->from < report->node_count && edge->to < report->node_count && edge->from != edge->to)
			uses[found++] = (struct use){edge->from, edge->to, edge};
	}
	for (size_t i = 0; i < report->link_count; i++) {
		const struct report_link *link = &report->links[i];
		if (!link->includes || link->from >= report->file_count || link->to >= report->file_count)
			continue;
		uint32_t from = report->files[link->from].node, to = report->files[link->to].node;
		if (from < report->node_count && to < report->node_count && from != to)
			uses[found++] = (struct use){from, to, NULL};
	}
	qsort(uses, found, sizeof *uses, compare);
	for (size_t i = 0; i < found; i++)
		if (!kept || uses[kept - 1].from != uses[i].from || uses[kept - 1].to != uses[i].to)
			uses[kept++] = uses[i];
	*out = uses;
	*count = kept;
	return 0;
}
