/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a release's facts from the model, decodes them and has them linked and merged. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/codec.h"
#include "graph/merge.h"

struct unit_command { uint32_t file; struct hash128 hash; uint32_t *chunks; size_t chunk_count; };

/* ---- ahead of time ---- */

struct graph_ahead {
	struct arena *arena;
	struct interner *ids;                        /* of chunks */
	struct facts *facts; size_t count, capacity; /* by their number */
};

struct graph_ahead *graph_ahead_create(void)
{
	struct graph_ahead *ahead = mem_zalloc(1, sizeof *ahead);
	ahead->arena = arena_create();
	ahead->ids = interner_create();
	return ahead;
}

static const struct facts *ahead_find(const struct graph_ahead *ahead, struct hash128 id)
{
	uint32_t number;
	return ahead && interner_find(ahead->ids, (const char *)&id, sizeof id, &number) ? &ahead->facts[number] : NULL;
}

static bool ahead_is_known(void *context, struct hash128 id)
{
	return ahead_find(context, id);
}

static int ahead_take_chunk(void *context, uint32_t number, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	(void)number; /* of this unit's chunks */
	struct graph_ahead *ahead = context;
	struct facts facts = {0};
	int result = bytes ? facts_decode(bytes, length, ahead->arena, &facts, err) : 0;
	if (!bytes || result)
		return result;
	interner_add(ahead->ids, (const char *)&id, sizeof id);
	mem_grow(&ahead->facts, &ahead->capacity, ahead->count + 1, sizeof *ahead->facts);
	ahead->facts[ahead->count++] = facts;
	return 0;
}

static int ahead_take_unit(void *context, const struct model_load_unit *unit, struct err *err)
{
	(void)context; (void)unit; (void)err;
	return 0;
}

void graph_ahead_take(struct graph_ahead *ahead, struct model *model, const struct model_release_unit *unit)
{
	struct model_load_sink sink = {ahead_take_chunk, ahead_take_unit, ahead_is_known, ahead};
	struct err left_to_loading = {0};
	(void)model_load(model, unit, 1, &sink, &left_to_loading);
}

void graph_ahead_destroy(struct graph_ahead *ahead)
{
	if (!ahead)
		return;
	arena_destroy(ahead->arena);
	interner_destroy(ahead->ids);
	free(ahead->facts);
	free(ahead);
}

/* ---- all of it ---- */

struct loading {
	struct graph *graph;
	const struct graph_ahead *ahead;
	struct linker linker;
	struct unit_command *units; size_t unit_count, unit_capacity;
};

static int take_chunk(void *context, uint32_t number, struct hash128 id, const void *bytes, size_t length, struct err *err)
{
	(void)number; /* they come in order: 0, 1, ... */
	struct loading *loading = context;
	struct linker *linker = &loading->linker;
	struct link_chunk chunk = {0};
	int result = 0;
	if (bytes)
		result = facts_decode(bytes, length, linker->arena, &chunk.facts, err);
	else
		chunk.facts = *ahead_find(loading->ahead, id);
	if (!result && chunk.facts.files_count != 1)
		result = err_set(err, ERR_INPUT, "a chunk about %u files", chunk.facts.files_count);
	if (result) {
		char hex[HASH_HEX_LENGTH + 1];
		hash_hex(id, hex);
		err_prefix(err, "the model is damaged: scan again into a new database: facts %s", hex);
		return err->code = ERR_DATABASE;
	}
	chunk.file = interner_add_string(linker->paths, chunk.facts.strings[chunk.facts.files[0].path_string]);
	mem_grow(&linker->chunks, &linker->chunk_capacity, linker->chunk_count + 1, sizeof *linker->chunks);
	linker->chunks[linker->chunk_count++] = chunk;
	return 0;
}

static int take_unit(void *context, const struct model_load_unit *unit, struct err *err)
{
	struct loading *loading = context;
	struct graph *graph = loading->graph;
	struct arena *scratch = arena_create();
	struct facts facts;
	int result = facts_decode(unit->facts, unit->facts_length, scratch, &facts, err);
	if (!result && facts.units_count != 1)
		result = err_set(err, ERR_INPUT, "facts of %u units", facts.units_count);
	if (!result) {
		graph->units++;
		graph->units_ok += facts.units[0].status == UNIT_OK;
		graph->units_partial += facts.units[0].status == UNIT_PARTIAL;
		graph->units_failed += facts.units[0].status == UNIT_FAILED;
		graph->missing_headers += facts.units[0].missing_headers;
		mem_grow(&loading->units, &loading->unit_capacity, loading->unit_count + 1, sizeof *loading->units);
		struct unit_command *command = &loading->units[loading->unit_count++];
		*command = (struct unit_command){
			.file = interner_add_string(loading->linker.paths, unit->path), .hash = unit->command_hash,
			.chunk_count = unit->chunk_count,
		};
		command->chunks = arena_alloc(loading->linker.arena, (unit->chunk_count + 1) * sizeof *command->chunks);
		memcpy(command->chunks, unit->chunks, unit->chunk_count * sizeof *command->chunks);
	} else {
		err_prefix(err, "%s", unit->path);
		err->code = result = ERR_DATABASE;
	}
	arena_destroy(scratch);
	return result;
}

/* A main file compiled in several ways: which of its chunks belongs to which command. Units come sorted by path. */
static char ***tell_configurations(struct loading *loading)
{
	struct linker *linker = &loading->linker;
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

static bool is_known(void *context, struct hash128 id)
{
	const struct loading *loading = context;
	return ahead_find(loading->ahead, id);
}

int graph_load(struct model *model, const struct model_release_unit *units, size_t unit_count, const struct graph_ahead *ahead,
	       struct graph **out, struct err *err)
{
	struct graph *graph = mem_zalloc(1, sizeof *graph);
	graph->arena = arena_create();
	struct loading loading = {.graph = graph, .ahead = ahead};
	struct arena *scratch = arena_create();
	linker_init(&loading.linker, scratch);
	struct model_load_sink sink = {take_chunk, take_unit, is_known, &loading};
	int result = model_load(model, units, unit_count, &sink, err);
	if (!result) {
		char ***configurations = tell_configurations(&loading);
		linker_collect(&loading.linker);
		linker_bind(&loading.linker);
		graph_merge(graph, &loading.linker, configurations);
		free(configurations);
		*out = graph;
		graph = NULL;
	}
	linker_finish(&loading.linker);
	arena_destroy(scratch);
	free(loading.units);
	graph_destroy(graph);
	return result;
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
	free(graph->slots);
	free(graph->flows);
	free(graph->icalls);
	free(graph->configurations);
	arena_destroy(graph->arena);
	free(graph);
}
