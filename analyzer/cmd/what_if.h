/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What debt and cycles would be after changes of the architecture, code untouched. Private to cmd/. */
#ifndef SIGHTLINE_CMD_WHAT_IF_H
#define SIGHTLINE_CMD_WHAT_IF_H

#include "cmd/session.h"

/* The changes that --what-if gave, in order. save: they become tasks, of this release and of those to come; forget: they are
 * planned no more. ERR_INPUT: one of them is none; nothing is saved then. */
enum what_if_keep { WHAT_IF_TELL, WHAT_IF_SAVE, WHAT_IF_FORGET };
int what_if(struct session *session, const char *const *changes, size_t count, enum what_if_keep keep, struct err *err);

#endif
