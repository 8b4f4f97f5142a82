/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From trace files to a release that says what they saw: what "ingest" and the end of "trace" share. */
#ifndef SIGHTLINE_CMD_OBSERVE_H
#define SIGHTLINE_CMD_OBSERVE_H

#include "cmd/session.h"
#include "cmd/terminal.h"
#include "cmd/traces.h"

/* Is there a release to add runs to? release NULL: any. Leaves the model closed. ERR_NOT_FOUND: none; the text says how to scan. */
int observe_has_release(const struct session *session, const char *release, struct err *err);

struct observe_outcome {
	size_t stored;    /* runs added, or put in the place of an earlier copy */
	size_t repeated;  /* there already */
	size_t refused;   /* of another build, or told in a way that cannot be stored; err says the first */
	size_t running;   /* processes that were not seen to end */
};
/* Ingests the files, stores each run that is of the release's build (force: others too, marked) and derives the release anew. Tells
 * notes, repeats and refusals on stderr. session: started, the model closed; it is open for writing and the release resolved
 * after. Where something was refused and nothing failed the result is ERR_INPUT, with all else stored. */
int observe_files(struct session *session, const char *release, const struct trace_files *files, bool force,
		  struct terminal_progress *progress, struct observe_outcome *outcome, struct err *err);

/* What the release's runs show together, a few lines on stderr, and where to look next. */
int observe_print(const struct session *session, struct err *err);

/* "sightline: ..." on stderr, foreign text made safe. */
__attribute__((format(printf, 1, 2))) void observe_say(const char *format, ...);

#endif
