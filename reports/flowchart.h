/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mermaid's flowchart of a report's nodes, as a piece of a larger text. */
#ifndef SIGHTLINE_REPORTS_FLOWCHART_H
#define SIGHTLINE_REPORTS_FLOWCHART_H

#include "sink.h"

/* A name within a label, in quotes: at most 40 characters of it. */
void flowchart_text(struct sink *sink, const char *text);
/* 0, or -1 for want of memory. */
int flowchart_put(struct sink *sink, const struct report *report);

#endif
