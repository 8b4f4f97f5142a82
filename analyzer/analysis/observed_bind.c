/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which function of the release a name in an observation means. Knows nothing of counts.
 *
 * With debug information: by file and name (that of the linker or that of the source), which tells static functions of one name
 * apart, and makes one of a function that several executables or, as an inline function of a header, several units hold; the
 * line is checked. Without: by the name alone, and only in a module most of whose names the release defines, so that a
 * library that happens to have a function of the same name is not taken for the codebase. A module of the codebase may have
 * global functions that its debug information leaves out: a compiler keeps one of two that are alike, and makes the other jump. */
#include "analysis/observed_bind.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_WANTED 0.8 /* share of a module's names that the release must define to bind by them */

struct binder {
	const struct graph *graph;
	struct interner *keys;       /* file '\0' name -> index into functions_of */
	uint32_t *function_of_key; size_t key_capacity;
	struct interner *names;      /* name -> index into function_of_name */
	uint32_t *function_of_name; size_t name_capacity; /* GRAPH_NONE: several */
	struct interner *outside;    /* name of a symbol that is not defined -> index into outside_symbol */
	uint32_t *outside_symbol; size_t outside_capacity;
	struct interner *global;     /* names of the codebase's global functions */
	struct buf scratch;
};

size_t bind_name_length(const char *name)
{
	size_t length = strcspn(name, "@");
	const char *dot = memchr(name, '.', length);
	return dot && dot != name ? (size_t)(dot - name) : length;
}

static uint32_t key_of(struct binder *binder, const char *file, const char *name, size_t length, bool add)
{
	buf_clear(&binder->scratch);
	buf_append(&binder->scratch, file, strlen(file) + 1);
	buf_append(&binder->scratch, name, length);
	uint32_t id = GRAPH_NONE;
	if (add)
		return interner_add(binder->keys, binder->scratch.data, binder->scratch.length);
	return interner_find(binder->keys, binder->scratch.data, binder->scratch.length, &id) ? id : GRAPH_NONE;
}

static void add_key(struct binder *binder, const char *file, const char *name, uint32_t function)
{
	uint32_t before = interner_count(binder->keys), id = key_of(binder, file, name, strlen(name), true);
	mem_grow(&binder->function_of_key, &binder->key_capacity, (size_t)id + 1, sizeof *binder->function_of_key);
	if (id == before)
		binder->function_of_key[id] = function;
}

static void add_name(struct binder *binder, const char *name, uint32_t function)
{
	uint32_t before = interner_count(binder->names), id = interner_add_string(binder->names, name);
	mem_grow(&binder->function_of_name, &binder->name_capacity, (size_t)id + 1, sizeof *binder->function_of_name);
	if (id == before)
		binder->function_of_name[id] = function;
	else if (binder->function_of_name[id] != function)
		binder->function_of_name[id] = GRAPH_NONE;
}

struct binder *binder_create(const struct graph *graph)
{
	struct binder *binder = mem_zalloc(1, sizeof *binder);
	*binder = (struct binder){.graph = graph, .keys = interner_create(), .names = interner_create(),
				  .outside = interner_create(), .global = interner_create()};
	buf_init(&binder->scratch, BUF_NO_CEILING);
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		const struct graph_symbol *symbol = &graph->symbols[function->symbol];
		const char *path = graph->files[function->file].path;
		/* Of two names in one file that are the same, one of the linker and one of the source, the linker's counts. */
		add_key(binder, path, symbol->name, i);
		add_name(binder, symbol->name, i);
		if (!*symbol->scope_path)
			interner_add_string(binder->global, symbol->name);
	}
	for (uint32_t i = 0; i < graph->function_count; i++)
		if (graph->functions[i].source_name)
			add_key(binder, graph->files[graph->functions[i].file].path, graph->functions[i].source_name, i);
	for (uint32_t i = 0; i < graph->symbol_count; i++) {
		const struct graph_symbol *symbol = &graph->symbols[i];
		if (symbol->kind != SYMBOL_FUNCTION || symbol->is_defined || *symbol->scope_path)
			continue;
		uint32_t id = interner_add_string(binder->outside, symbol->name);
		mem_grow(&binder->outside_symbol, &binder->outside_capacity, (size_t)id + 1, sizeof *binder->outside_symbol);
		binder->outside_symbol[id] = i;
	}
	return binder;
}

