/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entry points for the page: what they reach, what they use, and what was seen on their threads, as a sequence between domains. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/page_internal.h"
#include "cmd/sequence.h"

struct flows {
	struct page *page;
	struct map64 *numbers; /* function id -> entry */
	struct page_parts parts;
};

/* Rows as in page_entries.sql. */
static int add_entry(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = ((void **)context)[0];
	struct page_table *table = ((void **)context)[1];
	uint32_t number;
	(void)err;
	if (map64_get(page->functions, (uint64_t)rows_integer(rows, 0), &number))
		page_table_integer(table, number);
	else
		page_table_null(table);
	for (size_t column = 1; column < 9; column++)
		page_table_value(table, rows, column);
	return 0;
}

/* Rows: entry point. */
static int add_with_sequence(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = ((void **)context)[0];
	struct page_table *table = ((void **)context)[1];
	(void)err;
	for (size_t i = 0; i < page->entry_count; i++)
		if (page->entries[i].id == rows_integer(rows, 0))
			page_table_integer(table, (int64_t)i);
	return 0;
}

int page_put_entries(struct page *page, struct err *err)
{
	static const char *const columns[] = {"number", "function", "file", "line", "domain", "kinds", "observed", "reaches", "has_flow", NULL};
	static const char *const seen_columns[] = {"entry", NULL};
	struct page_table entries, sequences;
	int result = page_need_entries(page, err);
	if (result)
		return result;
	page_table_init(&entries, "entries", columns);
	page_table_init(&sequences, "sequences", seen_columns);
	void *into_entries[] = {page, &entries}, *into_sequences[] = {page, &sequences};
	result = page_query(page, "page_entries", NULL, NULL, add_entry, into_entries, err);
	if (!result)
		result = page_query(page, "page_sequences", NULL, NULL, add_with_sequence, into_sequences, err);
	page_emit(page, &entries, result);
	return page_emit(page, &sequences, result);
}

static struct page_table *part_of(struct flows *flows, const struct rows *rows, uint32_t *entry)
{
	return map64_get(flows->numbers, (uint64_t)rows_integer(rows, 0), entry) ? page_parts_find(&flows->parts, *entry / PAGE_ENTRIES) : NULL;
}

/* Rows: entry, domain, functions, observed, depth. */
static int add_flow_domain(void *context, const struct rows *rows, struct err *err)
{
	uint32_t entry;
	struct flows *flows = context;
	struct page_table *part = part_of(flows, rows, &entry);
	uint32_t domain = page_number(flows->page->domains, rows_text(rows, 1, NULL));
	(void)err;
	if (!part || domain == UINT32_MAX)
		return 0;
	page_table_integer(part, entry);
	page_table_integer(part, domain);
	page_table_null(part);
	page_table_value(part, rows, 2);
	page_table_value(part, rows, 3);
	page_table_value(part, rows, 4);
	page_table_null(part);
	return 0;
}

/* Rows: entry, resource, functions, operations, observed. */
static int add_flow_resource(void *context, const struct rows *rows, struct err *err)
{
	uint32_t entry;
	struct page_table *part = part_of(context, rows, &entry);
	(void)err;
	if (!part)
		return 0;
	page_table_integer(part, entry);
	page_table_null(part);
	page_table_value(part, rows, 1);
	page_table_value(part, rows, 2);
	page_table_value(part, rows, 4);
	page_table_null(part);
	page_table_value(part, rows, 3);
	return 0;
}

/* The ids of a part's entry points as a JSON array. */
static void put_ids(struct buf *out, const struct page *page, uint32_t part)
{
	buf_append_string(out, "[");
	for (size_t i = (size_t)part * PAGE_ENTRIES; i < page->entry_count && i / PAGE_ENTRIES == part; i++)
		buf_printf(out, i % PAGE_ENTRIES ? ",%" PRId64 : "%" PRId64, page->entries[i].id);
	buf_append_string(out, "]");
}

