/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up codebases for the report tests: layered, skewed in size, with a few cycles. Deterministic. */
#ifndef SIGHTLINE_TESTS_REPORTS_SAMPLE_H
#define SIGHTLINE_TESTS_REPORTS_SAMPLE_H

#include "reports/report.h"

struct sample {
	struct report report;
	char (*names)[40];
	char (*paths)[1000];
};

#define SAMPLE_HOSTILE 70
extern const char *const sample_hostile[];

/* nodes boxes over groups groups (0: none) and up to edges arrows; outside: that many nodes are neighbours. */
void sample_init(struct sample *sample, size_t nodes, size_t groups, size_t edges, size_t outside);
/* Every hostile name wherever a name can stand, and all that a report can hold. */
void sample_init_hostile(struct sample *sample, bool in_groups);
void sample_finish(struct sample *sample);

#endif
