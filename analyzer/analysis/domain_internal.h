/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the steps of domain discovery share. Private to analysis/domain*.c.
 *
 * domains.c puts the steps together; domain_nodes.c makes nodes of files; domain_graph.c ties them by dependencies,
 * domain_text.c by the words of their identifiers, domain_peers.c by what they use alike (domain_nearest.c for both),
 * domain_votes.c by folders and names; domain_levels.c finds the tree of partitions, domain_consensus.c what many seeds
 * agree on; domain_names.c names, domain_measures.c measures. */
#ifndef SIGHTLINE_ANALYSIS_DOMAIN_INTERNAL_H
#define SIGHTLINE_ANALYSIS_DOMAIN_INTERNAL_H

#define DOMAIN_FOLDER_LARGEST 0.4 /* of all nodes lie in a folder that tells something */
#define DOMAIN_FEWEST_NODES 3     /* of a domain; fewer go with what they are tied to */

#include "analysis/domains.h"
#include "base/hash.h"
#include "base/mem.h"
#include "graph/leiden.h"

/* A stem group: x.c with x.h, and headers that only declare what x.c defines. What is never taken apart. */
struct domain_node {
	uint32_t file;           /* the one that stands for it: a source where there is one */
	uint32_t files;
	uint64_t lines;          /* of code */
	const char *folder;      /* of file; "" = the root */
	const char *home;        /* folder with mirrors folded: "include/net" and "src/net" are "net"; NULL = says nothing */
	const char *stem;
	uint32_t fan_in, fan_out; /* nodes that use it, that it uses */
	bool is_common;          /* a utility: used everywhere, uses little */
	bool is_locked;          /* where it is was told, not found */
	const char *pin;         /* name of the domain that it is told to be in; NULL */
	uint32_t join;           /* 1 + number of the constraint that joins it with others; 0 = none */
	uint32_t chosen;         /* scratch of the step that places it */
	uint32_t group;          /* the domain-to-be it is in; GRAPH_NONE = not yet placed */
};

/* Where a node lies: with mirrors folded, as far as that says something. */
static inline const char *domain_place(const struct domain_node *node)
{
	return node->home ? node->home : node->folder;
}

/* What one signal says: edges between nodes, and votes of nodes for hubs. A hub is a node of the graph that is no file: all
 * that vote for it are tied to each other through it, at the cost of one edge each. */
struct domain_signal {
	struct weighted_edge *edges; size_t count, capacity; /* sorted, distinct; a hub is node_count or more */
	double weight;           /* what an edge is multiplied by in the sum of all signals */
};

/* Something that a node has and that tells it from others, such as a word of its identifiers. */
struct domain_term {
	uint32_t node, word;     /* word: a number below a bound; of the text signal, in discovery.words */
	float weight;            /* tf-idf; those of a node have length 1 as a vector */
};
struct domain_terms { struct domain_term *items; size_t count, capacity; };

struct domain_level {
	double resolution;
	uint32_t *labels, count; /* per node; numbered by the first node */
	double agreement;        /* of the seeds with this partition: mean adjusted Rand index */
};

struct discovery {
	const struct graph *graph;
	const struct file_dependency *dependencies; size_t dependency_count;
	const struct domains_options *options;
	struct arena *arena;
	uint32_t *fixed;         /* per file: index into fixed_names, GRAPH_NONE = to be discovered */
	struct interner *fixed_names;
	const char **told;       /* per file: why it is fixed, static; NULL where it is not */
	uint32_t *node_of;       /* per file; GRAPH_NONE where fixed */
	struct domain_node *nodes; uint32_t node_count;
	struct domain_signal signals[DOMAIN_SIGNALS];
	uint32_t total;          /* nodes and hubs */
	struct weighted_edge *edges; size_t edge_count, edge_capacity; /* all signals summed; sorted, distinct */
	struct leiden_graph ties; /* the same, in rows */
	double mean_strength;    /* weight of edges that a node has on average */
	struct domain_term *terms; size_t term_count; /* by node, the most telling first; none without the text signal */
	struct interner *words;  /* of the terms; NULL where there are none */
	double folder_gate;      /* how far the folders are to be believed, 0..1 */
	struct domain_level level; /* the default */
	uint32_t *before;        /* per node: label of the release before, in before_names; GRAPH_NONE = new */
	struct interner *before_names;
	uint32_t known;          /* nodes with a label of before */
	uint32_t **seeds; unsigned seed_count; /* labels of its seeds, per node */
	struct domain_memory memory; /* what this one keeps; bytes NULL: it recalled all */
	uint32_t group_count;
	uint32_t common_group;   /* of the utilities; GRAPH_NONE = none */
};

/* domain_told.c: fills fixed, fixed_names, told. */
void domain_told_place(struct discovery *d);
/* Adds edges for constraints; fills the nodes' pin and join. ERR_INPUT where they contradict, with both lines. */
int domain_told_tie(struct discovery *d, struct err *err);
/* Moves nodes to where constraints want them, and locks them there. */
void domain_told_enforce(struct discovery *d);
bool domain_globs_match(const struct domain_constraint *row, const char *path);

