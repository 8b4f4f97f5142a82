/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's functions, and calls by the functions' parts. */

#include "cmd/page_internal.h"

/* ---- functions ---- */

struct functions { struct page *page; struct page_table table; uint32_t part, number; };

static void begin_part(struct functions *functions, uint32_t part)
{
	static const char *const columns[] = {"function", "line", "end_line", "signature", "cyclomatic", "cognitive", "code_lines", "is_static",
		"is_inline", "is_reachable", "is_observed", "observed", "total_ms", "is_declared", "entry_domain", "configurations", NULL};
	functions->part = part;
	page_table_init_part(&functions->table, "functions", part, columns);
}

/* Rows as in page_functions.sql: in the order in which the index numbered them. */
static int add_function(void *context, const struct rows *rows, struct err *err)
{
	struct functions *functions = context;
	(void)err;
	uint32_t file = page_number(functions->page->paths, rows_text(rows, 2, NULL));
	if (file == UINT32_MAX)
		return 0;
	if (functions->page->files[file].part != functions->part) {
		page_emit(functions->page, &functions->table, 0);
		begin_part(functions, functions->page->files[file].part);
	}
	page_table_integer(&functions->table, functions->number++);
	for (size_t column = 3; column < 18; column++)
		page_table_value(&functions->table, rows, column);
	return 0;
}

int page_put_functions(struct page *page, uint32_t part, struct err *err)
{
	struct functions functions = {.page = page};
	const char *first = NULL, *last = NULL;
	int result = page_need_functions(page, err);
	if (result)
		return result;
	if (part != PAGE_ALL && part < page->part_count) {
		first = interner_text(page->paths, page->parts[part].first_file);
		last = interner_text(page->paths, page->parts[part].last_file);
		functions.number = page->parts[part].first;
	}
	begin_part(&functions, part == PAGE_ALL ? 0 : part);
	result = page_query(page, "page_functions", first, last, add_function, &functions, err);
	return page_emit(page, &functions.table, result);
}

/* Rows: id, name, ... */
static int add_name(void *context, const struct rows *rows, struct err *err)
{
	struct functions *functions = context;
	struct page *page = functions->page;
	uint32_t number;
	(void)err;
	if (!map64_get(page->functions, (uint64_t)rows_integer(rows, 0), &number) || number != functions->number)
		return 0;
	page_table_value(&functions->table, rows, 1);
	if (functions->number++ < page->function_count)
		page_table_integer(&functions->table, page->file_of[number]);
	else
		page_table_null(&functions->table);
	return 0;
}

int page_put_names(struct page *page, struct err *err)
{
	static const char *const columns[] = {"name", "file", NULL};
	struct functions names = {.page = page};
	int result = page_need_outside(page, err);
	if (result)
		return result;
	page_table_init(&names.table, "names", columns);
	result = page_query(page, "page_function_names", NULL, NULL, add_name, &names, err);
	if (!result)
		result = page_query(page, "page_outside_names", NULL, NULL, add_name, &names, err);
	return page_emit(page, &names.table, result);
}

int page_put_file_functions(struct page *page, struct err *err)
{
	static const char *const columns[] = {"first", "functions", "part", NULL};
	struct page_table table;
	int result = page_need_functions(page, err);
	if (result)
		return result;
	page_table_init(&table, "file_functions", columns);
	for (uint32_t i = 0; i < interner_count(page->paths); i++) {
		page_table_integer(&table, page->files[i].first);
		page_table_integer(&table, page->files[i].functions);
		page_table_integer(&table, page->files[i].part);
	}
	return page_emit(page, &table, 0);
}

/* ---- calls ---- */

static void add_end(const struct page_parts *parts, const struct rows *rows, uint32_t function, uint32_t other, bool is_out)
{
	const struct page *page = parts->page;
	struct page_table *table = function < page->function_count ? page_parts_find(parts, page->files[page->file_of[function]].part) : NULL;
	if (!table)
		return;
	page_table_integer(table, function);
	page_table_integer(table, other);
	page_table_integer(table, is_out);
	for (size_t column = 2; column < 7; column++)
		page_table_value(table, rows, column);
}

/* Rows as in page_calls.sql. A call stands in its caller's part and in its callee's, so that a function's page needs one part alone. */
static int add_call(void *context, const struct rows *rows, struct err *err)
{
	struct page_parts *parts = context;
	uint32_t from, to;
	(void)err;
	if (!map64_get(parts->page->functions, (uint64_t)rows_integer(rows, 0), &from) ||
	    !map64_get(parts->page->functions, (uint64_t)rows_integer(rows, 1), &to))
		return 0;
	add_end(parts, rows, from, to, true);
	add_end(parts, rows, to, from, false);
	return 0;
}

int page_put_calls(struct page *page, uint32_t part, struct err *err)
{
	static const char *const columns[] = {"function", "other", "out", "how", "confidence", "sites", "observed", "basis", NULL};
	int result = page_need_outside(page, err);
	if (result)
		return result;
	struct page_parts parts;
	page_parts_init(&parts, page, "calls", part, page->part_count, columns);
	if (part == PAGE_ALL)
		result = page_query(page, "page_calls", NULL, NULL, add_call, &parts, err);
	else
		result = page_query(page, "page_calls_of", interner_text(page->paths, page->parts[part].first_file),
				    interner_text(page->paths, page->parts[part].last_file), add_call, &parts, err);
	return page_parts_emit(&parts, result);
}
