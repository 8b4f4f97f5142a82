/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stored release as debt is computed from it, without facts and graph. Private to cmd/. */
#ifndef SIGHTLINE_CMD_DEBT_MODEL_H
#define SIGHTLINE_CMD_DEBT_MODEL_H

#include "analysis/debt.h"
#include "model/model.h"

struct debt_model {
	struct arena *arena;
	struct debt_input input;
	struct file_dependency *dependencies;
	struct debt_result *result; /* measured and judged */
};
/* ERR_INPUT: the release was derived by a sightline that reckoned otherwise. */
int debt_model_load(struct model *model, const char *release, struct debt_model *out, struct err *err);
void debt_model_finish(struct debt_model *model);

#endif