/* domain_before.c: fills before, before_names, known. */
void domain_before_read(struct discovery *d);
/* Starts from the labels of before and gives every node a group; false, with no group changed: too few are known. */
bool domain_before_keep(struct discovery *d);
/* Per group: the name it keeps (or NULL), the label of before that most of its known nodes had (or NULL), its change. */
void domain_before_match(const struct discovery *d, const char **names, const char **origins, const char **changes);

/* domain_nodes.c: fills node_of, nodes (without fan_in, fan_out, is_common). fixed must be filled. */
void domain_nodes_make(struct discovery *d);

/* domain_graph.c: the dependency signal, and the nodes' fan_in, fan_out, is_common. */
void domain_graph_make(struct discovery *d);
void domain_signal_add(struct domain_signal *signal, uint32_t a, uint32_t b, double weight);
/* Sorts by ends and sums up edges with the same ends, whatever order they came in. Returns their new number. */
size_t domain_edges_unite(struct weighted_edge *edges, size_t count);
/* Weighs the signals and sums them up in edges; sets mean_strength. */
void domain_graph_sum(struct discovery *d);

/* domain_nearest.c: one more of that word in that node. */
void domain_terms_add(struct domain_terms *terms, uint32_t node, uint32_t word);
/* Weighs the terms, keeps the most telling of each node, and ties each to its nearest. */
void domain_terms_tie(const struct discovery *d, struct domain_terms *terms, uint32_t word_count, struct domain_signal *signal);

/* domain_text.c: terms, words and the text signal. */
void domain_text_make(struct discovery *d);

/* domain_peers.c: the peers signal. */
void domain_peers_make(struct discovery *d);

/* domain_votes.c: the prefix and folder signals, folder_gate; raises total. */
void domain_votes_make(struct discovery *d);

/* domain_levels.c: fills level, and every node's group by it. */
void domain_levels_make(struct discovery *d);
/* Labels per node of a coarser and a finer partition than the groups: nested. Numbered from 0; return their number. */
uint32_t domain_levels_coarse(const struct discovery *d, uint32_t *labels);
uint32_t domain_levels_fine(const struct discovery *d, uint32_t *labels);

/* domain_memory.c: takes level and the labels of the seeds from the memory given, if it is of the same ties; else false. */
bool domain_memory_recall(struct discovery *d, unsigned seeds, uint32_t *const *labels);
/* Keeps what was found instead. After a recall that failed. */
void domain_memory_keep(struct discovery *d, unsigned seeds, uint32_t *const *labels);

/* domain_consensus.c: the partition that differs least from seed_count others, each of n labels below n. The sum of pairs
 * on which they differ (Mirkin 1996) is lowered by moving single nodes until none gains; starts from the first of them.
 * Returns the number of communities, numbered by their first node. */
uint32_t domain_consensus(const uint32_t *const *partitions, unsigned seed_count, uint32_t n, uint32_t *consensus);
/* Per node the mean, over the others in its group, of the share of partitions that put both together; 1 where it is alone. */
void domain_certainty(const uint32_t *const *partitions, unsigned seed_count, uint32_t n, const uint32_t *groups,
		      float *certainty);
/* Adjusted Rand index of two partitions. */
double domain_agreement(const uint32_t *a, const uint32_t *b, uint32_t n);

/* domain_settle.c: from groups by consensus to those that last. */
void domain_groups_finish(struct discovery *d);
void domain_groups_renumber(struct discovery *d);
/* Moves nodes that another group pulls at more than their own by margin of their strength, until there is none. */
#define DOMAIN_MARGIN 0.1 /* so that noise moves nothing */
void domain_settle(struct discovery *d, double margin);

/* domain_folders.c: joins groups that are parts of one folder and nearly all of it. Leaves gaps in the numbers of groups. */
void domain_folders_join(struct discovery *d);

/* How a node is tied to groups, directly and through hubs. group_capacity: groups are below it. */
struct domain_ties;
struct domain_ties *domain_ties_create(const struct discovery *d, uint32_t group_capacity);
void domain_ties_destroy(struct domain_ties *ties);
void domain_ties_update(struct domain_ties *ties);   /* the nodes' groups have changed */
void domain_ties_gather(struct domain_ties *ties, uint32_t node); /* adds a node's ties to those gathered */
void domain_ties_forget(struct domain_ties *ties);   /* nothing is gathered */
double domain_ties_to(const struct domain_ties *ties, uint32_t group);
uint32_t domain_ties_second(const struct domain_ties *ties, uint32_t own, double *tie);
/* Of the groups gathered the one that gains most by the node: its tie less what scale * mass * mass of the group is owed to size alone.
 * GRAPH_NONE: none. */
uint32_t domain_ties_home(const struct domain_ties *ties, uint32_t node, const double *masses, double scale);

/* domain_why.c: fills the reasons of out, whose domain_of is set. */
void domain_reasons_fill(const struct discovery *d, const uint32_t *domain_of_group, struct domains_result *out);

/* domain_measures.c: fills sizes, cohesion, exclusivity and links of out, whose domains and domain_of are set. */
void domain_measure(const struct discovery *d, const struct graph_call *indirect, size_t indirect_count,
		    struct domains_result *out);

#endif