void binder_destroy(struct binder *binder)
{
	if (!binder)
		return;
	interner_destroy(binder->keys);
	interner_destroy(binder->names);
	interner_destroy(binder->outside);
	interner_destroy(binder->global);
	free(binder->function_of_key);
	free(binder->function_of_name);
	free(binder->outside_symbol);
	buf_finish(&binder->scratch);
	free(binder);
}

uint32_t binder_outside(const struct binder *binder, const char *name, size_t length, bool *is_taken)
{
	uint32_t id;
	*is_taken = interner_find(binder->global, name, length, &id);
	return interner_find(binder->outside, name, length, &id) ? binder->outside_symbol[id] : GRAPH_NONE;
}

static uint32_t by_key(struct binder *binder, const char *file, const char *name)
{
	uint32_t id = key_of(binder, file, name, strlen(name), false);
	if (id == GRAPH_NONE)
		id = key_of(binder, file, name, bind_name_length(name), false);
	return id == GRAPH_NONE ? GRAPH_NONE : binder->function_of_key[id];
}

static uint32_t by_name(const struct binder *binder, const char *name)
{
	uint32_t id;
	if (!interner_find(binder->names, name, strlen(name), &id) &&
	    !interner_find(binder->names, name, bind_name_length(name), &id))
		return GRAPH_NONE;
	return binder->function_of_name[id];
}

/* Some configuration of the file may define it at another line than the one the row tells. */
static bool is_defined_at(const struct graph *graph, const struct graph_function *function, uint64_t line)
{
	if (function->line == line)
		return true;
	uint32_t low = 0, high = graph->declaration_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (graph->declarations[middle].symbol < function->symbol)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < graph->declaration_count && graph->declarations[low].symbol == function->symbol; low++) {
		const struct graph_declaration *row = &graph->declarations[low];
		if (row->is_definition && row->file == function->file && row->line == line)
			return true;
	}
	return false;
}

static int compare_path(const void *key, const void *file)
{
	return strcmp(key, ((const struct graph_file *)file)->path);
}

static bool has_path(const struct graph *graph, const char *path)
{
	return graph->file_count && bsearch(path, graph->files, graph->file_count, sizeof *graph->files, compare_path);
}

/* unit: main file of a unit that has it, where that is another file; NULL. *file becomes the one that the release has. */
static enum bind_how bind_described(struct binder *binder, const char **named, const char *unit, const char *name, uint64_t line,
				    uint32_t *symbol)
{
	const struct graph *graph = binder->graph;
	const char *file = *named;
	if (unit && !has_path(graph, file) && has_path(graph, unit))
		*named = file = unit;
	uint32_t function = by_key(binder, file, name);
	enum bind_how how = BIND_EXACT;
	if (function == GRAPH_NONE) {
		bool has_file = has_path(graph, file);
		function = has_file ? by_name(binder, name) : GRAPH_NONE;
		how = !has_file ? BIND_ELSEWHERE : function == GRAPH_NONE ? BIND_STRANGE : BIND_RENAMED;
	} else if (file != unit && !is_defined_at(graph, &graph->functions[function], line)) {
		how = BIND_MOVED;
	}
	*symbol = function == GRAPH_NONE ? GRAPH_NONE : graph->functions[function].symbol;
	return how;
}

/* Modules without debug information whose names are mostly the release's. Every program has a main: that alone says nothing. */
static bool *modules_by_name(const struct binder *binder, const struct observation *observation, struct arena *arena)
{
	bool *trusted = arena_zalloc(arena, observation->modules_count + 1, sizeof *trusted);
	uint64_t *named = arena_zalloc(arena, observation->modules_count + 1, sizeof *named);
	uint64_t *found = arena_zalloc(arena, observation->modules_count + 1, sizeof *found);
	bool *has_more = arena_zalloc(arena, observation->modules_count + 1, sizeof *has_more);
	for (uint64_t i = 0; i < observation->functions_count; i++) {
		const struct observation_function *row = &observation->functions[i];
		const char *name = observation->strings[row->name_string];
		if (*name == '?' || row->file_string != OBSERVATION_NONE)
			continue;
		named[row->module]++;
		bool is_found = by_name(binder, name) != GRAPH_NONE;
		found[row->module] += is_found;
		has_more[row->module] |= is_found && strcmp(name, "main") != 0;
	}
	for (uint64_t i = 0; i < observation->modules_count; i++)
		trusted[i] = !(observation->modules[i].flags & OBSERVATION_MODULE_DEBUG) && has_more[i] &&
			     (double)found[i] >= NAMES_WANTED * (double)named[i];
	return trusted;
}

