/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An id discipline for cgraph that numbers names in the order of their first use. */
#include "ids.h"

#include <stdlib.h>
#include <string.h>

/* Named objects have even ids, 2 x position in names; anonymous ones (edges) odd ids. At most some hundred names: they
 * are searched one by one. */
struct ids {
	Agraph_t *graph;
	char **names;    /* interned in graph: equal names have equal addresses */
	size_t count, capacity;
	IDTYPE anonymous;
};

static void *open_ids(Agraph_t *graph, Agdisc_t *discipline)
{
	struct ids *ids = calloc(1, sizeof *ids);

	(void)discipline;
	if (ids)
		ids->graph = graph;
	return ids;
}

static long add_name(struct ids *ids, char *interned, IDTYPE *id)
{
	if (ids->count == ids->capacity) {
		size_t capacity = ids->capacity ? 2 * ids->capacity : 64;
		char **names = realloc(ids->names, capacity * sizeof *names);
		if (!names)
			return 0;
		ids->names = names;
		ids->capacity = capacity;
	}
	ids->names[ids->count] = interned;
	*id = 2 * (IDTYPE)ids->count++;
	return 1;
}

static long map_name(void *state, int kind, char *name, IDTYPE *id, int create)
{
	struct ids *ids = state;
	char *interned;

	(void)kind;
	if (!ids)
		return 0;
	if (!name) {
		*id = ids->anonymous = ids->anonymous ? ids->anonymous + 2 : 1;
		return 1;
	}
	interned = agstrbind(ids->graph, name);
	for (size_t i = 0; interned && i < ids->count; i++) {
		if (ids->names[i] != interned)
			continue;
		*id = 2 * (IDTYPE)i;
		return 1;
	}
	if (!create)
		return 0;
	interned = agstrdup(ids->graph, name);
	return interned ? add_name(ids, interned, id) : 0;
}

static long claim_id(void *state, int kind, IDTYPE id)
{
	(void)state, (void)kind, (void)id;
	return 0;
}

static void free_id(void *state, int kind, IDTYPE id)
{
	(void)state, (void)kind, (void)id; /* a name keeps its number */
}

static char *print_id(void *state, int kind, IDTYPE id)
{
	struct ids *ids = state;

	(void)kind;
	return ids && id % 2 == 0 && id / 2 < ids->count ? ids->names[id / 2] : NULL;
}

static void close_ids(void *state)
{
	struct ids *ids = state;

	if (ids)
		free(ids->names); /* the names die with the graph's string table */
	free(ids);
}

static void register_object(void *state, int kind, void *object)
{
	(void)state, (void)kind, (void)object;
}

Agdisc_t *ids_discipline(void)
{
	static Agiddisc_t by_order = { open_ids, map_name, claim_id, free_id, print_id, close_ids, register_object };
	static Agdisc_t discipline;

	discipline = (Agdisc_t){ &AgMemDisc, &by_order, &AgIoDisc };
	return &discipline;
}
