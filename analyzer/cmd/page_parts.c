/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables in parts by domain: dependencies of files and the symbols that they are made of, in one release and between two. */
#include <stdlib.h>
#include <string.h>

#include "cmd/page_internal.h"

static int put_by_domain(struct page *page, uint32_t domain, const char *name, const char *query, const char *const *columns,
			 page_visit visit, struct err *err)
{
	struct page_parts parts;
	int result = page_need_files(page, err);
	if (result)
		return result;
	page_parts_init(&parts, page, name, domain, interner_count(page->domains), columns);
	result = page_query(page, query, domain == PAGE_ALL ? NULL : interner_text(page->domains, domain), NULL, visit, &parts, err);
	return page_parts_emit(&parts, result);
}

/* Rows as in page_dependencies.sql. A dependency between domains stands in both domains' parts. */
static int add_dependency(void *context, const struct rows *rows, struct err *err)
{
	struct page_parts *parts = context;
	struct page *page = parts->page;
	(void)err;
	uint32_t from = page_number(page->paths, rows_text(rows, 0, NULL)), to = page_number(page->paths, rows_text(rows, 1, NULL));
	if (from == UINT32_MAX || to == UINT32_MAX)
		return 0;
	uint32_t domains[2] = {page->files[from].domain, page->files[to].domain};
	for (int i = 0; i < 2; i++) {
		struct page_table *table = i && domains[1] == domains[0] ? NULL : page_parts_find(parts, domains[i]);
		if (!table)
			continue;
		page_table_integer(table, from);
		page_table_integer(table, to);
		for (size_t column = 2; column < 5; column++)
			page_table_value(table, rows, column);
	}
	return 0;
}

int page_put_deps(struct page *page, uint32_t domain, struct err *err)
{
	static const char *const columns[] = {"from", "to", "weight", "observed", "kinds", NULL};
	return put_by_domain(page, domain, "deps", "page_dependencies", columns, add_dependency, err);
}

/* Rows as in page_symbols.sql. */
static int add_symbol(void *context, const struct rows *rows, struct err *err)
{
	struct page_parts *parts = context;
	struct page *page = parts->page;
	(void)err;
	uint32_t from = page_number(page->paths, rows_text(rows, 0, NULL)), to = page_number(page->paths, rows_text(rows, 1, NULL));
	struct page_table *table = from == UINT32_MAX || to == UINT32_MAX ? NULL : page_parts_find(parts, page->files[from].domain);
	if (!table)
		return 0;
	page_table_integer(table, from);
	page_table_integer(table, to);
	for (size_t column = 2; column < 8; column++)
		page_table_value(table, rows, column);
	return 0;
}

int page_put_symbols(struct page *page, uint32_t domain, struct err *err)
{
	static const char *const columns[] = {"from", "to", "symbol", "kind", "sites", "observed", "confidence", "line", NULL};
	return put_by_domain(page, domain, "symbols", "page_symbols", columns, add_symbol, err);
}

/* ---- between two releases: both ask the same query, whose rows come in the same order, and are gone through side by side ---- */

struct side { struct rows *rows; bool has_row; };

static int side_next(struct side *side, struct err *err)
{
	return rows_next(side->rows, &side->has_row, err);
}

static int side_open(struct side *side, struct page *page, const char *release, struct err *err)
{
	const char *parameters[] = {release, NULL};
	int result = model_query_named(page->session->model, "page_symbols", parameters, 2, &side->rows, err);
	return result ? result : side_next(side, err);
}

/* By file, file, symbol and kind, as SQLite orders bytes; what has no row comes last. */
static int compare(const struct side *a, const struct side *b)
{
	if (!a->has_row || !b->has_row)
		return (int)b->has_row - (int)a->has_row;
	for (size_t column = 0; column < 4; column++) {
		size_t left, right;
		const char *one = rows_text(a->rows, column, &left), *other = rows_text(b->rows, column, &right);
		int order = memcmp(one, other, left < right ? left : right);
		if (order || left != right)
			return order ? order : left < right ? -1 : 1;
	}
	return 0;
}

