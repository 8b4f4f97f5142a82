/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table as the JSON that the page reads. */
#include "json.h"
#include "page.h"

static bool is_text_column(const struct report_table *table, size_t column)
{
	for (size_t row = 0; row < table->row_count; row++) {
		enum report_cell_type type = table->cells[row * table->column_count + column].type;
		if (type != REPORT_CELL_NULL)
			return type == REPORT_CELL_TEXT;
	}
	return false;
}

static void write_cell(struct json *json, const struct report_cell *cell)
{
	switch (cell->type) {
	case REPORT_CELL_NULL: json_put_null(json, NULL); break;
	case REPORT_CELL_INTEGER: json_put_integer(json, NULL, cell->integer); break;
	case REPORT_CELL_REAL: json_put_number(json, NULL, cell->real); break;
	case REPORT_CELL_TEXT: json_put_integer(json, NULL, cell->text); break;
	}
}

int report_table_json(const struct report_table *table, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, false);
	json_put_object(&json, NULL);
	json_put_integer(&json, "rows", (int64_t)table->row_count);
	json_put_array(&json, "texts");
	for (size_t i = 0; i < table->text_count; i++)
		json_put_text(&json, NULL, table->texts[i]);
	json_end(&json);
	json_put_object(&json, "columns");
	for (size_t column = 0; column < table->column_count; column++) {
		json_put_array(&json, table->columns[column]);
		for (size_t row = 0; row < table->row_count; row++)
			write_cell(&json, &table->cells[row * table->column_count + column]);
		json_end(&json);
	}
	json_end(&json);
	json_put_array(&json, "text_columns");
	for (size_t column = 0; column < table->column_count; column++)
		if (is_text_column(table, column))
			json_put_text(&json, NULL, table->columns[column]);
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}