static bool is_left_out(const struct binder *binder, const struct observation_module *module, const char *name)
{
	uint32_t id;
	return (module->flags & OBSERVATION_MODULE_CODEBASE) &&
	       interner_find(binder->global, name, bind_name_length(name), &id);
}

void binder_bind(struct binder *binder, const struct observation *observation, struct arena *arena, struct binding *out)
{
	const bool *trusted = modules_by_name(binder, observation, arena);
	out->how = arena_zalloc(arena, observation->functions_count + 1, sizeof *out->how);
	out->symbol = arena_zalloc(arena, observation->functions_count + 1, sizeof *out->symbol);
	out->is_elsewhere = arena_zalloc(arena, observation->functions_count + 1, sizeof *out->is_elsewhere);
	uint64_t next = 0; /* of the origins, which are sorted as functions are */
	for (uint64_t i = 0; i < observation->functions_count; i++) {
		const struct observation_function *row = &observation->functions[i];
		const char *name = observation->strings[row->name_string];
		uint32_t symbol = GRAPH_NONE;
		enum bind_how how = BIND_OUTSIDE;
		while (next < observation->origins_count && observation->origins[next].function < i)
			next++;
		if (row->file_string != OBSERVATION_NONE) {
			bool has_origin = next < observation->origins_count && observation->origins[next].function == i;
			const char *said = observation->strings[row->file_string], *file = said;
			how = bind_described(binder, &file, has_origin ?
					     observation->strings[observation->origins[next].unit_string] : NULL, name, row->line, &symbol);
			out->is_elsewhere[i] = file != said;
		} else if (*name != '?' && (trusted[row->module] || is_left_out(binder, &observation->modules[row->module], name))) {
			uint32_t function = by_name(binder, name);
			how = function == GRAPH_NONE ? BIND_OUTSIDE : BIND_NAME;
			symbol = function == GRAPH_NONE ? GRAPH_NONE : binder->graph->functions[function].symbol;
		}
		out->how[i] = how;
		out->symbol[i] = symbol;
	}
}

void binder_identify(struct binder *binder, const struct observation *observation, struct observed_identity *out)
{
	const struct graph *graph = binder->graph;
	struct arena *scratch = arena_create();
	struct binding binding;
	*out = (struct observed_identity){0};
	binder_bind(binder, observation, scratch, &binding);
	for (uint64_t i = 0; i < observation->functions_count; i++) {
		const struct observation_function *row = &observation->functions[i];
		out->by_name += binding.how[i] == BIND_NAME;
		out->elsewhere += binding.how[i] == BIND_ELSEWHERE;
		if (binding.how[i] == BIND_OUTSIDE || binding.how[i] == BIND_NAME || binding.how[i] == BIND_ELSEWHERE)
			continue;
		out->described++;
		if (binding.how[i] == BIND_EXACT) {
			out->matched++;
		} else if (out->stranger_count < sizeof out->strangers / sizeof *out->strangers) {
			const struct graph_function *function = binding.how[i] == BIND_MOVED
				? &graph->functions[graph->function_of[binding.symbol[i]]] : NULL;
			out->strangers[out->stranger_count++] = (struct observed_stranger){
				observation->strings[row->file_string], observation->strings[row->name_string], row->line,
				function ? function->line : 0};
		}
	}
	arena_destroy(scratch);
}

void observed_identify(const struct graph *graph, const struct observation *observation, struct observed_identity *out)
{
	struct binder *binder = binder_create(graph);
	binder_identify(binder, observation, out);
	binder_destroy(binder);
}

bool observed_is_foreign(const struct observed_identity *identity)
{
	return (double)identity->matched < OBSERVED_MATCH_WANTED * (double)identity->described;
}
