/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics of domains beyond debt: what they keep to themselves, what others see of them, where they stand. Formulas and the SQL
 * that must agree are in debt_formulas.c. Pure. */
#ifndef SIGHTLINE_ANALYSIS_MEASURES_H
#define SIGHTLINE_ANALYSIS_MEASURES_H

#include "analysis/debt.h"
#include "analysis/domains.h"
#include "analysis/named_resources.h"
#include "analysis/observed.h"
#include "analysis/reach.h"

struct measures_input {
	const struct graph *graph;
	const struct domains_result *domains;
	const struct reach_result *reach;
	const struct observed_result *observed;
	const struct named_resources *named;
	const bool *is_declared; /* per symbol, by measures_find_declared */
};
struct measures_result { struct debt_metric *metrics; size_t count, capacity; uint32_t *level; /* per domain */ };
/* Subjects are borrowed from domains. Metrics that a domain lacks (exclusivity of globals where it has none) have no row. */
void measures_compute(const struct measures_input *input, struct measures_result *out);
void measures_finish(struct measures_result *result);

/* A header whose name says that it is not for others: the view files has the same rule (is_private). */
bool measures_is_private(const char *path);
/* Per symbol, functions and variables: a header that is not private declares or defines it. Heap. */
bool *measures_find_declared(const struct graph *graph);

#endif
