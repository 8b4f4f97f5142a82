/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the tables that the page is given, cell by cell or from a query's rows. */
#ifndef SIGHTLINE_CMD_PAGE_TABLE_H
#define SIGHTLINE_CMD_PAGE_TABLE_H

#include "base/hash.h"
#include "model/model.h"
#include "reports/page.h"

#define PAGE_COLUMNS 32 /* most that a table has; asserted */

struct page_table {
	char name[48];
	const char *columns[PAGE_COLUMNS]; /* borrowed, or of names */
	size_t column_count;
	struct report_cell *cells; size_t cell_count, capacity;
	struct interner *texts, *names;
};

/* columns: NULL ends. NULL itself: from the rows that page_table_add_rows is given. */
void page_table_init(struct page_table *table, const char *name, const char *const *columns);
/* Part number of the table name: "name.N". */
void page_table_init_part(struct page_table *table, const char *name, uint32_t number, const char *const *columns);
void page_table_finish(struct page_table *table);

/* The next cell of the row that is being written. */
void page_table_integer(struct page_table *table, int64_t value);
void page_table_real(struct page_table *table, double value);
void page_table_text(struct page_table *table, const char *text /* NULL: no value */);
void page_table_null(struct page_table *table);
/* The value of a query's column. */
void page_table_value(struct page_table *table, const struct rows *rows, size_t column);
/* All columns of a query's row that is at hand; the table gets its columns by the first. */
void page_table_row(struct page_table *table, const struct rows *rows);

size_t page_table_rows(const struct page_table *table);
/* Hands the table to take as it is; returns what that did. */
typedef int (*page_sink)(void *context, const struct report_table *table);
int page_table_emit(const struct page_table *table, page_sink sink, void *context);

#endif
