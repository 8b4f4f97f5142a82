/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rule: a file of SQL whose leading comment says what it finds, why that matters and what to do. Text in, struct out;
 * knows nothing of folders, databases or findings.
 *
 *   -- id: V001                      a letter for the goal and three digits; the file is named ID-NAME.sql
 *   -- title: one line, for lists
 *   -- goal: scalability, resiliency, velocity, cloud-readiness or security
 *   -- severity: info, minor, major or critical
 *   -- effort: minutes to mend one finding, where the SELECT does not say effort_minutes
 *   -- since: version of sightline
 *   -- task: subject|file|domain|codebase: title         findings with one cause become one task of that title, in which
 *                                     {subject}, {file}, {domain} and {count} are replaced, and {s} by "s" unless the count
 *                                     is 1. A column "task" in the SELECT names the cause itself, and {task} is replaced
 *                                     by it.
 *   -- identity: file|subject         file, the default: a subject is a finding in each file that it is found in. subject: it is one
 *                                     finding, and its file is just where it is seen first: that may change, and no news
 *   -- parameter: name = default: what it means                     bound as :name; any number of these
 *   -- why: what it costs. Lines that start with "--   " go on.
 *   -- fix: what to do; "--   1. ..." lines are its steps
 *   -- example: where a real codebase has it
 *   SELECT file, line, subject, message [, domain, effort_minutes, severity, task, cut_from, cut_to] FROM ... WHERE release = :release ...
 * A finding in tests is of severity info, whatever the rule says, unless its goal is velocity (see findings.h).
 * cut_from, cut_to: files or domains of which the first depends on the second no more once the finding is settled; what a task
 * changes the score by is computed with that. */
#ifndef SIGHTLINE_CHECK_RULE_H
#define SIGHTLINE_CHECK_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

enum rule_cause { RULE_CAUSE_SUBJECT, RULE_CAUSE_FILE, RULE_CAUSE_DOMAIN, RULE_CAUSE_CODEBASE };

struct rule_parameter {
	const char *name;   /* as in SQL, with its colon */
	const char *value;
	const char *meaning;
	bool is_number;
	double number;
};

struct rule {
	const char *id, *name, *title, *goal, *severity, *since, *why, *fix, *example;
	enum rule_cause cause;
	bool is_one_everywhere; /* the subject alone is a finding's identity, not its file */
	const char *task_title;
	uint32_t effort_minutes;
	struct rule_parameter *parameters; size_t parameter_count;
	const char *sql;    /* the whole file, so that SQLite's lines are the file's */
	const char *path;   /* as named in messages */
	bool is_off;
	bool is_builtin;    /* and no file of the user took its place */
};

/* Reads a rule. Everything it points to lives in arena. ERR_INPUT "path:line: what": a key that is missing, unknown, given
 * twice or of no sense; a name that does not begin with the id; SQL that does not ask for :release. */
int rule_parse(const char *path, const char *text, size_t length, struct arena *arena, struct rule *out, struct err *err);

bool rule_is_severity(const char *text);
bool rule_is_goal(const char *text);
/* 0 info .. 3 critical; -1: none of these. */
int rule_severity_rank(const char *text);

#endif
