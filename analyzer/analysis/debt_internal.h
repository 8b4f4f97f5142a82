/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files debt*.c share. Private to them. */
#ifndef SIGHTLINE_ANALYSIS_DEBT_INTERNAL_H
#define SIGHTLINE_ANALYSIS_DEBT_INTERNAL_H

#include "analysis/debt.h"

void debt_add_metric(struct debt_result *result, const char *scope, const char *subject, const char *name, double value);
int debt_compare_metrics(const void *a, const void *b);

/* The smells of a file, 0 to 100, with these minutes of findings in it. */
double debt_smells(const struct debt_file *file, double findings_minutes);
/* Sum of the weights that count: without a past, interest is left out. */
double debt_total_weight(const struct debt_input *input);

#endif
