/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules over a release that is being stored: findings and tasks. Private to cmd/. */
#ifndef SIGHTLINE_CMD_VERDICTS_H
#define SIGHTLINE_CMD_VERDICTS_H

#include "analysis/debt.h"
#include "base/hash.h"
#include "check/findings.h"
#include "check/tasks.h"
#include "config/config.h"

/* The rules that a configuration asks for. ERR_INPUT: its folder, or a rule or parameter that there is not. */
int verdicts_load_rules(const struct config *config, struct rule_set *out, struct err *err);
/* Whether they can be had, without keeping them: said before minutes are spent on what would then not be stored. */
int verdicts_check(const struct config *config, struct err *err);
/* Where the baseline file is; heap; NULL: the configuration names none. */
char *verdicts_baseline_path(const struct config *config);
/* Its text, heap; NULL where path is NULL or there is none yet: a file that is named before it is made is no error. */
int verdicts_read_baseline(const char *path, char **text, struct err *err);
/* What findings and tasks depend on beside the release: rules and the baseline file. */
void verdicts_hash(const struct config *config, struct hasher *hasher);
/* Runs the rules and puts findings, tasks and what both make of debt; within model_release_put_judged. beside: as in
 * findings_collect. debt: as measured, is judged
 * with the findings, which are counted into input. What was wrong with rules is in the set. */
int verdicts_put(struct model *model, const struct findings_beside *beside, const char *release, const struct config *config,
		 struct rule_set *rules, struct debt_input *input, struct debt_result *debt, struct err *err);

/* verdicts_debt.c: counts findings into input and judges debt; then says of each task what it changes the score by. */
void verdicts_judge_debt(const struct findings *findings, struct debt_input *input, struct debt_result *debt);
void verdicts_foresee(const struct findings *findings, struct tasks *tasks, const struct debt_input *input, const struct debt_result *debt);
/* Domains of code that others or tools write: no findings there. Ends with NULL. */
extern const char *const verdicts_skipped_domains[];
/* Told on stderr, one line each. */
void verdicts_tell_problems(const struct rule_set *rules);

#endif
