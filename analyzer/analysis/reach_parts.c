/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code bounded by entry points. Each function's part only ever goes from none to one to common, and takes what it calls
 * along: the work is linear in the calls, however many entry points there are. */
#include <stdlib.h>
#include <string.h>

#include "analysis/call_lists.h"
#include "analysis/reach.h"

struct dividing {
	const struct graph *graph;
	const uint32_t *domain_of;
	struct reach_result *out;
	struct call_lists calls;
	uint32_t *stack;
	bool *is_entry;      /* per function: begins a part; no way leads further than to it */
	size_t part_capacity;
};

/* Of several kinds the one that says most. */
static int rank(const char *kind)
{
	static const char *const KINDS[] = {"main", "thread", "signal", "constructor", "destructor", "export", "callback"};
	for (int i = 0; i < (int)(sizeof KINDS / sizeof *KINDS); i++)
		if (!strcmp(kind, KINDS[i]))
			return i;
	return sizeof KINDS / sizeof *KINDS;
}

static uint32_t part_of_kind(struct dividing *dividing, const char *kind, uint32_t symbol)
{
	struct reach_result *out = dividing->out;
	uint32_t domain = GRAPH_NONE;
	if (!entry_kind_is_program(kind)) {
		domain = dividing->domain_of[dividing->graph->functions[dividing->graph->function_of[symbol]].file];
		symbol = GRAPH_NONE;
		for (uint32_t i = 0; i < out->part_count; i++)
			if (out->parts[i].domain == domain && out->parts[i].kind == kind)
				return i;
	}
	mem_grow(&out->parts, &dividing->part_capacity, (size_t)out->part_count + 1, sizeof *out->parts);
	out->parts[out->part_count] = (struct reach_part){kind, symbol, domain};
	return out->part_count++;
}

/* Everything behind a function gets its part, up to other entry points. */
static void spread(struct dividing *dividing, uint32_t start)
{
	uint32_t *part_of = dividing->out->part_of, held = 0;
	dividing->stack[held++] = start;
	while (held) {
		uint32_t at = dividing->stack[--held], part = part_of[at];
		for (uint32_t i = dividing->calls.first[at]; i < dividing->calls.first[at + 1]; i++) {
			uint32_t next = dividing->calls.target[i];
			if (dividing->is_entry[next] || part_of[next] == part || part_of[next] == REACH_COMMON)
				continue;
			/* May it be on the stack already? Then it is looked at twice, which is no more than it changes. */
			part_of[next] = part_of[next] == REACH_NOWHERE ? part : REACH_COMMON;
			dividing->stack[held++] = next;
		}
	}
}

/* One after the other, so that no two entries of one part come in between: what one reaches the next need not change. */
static void spread_entries(struct dividing *dividing, const char *const *kind_of, bool callbacks)
{
	const struct graph *graph = dividing->graph;
	for (uint32_t f = 0; f < graph->function_count; f++) {
		const char *kind = kind_of[f];
		if (!kind || (rank(kind) == rank("callback")) != callbacks)
			continue;
		if (callbacks && dividing->out->part_of[f] != REACH_NOWHERE)
			continue; /* reached from where it is handed over */
		dividing->is_entry[f] = true;
		dividing->out->part_of[f] = part_of_kind(dividing, kind, graph->functions[f].symbol);
	}
	for (uint32_t f = 0; f < graph->function_count; f++)
		if (dividing->is_entry[f] && (rank(kind_of[f]) == rank("callback")) == callbacks)
			spread(dividing, f);
}

void reach_divide(const struct graph *graph, const struct indirect_result *indirect, const uint32_t *domain_of,
		  struct reach_result *out)
{
	struct dividing dividing = {.graph = graph, .domain_of = domain_of, .out = out};
	size_t room = (size_t)graph->function_count + 1;
	const char **kind_of = mem_zalloc(room, sizeof *kind_of);
	bool *is_callback = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *is_callback);
	for (size_t i = 0; i < out->entries.count; i++) {
		const struct entry_point *entry = &out->entries.items[i];
		uint32_t function = graph->function_of[entry->symbol];
		if (!kind_of[function] || rank(entry->kind) < rank(kind_of[function]))
			kind_of[function] = entry->kind;
		is_callback[entry->symbol] |= !strcmp(entry->kind, "callback");
	}
	call_lists_build(graph, indirect, is_callback, &dividing.calls);
	/* Each function is put on the stack at most once per change of its part. */
	dividing.stack = mem_alloc((2 * room + 1) * sizeof *dividing.stack);
	dividing.is_entry = mem_zalloc(room, sizeof *dividing.is_entry);
	out->part_of = mem_alloc(room * sizeof *out->part_of);
	for (uint32_t f = 0; f < graph->function_count; f++)
		out->part_of[f] = REACH_NOWHERE;
	spread_entries(&dividing, kind_of, false);
	spread_entries(&dividing, kind_of, true);
	free(kind_of);
	free(is_callback);
	free(dividing.stack);
	free(dividing.is_entry);
	call_lists_finish(&dividing.calls);
}
