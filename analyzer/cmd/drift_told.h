/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of drift, printed. Private to cmd/. */
#ifndef SIGHTLINE_CMD_DRIFT_TOLD_H
#define SIGHTLINE_CMD_DRIFT_TOLD_H

#include <stdio.h>

#include "cmd/drift_load.h"
#include "cmd/output.h"

/* Table: for people, by kind, the worst first; of a kind the first few, with a few places each, unless all are wanted. JSON and CSV:
 * the columns of the view events; JSON with the places. events: some of loaded's, in its order. ERR_IO: it cannot be written. */
int drift_told(FILE *stream, const struct drift_loaded *loaded, const struct drift_event *const *events, size_t count,
	       enum output_format format, bool all, struct err *err);

/* "major" in its colour, "" and no colour where stream has none. */
const char *drift_severity_colour(FILE *stream, enum drift_severity severity);
/* "  subject  detail  file:line" and up to places lines of evidence, for a terminal. */
void drift_append_event(struct buf *out, FILE *stream, const struct drift_event *event, size_t places);

#endif