static void flows_init(struct flows *flows, struct page *page, uint32_t part)
{
	static const char *const columns[] = {"entry", "domain", "resource", "functions", "observed", "depth", "operations", NULL};
	*flows = (struct flows){.page = page, .numbers = map64_create()};
	for (size_t i = 0; i < page->entry_count; i++)
		map64_put(flows->numbers, (uint64_t)page->entries[i].id, (uint32_t)i);
	page_parts_init(&flows->parts, page, "flows", part, (uint32_t)((page->entry_count + PAGE_ENTRIES - 1) / PAGE_ENTRIES), columns);
}

int page_put_flows(struct page *page, uint32_t part, struct err *err)
{
	struct flows flows;
	struct buf ids;
	int result = page_need_entries(page, err);
	if (result)
		return result;
	flows_init(&flows, page, part);
	buf_init(&ids, BUF_NO_CEILING);
	if (part != PAGE_ALL)
		put_ids(&ids, page, part);
	result = page_query(page, "page_flow_domains", ids.data, NULL, add_flow_domain, &flows, err);
	if (!result)
		result = page_query(page, "page_flow_resources", ids.data, NULL, add_flow_resource, &flows, err);
	page_parts_emit(&flows.parts, result);
	buf_finish(&ids);
	map64_destroy(flows.numbers);
	return result;
}

/* ---- what was seen ---- */

struct seen { struct arena *arena; struct sequence_call *items; size_t count, capacity; };

static int read_calls(struct page *page, int64_t entry, struct seen *seen, struct err *err)
{
	char id[32];
	const char *parameters[] = {page->session->release, id};
	struct rows *rows = NULL;
	bool has_row;
	snprintf(id, sizeof id, "%" PRId64, entry);
	int result = model_query_named(page->session->model, "flows_calls", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *how = rows_text(rows, 5, NULL);
		mem_grow(&seen->items, &seen->capacity, seen->count + 1, sizeof *seen->items);
		seen->items[seen->count++] = (struct sequence_call){
			.caller = rows_integer(rows, 0), .callee = rows_integer(rows, 1), .name = arena_strdup(seen->arena, rows_text(rows, 2, NULL)),
			.domain = rows_type(rows, 3) == VALUE_NULL ? NULL : arena_strdup(seen->arena, rows_text(rows, 3, NULL)),
			.count = (uint64_t)rows_integer(rows, 4), .is_counted = strcmp(how, "sampled") && strcmp(how, "stack")};
	}
	rows_close(rows);
	return result;
}

static void put_sequence(struct page *page, uint32_t number, const struct report_sequence *sequence)
{
	static const char *const columns[] = {"kind", "from", "to", "text", NULL};
	static const char *const kinds[] = {[REPORT_MESSAGE] = "message", [REPORT_LOOP] = "loop", [REPORT_LOOP_END] = "end", [REPORT_NOTE] = "note"};
	struct page_table table;
	page_table_init_part(&table, "sequence", number, columns);
	for (size_t i = 0; i < sequence->participant_count; i++) {
		page_table_text(&table, "participant");
		page_table_integer(&table, (int64_t)i);
		page_table_null(&table);
		page_table_text(&table, sequence->participants[i]);
	}
	for (size_t i = 0; i < sequence->step_count; i++) {
		const struct report_step *step = &sequence->steps[i];
		page_table_text(&table, kinds[step->kind]);
		page_table_integer(&table, step->from);
		page_table_integer(&table, step->to);
		page_table_text(&table, step->text);
	}
	page_emit(page, &table, 0);
}

int page_put_sequence(struct page *page, uint32_t entry, struct err *err)
{
	struct seen seen = {.arena = arena_create()};
	struct report_sequence sequence = {0};
	int result = page_need_entries(page, err);
	if (!result && entry < page->entry_count)
		result = read_calls(page, page->entries[entry].id, &seen, err);
	if (!result && seen.count) {
		sequence_make(seen.items, seen.count, page->entries[entry].id, page->entries[entry].domain, seen.arena, &sequence);
		put_sequence(page, entry, &sequence);
	}
	free(seen.items);
	arena_destroy(seen.arena);
	return result;
}
