/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Technical debt by published formulas, each recomputable by SQL from the public views. Pure; needs no graph, so that the
 * same arithmetic answers what a release is, what a stored release would be after a change, and what a task would bring. */
#ifndef SIGHTLINE_ANALYSIS_DEBT_H
#define SIGHTLINE_ANALYSIS_DEBT_H

#include "analysis/file_history.h"
#include "graph/graph.h"

struct debt_file {
	const char *path;
	uint32_t domain, code_lines;
	double cognitive_max, cognitive_sum, cyclomatic_sum;
	double findings_minutes; /* to settle the findings in it */
	struct past past;
};
struct debt_domain {
	const char *name;
	double exclusivity;
	double findings_minutes; /* of the findings told of it or of its files */
	struct past past;
};
struct debt_input {
	struct debt_file *files; uint32_t file_count;       /* sorted by path */
	struct debt_domain *domains; uint32_t domain_count;
	const struct file_dependency *dependencies; size_t dependency_count; /* sorted as by graph_dependencies */
	double findings_minutes; /* of all findings, those of no file or domain included */
	bool has_history;        /* past is known */
};

/* One number of one subject, as in the view metrics. */
struct debt_metric { const char *scope, *subject, *metric; double value; };

/* The parts of debt, each 0 (none) to 100. */
enum debt_part { DEBT_ENTANGLEMENT, DEBT_REACH, DEBT_MODULARITY, DEBT_SMELLS, DEBT_INTEREST, DEBT_PARTS };
extern const double DEBT_WEIGHTS[DEBT_PARTS]; /* they sum to 1 */
struct debt_vector {
	double parts[DEBT_PARTS];
	double structure;        /* the parts without interest, weighted: what the code is, whoever changes it */
	double score;            /* the headline */
	double interest_hours;   /* a year */
};

struct debt_measured { /* of a file */
	uint32_t fan_in, fan_out, reach, cycle_size /* 0: in none */;
	double crossing;         /* weight of its dependencies on files of other domains */
};
struct debt_result {
	struct debt_metric *metrics; size_t metric_count; /* filled by debt_tell_measured; sorted by scope, subject, metric */
	struct debt_metric *scores; size_t score_count;   /* filled by debt_tell_judged; likewise */
	size_t metric_capacity, score_capacity;
	struct debt_measured *measured;                   /* per file */
	struct debt_vector *of_file, *of_domain, codebase;
	double *cohesion; uint32_t *cycle_of_domain;      /* per domain; size of its cycle, 0: in none */
	uint32_t *coupling_in, *coupling_out;             /* per domain */
	double total_lines;
	double ccd, cyclicity, propagation_cost, turbomq;      /* of the codebase */
	uint32_t cycle_groups, largest_cycle;
	bool depends;                                     /* some file depends on another */
};
/* Measures the structure; strings are those of the input, which must live as long. */
void debt_measure(const struct debt_input *input, struct debt_result **out);
/* What it costs, findings and past counted; may be called again when those have changed. */
void debt_judge(const struct debt_input *input, struct debt_result *result);
/* Both as rows, with the names of the view metrics. */
void debt_tell_measured(const struct debt_input *input, struct debt_result *result);
void debt_tell_judged(const struct debt_input *input, struct debt_result *result);
void debt_result_destroy(struct debt_result *result);

/* What each metric means: formula, source, the SQL over the public views that computes it again (for release :release,
 * and :subject where the scope is not the codebase). where: which subjects have it; NULL: all. For the others the SQL gives NULL.
 * formula is arithmetic on names of metrics where there are such. Static storage; metric NULL ends the list. */
struct debt_formula { const char *metric, *scope, *title, *formula, *source, *good, *sql, *where; };
const struct debt_formula *debt_formulas(void);

/* ---- debt_change.c: the same after a change ---- */

/* move: module of file a to domain b (from domain_count on: a new one). cut: dependencies of the module or domain a on b. */
enum debt_change_kind { DEBT_MOVE, DEBT_CUT_FILES, DEBT_CUT_DOMAINS };
struct debt_change { enum debt_change_kind kind; uint32_t a, b; };

/* Indices by name; GRAPH_NONE: there is none. */
uint32_t debt_find_file(const struct debt_input *input, const char *path);
uint32_t debt_find_domain(const struct debt_input *input, const char *name);
/* foo.c and foo.h are one module: files[*first .. *first + *count) are those of one. */
void debt_module_of(const struct debt_input *input, uint32_t file, uint32_t *first, uint32_t *count);

/* A copy of input with the changes made, to be freed by debt_changed_finish; names of new domains are in names. */
struct debt_changed { struct debt_input input; struct file_dependency *kept; };
void debt_apply(const struct debt_input *input, const struct debt_change *changes, size_t count, const char *const *new_domains,
		size_t new_count, struct debt_changed *out);
void debt_changed_finish(struct debt_changed *changed);

/* What the codebase's score would change by, were these minutes of findings per file (pairs of file and minutes) gone: exact, in
 * the time that the files of the list take. */
double debt_without_findings(const struct debt_input *input, const struct debt_result *result, const uint32_t *files,
			     const double *minutes, size_t count);

#endif
