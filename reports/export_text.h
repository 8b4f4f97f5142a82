/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the exports say of a task and how they cut it: shared by the writers of export.h, private to reports/. */
#ifndef SIGHTLINE_REPORTS_EXPORT_TEXT_H
#define SIGHTLINE_REPORTS_EXPORT_TEXT_H

#include "export.h"
#include "sink.h"

/* Text gathered in memory; a report_output writes into it. */
struct memory { char *text; size_t length, capacity; };
int memory_write(void *context, const void *bytes, size_t length); /* -1: out of memory */
void memory_clear(struct memory *memory);                            /* keeps the room */
void memory_finish(struct memory *memory);
const char *memory_text(const struct memory *memory);              /* "" where nothing was written */

/* One line of at most limit characters: line ends and tabs become spaces, what is tamed is tamed, what is cut ends in "…". */
void text_line(struct sink *sink, const char *text, size_t limit);
/* The same into memory. Returns -1 where memory ran out. */
int text_line_in(struct memory *memory, const char *text, size_t limit);
/* Foreign text with all its lines, tamed, at most limit characters. */
void text_tamed(struct sink *sink, const char *text, size_t limit);

/* The lines of steps ("intro\n1. first\n2. second"): visit is called with each, without its number. */
void text_steps(const char *steps, void (*visit)(void *context, const char *line, size_t length, bool is_step), void *context);

#define TEXT_LINE 300       /* characters of one line of evidence */
/* "3 h", "45 min", "2 d 4 h" (days of 8 hours). */
void text_effort(char out[32], uint32_t minutes);
/* Story points: 1 up to an hour, 2 up to half a day, 3 a day, 5 two days, 8 a week, 13 beyond. */
unsigned text_points(uint32_t minutes);

/* "sightline V010, release v1.2, priority 17.8, CODEBASE:V010-23605662": where a task comes from. */
void text_origin(struct sink *sink, const struct export *export, const struct export_task *task);
/* "Expected change of the debt score: -1.25", or nothing where that would be 0.00. */
bool text_score(char out[80], const struct export_task *task);
/* "First 20 of 386", or "3". */
void text_evidence_count(char out[64], const struct export_task *task);
/* Where to find what was cut, or nothing: "366 more: sightline tasks show KEY". */
bool text_more(char out[128], const struct export_task *task);

/* In Jira's wiki markup, of a task or, where that is NULL, of an epic. -1: out of memory. */
int wiki_in(struct memory *memory, const struct export *export, const struct export_task *task, const struct export_epic *epic);

/* In HTML, of a task or, where that is NULL, of an epic. -1: out of memory. */
int html_in(struct memory *memory, const struct export *export, const struct export_task *task, const struct export_epic *epic);

/* Foreign text in Markdown (GitHub's and GitLab's), one line of at most limit characters: nothing in it is markup, a mention or a
 * reference. markdown_code: the same as a code span. */
void markdown_text(struct sink *sink, const char *text, size_t limit);
void markdown_code(struct sink *sink, const char *text, size_t limit);

/* A path as part of a URI: what is not unreserved or "/" as %XX. */
void text_uri(struct sink *sink, const char *path);

/* The writers that exports.c lists. */
#define EXPORT_WRITER(name) int name(const struct export *export, enum export_content content, const struct report_output *output)
EXPORT_WRITER(export_jira_csv);
EXPORT_WRITER(export_jira_json);
EXPORT_WRITER(export_azure_csv);
EXPORT_WRITER(export_azure_json);
EXPORT_WRITER(export_sarif);
EXPORT_WRITER(export_sonar);
EXPORT_WRITER(export_gitlab);
EXPORT_WRITER(export_csv);
EXPORT_WRITER(export_json);
EXPORT_WRITER(export_markdown);

#endif
