/* SPDX-License-Identifier: MIT */
/* Owns: the tables of uses and orders, one chain of each kind per thread, growing fourfold.
 * Must not: lock; know what is counted. Records of both kinds begin alike: address, then two numbers. */
#include "core.h"
#include "uses.h"

#include <stddef.h>

enum { CHAIN = 12, PROBES = 16, SPARES = 512, FIRST_BYTES = TRACE_PAGE - sizeof(struct trace_segment), LARGEST_BYTES = 1 << 20,
       RECENT = 64 };

struct key { uint64_t from; uint32_t first, second; };
static_assert(offsetof(struct trace_use, resource) == offsetof(struct key, first), "records begin like keys");
static_assert(offsetof(struct trace_order, held) == offsetof(struct key, first), "records begin like keys");

/* A thread's tables of one kind, newest first. */
struct chain {
	struct trace_segment *tables[CHAIN];
	uint32_t count;
	uint32_t file;   /* file_number when they were made: after a fork they are the parent's */
};
static uint32_t file_number;
static AGENT_TLS struct chain use_chain, order_chain;
/* Of use_chain: what was found last, by a hash of its key. */
static AGENT_TLS struct trace_use *recent[RECENT];
/* Tables of threads that have ended. */
static struct trace_segment *spares[SPARES];

static uint32_t table_capacity(const struct trace_segment *table)
{
	return (uint32_t)(table->reserved[0]);
}

static struct trace_segment *spare_take(uint32_t kind, uint32_t entry, uint64_t bytes)
{
	for (uint32_t i = 0; i < SPARES; i++) {
		struct trace_segment *table = __atomic_load_n(&spares[i], __ATOMIC_ACQUIRE);
		if (table && table->kind == kind && table->entry == entry && table->size >= bytes
		    && __atomic_compare_exchange_n(&spares[i], &table, NULL, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return table;
	}
	return NULL;
}

static void spare_put(struct trace_segment *table)
{
	for (uint32_t i = 0; i < SPARES; i++) {
		struct trace_segment *none = NULL;
		if (!__atomic_load_n(&spares[i], __ATOMIC_RELAXED)
		    && __atomic_compare_exchange_n(&spares[i], &none, table, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	} /* no place: the table stays in the file, and nobody counts in it again */
}

static bool chain_grow(struct chain *chain, enum trace_segment_kind kind, uint32_t record_size, uint32_t entry)
{
	size_t bytes = chain->count ? chain->tables[0]->size * 4 - sizeof(struct trace_segment) : FIRST_BYTES;
	struct trace_segment *table;

	if (chain->count == CHAIN)
		return false;
	if (bytes > LARGEST_BYTES)
		bytes = LARGEST_BYTES;
	table = spare_take(kind, entry, bytes + sizeof(*table));
	if (!table) {
		table = pool_segment(kind, record_size, bytes);
		if (!table)
			return false;
		table->entry = entry;
		table->reserved[0] = bytes / record_size;
	}
	for (uint32_t i = chain->count; i > 0; i--)
		chain->tables[i] = chain->tables[i - 1];
	chain->tables[0] = table;
	chain->count++;
	return true;
}

/* The record in one table, or the free place where it would go; NULL: neither within reach. */
static struct key *table_find(struct trace_segment *table, const struct key *key, uint32_t hash)
{
	uint32_t capacity = table_capacity(table), size = table->record_size;
	uint32_t at = (uint32_t)(((uint64_t)hash * capacity) >> 32);
	char *records = (char *)(table + 1);

	for (uint32_t probe = 0; probe < PROBES && probe < capacity; probe++) {
		struct key *record = (void *)(records + (size_t)at * size);
		if (record->from == key->from && record->first == key->first && record->second == key->second)
			return record;
		if (!record->from)
			return record;
		if (++at == capacity)
			at = 0;
	}
	return NULL;
}

static struct key *chain_find(struct chain *chain, enum trace_segment_kind kind, uint32_t record_size, uint32_t entry,
			      const struct key *key, bool *is_new)
{
	uint64_t mixed = (key->from ^ (uint64_t)key->first << 32 ^ (uint64_t)key->second << 20) * 0x9e3779b97f4a7c15ull;
	uint32_t hash = (uint32_t)(mixed >> 32);
	struct key *place = NULL, *record;

	*is_new = false;
	if (chain->file != file_number) {
		chain->count = 0;
		chain->file = file_number;
		zero_bytes(recent, sizeof recent);
	}
	for (uint32_t i = 0; i < chain->count; i++) {
		record = table_find(chain->tables[i], key, hash);
		if (record && record->from)
			return record;
		if (i == 0)
			place = record;
	}
	if (!place && chain_grow(chain, kind, record_size, entry))
		place = table_find(chain->tables[0], key, hash);
	if (!place || place->from) /* a spare table may hold it already */
		return place;
	place->first = key->first;
	place->second = key->second;
	*is_new = true;
	return place;
}

struct trace_use *use_find(struct thread *thread, uintptr_t from, uint32_t resource, uint32_t operation, bool *is_new)
{
	struct key key = {from, resource, operation};
	struct trace_use **last = &recent[(from + from / RECENT + resource + operation) % RECENT], *use = *last;

	*is_new = false;
	if (use && use->from == from && use->resource == resource && use->operation == operation && use_chain.file == file_number)
		return use;
	use = (void *)chain_find(&use_chain, TRACE_USES, sizeof(struct trace_use), thread->entry, &key, is_new);

	if (!use)
		pool_lost(TRACE_LOST_USES, 1);
	else
		*last = use;
	return use;
}

void use_publish(struct trace_use *use, uintptr_t from)
{
	__atomic_store_n(&use->from, from, __ATOMIC_RELEASE);
}

struct trace_order *order_find(struct thread *thread, uintptr_t from, uint32_t held, uint32_t taken, bool *is_new)
{
	struct key key = {from, held, taken};
	struct trace_order *order = (void *)chain_find(&order_chain, TRACE_ORDERS, sizeof(struct trace_order), thread->entry,
						       &key, is_new);

	if (!order)
		pool_lost(TRACE_LOST_USES, 1);
	return order;
}

void order_publish(struct trace_order *order, uintptr_t from)
{
	__atomic_store_n(&order->from, from, __ATOMIC_RELEASE);
}

static void chain_give_back(struct chain *chain)
{
	uint32_t count = chain->file == file_number ? chain->count : 0;

	chain->count = 0;
	zero_bytes(recent, sizeof recent);
	for (uint32_t i = 0; i < count; i++)
		spare_put(chain->tables[i]);
}

void resources_thread_end(void)
{
	chain_give_back(&use_chain);
	chain_give_back(&order_chain);
}

void uses_reset(void)
{
	file_number++;
	for (uint32_t i = 0; i < SPARES; i++)
		spares[i] = NULL;
}
