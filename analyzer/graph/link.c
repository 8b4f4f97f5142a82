/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The linker: which definition a name means, seen from which file. Knows nothing of rows other than symbols,
 * definitions and includes.
 *
 * External names: a strong definition beats weak and inline-only ones. Where several files define one name (a main per
 * program, alternative implementations), each definition is a symbol of its own, and a reference means the one in its
 * own file, else the one that shares the longest folder prefix; a tie is ambiguous. A name that the codebase defines but
 * declares nowhere, and that a file knows from a system header, means the system's there: the malloc of one test program
 * is not what all the code calls.
 * Tags: the definition in the same file, else one in a file that is included (transitively), else the first by path. */
#include "graph/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void linker_init(struct linker *linker, struct arena *arena)
{
	*linker = (struct linker){
		.arena = arena, .paths = interner_create(), .keys = interner_create(), .names = interner_create(),
		.closure = map64_create(),
	};
}

void linker_finish(struct linker *linker)
{
	interner_destroy(linker->paths);
	interner_destroy(linker->keys);
	interner_destroy(linker->names);
	map64_destroy(linker->closure);
	for (size_t i = 0; i < linker->candidates_capacity; i++)
		free(linker->candidates[i].items);
	free(linker->candidates);
	for (size_t i = 0; i < linker->chunk_count; i++) {
		free(linker->chunks[i].symbols);
		free(linker->chunks[i].is_of_system);
	}
	free(linker->chunks);
	free(linker->symbols);
	free(linker->include_first);
	free(linker->include_target);
}

static void add_definition(struct linker *linker, uint32_t name, uint32_t file, bool weak)
{
	struct candidates *candidates = &linker->candidates[name];
	for (size_t i = 0; i < candidates->count; i++) {
		if (candidates->items[i].file == file) {
			candidates->items[i].weak &= weak;
			return;
		}
	}
	mem_grow(&candidates->items, &candidates->capacity, candidates->count + 1, sizeof *candidates->items);
	candidates->items[candidates->count++] = (struct link_definition){file, weak, GRAPH_NONE};
}

static bool is_name(const struct facts_symbol *symbol)
{
	bool is_tag = symbol->kind == SYMBOL_STRUCT || symbol->kind == SYMBOL_UNION || symbol->kind == SYMBOL_ENUM;
	return symbol->scope == SCOPE_EXTERNAL || symbol->scope == SCOPE_TAG || (symbol->scope == SCOPE_FILE && is_tag);
}

static void take_names(struct linker *linker, struct link_chunk *chunk)
{
	const struct facts *facts = &chunk->facts;
	size_t room = (size_t)facts->symbols_count + 1, count = 0, at = 0;
	const char **texts = mem_alloc(room * sizeof *texts);
	size_t *lengths = mem_alloc(room * sizeof *lengths);
	uint32_t *ids = mem_alloc(room * sizeof *ids);
	struct buf keys; /* kind and name, of one after the other */
	buf_init(&keys, BUF_NO_CEILING);
	for (uint32_t i = 0; i < facts->symbols_count; i++) {
		if (!is_name(&facts->symbols[i]))
			continue;
		const char *name = facts->strings[facts->symbols[i].name_string];
		size_t length = strlen(name);
		buf_append_char(&keys, (char)facts->symbols[i].kind);
		buf_append(&keys, name, length);
		lengths[count++] = length + 1;
	}
	for (size_t i = 0; i < count; at += lengths[i++])
		texts[i] = keys.data + at;
	interner_add_many(linker->names, texts, lengths, count, ids);
	mem_grow_zeroed(&linker->candidates, &linker->candidates_capacity, interner_count(linker->names), sizeof *linker->candidates);
	chunk->names = arena_alloc(linker->arena, room * sizeof *chunk->names);
	count = 0;
	for (uint32_t i = 0; i < facts->symbols_count; i++)
		chunk->names[i] = is_name(&facts->symbols[i]) ? ids[count++] : GRAPH_NONE;
	buf_finish(&keys);
	free(texts);
	free(lengths);
	free(ids);
}

