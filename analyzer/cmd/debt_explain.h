/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic behind debt. Private to cmd/. */
#ifndef SIGHTLINE_CMD_DEBT_EXPLAIN_H
#define SIGHTLINE_CMD_DEBT_EXPLAIN_H

#include "cmd/session.h"

/* Every metric: formula, source, what is good, the SQL that computes it again. */
int debt_explain_all(const struct session *session, struct err *err);
int debt_explain_all_json(struct err *err);
/* One file, domain, function or "codebase": its formulas with its numbers in them, and where these come from. ERR_NOT_FOUND. */
int debt_explain_subject(const struct session *session, const char *name, struct err *err);

#endif
