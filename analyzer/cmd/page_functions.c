/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's files and functions, numbered, and calls by the functions' parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/page_internal.h"

/* ---- functions: read once, before files, which tell where theirs begin ---- */

struct functions {
	struct page *page;
	struct page_table names, part;
	uint32_t last_file, in_part;
};

static const char *const FUNCTION_COLUMNS[] = {"function", "line", "end_line", "signature", "cyclomatic", "cognitive", "code_lines",
	"is_static", "is_inline", "is_reachable", "is_observed", "observed", "total_ms", "is_declared", "entry_domain", "configurations", NULL};
static const char *const NAME_COLUMNS[] = {"name", "file", NULL};

static void begin_part(struct functions *functions)
{
	char name[48];
	snprintf(name, sizeof name, "functions.%u", functions->page->part_count++);
	page_table_init(&functions->part, name, FUNCTION_COLUMNS);
	functions->in_part = 0;
}

/* Rows as in page_functions.sql. */
static int add_function(void *context, const struct rows *rows, struct err *err)
{
	struct functions *functions = context;
	struct page *page = functions->page;
	uint32_t file, number = page->function_count;
	const char *path = rows_text(rows, 2, NULL);
	(void)err;
	if (!interner_find(page->paths, path, strlen(path), &file))
		return 0; /* nothing is told of a file that the release does not have */
	if (file != functions->last_file && functions->in_part >= PAGE_FUNCTIONS) {
		page_emit(page, &functions->part);
		begin_part(functions);
	}
	mem_grow(&page->file_of, &page->file_of_capacity, (size_t)number + 1, sizeof *page->file_of);
	page->file_of[number] = file;
	map64_put(page->functions, (uint64_t)rows_integer(rows, 0), number);
	if (!page->files[file].functions++)
		page->files[file].first = number;
	page->files[file].part = page->part_count - 1;
	functions->last_file = file;
	functions->in_part++;
	page->function_count++;
	page_table_value(&functions->names, rows, 1);
	page_table_integer(&functions->names, file);
	page_table_integer(&functions->part, number);
	for (size_t column = 3; column < 18; column++)
		page_table_value(&functions->part, rows, column);
	return 0;
}

/* ---- calls ---- */

struct call {
	uint32_t from, to, sites;
	const char *how, *basis;
	double confidence;
	int64_t observed;
};
struct calls {
	struct page *page;
	struct page_table *names; /* gets what is outside the codebase */
	struct interner *words;
	struct call *items; size_t count, capacity;
	uint32_t next_outside;
};

/* What is outside the codebase is numbered after the functions, as it comes. */
static uint32_t number_of(struct calls *calls, const struct rows *rows, size_t id, size_t name)
{
	uint32_t number;
	if (map64_get(calls->page->functions, (uint64_t)rows_integer(rows, id), &number))
		return number;
	number = calls->next_outside++;
	map64_put(calls->page->functions, (uint64_t)rows_integer(rows, id), number);
	page_table_value(calls->names, rows, name);
	page_table_null(calls->names);
	return number;
}

/* Rows as in page_calls.sql. */
static int add_call(void *context, const struct rows *rows, struct err *err)
{
	struct calls *calls = context;
	(void)err;
	mem_grow(&calls->items, &calls->capacity, calls->count + 1, sizeof *calls->items);
	struct call *call = &calls->items[calls->count++];
	*call = (struct call){.from = number_of(calls, rows, 0, 8), .to = number_of(calls, rows, 1, 2), .sites = (uint32_t)rows_integer(rows, 5),
		.confidence = rows_real(rows, 4), .observed = rows_integer(rows, 6)};
	call->how = interner_text(calls->words, interner_add_string(calls->words, rows_text(rows, 3, NULL)));
	call->basis = interner_text(calls->words, interner_add_string(calls->words, rows_text(rows, 7, NULL)));
	return 0;
}

