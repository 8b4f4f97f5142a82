/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of the SQL that computes metrics again, and the two lists of formulas. Private to debt*_formulas.c. */
#ifndef SIGHTLINE_ANALYSIS_DEBT_SQL_H
#define SIGHTLINE_ANALYSIS_DEBT_SQL_H

#include "analysis/debt.h"

/* Distinct written dependencies between files, see dependency_is_written. */
#define EDGES \
	"WITH e AS MATERIALIZED (SELECT DISTINCT from_file a, to_file b FROM dependencies " \
	"WHERE release = :release AND kind NOT IN ('include', 'indirect')) "
#define METRIC(scope, name) \
	"(SELECT value FROM metrics WHERE release = :release AND scope = '" scope "' AND metric = '" name "' "
#define RAMP(x, low, high) "min(max((" x " - " low ") * 1.0 / (" high " - " low "), 0), 1)"
#define CODEBASE(name) METRIC("codebase", name) ")"
#define OF_FILE(name) METRIC("file", name) "AND subject = :subject)"
#define OF_DOMAIN(name) METRIC("domain", name) "AND subject = :subject)"
/* A history was read of the release: the metrics that rest on it are there. */
#define HAS_HISTORY "(SELECT git_time IS NOT NULL FROM releases WHERE release = :release)"

extern const struct debt_formula DEBT_MEASURED[], DEBT_JUDGED[]; /* each ends with metric NULL */

#endif