static void take_definitions(struct linker *linker, const struct link_chunk *chunk)
{
	const struct facts *facts = &chunk->facts;
	for (uint32_t i = 0; i < facts->functions_count; i++) {
		const struct facts_function *row = &facts->functions[i];
		if (facts->symbols[row->symbol].scope != SCOPE_EXTERNAL)
			continue;
		if (!(row->flags & (FUNCTION_DEFINITION | FUNCTION_IMPLICIT)))
			linker->candidates[chunk->names[row->symbol]].is_declared = true;
		else if (row->flags & FUNCTION_DEFINITION)
			add_definition(linker, chunk->names[row->symbol], chunk->file, row->flags & (FUNCTION_WEAK | FUNCTION_INLINE_ONLY));
	}
	for (uint32_t i = 0; i < facts->variables_count; i++) {
		const struct facts_variable *row = &facts->variables[i];
		if (facts->symbols[row->symbol].scope != SCOPE_EXTERNAL)
			continue;
		if (!(row->flags & VARIABLE_DEFINITION))
			linker->candidates[chunk->names[row->symbol]].is_declared = true;
		else
			/* "int x;" in a header is a tentative definition in many units: initialised ones are stronger */
			add_definition(linker, chunk->names[row->symbol], chunk->file, row->flags & VARIABLE_WEAK);
	}
	for (uint32_t i = 0; i < facts->types_count; i++) {
		uint32_t symbol = facts->types[i].symbol;
		if ((facts->types[i].flags & TYPE_DEFINITION) && facts->symbols[symbol].scope == SCOPE_FILE && chunk->names[symbol] != GRAPH_NONE)
			add_definition(linker, chunk->names[symbol], chunk->file, false);
	}
}

void linker_add(struct linker *linker, const struct facts *facts)
{
	mem_grow(&linker->chunks, &linker->chunk_capacity, linker->chunk_count + 1, sizeof *linker->chunks);
	struct link_chunk *chunk = &linker->chunks[linker->chunk_count++];
	*chunk = (struct link_chunk){.facts = *facts, .file = interner_add_string(linker->paths, facts->strings[facts->files[0].path_string])};
	take_names(linker, chunk);
	take_definitions(linker, chunk);
}

static int compare_definitions(const void *a, const void *b, void *context)
{
	const struct linker *linker = context;
	const struct link_definition *x = a, *y = b;
	return strcmp(interner_text(linker->paths, x->file), interner_text(linker->paths, y->file));
}

static void collect_includes(struct linker *linker)
{
	uint32_t files = interner_count(linker->paths);
	linker->include_first = mem_zalloc((size_t)files + 2, sizeof *linker->include_first);
	size_t total = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t c = 0; c < linker->chunk_count; c++) {
			const struct link_chunk *chunk = &linker->chunks[c];
			for (uint32_t i = 0; i < chunk->facts.includes_count; i++) {
				const struct facts_include *row = &chunk->facts.includes[i];
				uint32_t target;
				const char *path = chunk->facts.strings[row->file_string];
				if (row->flags & (INCLUDE_OUTSIDE | INCLUDE_MISSING) ||
				    !interner_find(linker->paths, path, strlen(path), &target))
					continue;
				if (pass == 0) {
					linker->include_first[chunk->file + 2]++;
					total++;
				} else {
					linker->include_target[linker->include_first[chunk->file + 1]++] = target;
				}
			}
		}
		if (pass == 0) {
			for (uint32_t i = 2; i < files + 2; i++)
				linker->include_first[i] += linker->include_first[i - 1];
			linker->include_target = mem_alloc((total + 1) * sizeof *linker->include_target);
		}
	}
}

static bool is_defined_in(const struct candidates *candidates, uint32_t file)
{
	for (size_t i = 0; i < candidates->count; i++)
		if (candidates->items[i].file == file)
			return true;
	return false;
}

/* Which names of a chunk mean the system's, all definitions and declarations being known. */
static void find_system_names(struct linker *linker, struct link_chunk *chunk)
{
	const struct facts *facts = &chunk->facts;
	chunk->is_of_system = mem_zalloc((size_t)facts->symbols_count + 1, sizeof *chunk->is_of_system);
	for (uint32_t i = 0; i < facts->references_count; i++) {
		const struct facts_reference *row = &facts->references[i];
		const struct facts_symbol *symbol = &facts->symbols[row->to_symbol];
		if (!(row->flags & REF_SYSTEM) || symbol->scope != SCOPE_EXTERNAL || chunk->is_of_system[row->to_symbol])
			continue;
		struct candidates *candidates = &linker->candidates[chunk->names[row->to_symbol]];
		if (!candidates->count || candidates->is_declared || is_defined_in(candidates, chunk->file))
			continue;
		chunk->is_of_system[row->to_symbol] = true;
		candidates->is_of_system = true;
	}
}

void linker_collect(struct linker *linker)
{
	for (size_t c = 0; c < linker->chunk_count; c++)
		find_system_names(linker, &linker->chunks[c]);
	for (uint32_t i = 0; i < interner_count(linker->names); i++) {
		struct candidates *candidates = &linker->candidates[i];
		if (candidates->count > 1)
			qsort_r(candidates->items, candidates->count, sizeof *candidates->items, compare_definitions, linker);
	}
	collect_includes(linker);
}

