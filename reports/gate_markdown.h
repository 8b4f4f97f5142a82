/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIGHTLINE_REPORTS_GATE_MARKDOWN_H
#define SIGHTLINE_REPORTS_GATE_MARKDOWN_H

#include "gate.h"

/* A merge-request comment: the verdict, what changed, why it matters, where, what to do; a picture of dependencies that came and went. */
int gate_markdown(const struct gate_report *report, const struct report_output *output);

#endif
