/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a release's facts from the model, decodes them and has them linked and merged. */
#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
#include "base/text.h"
#include "facts/codec.h"
#include "graph/merge.h"

/* A unit as its facts tell it. */
struct unit_facts { struct facts_unit row; uint32_t *chunks; size_t chunk_count; /* in the order in which chunks were taken */ };
/* A unit of the manifest. */
struct unit_command { uint32_t file; struct hash128 hash; const uint32_t *chunks; size_t chunk_count; };

/* ---- unit by unit, in whatever order ---- */

#define BATCH 512        /* chunks that are linked together */
#define MANY_UNITS 2048  /* for fewer a second thread is not worth it */

/* Facts that are decoded and not linked. */
struct decoded { struct facts facts[BATCH]; size_t count; struct linker *linker; };

/* Of many units, chunks are linked in a thread of their own while the next ones are read: in the order in which they were. */
struct linking { struct decoded batches[2]; unsigned filling; struct beside other; bool is_on; };

struct graph_ahead {
	struct arena *arena;          /* of facts */
	struct arena *linker_arena;   /* of what is linked */
	struct linking *linking;      /* NULL: each chunk is linked when it is read */
	struct linker linker;         /* names are known to it, and what defines them; nothing is bound yet */
	struct interner *chunk_ids;   /* of linker.chunks, by their number */
	struct interner *unit_ids;    /* of facts of units, by their number in: */
	struct unit_facts *units; size_t unit_count, unit_capacity;
	uint32_t *numbers; size_t number_capacity; /* while the model gives out chunks: its number -> ours */
};

struct graph_ahead *graph_ahead_create(void)
{
	struct graph_ahead *ahead = mem_zalloc(1, sizeof *ahead);
	ahead->arena = arena_create();
	ahead->chunk_ids = interner_create();
	ahead->unit_ids = interner_create();
	ahead->linker_arena = arena_create();
	linker_init(&ahead->linker, ahead->linker_arena);
	return ahead;
}

static bool find_chunk(const struct graph_ahead *ahead, struct hash128 id, uint32_t *number)
{
	return interner_find(ahead->chunk_ids, (const char *)&id, sizeof id, number);
}

static bool is_known(void *context, struct hash128 id)
{
	uint32_t ignored;
	return find_chunk(context, id, &ignored);
}

static void link_batch(void *context)
{
	struct decoded *batch = context;
	for (size_t i = 0; i < batch->count; i++)
		linker_add(batch->linker, &batch->facts[i]);
	batch->count = 0;
}

/* What was read is linked from now on, what was read before that has been. */
static void pass_on(struct linking *linking)
{
	if (linking->is_on)
		beside_end(&linking->other);
	linking->is_on = true;
	beside_begin(&linking->other, link_batch, &linking->batches[linking->filling]);
	linking->filling ^= 1;
}

static void link_facts(struct graph_ahead *ahead, const struct facts *facts)
{
	struct linking *linking = ahead->linking;
	if (!linking) {
		linker_add(&ahead->linker, facts);
		return;
	}
	struct decoded *batch = &linking->batches[linking->filling];
	batch->linker = &ahead->linker;
	batch->facts[batch->count++] = *facts;
	if (batch->count == BATCH)
		pass_on(linking);
}

static void link_rest(struct graph_ahead *ahead)
{
	pass_on(ahead->linking);
	beside_end(&ahead->linking->other);
	free(ahead->linking);
	ahead->linking = NULL;
}

static int take_chunk(void *context, uint32_t number, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	struct graph_ahead *ahead = context;
	struct facts facts = {0};
	mem_grow(&ahead->numbers, &ahead->number_capacity, (size_t)number + 1, sizeof *ahead->numbers);
	if (!bytes && find_chunk(ahead, id, &ahead->numbers[number]))
		return 0;
	int result = facts_decode(bytes, length, ahead->arena, &facts, err);
	if (!result && facts.files_count != 1)
		result = err_set(err, ERR_INPUT, "a chunk about %u files", facts.files_count);
	if (result) {
		char hex[HASH_HEX_LENGTH + 1];
		hash_hex(id, hex);
		err_prefix(err, "the model is damaged: scan again into a new database: facts %s", hex);
		return err->code = ERR_DATABASE;
	}
	ahead->numbers[number] = interner_add(ahead->chunk_ids, (const char *)&id, sizeof id);
	link_facts(ahead, &facts);
	return 0;
}

