/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entry points, what they reach, and in how many calls. */
#include "analysis/reach.h"

#include <stdlib.h>
#include <string.h>

#define FLOWS_CEILING 1000000 /* rows; past it entries that come later have reachability but no rows */

/* Functions outside that start or keep what they are given: (name, argument) -> kind of entry. */
static const struct { const char *name; uint32_t argument; const char *kind; } STARTERS[] = {
	{"pthread_create", 2, "thread"}, {"thrd_create", 1, "thread"}, {"clone", 0, "thread"},
	{"signal", 1, "signal"}, {"sigset", 1, "signal"}, {"bsd_signal", 1, "signal"}, {"sysv_signal", 1, "signal"},
	{"__sysv_signal", 1, "signal"}, {"atexit", 0, "destructor"}, {"on_exit", 0, "destructor"},
};

struct adjacency { uint32_t *first, *target; };

static void adjacency_build(const struct graph *graph, const struct indirect_result *indirect, struct adjacency *out)
{
	out->first = mem_zalloc((size_t)graph->symbol_count + 2, sizeof *out->first);
	out->target = mem_alloc(((size_t)graph->call_count + indirect->count + 1) * sizeof *out->target);
	for (uint32_t i = 0; i < graph->call_count; i++)
		out->first[graph->calls[i].caller + 2]++;
	for (size_t i = 0; i < indirect->count; i++)
		out->first[indirect->calls[i].caller + 2]++;
	for (uint32_t i = 2; i < graph->symbol_count + 2; i++)
		out->first[i] += out->first[i - 1];
	for (uint32_t i = 0; i < graph->call_count; i++)
		out->target[out->first[graph->calls[i].caller + 1]++] = graph->calls[i].callee;
	for (size_t i = 0; i < indirect->count; i++)
		out->target[out->first[indirect->calls[i].caller + 1]++] = indirect->calls[i].callee;
}

struct entries { struct reach_entry *items; size_t count, capacity; };

static void entry_add(struct entries *entries, uint32_t symbol, const char *kind)
{
	mem_grow(&entries->items, &entries->capacity, entries->count + 1, sizeof *entries->items);
	entries->items[entries->count++] = (struct reach_entry){symbol, kind};
}

static bool in_public_header(const char *path)
{
	return !strncmp(path, "include/", 8) || strstr(path, "/include/");
}

/* Exported functions: of a codebase without any main, every external one that is not hidden; else those that a header
 * in an include folder declares, hidden or not: a library that is also built to be linked statically hides all of them in
 * that build. */
static void add_exports(const struct graph *graph, bool has_main, struct entries *entries)
{
	bool *declared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *declared);
	bool *is_public = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *is_public);
	for (uint32_t i = 0; i < graph->declaration_count; i++) {
		const struct graph_declaration *row = &graph->declarations[i];
		if (row->symbol != GRAPH_NONE && graph->files[row->file].is_header && !row->is_definition &&
		    (!has_main || in_public_header(graph->files[row->file].path)))
			declared[row->symbol] = true;
		if (row->symbol != GRAPH_NONE && !row->is_definition && in_public_header(graph->files[row->file].path))
			is_public[row->symbol] = true;
	}
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		if ((function->flags & (FUNCTION_STATIC | FUNCTION_INLINE_ONLY)) ||
		    ((function->flags & FUNCTION_HIDDEN) && !is_public[function->symbol]) ||
		    !strcmp(graph->symbols[function->symbol].name, "main"))
			continue;
		if (declared[function->symbol] || !has_main)
			entry_add(entries, function->symbol, "export");
	}
	free(declared);
	free(is_public);
}

static const char *callback_kind(const struct graph *graph, const struct indirect_callback *callback)
{
	for (size_t i = 0; i < sizeof STARTERS / sizeof *STARTERS; i++)
		if (callback->argument == STARTERS[i].argument &&
		    !strcmp(graph->symbols[callback->outside].name, STARTERS[i].name))
			return STARTERS[i].kind;
	return "callback";
}

static void add_signal_handlers(const struct graph *graph, struct entries *entries)
{
	/* sa.sa_handler = f: a field of a system struct has no slot; glibc spells it __sigaction_handler. Functions whose
	 * signature is a handler's, whose address is taken by a function that calls sigaction. */
	bool *calls_sigaction = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *calls_sigaction);
	for (uint32_t i = 0; i < graph->call_count; i++)
		if (!strcmp(graph->symbols[graph->calls[i].callee].name, "sigaction"))
			calls_sigaction[graph->calls[i].caller] = true;
	for (uint32_t i = 0; i < graph->use_count; i++) {
		const struct graph_use *use = &graph->uses[i];
		if (use->kind != REF_ADDRESS || use->from == GRAPH_NONE || !calls_sigaction[use->from] ||
		    graph->function_of[use->to] == GRAPH_NONE)
			continue;
		const char *signature = graph->functions[graph->function_of[use->to]].signature;
		if (!strcmp(signature, "void (int)") || !strncmp(signature, "void (int, siginfo_t *", 22) ||
		    !strncmp(signature, "void (int, struct siginfo", 25))
			entry_add(entries, use->to, "signal");
	}
	free(calls_sigaction);
}