static uint32_t symbol_add(struct linker *linker, uint32_t kind, const char *name, const char *scope_path, uint32_t parent)
{
	struct buf key;
	buf_init(&key, BUF_NO_CEILING);
	buf_append_char(&key, (char)kind);
	buf_append(&key, name, strlen(name) + 1);
	buf_append(&key, scope_path, strlen(scope_path) + 1);
	buf_append(&key, &parent, sizeof parent);
	uint32_t before = interner_count(linker->keys);
	uint32_t id = interner_add(linker->keys, key.data, key.length);
	buf_finish(&key);
	if (interner_count(linker->keys) > before) {
		mem_grow(&linker->symbols, &linker->symbol_capacity, linker->symbol_count + 1, sizeof *linker->symbols);
		linker->symbols[linker->symbol_count++] = (struct link_symbol){
			.kind = (uint8_t)kind, .name = arena_strdup(linker->arena, name),
			.scope_path = arena_strdup(linker->arena, scope_path), .parent = parent, .file = GRAPH_NONE,
		};
	}
	return id;
}

static size_t shared_folders(const char *a, const char *b)
{
	size_t folders = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		folders += a[i] == '/';
	return folders;
}

/* Narrows candidates for a reference from file; returns how many are equally good, best[] holds them. */
static size_t nearest(struct linker *linker, const struct candidates *candidates, uint32_t file, uint32_t *best, size_t max)
{
	size_t count = 0, deepest = 0;
	bool strong = false;
	if (candidates->count == 1) { /* most are */
		best[0] = 0;
		return 1;
	}
	for (size_t i = 0; i < candidates->count; i++)
		strong |= !candidates->items[i].weak;
	for (size_t i = 0; i < candidates->count; i++) {
		if (strong && candidates->items[i].weak)
			continue;
		if (candidates->items[i].file == file) {
			best[0] = (uint32_t)i;
			return 1;
		}
		size_t depth = shared_folders(interner_text(linker->paths, file),
					      interner_text(linker->paths, candidates->items[i].file));
		if (!count || depth > deepest) {
			deepest = depth;
			count = 0;
		}
		if (depth == deepest && count < max)
			best[count++] = (uint32_t)i;
	}
	return count;
}

static bool includes_file(struct linker *linker, uint32_t from, uint32_t target)
{
	uint32_t files = interner_count(linker->paths);
	bool *seen = mem_zalloc(files, sizeof *seen);
	uint32_t *queue = mem_alloc(files * sizeof *queue), head = 0, tail = 0;
	bool found = false;
	queue[tail++] = from;
	seen[from] = true;
	while (head < tail && !found) {
		uint32_t at = queue[head++];
		for (uint32_t i = linker->include_first[at]; i < linker->include_first[at + 1]; i++) {
			uint32_t next = linker->include_target[i];
			found |= next == target;
			if (!seen[next]) {
				seen[next] = true;
				queue[tail++] = next;
			}
		}
	}
	free(seen);
	free(queue);
	return found;
}

static uint32_t tag_definition(struct linker *linker, uint32_t id, uint32_t file)
{
	const struct candidates *candidates = &linker->candidates[id];
	if (candidates->count <= 1)
		return 0;
	uint64_t key = (uint64_t)id << 32 | file;
	uint32_t chosen = 0;
	if (map64_get(linker->closure, key, &chosen))
		return chosen;
	bool found = false;
	for (uint32_t i = 0; i < candidates->count && !found; i++)
		if (candidates->items[i].file == file) {
			chosen = i;
			found = true;
		}
	for (uint32_t i = 0; i < candidates->count && !found && candidates->count <= 32; i++)
		if (includes_file(linker, file, candidates->items[i].file)) {
			chosen = i;
			found = true;
		}
	map64_put(linker->closure, key, chosen);
	return chosen;
}

static uint32_t definition_symbol(struct linker *linker, uint32_t id, uint32_t kind, const char *name, uint32_t index)
{
	struct link_definition *definition = &linker->candidates[id].items[index];
	if (definition->symbol != GRAPH_NONE)
		return definition->symbol;
	bool type = kind != SYMBOL_FUNCTION && kind != SYMBOL_VARIABLE;
	size_t strong = 0;
	for (size_t i = 0; i < linker->candidates[id].count; i++)
		strong += !linker->candidates[id].items[i].weak;
	/* One global symbol: the only definition, or the only strong one, unless the global one is the system's. */
	bool global = !type && !linker->candidates[id].is_of_system && (linker->candidates[id].count == 1 || (strong == 1 && !definition->weak));
	const char *path = interner_text(linker->paths, definition->file);
	uint32_t symbol = symbol_add(linker, kind, name, global ? "" : path, GRAPH_NONE);
	linker->symbols[symbol].file = definition->file;
	linker->symbols[symbol].is_defined = true;
	linker->candidates[id].items[index].symbol = symbol;
	return symbol;
}

