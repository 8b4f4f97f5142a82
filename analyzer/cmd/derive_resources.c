/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources: what the source names by a literal and what runs used are one thing where kind and name are the same. */
#include "cmd/derive_internal.h"

#include <stdlib.h>
#include <string.h>

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
	unite_uses(&d->snapshot);
	for (size_t i = 0; i < observed->order_count; i++) {
		const struct observed_order *row = &observed->orders[i];
		*SNAPSHOT_ADD(&d->snapshot, lock_orders) =
			(struct snapshot_lock_order){of_run[row->held], of_run[row->taken], row->symbol, row->count};
	}
	interner_destroy(numbers);
	free(of_run);
	free(of_source);
}
