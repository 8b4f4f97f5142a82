/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domains: a partition of the files by what they do together. Pure. */
#ifndef SIGHTLINE_ANALYSIS_DOMAINS_H
#define SIGHTLINE_ANALYSIS_DOMAINS_H

#include "base/hash.h"
#include "graph/graph.h"

struct domain_declaration { const char *name; const char *const *globs; size_t glob_count; };

/* What ties files together. The bits of domains_options.without are numbered by it. */
enum domain_signal_kind {
	DOMAIN_DEPENDENCIES, DOMAIN_PEERS, DOMAIN_TEXT, DOMAIN_PREFIX, DOMAIN_FOLDER, DOMAIN_OBSERVED, DOMAIN_SIGNALS
};
extern const char *const DOMAIN_SIGNAL_NAMES[DOMAIN_SIGNALS]; /* "dependencies", "peers", ... */

enum domain_view { DOMAIN_VIEW_DEFAULT, DOMAIN_VIEW_COARSE, DOMAIN_VIEW_FINE };

/* What people say about files that discovery is to honour. line: in the configuration, for messages. */
struct domain_constraint { const char *const *globs; size_t glob_count; const char *name; unsigned line; };
struct domain_pair { struct domain_constraint a, b; };

/* What the dearest part of a discovery came to, to be given to the next: where all that it depends on is the same, it is taken over
 * instead of found again, and the result is the same. Bytes that are damaged are found out and not used. */
struct domain_memory { struct hash128 key; void *bytes; size_t length; };

struct domains_options {
	const struct domain_declaration *declared; size_t declared_count; /* in order: the first match wins */
	/* labels of the release before, per file (NULL = none known); array may be NULL */
	const char *const *previous;
	const char *start;   /* for whoever fills previous: the release whose domains they are; NULL: the one of the same name, else the newest */
	bool fresh;          /* the labels of before give names only */
	unsigned seeds;      /* 0 = default */
	uint64_t seed;       /* what all randomness starts from */
	unsigned threads;    /* 0 = 1; the result does not depend on it */
	unsigned without;    /* signals left out, 1 << enum domain_signal_kind */
	enum domain_view view; /* which partition of the tree becomes the domains */
	uint32_t wanted;     /* how many domains are to be discovered; 0 = as many as fit */
	const struct weighted_edge *observed; size_t observed_count; /* between files: what was seen at run time */
	double observed_weight; /* of all that against dependencies; 0 = not used */
	const struct domain_memory *memory; /* of an earlier discovery; NULL = none */
	const char *program; /* what else memories depend on: the version of the code; NULL = nothing */
	const struct domain_constraint *pins; size_t pin_count;    /* these files are in the domain of that name */
	const struct domain_constraint *joins; size_t join_count;  /* these files are in one domain, whatever its name */
	const struct domain_pair *apart; size_t apart_count;       /* no file of a is with one of b */
	const struct domain_constraint *renames; size_t rename_count; /* globs[0]: the discovered name; name: the new one */
};

struct domain {
	const char *name;   /* unique; lives in the result's arena */
	bool is_declared;
	uint32_t files, functions, lines;
	double cohesion;     /* weight of dependencies within / (within + crossing), 0..1 */
	double exclusivity;  /* functions called from no other domain / functions, 0..1 */
	const char *coarse;  /* the part of the coarser view that it lies in */
	const char *before;  /* the domain of the release before that most of its known files were in; NULL = born */
	const char *change;  /* static: "kept", "born", "split", "merged", "renamed"; "" where nothing was known before */
};
struct domain_link { uint32_t from, to; double weight; uint32_t symbols; }; /* sorted; between different domains */

/* Why a file is where it is. */
struct domain_reason {
	float certainty;     /* share of seeds that put it with the others of its domain, mean; 1 where it was told */
	uint32_t second;     /* domain that it is tied to most after its own; GRAPH_NONE = none */
	float second_share;  /* tie to second / (tie to own + tie to second), 0..1: a half is on the border */
	float shares[DOMAIN_SIGNALS]; /* of its tie to its own domain; they sum to 1, or to 0 where it was told or is alone */
	const char *told;    /* static: "declared", "vendored", "tests", "examples", "pinned"; NULL = discovered */
	const char *fine;    /* the part of the finer view */
};

struct domains_result {
	struct arena *arena;
	struct domain *domains; uint32_t count;  /* sorted by name */
	uint32_t *domain_of;                     /* per file; every file has one */
	struct domain_reason *reasons;           /* per file */
	struct domain_link *links; size_t link_count;
	double resolution, agreement;            /* of the default partition: modularity's, and the seeds' with it */
	double cold_quality, kept_quality;       /* modularity found from nothing and of what was kept; equal where nothing was */
	bool is_kept;                            /* discovery started from the labels of before */
	struct domain_memory memory;             /* for the next; bytes NULL: it is the one that was given */
};

/* dependencies as made by graph_dependencies. Same input, same result. ERR_INPUT: constraints that contradict. */
int domains_discover(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		     const struct graph_call *indirect, size_t indirect_count, const struct domains_options *options,
		     struct domains_result **out, struct err *err);
void domains_result_destroy(struct domains_result *result);

#endif
