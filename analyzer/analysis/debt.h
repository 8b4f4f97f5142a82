/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Technical debt by published formulas, each recomputable by SQL from the public views. Pure. */
#ifndef SIGHTLINE_ANALYSIS_DEBT_H
#define SIGHTLINE_ANALYSIS_DEBT_H

#include "analysis/domains.h"

/* One number of one subject, as in the view metrics. */
struct debt_metric { const char *scope, *subject, *metric; double value; };

struct debt_result {
	struct arena *arena;
	struct debt_metric *metrics; size_t metric_count; /* sorted by scope, subject, metric */
	double *domain_score;  /* per domain, 0 (none) .. 100 */
	double *file_score;    /* per file, 0 .. 100 */
	double codebase_score;
	uint32_t *file_cycle;  /* per file: number of its dependency cycle, GRAPH_NONE where in none */
	uint32_t *domain_cycle;
};
void debt_compute(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		  const struct domains_result *domains, struct debt_result **out);
void debt_result_destroy(struct debt_result *result);

/* What each metric means: formula, source, the SQL over the public views that computes it again (for release :release,
 * and :subject where the scope is not the codebase). where: which subjects have it; NULL: all. For the others the SQL gives NULL.
 * Static storage; metric NULL ends the list. */
struct debt_formula { const char *metric, *scope, *title, *formula, *source, *good, *sql, *where; };
const struct debt_formula *debt_formulas(void);

#endif
