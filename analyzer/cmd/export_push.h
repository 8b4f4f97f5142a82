/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline export --push jira: makes the issues that are not there yet. Private to cmd/. */
#ifndef SIGHTLINE_CMD_EXPORT_PUSH_H
#define SIGHTLINE_CMD_EXPORT_PUSH_H

#include "cmd/session.h"
#include "reports/export.h"

struct push_choice {
	const char *token_file;  /* NULL: the environment's SIGHTLINE_JIRA_TOKEN */
	bool is_dry_run;         /* asks what is there, and makes nothing */
};

/* An issue is known again by the label of its task: what bears it is left as it is. Prints a line per issue made or refused, and a
 * summary to stderr, also where it ends early. ERR_INPUT: a setting is missing, the token is refused, or some issues were. */
int export_push(const struct export *export, const struct session *session, const struct push_choice *choice, struct err *err);

#endif