/* Observed calls are left out: what only a run shows is no change where one release was traced and the other was not. */
static bool is_written(const struct side *side)
{
	return strcmp(rows_text(side->rows, 3, NULL), "observed") != 0;
}

/* Files of the older release, for those that are gone. */
struct old_files { struct page *page; struct interner *paths; uint32_t *domains; size_t capacity; };

static int add_old_file(void *context, const struct rows *rows, struct err *err)
{
	struct old_files *old = context;
	(void)err;
	uint32_t number = interner_add_string(old->paths, rows_text(rows, 0, NULL));
	mem_grow(&old->domains, &old->capacity, (size_t)number + 1, sizeof *old->domains);
	old->domains[number] = page_number(old->page->domains, rows_text(rows, 1, NULL));
	return 0;
}

static int read_old_files(struct old_files *old, struct err *err)
{
	const char *parameters[] = {old->page->base};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(old->page->session->model, "page_file_names", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		add_old_file(old, rows, err);
	rows_close(rows);
	return result;
}

/* Where a change of a file stands: with its domain, or the one that it was in; last, with those whose domain is gone. */
static struct page_table *part_of_change(struct page_parts *parts, const struct old_files *old, const char *path)
{
	uint32_t file = page_number(parts->page->paths, path), before = page_number(old->paths, path), domain = UINT32_MAX;
	if (file != UINT32_MAX)
		domain = parts->page->files[file].domain;
	else if (before != UINT32_MAX)
		domain = old->domains[before];
	return &parts->tables[domain < parts->count - 1 ? domain : parts->count - 1];
}

/* before, after: NULL where it is not there. */
static void add_change(struct page_parts *parts, const struct old_files *old, const struct side *before, const struct side *after)
{
	const struct rows *rows = (after ? after : before)->rows;
	if (!is_written(after ? after : before))
		return;
	struct page_table *table = part_of_change(parts, old, rows_text(rows, 0, NULL));
	for (size_t column = 0; column < 4; column++)
		page_table_value(table, rows, column);
	for (int i = 0; i < 2; i++) {
		const struct side *side = i ? after : before;
		if (side)
			page_table_value(table, side->rows, 4);
		else
			page_table_null(table);
	}
	page_table_value(table, rows, 7);
}

static int compare_sides(struct page_parts *parts, const struct old_files *old, struct side *before, struct side *after, struct err *err)
{
	int result = 0;
	while (!result && (before->has_row || after->has_row)) {
		int order = compare(before, after);
		if (order < 0)
			add_change(parts, old, before, NULL);
		else if (order > 0)
			add_change(parts, old, NULL, after);
		else if (rows_integer(before->rows, 4) != rows_integer(after->rows, 4))
			add_change(parts, old, before, after);
		if (order <= 0)
			result = side_next(before, err);
		if (!result && order >= 0)
			result = side_next(after, err);
	}
	return result;
}

int page_put_drift_symbols(struct page *page, struct err *err)
{
	static const char *const columns[] = {"from", "to", "symbol", "kind", "old_sites", "new_sites", "line", NULL};
	struct page_parts parts;
	struct side before = {0}, after = {0};
	int result = page_need_files(page, err);
	if (result)
		return result;
	struct old_files old = {.page = page, .paths = interner_create()};
	page_parts_init(&parts, page, "drift_symbols", PAGE_ALL, interner_count(page->domains) + 1, columns);
	result = read_old_files(&old, err);
	if (!result)
		result = side_open(&before, page, page->base, err);
	if (!result)
		result = side_open(&after, page, page->session->release, err);
	if (!result)
		result = compare_sides(&parts, &old, &before, &after, err);
	rows_close(before.rows);
	rows_close(after.rows);
	interner_destroy(old.paths);
	free(old.domains);
	return page_parts_emit(&parts, result);
}