static int take_unit(void *context, const struct model_load_unit *unit, struct err *err)
{
	struct graph_ahead *ahead = context;
	struct arena *scratch = arena_create();
	struct facts facts;
	int result = facts_decode(unit->facts, unit->facts_length, scratch, &facts, err);
	if (!result && facts.units_count != 1)
		result = err_set(err, ERR_INPUT, "facts of %u units", facts.units_count);
	if (!result) {
		mem_grow(&ahead->units, &ahead->unit_capacity, ahead->unit_count + 1, sizeof *ahead->units);
		struct unit_facts *to = &ahead->units[ahead->unit_count++];
		*to = (struct unit_facts){facts.units[0], arena_alloc(ahead->arena, (unit->chunk_count + 1) * sizeof *to->chunks),
					  unit->chunk_count};
		for (size_t i = 0; i < unit->chunk_count; i++)
			to->chunks[i] = ahead->numbers[unit->chunks[i]];
	} else {
		err_prefix(err, "%s", unit->path);
		err->code = result = ERR_DATABASE;
	}
	arena_destroy(scratch);
	return result;
}

static struct unit_facts *find_unit(const struct graph_ahead *ahead, struct hash128 facts_id)
{
	uint32_t number;
	return interner_find(ahead->unit_ids, (const char *)&facts_id, sizeof facts_id, &number) ? &ahead->units[number] : NULL;
}

/* Those of the units that are not there yet. */
static int take_units(struct graph_ahead *ahead, struct model *model, const struct model_release_unit *units, size_t count,
		      struct err *err)
{
	struct model_load_sink sink = {take_chunk, take_unit, is_known, ahead};
	struct model_release_unit *wanted = mem_alloc((count + 1) * sizeof *wanted);
	size_t wanted_count = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t known = interner_count(ahead->unit_ids);
		if (interner_add(ahead->unit_ids, (const char *)&units[i].facts_id, sizeof units[i].facts_id) == known)
			wanted[wanted_count++] = units[i];
	}
	if (wanted_count >= MANY_UNITS)
		ahead->linking = mem_zalloc(1, sizeof *ahead->linking);
	int result = wanted_count ? model_load(model, wanted, wanted_count, &sink, err) : 0;
	if (ahead->linking)
		link_rest(ahead);
	free(wanted);
	return result;
}

int graph_ahead_take(struct graph_ahead *ahead, struct model *model, const struct model_release_unit *unit, struct err *err)
{
	return take_units(ahead, model, unit, 1, err);
}

void graph_ahead_destroy(struct graph_ahead *ahead)
{
	if (!ahead)
		return;
	linker_finish(&ahead->linker);
	interner_destroy(ahead->chunk_ids);
	interner_destroy(ahead->unit_ids);
	free(ahead->units);
	free(ahead->numbers);
	arena_destroy(ahead->arena);
	arena_destroy(ahead->linker_arena);
	free(ahead);
}

/* ---- all of it ---- */

struct loading {
	struct graph *graph;
	struct graph_ahead *ahead;
	struct unit_command *units; size_t unit_count;
};

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static int compare_chunk_ids(const void *a, const void *b, void *context)
{
	struct hash128 x, y;
	memcpy(&x, interner_text(context, *(const uint32_t *)a), sizeof x);
	memcpy(&y, interner_text(context, *(const uint32_t *)b), sizeof y);
	return hash_compare(x, y);
}

/* Chunks in the order of their ids, in whatever order they were taken: some of what is merged depends on it. */
static void sort_chunks(struct graph_ahead *ahead)
{
	struct linker *linker = &ahead->linker;
	size_t count = linker->chunk_count;
	uint32_t *order = mem_alloc((count + 1) * sizeof *order), *place = mem_alloc((count + 1) * sizeof *place);
	struct link_chunk *sorted = mem_alloc((count + 1) * sizeof *sorted);
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	qsort_r(order, count, sizeof *order, compare_chunk_ids, ahead->chunk_ids);
	for (uint32_t i = 0; i < count; i++) {
		sorted[i] = linker->chunks[order[i]];
		place[order[i]] = i;
	}
	free(linker->chunks);
	linker->chunks = sorted;
	linker->chunk_capacity = count + 1;
	for (size_t u = 0; u < ahead->unit_count; u++) {
		struct unit_facts *unit = &ahead->units[u];
		for (size_t c = 0; c < unit->chunk_count; c++)
			unit->chunks[c] = place[unit->chunks[c]];
		qsort(unit->chunks, unit->chunk_count, sizeof *unit->chunks, compare_numbers);
	}
	free(order);
	free(place);
}