static int compare_entries(const void *a, const void *b)
{
	const struct reach_entry *x = a, *y = b;
	if (x->symbol != y->symbol)
		return x->symbol < y->symbol ? -1 : 1;
	return strcmp(x->kind, y->kind);
}

static void find_entries(const struct graph *graph, const struct indirect_result *indirect, struct entries *entries)
{
	bool has_main = false;
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		if (!strcmp(graph->symbols[function->symbol].name, "main") && !(function->flags & FUNCTION_STATIC)) {
			entry_add(entries, function->symbol, "main");
			has_main = true;
		}
		if (function->flags & FUNCTION_CONSTRUCTOR)
			entry_add(entries, function->symbol, "constructor");
		if (function->flags & FUNCTION_DESTRUCTOR)
			entry_add(entries, function->symbol, "destructor");
	}
	for (size_t i = 0; i < indirect->callback_count; i++)
		if (graph->function_of[indirect->callbacks[i].function] != GRAPH_NONE)
			entry_add(entries, indirect->callbacks[i].function, callback_kind(graph, &indirect->callbacks[i]));
	add_signal_handlers(graph, entries);
	add_exports(graph, has_main, entries);
	if (entries->count)
		qsort(entries->items, entries->count, sizeof *entries->items, compare_entries);
	size_t kept = 0;
	for (size_t i = 0; i < entries->count; i++)
		if (!kept || compare_entries(&entries->items[kept - 1], &entries->items[i]) != 0)
			entries->items[kept++] = entries->items[i];
	entries->count = kept;
}

static bool has_flow(const char *kind)
{
	return strcmp(kind, "callback") != 0 && strcmp(kind, "export") != 0;
}

static int compare_flows(const void *a, const void *b)
{
	const struct reach_flow *x = a, *y = b;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

void reach_compute(const struct graph *graph, const struct indirect_result *indirect, struct reach_result *out)
{
	*out = (struct reach_result){0};
	struct adjacency calls;
	adjacency_build(graph, indirect, &calls);
	struct entries entries = {0};
	find_entries(graph, indirect, &entries);
	out->reachable = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *out->reachable);
	uint32_t *stamp = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *stamp);
	uint32_t *depth = mem_alloc(((size_t)graph->symbol_count + 1) * sizeof *depth);
	uint32_t *queue = mem_alloc(((size_t)graph->symbol_count + 1) * sizeof *queue);
	size_t capacity = 0;
	for (size_t e = 0; e < entries.count; e++) {
		uint32_t start = entries.items[e].symbol, head = 0, tail = 0;
		bool again = e && entries.items[e - 1].symbol == start && has_flow(entries.items[e - 1].kind);
		bool rows = has_flow(entries.items[e].kind) && out->flow_count < FLOWS_CEILING && !again;
		if (!rows && out->reachable[start])
			continue;
		queue[tail++] = start;
		stamp[start] = (uint32_t)e + 1;
		depth[start] = 0;
		while (head < tail) {
			uint32_t at = queue[head++];
			bool seen = out->reachable[at];
			out->reachable[at] = true;
			if (rows && graph->function_of[at] != GRAPH_NONE) {
				mem_grow(&out->flows, &capacity, out->flow_count + 1, sizeof *out->flows);
				out->flows[out->flow_count++] = (struct reach_flow){start, at, depth[at]};
			}
			if (!rows && seen && at != start)
				continue; /* whatever it reaches is known to be reachable */
			for (uint32_t i = calls.first[at]; i < calls.first[at + 1]; i++) {
				uint32_t next = calls.target[i];
				if (stamp[next] == e + 1)
					continue;
				stamp[next] = (uint32_t)e + 1;
				depth[next] = depth[at] + 1;
				queue[tail++] = next;
			}
		}
	}
	if (out->flow_count)
		qsort(out->flows, out->flow_count, sizeof *out->flows, compare_flows);
	out->entries = entries.items;
	out->entry_count = entries.count;
	free(stamp);
	free(depth);
	free(queue);
	free(calls.first);
	free(calls.target);
}

void reach_result_finish(struct reach_result *result)
{
	free(result->entries);
	free(result->flows);
	free(result->reachable);
	*result = (struct reach_result){0};
}
