/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stored releases as curves. Private to cmd/. */
#ifndef SIGHTLINE_CMD_TREND_H
#define SIGHTLINE_CMD_TREND_H

#include "cmd/session.h"

/* Draws the releases that --release matches (without it: all) to path. Takes the session, which is started. */
int trend_report(const struct options *options, struct session *session, const char *path, struct err *err);

#endif
