/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of the architecture in words: "move FILE DOMAIN", "cut A B". Private to cmd/. */
#ifndef SIGHTLINE_CMD_PLANS_H
#define SIGHTLINE_CMD_PLANS_H

#include "analysis/debt.h"
#include "check/tasks.h"
#include "config/config.h"

/* Changes as debt_apply takes them; new domains are those that input does not have. Names live in the arena. */
struct plan {
	struct arena *arena;
	struct debt_change *changes; size_t count, capacity;
	const char **new_domains; size_t new_count, new_capacity;
};
void plan_init(struct plan *plan);
void plan_finish(struct plan *plan);

/* Adds one change. Words with blanks in them stand in quotes, '...' or "...". ERR_INPUT: it is none, or what it names is not
 * there (with what comes nearest). */
int plan_add(struct plan *plan, const struct debt_input *input, const char *text, struct err *err);

/* Weight of the written dependencies that a cut takes away; 0 for a move. */
double plan_weight(const struct debt_input *input, const struct debt_change *change);

/* Adds a task for each change that is stored in the model: done where the release has it already. */
int plans_add(struct model *model, const struct config *config, const struct debt_input *input, const struct debt_result *debt,
	      struct tasks *tasks, struct err *err);

#endif
