/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's tables in their order, and those that are a query each. */
#include "cmd/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/page_internal.h"

int page_query(struct page *page, const char *query, const char *second, const char *third, page_visit visit, void *context, struct err *err)
{
	const char *parameters[] = {page->session->release, second, third};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(page->session->model, query, parameters, 3, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		result = visit(context, rows, err);
	rows_close(rows);
	return result;
}

int page_emit(struct page *page, struct page_table *table, int result)
{
	if (!result && !page->stopped)
		page->stopped = page_table_emit(table, page->sink, page->context);
	page_table_finish(table);
	return result;
}

void page_parts_init(struct page_parts *parts, struct page *page, const char *name, uint32_t part, uint32_t count,
		     const char *const *columns)
{
	*parts = (struct page_parts){.page = page, .first = part == PAGE_ALL ? 0 : part, .count = part == PAGE_ALL ? count : 1};
	parts->tables = mem_zalloc((size_t)parts->count + 1, sizeof *parts->tables);
	for (uint32_t i = 0; i < parts->count; i++)
		page_table_init_part(&parts->tables[i], name, parts->first + i, columns);
}

struct page_table *page_parts_find(const struct page_parts *parts, uint32_t part)
{
	return part != UINT32_MAX && part - parts->first < parts->count ? &parts->tables[part - parts->first] : NULL;
}

int page_parts_emit(struct page_parts *parts, int result)
{
	for (uint32_t i = 0; i < parts->count; i++)
		page_emit(parts->page, &parts->tables[i], result);
	free(parts->tables);
	return result;
}

/* ---- tables that are what a query says ---- */

static int add_row(void *context, const struct rows *rows, struct err *err)
{
	(void)err;
	page_table_row(context, rows);
	return 0;
}

/* older: the release to compare with, where the query asks for one. */
static int put_query(struct page *page, const char *name, const char *query, const char *older, struct err *err)
{
	struct page_table table;
	page_table_init(&table, name, NULL);
	int result = page_query(page, query, older, NULL, add_row, &table, err);
	return page_emit(page, &table, result);
}

static int put_meta(struct page *page, struct err *err)
{
	static const char *const columns[] = {"key", "value", NULL};
	char *title = NULL;
	struct page_table table;
	int result = model_codebase(page->session->model, &title, err);
	if (result)
		return result;
	page_table_init(&table, "meta", columns);
	const char *pairs[][2] = {{"title", *title ? title : "codebase"}, {"release", page->session->release}, {"base", page->base},
				  {"version", SIGHTLINE_VERSION}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i][1]) {
			page_table_text(&table, pairs[i][0]);
			page_table_text(&table, pairs[i][1]);
		}
	free(title);
	return page_emit(page, &table, 0);
}

/* ---- all tables ---- */

/* How many parts a table has. */
static int count_domains(struct page *page, uint32_t *out, struct err *err)
{
	int result = page_need_domains(page, err);
	*out = result ? 0 : interner_count(page->domains);
	return result;
}

static int count_functions(struct page *page, uint32_t *out, struct err *err)
{
	int result = page_need_functions(page, err);
	*out = result ? 0 : page->part_count;
	return result;
}

static int count_flows(struct page *page, uint32_t *out, struct err *err)
{
	int result = page_need_entries(page, err);
	*out = result ? 0 : (uint32_t)((page->entry_count + PAGE_ENTRIES - 1) / PAGE_ENTRIES);
	return result;
}

static int count_entries(struct page *page, uint32_t *out, struct err *err)
{
	int result = page_need_entries(page, err);
	*out = result ? 0 : (uint32_t)page->entry_count;
	return result;
}

/* Not known without a look at the findings; one too many is an empty table. */
static int count_source(struct page *page, uint32_t *out, struct err *err)
{
	(void)page;
	(void)err;
	*out = UINT32_MAX / PAGE_FINDINGS - 1;
	return 0;
}

static int count_drift_symbols(struct page *page, uint32_t *out, struct err *err)
{
	int result = count_domains(page, out, err);
	*out += 1;
	return result;
}

static int put_drift_symbols(struct page *page, uint32_t part, struct err *err)
{
	(void)part;
	return page_put_drift_symbols(page, err);
}

static int put_sequences(struct page *page, uint32_t entry, struct err *err)
{
	int result = entry == PAGE_ALL ? page_need_entries(page, err) : page_put_sequence(page, entry, err);
	for (uint32_t i = 0; !result && entry == PAGE_ALL && i < page->entry_count; i++)
		result = page_put_sequence(page, i, err);
	return result;
}