static uint32_t bind_symbol(struct linker *linker, struct link_chunk *chunk, uint32_t index, int depth)
{
	if (chunk->symbols[index] != GRAPH_NONE || depth > 16)
		return chunk->symbols[index];
	const struct facts *facts = &chunk->facts;
	const struct facts_symbol *symbol = &facts->symbols[index];
	const char *name = facts->strings[symbol->name_string];
	uint32_t result = GRAPH_NONE, parent;
	switch ((enum symbol_scope)symbol->scope) {
	case SCOPE_EXTERNAL: {
		uint32_t id = chunk->names[index], best[1];
		if (linker->candidates[id].count && !chunk->is_of_system[index] &&
		    nearest(linker, &linker->candidates[id], chunk->file, best, 1))
			result = definition_symbol(linker, id, symbol->kind, name, best[0]);
		else
			result = symbol_add(linker, symbol->kind, name, "", GRAPH_NONE);
		break;
	}
	case SCOPE_TAG: {
		uint32_t id = chunk->names[index];
		if (linker->candidates[id].count)
			result = definition_symbol(linker, id, symbol->kind, name, tag_definition(linker, id, chunk->file));
		else
			result = symbol_add(linker, symbol->kind, name, "", GRAPH_NONE);
		break;
	}
	case SCOPE_FILE:
		result = symbol_add(linker, symbol->kind, name, facts->strings[symbol->file_string], GRAPH_NONE);
		break;
	case SCOPE_MEMBER:
	case SCOPE_LOCAL: {
		parent = bind_symbol(linker, chunk, symbol->parent_symbol, depth + 1);
		if (parent == GRAPH_NONE)
			break;
		struct buf full;
		buf_init(&full, BUF_NO_CEILING);
		if (symbol->kind != SYMBOL_ENUMERATOR)
			buf_printf(&full, "%s.", linker->symbols[parent].name);
		buf_append_string(&full, name);
		if (symbol->ordinal)
			buf_printf(&full, "#%u", symbol->ordinal);
		const char *path = symbol->scope == SCOPE_LOCAL ? interner_text(linker->paths, chunk->file)
								: linker->symbols[parent].scope_path;
		result = symbol_add(linker, symbol->kind, full.data, path, parent);
		buf_finish(&full);
		break;
	}
	case SCOPE_END:
		break;
	}
	chunk->symbols[index] = result;
	return result;
}

/* Definitions of names that are bound next, fetched while others are: they lie anywhere. */
static void fetch_ahead(const struct linker *linker, const struct link_chunk *chunk, uint32_t index)
{
	enum { FAR = 16, NEAR = 8 };
	uint32_t count = chunk->facts.symbols_count;
	if (index + FAR < count && chunk->names[index + FAR] != GRAPH_NONE)
		__builtin_prefetch(&linker->candidates[chunk->names[index + FAR]]);
	if (index + NEAR < count && chunk->names[index + NEAR] != GRAPH_NONE)
		__builtin_prefetch(linker->candidates[chunk->names[index + NEAR]].items);
}

void linker_bind(struct linker *linker)
{
	for (size_t c = 0; c < linker->chunk_count; c++) {
		struct link_chunk *chunk = &linker->chunks[c];
		chunk->symbols = mem_alloc(((size_t)chunk->facts.symbols_count + 1) * sizeof *chunk->symbols);
		memset(chunk->symbols, 0xff, ((size_t)chunk->facts.symbols_count + 1) * sizeof *chunk->symbols);
		for (uint32_t i = 0; i < chunk->facts.symbols_count; i++) {
			fetch_ahead(linker, chunk, i);
			bind_symbol(linker, chunk, i, 0);
		}
	}
}

size_t linker_targets(struct linker *linker, const struct link_chunk *chunk, uint32_t index, uint32_t *out, size_t max)
{
	const struct facts_symbol *symbol = &chunk->facts.symbols[index];
	const char *name = chunk->facts.strings[symbol->name_string];
	if (symbol->scope == SCOPE_EXTERNAL) {
		uint32_t id = chunk->names[index];
		if (linker->candidates[id].count > 1 && !chunk->is_of_system[index]) {
			uint32_t best[64];
			size_t count = nearest(linker, &linker->candidates[id], chunk->file, best, max < 64 ? max : 64);
			for (size_t i = 0; i < count; i++)
				out[i] = definition_symbol(linker, id, symbol->kind, name, best[i]);
			return count;
		}
	}
	out[0] = chunk->symbols[index];
	return chunk->symbols[index] != GRAPH_NONE;
}
