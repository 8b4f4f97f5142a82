/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging where function pointers go: slots, flows, calls through pointers. */
#include "graph/merge_rows.h"

#include <stdlib.h>
#include <string.h>

/* ---- function pointer flow ---- */

static uint32_t merge_slot(struct merge *merge, const struct link_chunk *chunk, uint32_t slot, struct interner *slots,
			   int depth)
{
	const struct facts_slot *row = &chunk->facts.slots[slot];
	struct graph_slot to = {.kind = (uint8_t)row->kind, .owner = GRAPH_NONE, .index = row->index, .through = GRAPH_NONE};
	if (row->owner_symbol != FACTS_NONE)
		to.owner = merge_symbol(merge, chunk, row->owner_symbol);
	if (row->through_slot != FACTS_NONE && depth < 16)
		to.through = merge_slot(merge, chunk, row->through_slot, slots, depth + 1);
	unsigned char key[16];
	memset(key, 0, sizeof key);
	key[0] = to.kind;
	memcpy(key + 4, &to.owner, 4);
	memcpy(key + 8, &to.index, 4);
	memcpy(key + 12, &to.through, 4);
	return interner_add(slots, (const char *)key, sizeof key);
}

static int compare_flows(const void *a, const void *b)
{
	int order;
	const struct graph_flow *x = a, *y = b;
	if ((order = merge_order(x->target, y->target)))
		return order;
	if ((order = merge_order(x->source, y->source)))
		return order;
	return 0;
}

struct icall_row { struct graph_icall row; uint64_t mask; uint32_t linker_file, chunk; };

static int compare_icalls(const void *a, const void *b)
{
	int order;
	const struct icall_row *x = a, *y = b;
	if ((order = merge_order(x->row.caller, y->row.caller)))
		return order;
	if ((order = merge_order(x->row.slot, y->row.slot)))
		return order;
	return strcmp(x->row.signature, y->row.signature);
}

static void unite_icalls(void *into, const void *row)
{
	struct icall_row *x = into;
	const struct icall_row *y = row;
	x->mask |= y->mask;
	x->row.sites = y->row.sites > x->row.sites ? y->row.sites : x->row.sites;
	x->row.arguments = y->row.arguments > x->row.arguments ? y->row.arguments : x->row.arguments;
	x->row.line = y->row.line < x->row.line ? y->row.line : x->row.line;
}

void merge_flows(struct merge *merge)
{
	struct graph *graph = merge->graph;
	struct interner *slots = interner_create();
	struct bag flows = {.size = sizeof(struct graph_flow)}, icalls = {.size = sizeof(struct icall_row)};
	for (uint32_t c = 0; c < merge->linker->chunk_count; c++) {
		const struct link_chunk *chunk = &merge->linker->chunks[c];
		const struct facts *facts = &chunk->facts;
		uint32_t *map = mem_alloc(((size_t)facts->slots_count + 1) * sizeof *map);
		for (uint32_t i = 0; i < facts->slots_count; i++)
			map[i] = merge_slot(merge, chunk, i, slots, 0);
		for (uint32_t i = 0; i < facts->flows_count; i++) {
			struct graph_flow *to = bag_add(&flows);
			*to = (struct graph_flow){map[facts->flows[i].target_slot], map[facts->flows[i].source_slot]};
		}
		for (uint32_t i = 0; i < facts->icalls_count; i++) {
			const struct facts_icall *row = &facts->icalls[i];
			uint32_t caller = merge_symbol(merge, chunk, row->from_symbol);
			if (caller == GRAPH_NONE || graph->symbols[caller].kind != SYMBOL_FUNCTION)
				continue;
			struct icall_row *to = bag_add(&icalls);
			to->mask = chunk->configurations;
			to->linker_file = chunk->file;
			to->row = (struct graph_icall){
				.caller = caller, .slot = map[row->slot], .file = merge->file_map[chunk->file],
				.signature = facts->strings[row->signature_string], .arguments = row->arguments, .sites = row->sites,
				.line = row->line,
			};
		}
		free(map);
	}
	graph->slot_count = interner_count(slots);
	graph->slots = mem_zalloc((size_t)graph->slot_count + 1, sizeof *graph->slots);
	for (uint32_t i = 0; i < graph->slot_count; i++) {
		const char *key = interner_text(slots, i);
		graph->slots[i].kind = (uint8_t)key[0];
		memcpy(&graph->slots[i].owner, key + 4, 4);
		memcpy(&graph->slots[i].index, key + 8, 4);
		memcpy(&graph->slots[i].through, key + 12, 4);
	}
	interner_destroy(slots);
	graph->flows = bag_finish(&flows, compare_flows, NULL, &graph->flow_count);
	uint32_t count;
	struct icall_row *rows = bag_finish(&icalls, compare_icalls, unite_icalls, &count);
	graph->icalls = mem_zalloc((size_t)count + 1, sizeof *graph->icalls);
	graph->icall_count = count;
	for (uint32_t i = 0; i < count; i++) {
		graph->icalls[i] = rows[i].row;
		graph->icalls[i].signature = merge_text(merge, graph->icalls[i].signature);
		graph->icalls[i].configurations = merge_configurations(merge, rows[i].linker_file, rows[i].mask);
	}
	free(rows);
}