/* The manifest's units in its order. False: something was taken that is not of this manifest. */
static bool list_units(struct loading *loading, const struct model_release_unit *units, size_t count)
{
	struct graph_ahead *ahead = loading->ahead;
	struct graph *graph = loading->graph;
	bool *is_used = mem_zalloc(ahead->linker.chunk_count + 1, sizeof *is_used);
	size_t used = 0;
	loading->units = mem_alloc((count + 1) * sizeof *loading->units);
	loading->unit_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct unit_facts *unit = find_unit(ahead, units[i].facts_id);
		graph->units++;
		graph->units_ok += unit->row.status == UNIT_OK;
		graph->units_partial += unit->row.status == UNIT_PARTIAL;
		graph->units_failed += unit->row.status == UNIT_FAILED;
		graph->missing_headers += unit->row.missing_headers;
		loading->units[i] = (struct unit_command){interner_add_string(ahead->linker.paths, units[i].path), units[i].command_hash,
							  unit->chunks, unit->chunk_count};
		for (size_t c = 0; c < unit->chunk_count; c++) {
			used += !is_used[unit->chunks[c]];
			is_used[unit->chunks[c]] = true;
		}
	}
	free(is_used);
	return used == ahead->linker.chunk_count;
}

/* A main file compiled in several ways: which of its chunks belongs to which command. Units come sorted by path. */
static char ***tell_configurations(struct loading *loading)
{
	struct linker *linker = &loading->ahead->linker;
	char ***names = mem_zalloc((size_t)interner_count(linker->paths) + 1, sizeof *names);
	for (size_t first = 0, last; first < loading->unit_count; first = last) {
		uint32_t file = loading->units[first].file;
		for (last = first; last < loading->unit_count && loading->units[last].file == file;)
			last++;
		if (last - first < 2 || last - first > 63)
			continue;
		names[file] = arena_zalloc(linker->arena, last - first + 1, sizeof *names[file]);
		for (size_t u = first; u < last; u++) {
			char hex[HASH_HEX_LENGTH + 1];
			hash_hex(loading->units[u].hash, hex);
			names[file][u - first] = arena_strndup(linker->arena, hex, 8);
			for (size_t c = 0; c < loading->units[u].chunk_count; c++) {
				struct link_chunk *chunk = &linker->chunks[loading->units[u].chunks[c]];
				if (chunk->file == file)
					chunk->configurations |= (uint64_t)1 << (u - first);
			}
		}
	}
	return names;
}

static int load(struct loading *loading, struct model *model, const struct model_release_unit *units, size_t unit_count,
		bool *is_other, struct err *err)
{
	struct graph_ahead *ahead = loading->ahead;
	int result = take_units(ahead, model, units, unit_count, err);
	if (result)
		return result;
	sort_chunks(ahead);
	*is_other = !list_units(loading, units, unit_count);
	if (*is_other)
		return 0;
	char ***configurations = tell_configurations(loading);
	linker_collect(&ahead->linker);
	linker_bind(&ahead->linker);
	graph_merge(loading->graph, &ahead->linker, configurations);
	free(configurations);
	return 0;
}

int graph_load(struct model *model, const struct model_release_unit *units, size_t unit_count, struct graph_ahead *ahead,
	       struct graph **out, struct err *err)
{
	struct graph *graph = mem_zalloc(1, sizeof *graph);
	graph->arena = arena_create();
	struct loading loading = {.graph = graph, .ahead = ahead ? ahead : graph_ahead_create()};
	bool is_other = false;
	int result = load(&loading, model, units, unit_count, &is_other, err);
	free(loading.units);
	if (!ahead)
		graph_ahead_destroy(loading.ahead);
	if (result || is_other)
		graph_destroy(graph);
	else
		*out = graph;
	return is_other && !result ? graph_load(model, units, unit_count, NULL, out, err) : result;
}

void graph_destroy(struct graph *graph)
{
	if (!graph)
		return;
	free(graph->files);
	free(graph->symbols);
	free(graph->functions);
	free(graph->function_of);
	free(graph->variables);
	free(graph->types);
	free(graph->macros);
	free(graph->declarations);
	free(graph->calls);
	free(graph->uses);
	free(graph->includes);
	free(graph->regions);
	free(graph->literals);
	free(graph->outcalls);
	free(graph->constants);
	free(graph->locks);
	free(graph->slots);
	free(graph->flows);
	free(graph->icalls);
	free(graph->configurations);
	arena_destroy(graph->arena);
	free(graph);
}
