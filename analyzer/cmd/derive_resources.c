/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources: what the source names by a literal and what runs used are one thing where kind and name are the same. Locks that the
 * source nests are named as runs name them: by their variable. */
#include "cmd/derive_internal.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lock_orders.h"
#include "base/buf.h"
#include "base/hash.h"

/* Number of a resource in the snapshot, which gets it where it has not. */
static uint32_t resource_row(struct derive *d, struct interner *numbers, const char *kind, const char *name)
{
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_append(&key, kind, strlen(kind) + 1);
	buf_append_string(&key, name);
	uint32_t before = interner_count(numbers), number = interner_add(numbers, key.data, key.length);
	buf_finish(&key);
	if (number == before)
		*SNAPSHOT_ADD(&d->snapshot, resources) = (struct snapshot_resource){kind, name};
	return number;
}

static int compare_uses(const void *a, const void *b)
{
	const struct snapshot_resource_use *x = a, *y = b;
	if (x->symbol != y->symbol)
		return x->symbol < y->symbol ? -1 : 1;
	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return strcmp(x->operation, y->operation);
}

/* The same use by the source and by runs is one row. A line of the source is sure; a run's may lie within a statement. */
static void unite_uses(struct snapshot *snapshot)
{
	size_t kept = 0;
	if (snapshot->resource_uses_count)
		qsort(snapshot->resource_uses, snapshot->resource_uses_count, sizeof *snapshot->resource_uses, compare_uses);
	for (size_t i = 0; i < snapshot->resource_uses_count; i++) {
		struct snapshot_resource_use *row = &snapshot->resource_uses[i];
		struct snapshot_resource_use *last = kept ? &snapshot->resource_uses[kept - 1] : NULL;
		if (!last || compare_uses(last, row) != 0) {
			snapshot->resource_uses[kept++] = *row;
			continue;
		}
		const struct snapshot_resource_use *source = last->sites ? last : row, *run = last->sites ? row : last;
		struct snapshot_resource_use both = *run;
		both.sites = source->sites;
		both.line = source->line;
		both.type = *run->type ? run->type : source->type;
		*last = both;
	}
	snapshot->resource_uses_count = kept;
}

/* Resource of each lock that the source nests with others, by symbol. Where two bear one name, each has its file, too. */
static uint32_t *nested_locks(struct derive *d, struct interner *numbers, const struct lock_orders *orders)
{
	const struct graph *graph = d->graph;
	uint32_t *of_lock = mem_alloc(((size_t)graph->symbol_count + 1) * sizeof *of_lock);
	uint8_t *bearers = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *bearers); /* by number of the name */
	struct interner *names = interner_create();
	memset(of_lock, 0xff, ((size_t)graph->symbol_count + 1) * sizeof *of_lock);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < 2 * orders->count; i++) {
			uint32_t lock = i % 2 ? orders->items[i / 2].taken : orders->items[i / 2].held;
			const struct graph_symbol *symbol = &graph->symbols[lock];
			uint32_t name = interner_add(names, symbol->name, strlen(symbol->name));
			if (!pass && of_lock[lock] == UINT32_MAX) {
				of_lock[lock] = 0;
				bearers[name] += bearers[name] < 2;
			} else if (pass && bearers[name] > 1) {
				struct buf told;
				buf_init(&told, BUF_NO_CEILING);
				buf_printf(&told, "%s (%s)", symbol->name, symbol->file == GRAPH_NONE ? "outside" : graph->files[symbol->file].path);
				of_lock[lock] = resource_row(d, numbers, "lock", arena_strdup(d->names, told.data));
				buf_finish(&told);
			} else if (pass) {
				of_lock[lock] = resource_row(d, numbers, "lock", symbol->name);
			}
		}
	interner_destroy(names);
	free(bearers);
	return of_lock;
}

