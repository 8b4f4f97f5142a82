/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's tables in their order, and those that are a query each. */
#include "cmd/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/page_internal.h"

int page_query(struct page *page, const char *query, page_visit visit, void *context, struct err *err)
{
	const char *parameters[] = {page->session->release, page->base};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(page->session->model, query, parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		result = visit(context, rows, err);
	rows_close(rows);
	return result;
}

void page_emit(struct page *page, struct page_table *table)
{
	if (!page->stopped)
		page->stopped = page_table_emit(table, page->sink, page->context);
	page_table_finish(table);
}

static int add_row(void *context, const struct rows *rows, struct err *err)
{
	(void)err;
	page_table_row(context, rows);
	return 0;
}

int page_plain(struct page *page, const char *name, const char *query, struct err *err)
{
	struct page_table table;
	page_table_init(&table, name, NULL);
	int result = page_query(page, query, add_row, &table, err);
	if (result)
		page_table_finish(&table);
	else
		page_emit(page, &table);
	return result;
}

/* ---- parts by domain: rows that name files or domains ---- */

struct by_domain { struct page *page; struct page_table *tables; };

static uint32_t number_of(const struct interner *names, const char *name)
{
	uint32_t number;
	return interner_find(names, name, strlen(name), &number) ? number : UINT32_MAX;
}

/* Rows: from file, to file, weight, observed, kinds. A dependency between domains stands in both domains' parts. */
static int add_dependency(void *context, const struct rows *rows, struct err *err)
{
	struct by_domain *parts = context;
	(void)err;
	uint32_t from = number_of(parts->page->paths, rows_text(rows, 0, NULL));
	uint32_t to = number_of(parts->page->paths, rows_text(rows, 1, NULL));
	if (from == UINT32_MAX || to == UINT32_MAX)
		return 0;
	uint32_t domains[2] = {parts->page->files[from].domain, parts->page->files[to].domain};
	for (int i = 0; i < 2; i++) {
		if (domains[i] == UINT32_MAX || (i && domains[1] == domains[0]))
			continue;
		struct page_table *table = &parts->tables[domains[i]];
		page_table_integer(table, from);
		page_table_integer(table, to);
		for (size_t column = 2; column < 5; column++)
			page_table_value(table, rows, column);
	}
	return 0;
}

/* Rows: from domain, to domain, symbol, kind, file, sites, observed, confidence. */
static int add_symbol(void *context, const struct rows *rows, struct err *err)
{
	struct by_domain *parts = context;
	(void)err;
	uint32_t from = number_of(parts->page->domains, rows_text(rows, 0, NULL));
	uint32_t to = number_of(parts->page->domains, rows_text(rows, 1, NULL));
	if (from == UINT32_MAX || to == UINT32_MAX)
		return 0;
	struct page_table *table = &parts->tables[from];
	page_table_integer(table, to);
	page_table_value(table, rows, 2);
	page_table_value(table, rows, 3);
	page_table_integer(table, number_of(parts->page->paths, rows_text(rows, 4, NULL)));
	for (size_t column = 5; column < 8; column++)
		page_table_value(table, rows, column);
	return 0;
}

static int put_by_domain(struct page *page, const char *name, const char *query, const char *const *columns, page_visit visit,
			 struct err *err)
{
	uint32_t count = interner_count(page->domains);
	struct by_domain parts = {page, mem_zalloc((size_t)count + 1, sizeof *parts.tables)};
	for (uint32_t i = 0; i < count; i++) {
		char full[48];
		snprintf(full, sizeof full, "%s.%u", name, i);
		page_table_init(&parts.tables[i], full, columns);
	}
	int result = page_query(page, query, visit, &parts, err);
	for (uint32_t i = 0; i < count; i++)
		if (result)
			page_table_finish(&parts.tables[i]);
		else
			page_emit(page, &parts.tables[i]);
	free(parts.tables);
	return result;
}

/* ---- domains and what is told of the release as a whole ---- */

static int add_domain(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = context;
	(void)err;
	interner_add_string(page->domains, rows_text(rows, 0, NULL));
	return 0;
}

static int put_meta(struct page *page, struct err *err)
{
	static const char *const columns[] = {"key", "value", NULL};
	char *title = NULL, number[32];
	struct page_table table;
	int result = model_codebase(page->session->model, &title, err);
	if (result)
		return result;
	page_table_init(&table, "meta", columns);
	const char *pairs[][2] = {{"title", *title ? title : "codebase"}, {"release", page->session->release}, {"base", page->base},
				  {"version", SIGHTLINE_VERSION}, {"functions", number}};
	snprintf(number, sizeof number, "%u", page->function_count);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i][1]) {
			page_table_text(&table, pairs[i][0]);
			page_table_text(&table, pairs[i][1]);
		}
	free(title);
	page_emit(page, &table);
	return 0;
}

static int put_drift(struct page *page, struct err *err)
{
	static const char *const names[][2] = {{"events", "page_events"}, {"drift_domains", "page_drift_domains"},
		{"drift_edges", "page_drift_edges"}, {"drift_files", "page_drift_files"}, {"drift_functions", "page_drift_functions"}};
	int result = 0;
	for (size_t i = 0; !result && page->base && i < sizeof names / sizeof *names; i++)
		result = page_plain(page, names[i][0], names[i][1], err);
	return result;
}

static int put_plain(struct page *page, const char *const names[][2], size_t count, struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < count; i++)
		result = page_plain(page, names[i][0], names[i][1], err);
	return result;
}

int page_tables(struct page *page, page_sink sink, void *context, int *stopped, struct err *err)
{
	static const char *const first[][2] = {{"trend", "page_trend"}, {"coverage", "page_coverage"}, {"domains", "page_domains"},
		{"edges", "page_edges"}, {"tasks", "page_tasks"}};
	static const char *const rest[][2] = {{"findings", "page_findings"}, {"resources", "page_resources"},
		{"resource_uses", "page_resource_uses"}};
	static const char *const dependencies[] = {"from", "to", "weight", "observed", "kinds", NULL};
	static const char *const symbols[] = {"to", "symbol", "kind", "file", "sites", "observed", "confidence", NULL};
	page->sink = sink;
	page->context = context;
	int result = page_query(page, "page_domains", add_domain, page, err);
	if (!result)
		result = put_plain(page, first, sizeof first / sizeof *first, err);
	if (!result)
		result = page_put_files(page, err);
	if (!result)
		result = put_plain(page, rest, sizeof rest / sizeof *rest, err);
	if (!result)
		result = put_drift(page, err);
	if (!result)
		result = page_put_functions(page, err);
	if (!result)
		result = put_meta(page, err);
	if (!result)
		result = put_by_domain(page, "deps", "page_dependencies", dependencies, add_dependency, err);
	if (!result)
		result = put_by_domain(page, "symbols", "page_symbols", symbols, add_symbol, err);
	if (!result)
		result = page_put_flows(page, err);
	if (!result)
		result = page_put_source(page, err);
	*stopped = page->stopped;
	return result;
}

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
	page->domains = interner_create();
	page->paths = interner_create();
	page->functions = map64_create();
	int result = base ? model_release_resolve(session->model, base, &page->base, err)
			  : page_query(page, "page_previous", take_name, page, err);
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
	free(page->base);
	free(page);
}
