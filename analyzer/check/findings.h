/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs rules over one release and collects what they say. */
#ifndef SIGHTLINE_CHECK_FINDINGS_H
#define SIGHTLINE_CHECK_FINDINGS_H

#include "check/rules.h"
#include "model/model.h"

struct finding {
	const struct rule *rule;
	const char *severity;
	const char *domain, *file;  /* NULL: about none; the domain is the file's where the rule does not say */
	uint32_t line;
	const char *subject, *message;
	uint32_t effort_minutes;
	const char *fingerprint;    /* of rule, file (unless the rule says that it is none of it) and subject: no line, count or measure is in it */
	const char *cause;          /* what it shares with the findings of its task */
	bool is_aside;              /* of tests, or of code of others that the codebase carries: of less benefit, see tasks_make */
	const char *cut_from, *cut_to; /* files or domains between which the remedy leaves no dependency; NULL: it is of another kind */
	const char *task_key;       /* filled by tasks_make */
};

/* How each rule fared, in the order of the set. */
struct rule_run { size_t findings; double seconds /* of the processor */; bool failed; };

struct findings {
	struct arena *arena, *arena_beside;
	struct finding *items; size_t count, capacity; /* rule by rule, by file, line and subject */
	struct rule_run *runs;                          /* one per rule of the set */
	struct interner *files; const char **domain_of; size_t domain_capacity; /* the release's files and their domains */
	struct interner *carried;                       /* those of others, in deps/ and the like */
	struct interner *generated;                     /* those that bison and flex wrote */
};

/* A second reader of the same rows (model_copy), for a thread that runs rules beside the caller's; before any of them it does
 * first(context). What is found does not depend on who ran what. */
struct findings_beside { struct model *model; void (*first)(void *context); void *context; };

/* beside: NULL: none. A rule that cannot run (bad SQL, no such column, too many steps) is a problem in the set, and the others go on. Findings in
 * a domain of skip (ends with NULL) are left out: code that others or tools write; so are those in what bison and flex wrote. Those in
 * tests (domain "tests" or "tests-NAME") are of severity info, unless their rule is for velocity: nobody runs tests in production. Of findings with one fingerprint the first
 * stays. Errors: of the database. Free with findings_finish, after whatever borrows from it. */
int findings_collect(struct model *model, const struct findings_beside *beside, const char *release, struct rule_set *set,
		     const char *const *skip, struct findings *out, struct err *err);
void findings_finish(struct findings *findings);

#endif
