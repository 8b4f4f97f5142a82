/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --goal GOAL=WEIGHT,...: what tasks are ranked by. */
#ifndef SIGHTLINE_CMD_GOALS_H
#define SIGHTLINE_CMD_GOALS_H

#include "base/err.h"

/* "scalability=3,velocity=1" as JSON; a goal without "=" weighs 1, one that is not named 0. Heap. */
int goals_parse(const char *text, char **json, struct err *err);

#endif