static int compare_orders(const void *a, const void *b)
{
	const struct snapshot_lock_order *x = a, *y = b;
	if (x->held != y->held)
		return x->held < y->held ? -1 : 1;
	if (x->taken != y->taken)
		return x->taken < y->taken ? -1 : 1;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static void unite_orders(struct snapshot *snapshot)
{
	size_t kept = 0;
	if (snapshot->lock_orders_count)
		qsort(snapshot->lock_orders, snapshot->lock_orders_count, sizeof *snapshot->lock_orders, compare_orders);
	for (size_t i = 0; i < snapshot->lock_orders_count; i++) {
		struct snapshot_lock_order *row = &snapshot->lock_orders[i], *last = kept ? &snapshot->lock_orders[kept - 1] : NULL;
		if (last && compare_orders(last, row) == 0)
			last->observed += row->observed;
		else
			snapshot->lock_orders[kept++] = *row;
	}
	snapshot->lock_orders_count = kept;
}

static void fill_nested_locks(struct derive *d, struct interner *numbers)
{
	const struct graph *graph = d->graph;
	struct lock_orders orders;
	lock_orders_find(graph, &orders);
	uint32_t *of_lock = nested_locks(d, numbers, &orders);
	for (size_t i = 0; i < orders.count; i++) {
		const struct lock_order *row = &orders.items[i];
		if (of_lock[row->held] != of_lock[row->taken])
			*SNAPSHOT_ADD(&d->snapshot, lock_orders) =
				(struct snapshot_lock_order){of_lock[row->held], of_lock[row->taken], row->function, 0};
	}
	for (uint32_t i = 0; i < graph->lock_count; i++) {
		const struct graph_lock *row = &graph->locks[i];
		if (row->held == GRAPH_NONE && of_lock[row->to] != UINT32_MAX)
			*SNAPSHOT_ADD(&d->snapshot, resource_uses) = (struct snapshot_resource_use){
				.symbol = row->from, .resource = of_lock[row->to], .operation = "lock", .sites = row->sites, .line = row->line,
				.type = ""};
	}
	lock_orders_finish(&orders);
	free(of_lock);
}

void derive_fill_resources(struct derive *d)
{
	const struct observed_result *observed = d->observed;
	struct interner *numbers = interner_create();
	uint32_t *of_run = mem_alloc(((size_t)observed->resource_count + 1) * sizeof *of_run);
	uint32_t *of_source = mem_alloc(((size_t)d->named->count + 1) * sizeof *of_source);
	for (uint32_t i = 0; i < observed->resource_count; i++)
		of_run[i] = resource_row(d, numbers, observed->resources[i].kind, observed->resources[i].name);
	for (uint32_t i = 0; i < d->named->count; i++)
		of_source[i] = resource_row(d, numbers, d->named->resources[i].kind, d->named->resources[i].name);
	for (size_t i = 0; i < d->named->use_count; i++) {
		const struct named_use *use = &d->named->uses[i];
		*SNAPSHOT_ADD(&d->snapshot, resource_uses) = (struct snapshot_resource_use){
			.symbol = use->symbol, .resource = of_source[use->resource], .operation = use->operation, .sites = use->sites,
			.line = use->line, .type = d->named->resources[use->resource].type};
	}
	for (size_t i = 0; i < observed->use_count; i++) {
		const struct observed_use *use = &observed->uses[i];
		*SNAPSHOT_ADD(&d->snapshot, resource_uses) = (struct snapshot_resource_use){
			.symbol = use->symbol, .resource = of_run[use->resource], .operation = use->operation, .line = use->line,
			.type = observed->resources[use->resource].type, .observed = use->count, .errors = use->errors,
			.bytes = use->bytes, .ns = use->ns,
		};
	}
	fill_nested_locks(d, numbers);
	unite_uses(&d->snapshot);
	for (size_t i = 0; i < observed->order_count; i++) {
		const struct observed_order *row = &observed->orders[i];
		*SNAPSHOT_ADD(&d->snapshot, lock_orders) =
			(struct snapshot_lock_order){of_run[row->held], of_run[row->taken], row->symbol, row->count};
	}
	unite_orders(&d->snapshot);
	interner_destroy(numbers);
	free(of_run);
	free(of_source);
}
