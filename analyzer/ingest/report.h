/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling in a report. Internal to ingest/. */
#ifndef SIGHTLINE_INGEST_REPORT_H
#define SIGHTLINE_INGEST_REPORT_H

#include "ingest/ingest.h"

void report_note(struct ingest_report *report, enum ingest_note_kind kind, const char *text); /* repeats are left out */
void report_add_run(struct ingest_report *report, const struct ingest_run *run_take);
void report_sort(struct ingest_report *report);

#endif
