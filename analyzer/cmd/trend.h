/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stored releases as curves. Private to cmd/. */
#ifndef SIGHTLINE_CMD_TREND_H
#define SIGHTLINE_CMD_TREND_H

#include "base/mem.h"
#include "model/model.h"
#include "reports/trend.h"

/* Fills title, releases and series from the releases whose name matches the glob (NULL: all), in order of date. Everything is made
 * in arena. ERR_NOT_FOUND: none matches. */
int trend_read(struct model *model, const char *glob, struct arena *arena, struct trend *out, struct err *err);

#endif
