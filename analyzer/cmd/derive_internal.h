/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that fill a snapshot share. Private to cmd/derive*.c: derive.c puts in what the source says, derive_observed.c
 * what runs saw. */
#ifndef SIGHTLINE_CMD_DERIVE_INTERNAL_H
#define SIGHTLINE_CMD_DERIVE_INTERNAL_H

#include "analysis/debt.h"
#include "analysis/observed.h"
#include "analysis/reach.h"
#include "cmd/derive.h"

struct derive {
	struct graph *graph;
	struct file_dependency *dependencies; size_t dependency_count;
	struct indirect_result indirect;
	struct reach_result reach;
	struct domains_result *domains;
	struct debt_result *debt;
	struct observed_result *observed;
	size_t left_behind;        /* observations of another manifest under this name */
	struct snapshot snapshot;
};

/* Literals, call sites, circles ...: what rules ask for. */
void derive_fill_structure(struct derive *d);
void derive_cover(struct derive *d, const char *what, uint64_t seen, uint64_t total);

/* Reads the release's observations and sums them up: fills observed (never NULL after) and left_behind. */
int derive_load_observed(struct derive *d, struct model *model, const struct model_release *release, struct err *err);
/* Joins what was observed with the rows that are there. After all other rows but the coverage. */
void derive_fill_observed(struct derive *d);
void derive_cover_observed(struct derive *d);

#endif
