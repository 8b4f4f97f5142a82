/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on a change of the architecture, for merge requests and build servers. Plain rows in, bytes out; all text is
 * foreign, and each writer escapes for its format. Same input, same bytes. */
#ifndef SIGHTLINE_REPORTS_GATE_H
#define SIGHTLINE_REPORTS_GATE_H

#include "report.h"

enum gate_verdict { GATE_IGNORED, GATE_WARNED, GATE_FAILED };
enum gate_status { GATE_NEW, GATE_KNOWN /* accepted by the baseline */, GATE_FIXED };
extern const char *const gate_verdict_names[3], *const gate_status_names[3];

struct gate_place { const char *symbol, *user, *file; uint32_t line; };

struct gate_row {
	enum gate_verdict verdict;     /* of a known one: what it would be */
	enum gate_status status;
	const char *kind, *title, *why, *advice; /* of its kind; "" where there is nothing to say */
	const char *severity, *subject, *detail, *file /* NULL */, *fingerprint;
	uint32_t line;
	const char *from, *to;         /* dependencies between domains; else NULL */
	bool is_gone;                  /* a dependency that is there no more */
	const struct gate_place *places; size_t place_count, place_total;
	const char *shown_at;          /* a file for formats in which nothing is without a place; never NULL */
	uint32_t shown_line;           /* 0: the whole file */
};

/* Has the detail told a place of the evidence already, as that of debt does with the worst file? For those who read both. symbol: NULL: none. */
bool gate_place_is_told(const char *detail, const char *symbol, const char *file);

struct gate_limit {
	const char *measure, *fingerprint; double before, after, most /* how much it may get worse */; bool is_broken;
	const char *shown_at; uint32_t shown_line; /* as a row's: where the limit is set */
};

struct gate_report {
	const char *codebase, *base, *head, *version;
	bool has_failed;
	size_t counts[3][3];           /* rows by status and verdict */
	const struct gate_row *rows;   size_t row_count;     /* the worst first; ignored ones are not among them */
	const struct gate_limit *limits; size_t limit_count; /* every one that is set */
	const char *const *stale;      size_t stale_count;   /* lines of the baseline that accept nothing any more */
	size_t baseline_grown;         /* lines that the base revision's baseline does not have */
	const char *const *notes;      size_t note_count;    /* what must be known to read this */
};

/* "markdown", "json", "junit"; the other formats are findings as export.h writes them. NULL name ends. */
struct gate_format { const char *name; int (*write)(const struct gate_report *report, const struct report_output *output); };
const struct gate_format *gate_formats(void);

#endif
