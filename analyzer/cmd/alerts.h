/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells events of drift to those whom the configuration names. Private to cmd/.
 *
 * A configuration that lies in the tree which is scanned may be anybody's: its commands are not run and its servers not called
 * unless the user says so on the command line, by --alerts or by naming the file with --config. */
#ifndef SIGHTLINE_CMD_ALERTS_H
#define SIGHTLINE_CMD_ALERTS_H

#include "analysis/drift.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "config/config.h"
#include "model/model.h"

#define OPTION_ALERTS {0, "alerts", NULL, "send what 'alerts:' in sightline.yaml asks for; --config FILE says so, too"}

struct alerts {
	const struct config *config;
	const char *root;               /* where commands run */
	const char *codebase, *from, *to;
	const struct drift *drift;
	bool dry_run;                   /* print what would be sent */
	bool again;                     /* even what was sent before */
};

/* Kinds that there are not: ERR_INPUT that names the place. */
int alerts_check(const struct config *config, struct err *err);
/* Did the user allow them? */
bool alerts_are_allowed(const struct options *options);
/* Sends to each target what it asks for and was not sent to it for the same older release before, as the model remembers. A target
 * that fails is told on stderr, and tried again the next time; *failed counts them (may be NULL). Errors: of the model alone. */
int alerts_send(const struct alerts *alerts, struct model *model, size_t *failed, struct err *err);

/* Compares two stored releases and sends what changed. The session's model is open, for writing unless dry_run. ERR_INPUT: a kind
 * that there is not; ERR_NOT_FOUND: no such release. */
int alerts_between(struct session *session, const char *from, const char *to, bool dry_run, bool again, size_t *failed, struct err *err);
/* The same for a release that was stored just now and the one before it, if there is one. */
int alerts_of_release(struct session *session, const char *release, struct err *err);

#endif
