/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a file is where it is: how sure, by which signals, and where else it could be. */
#include <stdlib.h>

#include "analysis/domain_internal.h"

/* A node's tie to its own group by one signal alone, and over all signals to the group it is tied to next. */
static void explain(const struct discovery *d, struct domain_reason *reasons)
{
	struct domain_ties *ties = domain_ties_create(d, d->group_count);
	for (uint32_t i = 0; i < d->node_count; i++) {
		double second = 0;
		domain_ties_gather(ties, i);
		double own = domain_ties_to(ties, d->nodes[i].group);
		reasons[i].second = domain_ties_second(ties, d->nodes[i].group, &second);
		reasons[i].second_share = own + second > 0 ? (float)(second / (own + second)) : 0;
		domain_ties_forget(ties);
	}
	domain_ties_destroy(ties);
	for (unsigned s = 0; s < DOMAIN_SIGNALS; s++) {
		const struct domain_signal *signal = &d->signals[s];
		struct discovery alone = *d;
		if (!signal->count || signal->weight <= 0)
			continue;
		leiden_graph_init(&alone.ties, d->total, signal->edges, signal->count);
		ties = domain_ties_create(&alone, d->group_count);
		for (uint32_t i = 0; i < d->node_count; i++) {
			domain_ties_gather(ties, i);
			reasons[i].shares[s] = (float)(domain_ties_to(ties, d->nodes[i].group) * signal->weight);
			domain_ties_forget(ties);
		}
		domain_ties_destroy(ties);
		leiden_graph_finish(&alone.ties);
	}
}

void domain_reasons_fill(const struct discovery *d, const uint32_t *domain_of_group, struct domains_result *out)
{
	struct domain_reason *nodes = mem_zalloc((size_t)d->node_count + 1, sizeof *nodes);
	uint32_t *groups = mem_alloc(((size_t)d->node_count + 1) * sizeof *groups);
	float *certainty = mem_zalloc((size_t)d->node_count + 1, sizeof *certainty);
	for (uint32_t i = 0; i < d->node_count; i++)
		groups[i] = d->nodes[i].group;
	domain_certainty((const uint32_t *const *)d->seeds, d->seed_count, d->node_count, groups, certainty);
	explain(d, nodes);
	for (uint32_t i = 0; i < d->node_count; i++) {
		float sum = 0;
		nodes[i].certainty = d->nodes[i].is_locked ? 1 : certainty[i];
		nodes[i].told = d->nodes[i].is_locked ? "pinned" : NULL;
		nodes[i].second = nodes[i].second != GRAPH_NONE ? domain_of_group[nodes[i].second] : GRAPH_NONE;
		for (unsigned s = 0; s < DOMAIN_SIGNALS; s++)
			sum += nodes[i].shares[s];
		for (unsigned s = 0; s < DOMAIN_SIGNALS && sum > 0; s++)
			nodes[i].shares[s] /= sum;
	}
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const char *fine = out->reasons[f].fine;
		if (d->node_of[f] != GRAPH_NONE)
			out->reasons[f] = nodes[d->node_of[f]];
		else
			out->reasons[f] = (struct domain_reason){.certainty = 1, .second = GRAPH_NONE, .told = d->told[f]};
		out->reasons[f].fine = fine;
	}
	free(nodes);
	free(groups);
	free(certainty);
}
