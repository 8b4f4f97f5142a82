/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entry points for the page: what they reach, what they use, and what was seen on their threads, as a sequence between domains. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/page_internal.h"
#include "cmd/sequence.h"

struct entry { int64_t id; char *domain; };
struct flows {
	struct page *page;
	struct entry *items; size_t count, capacity;
	struct map64 *numbers; /* function id -> entry */
	struct page_table entries;
	struct page_table *parts; size_t part_count;
};

/* Rows as in page_entries.sql. */
static int add_entry(void *context, const struct rows *rows, struct err *err)
{
	struct flows *flows = context;
	uint32_t number;
	(void)err;
	map64_put(flows->numbers, (uint64_t)rows_integer(rows, 0), (uint32_t)flows->count);
	mem_grow(&flows->items, &flows->capacity, flows->count + 1, sizeof *flows->items);
	flows->items[flows->count++] = (struct entry){rows_integer(rows, 0), mem_strdup(rows_text(rows, 4, NULL))};
	if (map64_get(flows->page->functions, (uint64_t)rows_integer(rows, 0), &number))
		page_table_integer(&flows->entries, number);
	else
		page_table_null(&flows->entries);
	for (size_t column = 1; column < 9; column++)
		page_table_value(&flows->entries, rows, column);
	return 0;
}

static struct page_table *part_of(struct flows *flows, const struct rows *rows, uint32_t *entry)
{
	return map64_get(flows->numbers, (uint64_t)rows_integer(rows, 0), entry) ? &flows->parts[*entry / PAGE_ENTRIES] : NULL;
}

/* Rows: entry, domain, functions, observed, depth. */
static int add_flow_domain(void *context, const struct rows *rows, struct err *err)
{
	uint32_t entry, domain;
	struct flows *flows = context;
	struct page_table *part = part_of(flows, rows, &entry);
	const char *name = rows_text(rows, 1, NULL);
	(void)err;
	if (!part || !interner_find(flows->page->domains, name, strlen(name), &domain))
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

static void put_sequence(struct page *page, size_t number, const struct report_sequence *sequence)
{
	static const char *const columns[] = {"kind", "from", "to", "text", NULL};
	static const char *const kinds[] = {[REPORT_MESSAGE] = "message", [REPORT_LOOP] = "loop", [REPORT_LOOP_END] = "end", [REPORT_NOTE] = "note"};
	char name[48];
	struct page_table table;
	snprintf(name, sizeof name, "sequence.%zu", number);
	page_table_init(&table, name, columns);
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
	page_emit(page, &table);
}

static int put_seen(struct flows *flows, size_t number, bool *has_sequence, struct err *err)
{
	struct seen seen = {.arena = arena_create()};
	struct report_sequence sequence = {0};
	int result = read_calls(flows->page, flows->items[number].id, &seen, err);
	*has_sequence = !result && seen.count;
	if (*has_sequence) {
		sequence_make(seen.items, seen.count, flows->items[number].id, flows->items[number].domain, seen.arena, &sequence);
		put_sequence(flows->page, number, &sequence);
	}
	free(seen.items);
	arena_destroy(seen.arena);
	return result;
}

static void init_parts(struct flows *flows)
{
	static const char *const columns[] = {"entry", "domain", "resource", "functions", "observed", "depth", "operations", NULL};
	flows->part_count = (flows->count + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
	flows->parts = mem_zalloc(flows->part_count + 1, sizeof *flows->parts);
	for (size_t i = 0; i < flows->part_count; i++) {
		char name[48];
		snprintf(name, sizeof name, "flows.%zu", i);
		page_table_init(&flows->parts[i], name, columns);
	}
}

int page_put_flows(struct page *page, struct err *err)
{
	static const char *const columns[] = {"number", "function", "file", "line", "domain", "kinds", "observed", "reaches", "has_flow", NULL};
	static const char *const seen_columns[] = {"entry", NULL};
	struct flows flows = {.page = page, .numbers = map64_create()};
	struct page_table sequences;
	page_table_init(&flows.entries, "entries", columns);
	page_table_init(&sequences, "sequences", seen_columns);
	int result = page_query(page, "page_entries", add_entry, &flows, err);
	if (!result) {
		init_parts(&flows);
		result = page_query(page, "page_flow_domains", add_flow_domain, &flows, err);
	}
	if (!result)
		result = page_query(page, "page_flow_resources", add_flow_resource, &flows, err);
	for (size_t i = 0; !result && i < flows.count; i++) {
		bool has_sequence;
		result = put_seen(&flows, i, &has_sequence, err);
		if (has_sequence)
			page_table_integer(&sequences, (int64_t)i);
	}
	struct page_table *rest[] = {&flows.entries, &sequences};
	for (size_t i = 0; i < flows.part_count + 2; i++) {
		struct page_table *table = i < flows.part_count ? &flows.parts[i] : rest[i - flows.part_count];
		if (result)
			page_table_finish(table);
		else
			page_emit(page, table);
	}
	for (size_t i = 0; i < flows.count; i++)
		free(flows.items[i].domain);
	free(flows.items);
	free(flows.parts);
	map64_destroy(flows.numbers);
	return result;
}
