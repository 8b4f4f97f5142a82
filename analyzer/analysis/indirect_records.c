/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that share storage though they are different types to us. Knows nothing of how slots are solved. */
#include "analysis/indirect_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define RECORDS_CEILING 256 /* records with a member of one name that are looked at */

/* ---- one type, defined in several files ---- */

struct shape { uint64_t hash; uint32_t fields; }; /* of a record: its fields' names, in any order */

/* C calls types of different units compatible when tag and members agree: a header that is copied into another file
 * (an amalgamation, a vendored library) defines the same record. Only equal tags with equal members are united; a record without tag,
 * typedef or parent to be called by ("<first member>") is its file's own. */
static void unite_equal(const struct graph *graph, records_link *link, void *context)
{
	struct shape *shapes = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *shapes);
	uint32_t *slots = mem_alloc(((size_t)graph->symbol_count + 1) * sizeof *slots);
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i];
		slots[i] = GRAPH_NONE;
		if (symbol->kind != SYMBOL_FIELD || symbol->parent == GRAPH_NONE || symbol->name[0] == '<')
			continue;
		shapes[symbol->parent].hash += hash_bytes64(symbol->name, strlen(symbol->name));
		shapes[symbol->parent].fields++;
	}
	for (uint32_t i = 0; i < graph->slot_count; i++)
		if (graph->slots[i].kind == SLOT_FIELD && graph->slots[i].owner != GRAPH_NONE)
			slots[graph->slots[i].owner] = graph->symbols[graph->slots[i].owner].name[0] == '<' ? GRAPH_NONE : i;
	for (uint32_t i = 0, first = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i], *head = &graph->symbols[first];
		if (symbol->kind != head->kind || strcmp(symbol->name, head->name) != 0)
			first = i;
		if (slots[i] == GRAPH_NONE || symbol->parent == GRAPH_NONE)
			continue;
		const struct shape *shape = &shapes[symbol->parent];
		uint32_t last = i - first > RECORDS_CEILING ? i - RECORDS_CEILING : first;
		for (uint32_t k = i; k-- > last;) {
			const struct graph_symbol *other = &graph->symbols[k];
			if (slots[k] == GRAPH_NONE || other->parent == symbol->parent || other->parent == GRAPH_NONE ||
			    graph->symbols[other->parent].kind != graph->symbols[symbol->parent].kind ||
			    shapes[other->parent].hash != shape->hash || shapes[other->parent].fields != shape->fields)
				continue;
			link(context, slots[i], slots[k]);
			link(context, slots[k], slots[i]);
			break; /* the others are united with that one */
		}
	}
	free(shapes);
	free(slots);
}

/* ---- a type that is a view of others ---- */

struct member { /* of a record */
	uint64_t name; /* hashed, without the record's */
	uint32_t record, slot; /* slot: GRAPH_NONE where no function is followed through it */
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

struct members {
	struct member *items; size_t count; /* sorted by name, record */
	uint32_t *fields;                   /* per symbol: how many members it has as a record */
	bool *filled;                       /* per symbol: something is put into a field of that record */
	uint64_t *names;                    /* of all members, record by record */
	uint32_t *first_name;               /* per symbol: where those of that record begin */
};

static size_t first_member(const struct members *members, uint64_t name, uint32_t record)
{
	size_t low = 0, high = members->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct member *at = &members->items[middle];
		if (at->name < name || (at->name == name && at->record < record))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void members_init(struct members *members, const struct graph *graph)
{
	size_t symbols = (size_t)graph->symbol_count + 1;
	uint32_t *slots = mem_alloc(symbols * sizeof *slots);
	*members = (struct members){.items = mem_alloc(symbols * sizeof *members->items),
				    .fields = mem_zalloc(symbols, sizeof *members->fields),
				    .filled = mem_zalloc(symbols, sizeof *members->filled),
				    .names = mem_alloc(symbols * sizeof *members->names),
				    .first_name = mem_zalloc(symbols, sizeof *members->first_name)};
	memset(slots, 0xff, symbols * sizeof *slots);
	for (uint32_t i = 0; i < graph->slot_count; i++)
		if (graph->slots[i].kind == SLOT_FIELD && graph->slots[i].owner != GRAPH_NONE)
			slots[graph->slots[i].owner] = i;
	for (uint32_t i = 0; i < graph->flow_count; i++) {
		const struct graph_slot *target = &graph->slots[graph->flows[i].target];
		if (target->kind == SLOT_FIELD && target->owner != GRAPH_NONE &&
		    graph->symbols[target->owner].parent != GRAPH_NONE)
			members->filled[graph->symbols[target->owner].parent] = true;
	}
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i];
		const char *dot = symbol->kind == SYMBOL_FIELD && symbol->parent != GRAPH_NONE ? strrchr(symbol->name, '.') : NULL;
		if (!dot)
			continue;
		members->items[members->count++] =
			(struct member){hash_bytes64(dot, strlen(dot)), symbol->parent, slots[i]};
		members->fields[symbol->parent]++;
	}
	if (members->count)
		qsort(members->items, members->count, sizeof *members->items, compare_members);
	uint32_t place = 0;
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		members->first_name[i] = place;
		place += members->fields[i];
	}
	uint32_t *next = memcpy(slots, members->first_name, symbols * sizeof *slots);
	for (size_t i = 0; i < members->count; i++)
		members->names[next[members->items[i].record]++] = members->items[i].name;
	free(slots);
}

static void members_finish(struct members *members)
{
	free(members->items);
	free(members->fields);
	free(members->filled);
	free(members->names);
	free(members->first_name);
}

/* How many members of view are, by their names, members of other too. */
static uint32_t shared_members(const struct members *members, uint32_t view, uint32_t other)
{
	uint32_t shared = 0;
	for (uint32_t i = 0; i < members->fields[view]; i++) {
		uint64_t name = members->names[members->first_name[view] + i];
		size_t at = first_member(members, name, other);
		shared += at < members->count && members->items[at].name == name && members->items[at].record == other;
	}
	return shared;
}

/* A record whose functions are called while nothing ever puts one there is laid over others by casts (a common initial
 * sequence). They are those that have all of its members and are filled; one member alone says nothing. */
static void unite_views(const struct graph *graph, records_link *link, void *context)
{
	struct members members;
	members_init(&members, graph);
	for (size_t i = 0; i < members.count; i++) {
		const struct member *member = &members.items[i];
		if (member->slot == GRAPH_NONE || members.filled[member->record] || members.fields[member->record] < 2)
			continue;
		size_t seen = 0;
		for (size_t k = first_member(&members, member->name, 0);
		     k < members.count && members.items[k].name == member->name && seen < RECORDS_CEILING; k++, seen++) {
			const struct member *other = &members.items[k];
			if (other->slot != GRAPH_NONE && members.filled[other->record] &&
			    shared_members(&members, member->record, other->record) == members.fields[member->record])
				link(context, other->slot, member->slot);
		}
	}
	members_finish(&members);
}

void records_unite(const struct graph *graph, records_link *link, void *context)
{
	unite_equal(graph, link, context);
	unite_views(graph, link, context);
}
