/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the steps of domain discovery share. Private to analysis/domain*.c.
 *
 * domains.c puts the steps together; domain_nodes.c makes nodes of files, domain_graph.c ties them,
 * domain_folders.c walks the folders, domain_partition.c splits what no folder splits, domain_names.c names,
 * domain_measures.c measures. */
#ifndef SIGHTLINE_ANALYSIS_DOMAIN_INTERNAL_H
#define SIGHTLINE_ANALYSIS_DOMAIN_INTERNAL_H

#include "analysis/domains.h"
#include "base/hash.h"
#include "base/mem.h"

/* A stem group: x.c with x.h, and headers that only declare what x.c defines. What is never taken apart. */
struct domain_node {
	uint32_t file;           /* the one that stands for it: a source where there is one */
	uint32_t files;
	uint64_t lines;          /* of code */
	const char *folder;      /* of file; "" = the root */
	const char *stem;
	const char *family;      /* what it shares the beginning of its name with; NULL = nobody */
	uint32_t fan_in, fan_out; /* nodes that use it, that it uses */
	bool is_common;          /* a utility: used everywhere, uses little */
	uint32_t atom;           /* the node it goes with wherever that goes (a folder too small for a domain); or itself */
	uint32_t group;          /* the domain-to-be it is in; GRAPH_NONE = not yet placed */
};

struct discovery {
	const struct graph *graph;
	const struct file_dependency *dependencies; size_t dependency_count;
	const struct domains_options *options;
	struct arena *arena;
	uint32_t *fixed;         /* per file: index into fixed_names, GRAPH_NONE = to be discovered */
	struct interner *fixed_names;
	uint32_t *node_of;       /* per file; GRAPH_NONE where fixed */
	struct domain_node *nodes; uint32_t node_count;
	struct weighted_edge *edges; size_t edge_count, edge_capacity; /* between nodes; sorted, distinct */
	double mean_strength;    /* weight of edges that a node has on average */
	uint64_t lines;          /* of all nodes */
	double wanted;           /* how many domains a codebase of this size has, about */
	double cap;              /* share of the code above which a domain is split */
	uint32_t group_count;
	uint32_t common_group;   /* of the utilities; GRAPH_NONE = none */
};

/* Weight of one reference by its kind. */
extern const double DOMAIN_KIND_WEIGHT[DEPENDENCY_KINDS];

/* domain_nodes.c: fills node_of, nodes (without fan_in, fan_out, is_common), lines. fixed must be filled. */
void domain_nodes_make(struct discovery *d);

/* domain_graph.c: fills edges, mean_strength, and the nodes' fan_in, fan_out, is_common. */
void domain_graph_make(struct discovery *d);
/* Sorts by ends and sums up edges with the same ends, whatever order they came in. Returns their new number. */
size_t domain_edges_unite(struct weighted_edge *edges, size_t count);

/* domain_folders.c: gives every node a group. */
int domain_folders_place(struct discovery *d, struct err *err);
/* Share of the code that a set of nodes is: by lines, and by the mean of lines and number of nodes. */
struct domain_share { uint32_t nodes; double lines, mass; };
struct domain_share domain_share_of(const struct discovery *d, const uint32_t *members, uint32_t count);
bool domain_share_is_oversized(const struct discovery *d, struct domain_share share);
/* Too small for a domain of its own. */
bool domain_share_is_small(const struct discovery *d, struct domain_share share);

/* domain_partition.c: gives the members groups by how they are tied. */
int domain_partition(struct discovery *d, const uint32_t *members, uint32_t count, unsigned depth, struct err *err);

/* domain_measures.c: fills sizes, cohesion, exclusivity and links of out, whose domains and domain_of are set. */
void domain_measure(const struct discovery *d, const struct graph_call *indirect, size_t indirect_count,
		    struct domains_result *out);

#endif
