/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV by RFC 4180: CRLF, quoted where it must be. A text that a spreadsheet would take for a formula (it begins with = + - @, their
 * wide forms, tab, carriage return or line feed) gets an apostrophe in front, unless the file is only for import by programs. */
#ifndef SIGHTLINE_REPORTS_CSV_H
#define SIGHTLINE_REPORTS_CSV_H

#include "sink.h"

struct csv {
	struct sink sink;
	bool is_raw;      /* formulas are left as they are */
	bool has_cells;   /* in this row */
};

void csv_start(struct csv *csv, const struct report_output *output, bool is_raw);
/* Control bytes but for line ends and tabs become their pictures, invalid bytes U+FFFD. NULL: an empty cell. */
void csv_text(struct csv *csv, const char *text);
void csv_integer(struct csv *csv, int64_t value);
void csv_number(struct csv *csv, double value); /* empty where it is no finite number */
void csv_end_row(struct csv *csv);
int csv_finish(struct csv *csv);                /* returns what write() did */

#endif
