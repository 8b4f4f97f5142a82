/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a report is drawn: the most important nodes and edges, the rest folded and counted. Pure; knows nothing of
 * any format. Same report, same fold. */
#ifndef SIGHTLINE_REPORTS_FOLD_H
#define SIGHTLINE_REPORTS_FOLD_H

#include "report.h"

/* More than this is neither readable nor laid out in reasonable time, whatever is asked for. */
#define FOLD_MOST_NODES 400
#define FOLD_MOST_EDGES 1200

struct fold_node {
	uint32_t source;  /* index into report.nodes; REPORT_NONE: stands for several that are not drawn */
	uint32_t group;   /* index into report.groups; REPORT_NONE */
	uint32_t folded;  /* how many nodes it stands for (1 where source is given) */
	uint32_t groups_folded; /* how many whole groups are among them */
	double size;      /* sum of theirs */
	uint32_t edges;   /* how many drawn edges it has */
	uint32_t users;   /* how many nodes of the report use it */
	bool is_hub;      /* used so widely that only its heaviest users' edges are drawn */
};
struct fold_edge {    /* one per pair of drawn nodes that are not folded; heaviest first */
	uint32_t from, to; /* in the heavier direction */
	uint32_t source;   /* index into report.edges */
	uint32_t reverse;  /* likewise, of the edge back; REPORT_NONE: there is none */
	double weight;     /* of both directions */
	double back;       /* of that the weight of the edge back */
	bool written;      /* some direction is in the source */
	bool observed;     /* some direction was seen in runs */
	bool in_cycle;
	bool closes;       /* in_cycle, and against the direction of the heavier edges: it goes up where they go down */
};
struct fold {
	struct fold_node *nodes; size_t node_count; /* drawn: important ones first, folded ones last */
	struct fold_edge *edges; size_t edge_count;
	uint32_t *drawn_as;      /* per node of the report: index into nodes */
	size_t nodes_folded;
	size_t edges_hidden;     /* pairs of drawn nodes whose edge is not drawn: the lighter ones */
	size_t hubs;
	size_t edges_folded;     /* edges with a folded end */
	double hidden_weight, folded_weight; /* their weights */
	double largest;          /* size of the largest single node that is not outside */
	double heaviest;         /* weight of the heaviest drawn edge */
};

/* 0, or -1 for want of memory. Edges that name no node of the report are not counted at all. */
int fold_build(const struct report *report, struct fold *out);
void fold_finish(struct fold *fold);

#endif
