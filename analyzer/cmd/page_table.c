/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/page_table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void page_table_init(struct page_table *table, const char *name, const char *const *columns)
{
	*table = (struct page_table){.texts = interner_create(), .names = interner_create()};
	snprintf(table->name, sizeof table->name, "%s", name);
	for (; columns && columns[table->column_count]; table->column_count++) {
		assert(table->column_count < PAGE_COLUMNS);
		table->columns[table->column_count] = columns[table->column_count];
	}
}

void page_table_init_part(struct page_table *table, const char *name, uint32_t number, const char *const *columns)
{
	char full[sizeof table->name];
	snprintf(full, sizeof full, "%s.%u", name, number);
	page_table_init(table, full, columns);
}

void page_table_finish(struct page_table *table)
{
	free(table->cells);
	interner_destroy(table->texts);
	interner_destroy(table->names);
	*table = (struct page_table){0};
}

static void add(struct page_table *table, struct report_cell cell)
{
	mem_grow(&table->cells, &table->capacity, table->cell_count + 1, sizeof *table->cells);
	table->cells[table->cell_count++] = cell;
}

void page_table_integer(struct page_table *table, int64_t value)
{
	add(table, (struct report_cell){.type = REPORT_CELL_INTEGER, .integer = value});
}

void page_table_real(struct page_table *table, double value)
{
	add(table, (struct report_cell){.type = REPORT_CELL_REAL, .real = value});
}

void page_table_text(struct page_table *table, const char *text)
{
	if (text)
		add(table, (struct report_cell){.type = REPORT_CELL_TEXT, .text = interner_add_string(table->texts, text)});
	else
		page_table_null(table);
}

void page_table_null(struct page_table *table)
{
	add(table, (struct report_cell){.type = REPORT_CELL_NULL});
}

void page_table_value(struct page_table *table, const struct rows *rows, size_t column)
{
	switch (rows_type(rows, column)) {
	case VALUE_INTEGER: page_table_integer(table, rows_integer(rows, column)); break;
	case VALUE_REAL: page_table_real(table, rows_real(rows, column)); break;
	case VALUE_TEXT: page_table_text(table, rows_text(rows, column, NULL)); break;
	case VALUE_NULL:
	case VALUE_BLOB: page_table_null(table); break;
	}
}

void page_table_row(struct page_table *table, const struct rows *rows)
{
	if (!table->column_count) {
		assert(rows_columns(rows) <= PAGE_COLUMNS);
		for (size_t i = 0; i < rows_columns(rows); i++)
			table->columns[i] = interner_text(table->names, interner_add_string(table->names, rows_name(rows, i)));
		table->column_count = rows_columns(rows);
	}
	for (size_t i = 0; i < rows_columns(rows); i++)
		page_table_value(table, rows, i);
}

size_t page_table_rows(const struct page_table *table)
{
	return table->column_count ? table->cell_count / table->column_count : 0;
}

int page_table_emit(const struct page_table *table, page_sink sink, void *context)
{
	size_t count = interner_count(table->texts);
	const char **texts = mem_alloc((count + 1) * sizeof *texts);
	assert(!table->column_count || table->cell_count % table->column_count == 0);
	for (size_t i = 0; i < count; i++)
		texts[i] = interner_text(table->texts, (uint32_t)i);
	struct report_table out = {table->name, table->columns, table->column_count, table->cells, page_table_rows(table), texts, count};
	int result = sink(context, &out);
	free(texts);
	return result;
}
