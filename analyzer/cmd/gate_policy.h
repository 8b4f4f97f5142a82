/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the events between two releases the policy of sightline.yaml forbids. Private to cmd/. */
#ifndef SIGHTLINE_CMD_GATE_POLICY_H
#define SIGHTLINE_CMD_GATE_POLICY_H

#include "cmd/drift_load.h"
#include "cmd/gate_baseline.h"
#include "reports/gate.h"

struct gate_judged {
	struct arena *arena;
	struct gate_report report; /* codebase and version are left to the caller; points into the arena and into what was loaded */
};

/* Without a "gate:" the policy is: new violations of the declared architecture and new circles fail; other changes for the worse
 * are warnings. An improvement never fails. ERR_INPUT: a kind or measure that there is not, with its place. */
int gate_judge(const struct config *config, const char *root, const struct drift_loaded *loaded, const struct gate_baseline *baseline,
	       struct gate_judged *out, struct err *err);
void gate_judged_finish(struct gate_judged *judged);
/* Refuses a policy that names what there is not, before anything is scanned for it. */
int gate_policy_check(const struct config *config, struct err *err);

#endif
