/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page: one self-contained HTML file that shows a release (its sources: reports/html/). It is given plain tables, one after the
 * other, and writes each compressed (zlib, base64) into a data block of its own, which the page reads when a view needs it.
 * The same tables as JSON are what a server hands to the same page. Every text is foreign: it stands in no markup.
 *
 *   struct report_page *page;
 *   report_page_begin(title, &output, &error, &page)
 *   report_page_table(page, &table) ...
 *   report_page_end(page)  in any case; frees; 0 where all went well */
#ifndef SIGHTLINE_REPORTS_PAGE_H
#define SIGHTLINE_REPORTS_PAGE_H

#include "report.h"

enum report_cell_type { REPORT_CELL_NULL, REPORT_CELL_INTEGER, REPORT_CELL_REAL, REPORT_CELL_TEXT };
struct report_cell {
	enum report_cell_type type;
	union {
		int64_t integer;
		double real;
		uint32_t text; /* index into the table's texts */
	};
};

/* JSON: {"rows": N, "texts": [...], "columns": {NAME: [...], ...}, "text_columns": [NAME, ...]}: cells of a text column are
 * indexes into texts, since most texts stand there many times. A column holds texts alone or numbers alone, beside nulls. */
struct report_table {
	const char *name;          /* lower-case letters, digits, "_" and ".": unique in the page; asserted */
	const char *const *columns;
	size_t column_count;
	const struct report_cell *cells; /* row by row */
	size_t row_count;
	const char *const *texts;
	size_t text_count;
};
int report_table_json(const struct report_table *table, const struct report_output *output); /* returns what write() did */

/* The same, compressed (zlib): what a browser takes as "Content-Encoding: deflate". */
int report_table_packed(const struct report_table *table, const struct report_output *output);

/* The page without data: it fetches its tables from "data/NAME" beside it, and its policy lets it. */
int report_page_served(const char *title, const struct report_output *output, struct report_error *error);

struct report_page;
int report_page_begin(const char *title, const struct report_output *output, struct report_error *error, struct report_page **out);
int report_page_table(struct report_page *page, const struct report_table *table);
int report_page_end(struct report_page *page);

#endif
