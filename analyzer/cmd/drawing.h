/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One release as the plain struct that the writers of reports/ get. */
#ifndef SIGHTLINE_CMD_DRAWING_H
#define SIGHTLINE_CMD_DRAWING_H

#include "base/hash.h"
#include "base/mem.h"
#include "cmd/session.h"
#include "reports/report.h"

struct drawing {
	struct report report;         /* title and top_nodes are the caller's */
	/* What report points to: */
	struct arena *arena;
	struct interner *names;       /* domains, or files: number = node */
	struct report_part *parts;    /* of all nodes */
	size_t node_capacity, edge_capacity, group_capacity, file_capacity, link_capacity, task_capacity, change_capacity;
};

struct drawing_options {
	const char *focus;            /* domain whose files are drawn; NULL: all domains */
	bool of_files;                /* nodes are all files, grouped by domain */
	const char *base;             /* the release that changes are told against; NULL: the one before */
	unsigned needs;               /* enum report_need */
};

void drawing_init(struct drawing *drawing);
/* ERR_NOT_FOUND: no such domain; ERR_INPUT: nothing to draw, or no such base. */
int drawing_fill(struct drawing *drawing, const struct session *session, const struct drawing_options *options, struct err *err);
void drawing_finish(struct drawing *drawing);

#endif