/* In the order in which they stand in the page: one of query, put and put_part is set. */
struct made {
	const char *name;
	const char *query;                                             /* all that there is to it */
	int (*put)(struct page *, struct err *);
	int (*put_part)(struct page *, uint32_t part, struct err *);   /* "name.N" */
	int (*count)(struct page *, uint32_t *out, struct err *);      /* of parts */
	bool needs_base;
};
static const struct made tables[] = {
	{.name = "meta", .put = put_meta}, {.name = "trend", .query = "page_trend"}, {.name = "coverage", .query = "page_coverage"},
	{.name = "domains", .query = "page_domains"}, {.name = "edges", .query = "page_edges"}, {.name = "tasks", .query = "page_tasks"},
	{.name = "files", .query = "page_files"}, {.name = "findings", .query = "page_findings"},
	{.name = "resources", .query = "page_resources"}, {.name = "resource_uses", .query = "page_resource_uses"},
	{.name = "events", .query = "page_events", .needs_base = true},
	{.name = "drift_domains", .query = "page_drift_domains", .needs_base = true},
	{.name = "drift_edges", .query = "page_drift_edges", .needs_base = true},
	{.name = "drift_files", .query = "page_drift_files", .needs_base = true},
	{.name = "drift_functions", .query = "page_drift_functions", .needs_base = true},
	{.name = "drift_dependencies", .query = "page_drift_dependencies", .needs_base = true},
	{.name = "drift_symbols", .put_part = put_drift_symbols, .count = count_drift_symbols, .needs_base = true},
	{.name = "functions", .put_part = page_put_functions, .count = count_functions},
	{.name = "calls", .put_part = page_put_calls, .count = count_functions}, {.name = "names", .put = page_put_names},
	{.name = "file_functions", .put = page_put_file_functions},
	{.name = "deps", .put_part = page_put_deps, .count = count_domains},
	{.name = "symbols", .put_part = page_put_symbols, .count = count_domains},
	{.name = "entries", .put = page_put_entries}, {.name = "flows", .put_part = page_put_flows, .count = count_flows},
	{.name = "sequence", .put_part = put_sequences, .count = count_entries},
	{.name = "source", .put_part = page_put_source, .count = count_source},
};

static int put_made(struct page *page, const struct made *made, uint32_t part, struct err *err)
{
	if (made->needs_base && !page->base)
		return 0;
	if (made->query)
		return put_query(page, made->name, made->query, made->needs_base ? page->base : NULL, err);
	return made->put ? made->put(page, err) : made->put_part(page, part, err);
}

int page_tables(struct page *page, page_sink sink, void *context, int *stopped, struct err *err)
{
	int result = 0;
	page->sink = sink;
	page->context = context;
	page->stopped = 0;
	for (size_t i = 0; !result && !page->stopped && i < sizeof tables / sizeof *tables; i++)
		result = put_made(page, &tables[i], PAGE_ALL, err);
	*stopped = page->stopped;
	return result;
}

/* ---- one table ---- */

/* The number of "name.N" as we write it; PAGE_ALL for "name"; false: neither. */
static bool parse_name(const char *name, size_t *length, uint32_t *part)
{
	const char *digits = strchr(name, '.');
	*part = PAGE_ALL;
	*length = digits ? (size_t)(digits - name) : strlen(name);
	if (!digits)
		return true;
	size_t count = strspn(++digits, "0123456789");
	if (!count || count > 9 || digits[count] || (count > 1 && *digits == '0'))
		return false;
	*part = (uint32_t)strtoul(digits, NULL, 10);
	return true;
}

static const struct made *find_made(const char *name, uint32_t *part)
{
	size_t length;
	if (!strcmp(name, "sequences"))
		name = "entries"; /* which makes both */
	if (!parse_name(name, &length, part))
		return NULL;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strlen(tables[i].name) == length && !strncmp(tables[i].name, name, length))
			return (*part == PAGE_ALL) == !tables[i].put_part ? &tables[i] : NULL;
	return NULL;
}

int page_table(struct page *page, const char *name, page_sink sink, void *context, bool *found, int *stopped, struct err *err)
{
	uint32_t part, count = 0;
	const struct made *made = find_made(name, &part);
	page->sink = sink;
	page->context = context;
	page->stopped = *stopped = 0;
	*found = made && (!made->needs_base || page->base);
	if (!*found)
		return 0;
	int result = made->count ? made->count(page, &count, err) : 0;
	if (!result && made->count && part >= count)
		*found = false;
	else if (!result)
		result = put_made(page, made, part, err);
	*stopped = page->stopped;
	return result;
}

/* ---- the page ---- */

static int take_name(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = context;
	(void)err;
	free(page->base);
	page->base = mem_strdup(rows_text(rows, 0, NULL));
	return 0;
}

int page_create(const struct session *session, const char *base, struct page **out, struct err *err)
{
	struct page *page = mem_zalloc(1, sizeof *page);
	page->session = session;
	int result = base ? model_release_resolve(session->model, base, &page->base, err)
			  : page_query(page, "page_previous", NULL, NULL, take_name, page, err);
	if (!result && page->base && !strcmp(page->base, session->release))
		result = err_set(err, ERR_INPUT, "release %s cannot be compared with itself", page->base);
	if (result) {
		page_destroy(page);
		return result;
	}
	*out = page;
	return 0;
}

void page_destroy(struct page *page)
{
	if (!page)
		return;
	interner_destroy(page->domains);
	interner_destroy(page->paths);
	map64_destroy(page->functions);
	free(page->files);
	free(page->file_of);
	free(page->parts);
	for (size_t i = 0; i < page->entry_count; i++)
		free(page->entries[i].domain);
	free(page->entries);
	free(page->base);
	free(page);
}

const char *page_base(const struct page *page)
{
	return page->base;
}
