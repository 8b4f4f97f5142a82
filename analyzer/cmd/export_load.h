/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills what the writers of reports/export.h are given. Private to cmd/. */
#ifndef SIGHTLINE_CMD_EXPORT_LOAD_H
#define SIGHTLINE_CMD_EXPORT_LOAD_H

#include "base/mem.h"
#include "check/rules.h"
#include "cmd/session.h"
#include "reports/export.h"

/* What is asked for; NULL: no limit. */
struct export_choice {
	enum export_content content;
	const char *weights;       /* JSON of goals.h */
	const char *status;        /* of tasks */
	const char *domain, *rule; /* rule: id or name */
	int severity;              /* rank, at least */
	size_t most;               /* tasks or findings; 0: all */
	size_t most_items;         /* tasks and epics together; 0: any number */
	const char *epics;         /* "goal", "domain", "none" */
	const char *path_prefix;   /* in front of each file: where the codebase lies in its repository; NULL: nothing */
	bool needs_evidence;       /* what else shows a finding is to be told */
	bool needs_place;          /* findings of which no file can be told are left out */
};

struct loaded_export {
	struct export export;
	struct arena *arena;       /* all it points to */
	struct rule_set rules;
	struct export_rule *rules_out;
	struct export_finding *findings; size_t finding_capacity;
	struct export_task *tasks;       size_t task_capacity;
	struct export_epic *epics;
	const char **causes; size_t cause_capacity; /* finding -> key of its task; NULL: none */
	size_t placeless;          /* findings left out for want of a file */
};

/* tracker of out->export is left as the caller made it. To be freed with export_unload, also after an error. */
int export_load(const struct session *session, const struct export_choice *choice, struct loaded_export *out, struct err *err);
void export_unload(struct loaded_export *loaded);
/* file behind prefix, in loaded's arena; file itself where there is no prefix, or it is absolute or NULL. */
const char *export_prefixed(struct loaded_export *loaded, const char *prefix, const char *file);
/* Gives each loaded finding its related places (of two domains the files by which one needs the other), and those about a circle of
 * files or domains the way round it. Paths get the prefix. */
int export_load_evidence(struct loaded_export *loaded, const struct session *session, const char *path_prefix, struct err *err);

#endif
