/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What units read the last times, hashed beside other work, before it is known which units there are. Private to cmd/. */
#ifndef SIGHTLINE_CMD_INPUTS_AHEAD_H
#define SIGHTLINE_CMD_INPUTS_AHEAD_H

#include "base/beside.h"
#include "cmd/session.h"
#include "extract/extract.h"

struct inputs_ahead {
	const struct session *session;
	struct input_checker *checker;
	struct beside beside;
};

/* Reads the session's model by itself, if there is one. Nothing of the tree may be changed until inputs_ahead_end. */
void inputs_ahead_begin(struct inputs_ahead *ahead, const struct session *session);
/* The checker that knows those files; the caller's. NULL: nothing was to be had ahead. */
struct input_checker *inputs_ahead_end(struct inputs_ahead *ahead);

#endif
