/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rules would have said of releases that are stored. Private to cmd/. */
#ifndef SIGHTLINE_CMD_RULES_AGAINST_H
#define SIGHTLINE_CMD_RULES_AGAINST_H

#include "check/rules.h"
#include "cmd/session.h"

/* Runs rules over the stored releases that against (a name or glob) matches, and over newest (a name), in the order in which they
 * were stored, and prints what each says anew and no longer. Which rules: only (an id or name); NULL: those of the user's own,
 * or all where there are none. Nothing is stored. The session's model is open. */
int rules_against(struct session *session, struct rule_set *rules, const char *only, const char *against, const char *newest,
		  struct err *err);

#endif
