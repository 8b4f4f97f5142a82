/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures over releases, as curves one below the other. */
#ifndef SIGHTLINE_REPORTS_TREND_H
#define SIGHTLINE_REPORTS_TREND_H

#include "report.h"

struct trend_release { const char *name, *date; /* "2024-01-09", "" unknown */ };
struct trend_series {
	const char *title;       /* "Debt" */
	const char *remark;      /* what the numbers are, behind the title; may be NULL */
	const double *values;    /* one per release, NAN where unknown */
	bool lower_is_better;    /* else neither is */
	bool is_count;           /* whole numbers */
};
struct trend {
	const char *title;       /* codebase name */
	const struct trend_release *releases; size_t release_count; /* in the order they are drawn, at least one */
	const struct trend_series *series; size_t series_count;
};

/* One SVG without script or foreign fonts: a curve per series with its own scale, the releases side by side at equal distances
 * (as many names as fit), last values and what changed since the first at the right, everything of a release under the mouse.
 * Returns what write() did. */
int report_trend_svg(const struct trend *trend, const struct report_output *output);

#endif
