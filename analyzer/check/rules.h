/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The set of rules that a release is checked by: those built in, those of a folder, and what the configuration changes of
 * them. What cannot be used becomes a problem that is told; the others stay. */
#ifndef SIGHTLINE_CHECK_RULES_H
#define SIGHTLINE_CHECK_RULES_H

#include "base/hash.h"
#include "check/rule.h"

/* What the configuration says of one rule. */
struct rule_override {
	const char *id;       /* id or name */
	const char *place;    /* "sightline.yaml:3:3", for messages */
	bool off;
	const char *severity; /* NULL: as it is */
	struct rule_parameter *parameters; size_t parameter_count; /* names without colon; meaning unused */
};

struct rule_set {
	struct arena *arena;
	struct rule *rules; size_t count, capacity; /* sorted by id */
	char **problems; size_t problem_count, problem_capacity; /* one line each: file, line, what */
};

/* folder NULL: built in only. A rule of the folder (searched to any depth, *.sql) replaces the built-in one of its id.
 * ERR_INPUT: the folder cannot be read, an override is of no rule or no parameter. Free with rules_finish. */
int rules_load(const char *folder, const struct rule_override *overrides, size_t override_count, struct rule_set *out,
	       struct err *err);
void rules_finish(struct rule_set *set);

const struct rule *rules_find(const struct rule_set *set, const char *id_or_name); /* NULL: none */
void rules_add_problem(struct rule_set *set, const char *text);
/* Over every rule's text, severity and parameters: what findings depend on beside the release. */
void rules_hash(const struct rule_set *set, struct hasher *hasher);

#endif