static void add_end(struct page_table *table, const struct call *call, bool is_out)
{
	page_table_integer(table, is_out ? call->from : call->to);
	page_table_integer(table, is_out ? call->to : call->from);
	page_table_integer(table, is_out);
	page_table_text(table, call->how);
	page_table_real(table, call->confidence);
	page_table_integer(table, call->sites);
	page_table_integer(table, call->observed);
	page_table_text(table, call->basis);
}

/* A call stands in its caller's part and in its callee's, so that a function's page needs one part alone. */
static void put_calls(struct page *page, const struct calls *calls)
{
	static const char *const columns[] = {"function", "other", "out", "how", "confidence", "sites", "observed", "basis", NULL};
	struct page_table *parts = mem_zalloc((size_t)page->part_count + 1, sizeof *parts);
	for (uint32_t i = 0; i < page->part_count; i++) {
		char name[48];
		snprintf(name, sizeof name, "calls.%u", i);
		page_table_init(&parts[i], name, columns);
	}
	for (size_t i = 0; i < calls->count; i++) {
		const struct call *call = &calls->items[i];
		if (call->from < page->function_count)
			add_end(&parts[page->files[page->file_of[call->from]].part], call, true);
		if (call->to < page->function_count)
			add_end(&parts[page->files[page->file_of[call->to]].part], call, false);
	}
	for (uint32_t i = 0; i < page->part_count; i++)
		page_emit(page, &parts[i]);
	free(parts);
}

int page_put_functions(struct page *page, struct err *err)
{
	struct functions functions = {.page = page, .last_file = UINT32_MAX};
	struct calls calls = {.page = page, .names = &functions.names, .words = interner_create()};
	page_table_init(&functions.names, "names", NAME_COLUMNS);
	begin_part(&functions);
	int result = page_query(page, "page_functions", add_function, &functions, err);
	calls.next_outside = page->function_count;
	if (result)
		page_table_finish(&functions.part);
	else
		page_emit(page, &functions.part);
	if (!result)
		result = page_query(page, "page_calls", add_call, &calls, err);
	if (!result)
		put_calls(page, &calls);
	if (result)
		page_table_finish(&functions.names);
	else
		page_emit(page, &functions.names);
	/* Where each file's functions are. */
	static const char *const columns[] = {"first", "functions", "part", NULL};
	struct page_table table;
	page_table_init(&table, "file_functions", columns);
	for (uint32_t i = 0; i < interner_count(page->paths); i++) {
		page_table_integer(&table, page->files[i].first);
		page_table_integer(&table, page->files[i].functions);
		page_table_integer(&table, page->files[i].part);
	}
	if (result)
		page_table_finish(&table);
	else
		page_emit(page, &table);
	free(calls.items);
	interner_destroy(calls.words);
	return result;
}

/* ---- files ---- */

struct files { struct page *page; struct page_table table; size_t capacity; };

/* Rows as in page_files.sql: the path, its domain, then numbers. */
static int add_file(void *context, const struct rows *rows, struct err *err)
{
	struct files *files = context;
	struct page *page = files->page;
	uint32_t domain, number = interner_count(page->paths);
	const char *name = rows_text(rows, 1, NULL);
	(void)err;
	if (interner_add_string(page->paths, rows_text(rows, 0, NULL)) != number)
		return 0;
	mem_grow(&page->files, &files->capacity, (size_t)number + 1, sizeof *page->files);
	if (!interner_find(page->domains, name, strlen(name), &domain))
		domain = UINT32_MAX;
	page->files[number] = (struct page_file){.domain = domain};
	page_table_row(&files->table, rows);
	return 0;
}

int page_put_files(struct page *page, struct err *err)
{
	struct files files = {.page = page};
	page_table_init(&files.table, "files", NULL);
	int result = page_query(page, "page_files", add_file, &files, err);
	if (result)
		page_table_finish(&files.table);
	else
		page_emit(page, &files.table);
	return result;
}
