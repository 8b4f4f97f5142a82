/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writers that formats.c lists; each is the write member of a struct report_format. */
#ifndef SIGHTLINE_REPORTS_WRITERS_H
#define SIGHTLINE_REPORTS_WRITERS_H

#include "report.h"

int dot_write(const struct report *report, const struct report_output *output, struct report_error *error);
int svg_write(const struct report *report, const struct report_output *output, struct report_error *error);
int png_write(const struct report *report, const struct report_output *output, struct report_error *error);
int markdown_write(const struct report *report, const struct report_output *output, struct report_error *error);
int json_write(const struct report *report, const struct report_output *output, struct report_error *error);
int csv_write(const struct report *report, const struct report_output *output, struct report_error *error);
int graphml_write(const struct report *report, const struct report_output *output, struct report_error *error);
int gexf_write(const struct report *report, const struct report_output *output, struct report_error *error);
int flowchart_write(const struct report *report, const struct report_output *output, struct report_error *error);
int plantuml_write(const struct report *report, const struct report_output *output, struct report_error *error);
int structurizr_write(const struct report *report, const struct report_output *output, struct report_error *error);
int codecharta_write(const struct report *report, const struct report_output *output, struct report_error *error);

#endif
