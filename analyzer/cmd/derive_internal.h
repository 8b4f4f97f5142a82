/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that fill a snapshot share. Private to cmd/derive*.c: derive.c puts in what the source says, derive_observed.c
 * what runs saw, derive_resources.c what both use, derive_measures.c and derive_users.c what is counted of it all. */
#ifndef SIGHTLINE_CMD_DERIVE_INTERNAL_H
#define SIGHTLINE_CMD_DERIVE_INTERNAL_H

#include "analysis/measures.h"
#include "cmd/derive.h"

struct derive {
	struct graph *graph;
	struct file_dependency *dependencies; size_t dependency_count;
	struct indirect_result indirect;
	struct reach_result reach;
	struct domains_result *domains;
	struct interner *ids_before; /* "name\tid" of each domain of the release before */
	struct debt_input debt_input;
	struct debt_result *debt;
	struct history history;    /* none: debt_input.has_history is false */
	struct file_history file_history;
	struct arena *past;        /* what debt_input and history live in */
	struct observed_result *observed;
	struct named_resources *named;
	struct measures_result measures;
	bool *is_declared;         /* per symbol, see measures_find_declared */
	struct arena *names;       /* of rows: made here, not borrowed */
	size_t left_behind;        /* observations of another manifest under this name */
	struct snapshot snapshot;
};

/* How many functions call one and are called by it, how far domains reach into structs. After the rows of calls and uses, once domains are known. */
void derive_fill_users(struct derive *d);
/* Literals, call sites, circles of files ...: what rules ask for. No domain is looked at. */
void derive_fill_structure(struct derive *d);
/* Headers that are the API, by what build files install and by the folders they lie in; and the coverage of that. Says in the graph
 * which are installed: before entry points are looked for. */
void derive_fill_headers(struct derive *d, const struct model_release *release);
/* Circles of domains, after those of files. */
void derive_fill_domain_cycles(struct derive *d);
void derive_cover(struct derive *d, const char *what, uint64_t seen, uint64_t total);

/* Debt and what it rests on: load the history first, measure once domains are known, fill after what runs saw. */
int derive_load_history(struct derive *d, struct model *model, const struct model_release *release, struct err *err);
void derive_measure_debt(struct derive *d);
void derive_fill_debt(struct derive *d);
void derive_cover_history(struct derive *d);
void derive_finish_debt(struct derive *d);

/* Reads the release's observations and sums them up: fills observed (never NULL after) and left_behind. */
int derive_load_observed(struct derive *d, struct model *model, const struct model_release *release, struct err *err);
/* Joins what was observed with the rows that are there. After all other rows but the coverage. */
void derive_fill_observed(struct derive *d);
void derive_cover_observed(struct derive *d);

/* Resources that the source names and those that runs used, joined by kind and name; and the orders of locks. */
void derive_fill_resources(struct derive *d);

/* Once domains are known: fills is_declared, named, measures, and the parts of reach. */
void derive_measure(struct derive *d);
/* What measures say: metrics of domains, parts of functions, which flows are there. After the rows of functions and entries. */
void derive_fill_measures(struct derive *d);
void derive_cover_measures(struct derive *d);
void derive_finish_measures(struct derive *d);

#endif
