/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file and which function of the older release is which of the newer one. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/drift_internal.h"

#define SAME_FILE 0.5   /* of the definitions of the one that has more must be in both */
#define SAME_NAME 0.2   /* likewise where both alone have their base name */
#define SMALL_BODY 5    /* lines of code: a shorter body that calls nothing looks like many others */

/* ---- files ---- */

struct definition { uint32_t name /* interned kind and name */, file; uint8_t side; };
struct candidate { uint32_t old, new; double score; };

struct matching {
	struct drifting *d;
	struct interner *names;
	struct definition *definitions; size_t count, capacity;
	uint32_t *counts;        /* per file: definitions in it */
	struct candidate *candidates; size_t candidate_count, candidate_capacity;
};

static bool is_gone(const struct drifting *d, uint32_t file)
{
	return d->in->files[file].sides == DRIFT_IN_OLD && d->out->file_now[file] == DRIFT_NONE;
}

static bool is_fresh(const struct drifting *d, uint32_t file)
{
	return d->in->files[file].sides == DRIFT_IN_NEW && d->out->file_before[file] == DRIFT_NONE;
}

static void define(struct matching *m, uint32_t symbol, uint32_t file, uint8_t sides)
{
	const struct drift_symbol *row = &m->d->in->symbols[symbol];
	if (file == DRIFT_NONE || (!is_gone(m->d, file) && !is_fresh(m->d, file)))
		return;
	char key[400];
	int length = snprintf(key, sizeof key, "%u\t%.380s", row->kind, row->name);
	mem_grow(&m->definitions, &m->capacity, m->count + 1, sizeof *m->definitions);
	m->definitions[m->count++] = (struct definition){interner_add(m->names, key, (size_t)length), file, sides};
	m->counts[file]++;
}

static void collect_definitions(struct matching *m)
{
	const struct drift_input *in = m->d->in;
	for (size_t i = 0; i < in->functions_count; i++)
		define(m, in->functions[i].symbol, in->functions[i].file, in->functions[i].sides);
	for (size_t i = 0; i < in->types_count; i++)
		define(m, in->types[i].symbol, in->types[i].file, in->types[i].sides);
	for (size_t i = 0; i < in->variables_count; i++)
		define(m, in->variables[i].symbol, in->variables[i].file, in->variables[i].sides);
	for (size_t i = 0; i < in->macros_count; i++)
		define(m, in->macros[i].symbol, in->macros[i].file, in->macros[i].sides);
	for (size_t i = 0; i < in->declarations_count; i++)
		if (!in->declarations[i].is_definition)
			define(m, in->declarations[i].symbol, in->declarations[i].file, in->declarations[i].sides);
}

static int compare_definitions(const void *a, const void *b)
{
	const struct definition *x = a, *y = b;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	if (x->side != y->side)
		return x->side < y->side ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

#define MANY_HOLDERS 32 /* a name that so many gone or new files define tells nothing */

/* Counts for each pair of a gone and a new file how many definitions both have. */
static struct map64 *count_shared(struct matching *m)
{
	struct map64 *shared = map64_create();
	if (m->count)
		qsort(m->definitions, m->count, sizeof *m->definitions, compare_definitions);
	for (size_t i = 0, end; i < m->count; i = end) {
		size_t split = i;
		for (end = i; end < m->count && m->definitions[end].name == m->definitions[i].name; end++)
			split += m->definitions[end].side == DRIFT_IN_OLD;
		if (split - i > MANY_HOLDERS || end - split > MANY_HOLDERS)
			continue;
		for (size_t a = i; a < split; a++)
			for (size_t b = split; b < end; b++) {
				uint64_t key = (uint64_t)m->definitions[a].file << 32 | m->definitions[b].file;
				uint32_t count = 0;
				if (!map64_get(shared, key, &count)) {
					mem_grow(&m->candidates, &m->candidate_capacity, m->candidate_count + 1, sizeof *m->candidates);
					m->candidates[m->candidate_count++] =
						(struct candidate){m->definitions[a].file, m->definitions[b].file, 0};
				}
				map64_put(shared, key, count + 1);
			}
	}
	return shared;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->old != y->old)
		return x->old < y->old ? -1 : 1;
	return x->new < y->new ? -1 : x->new > y->new;
}

static void match(struct drifting *d, uint32_t old, uint32_t new)
{
	d->out->file_now[old] = new;
	d->out->file_before[new] = old;
}

static void match_by_content(struct matching *m, struct map64 *shared)
{
	for (size_t i = 0; i < m->candidate_count; i++) {
		struct candidate *row = &m->candidates[i];
		uint32_t count = 0, a = m->counts[row->old], b = m->counts[row->new];
		map64_get(shared, (uint64_t)row->old << 32 | row->new, &count);
		row->score = (double)count / (a > b ? a : b);
	}
	if (m->candidate_count)
		qsort(m->candidates, m->candidate_count, sizeof *m->candidates, compare_candidates);
	for (size_t i = 0; i < m->candidate_count && m->candidates[i].score > SAME_FILE; i++)
		if (is_gone(m->d, m->candidates[i].old) && is_fresh(m->d, m->candidates[i].new))
			match(m->d, m->candidates[i].old, m->candidates[i].new);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* A base name that just one gone and one new file have: it moved to another folder, unless what they hold differs. */
static void match_by_name(struct matching *m, struct map64 *shared)
{
	struct drifting *d = m->d;
	struct interner *bases = interner_create();
	uint32_t *gone = mem_zalloc(d->in->files_count + 1, sizeof *gone), *fresh = mem_zalloc(d->in->files_count + 1, sizeof *fresh);
	uint32_t *which = mem_zalloc(d->in->files_count + 1, sizeof *which);
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		uint32_t base = interner_add_string(bases, base_of(d->in->files[f].path));
		if (is_gone(d, f)) {
			gone[base]++;
			which[base] = f;
		}
		fresh[base] += is_fresh(d, f);
	}
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		uint32_t base = interner_add_string(bases, base_of(d->in->files[f].path)), count = 0;
		if (!is_fresh(d, f) || gone[base] != 1 || fresh[base] != 1)
			continue;
		uint32_t a = m->counts[which[base]], b = m->counts[f];
		map64_get(shared, (uint64_t)which[base] << 32 | f, &count);
		if (!a == !b && count >= SAME_NAME * (a > b ? a : b))
			match(d, which[base], f);
	}
	interner_destroy(bases);
	free(gone);
	free(fresh);
	free(which);
}

void drift_match_files(struct drifting *d)
{
	size_t count = d->in->files_count;
	struct matching m = {.d = d, .names = interner_create(), .counts = mem_zalloc(count + 1, sizeof *m.counts)};
	d->out->file_now = mem_zalloc(count + 1, sizeof *d->out->file_now);
	d->out->file_before = mem_zalloc(count + 1, sizeof *d->out->file_before);
	for (uint32_t f = 0; f < count; f++)
		d->out->file_now[f] = d->out->file_before[f] =
			d->in->files[f].sides == (DRIFT_IN_OLD | DRIFT_IN_NEW) ? f : DRIFT_NONE;
	for (uint32_t f = 0; f < count; f++) {
		uint32_t before = d->in->files[f].git_before;
		if (is_fresh(d, f) && before != DRIFT_NONE && is_gone(d, before))
			match(d, before, f);
	}
	collect_definitions(&m);
	struct map64 *shared = count_shared(&m);
	match_by_content(&m, shared);
	match_by_name(&m, shared);
	d->renamed = mem_zalloc(count + 1, sizeof *d->renamed);
	for (uint32_t f = 0; f < count; f++) {
		d->out->files_removed += is_gone(d, f);
		d->out->files_added += is_fresh(d, f);
		if (d->out->file_before[f] != DRIFT_NONE && d->out->file_before[f] != f)
			d->renamed[d->renamed_count++] = f;
	}
	map64_destroy(shared);
	interner_destroy(m.names);
	free(m.definitions);
	free(m.candidates);
	free(m.counts);
}

/* ---- functions ---- */

struct naming { struct drifting *d; struct interner *keys; uint32_t *symbol; };

static uint32_t key_of(struct interner *keys, const struct drift_symbol *row, const char *scope, bool add)
{
	struct buf key;
	uint32_t id = DRIFT_NONE;
	buf_init(&key, BUF_NO_CEILING);
	buf_printf(&key, "%u\t%s\t%s", row->kind, row->name, scope);
	if (add)
		id = interner_add(keys, key.data, key.length);
	else if (!interner_find(keys, key.data, key.length, &id))
		id = DRIFT_NONE;
	buf_finish(&key);
	return id;
}

/* What a file scopes goes with the file. */
static void map_scopes(struct drifting *d)
{
	const struct drift_input *in = d->in;
	d->symbol_now = mem_zalloc(in->symbols_count + 1, sizeof *d->symbol_now);
	d->symbol_before = mem_zalloc(in->symbols_count + 1, sizeof *d->symbol_before);
	for (uint32_t i = 0; i < in->symbols_count; i++)
		d->symbol_now[i] = d->symbol_before[i] = i;
	if (!d->renamed_count)
		return;
	struct interner *keys = interner_create();
	for (uint32_t i = 0; i < in->symbols_count; i++)
		key_of(keys, &in->symbols[i], in->symbols[i].scope, true); /* distinct: the id is the symbol */
	for (uint32_t i = 0; i < in->symbols_count; i++) {
		uint32_t file = *in->symbols[i].scope ? drift_file_find(d, in->symbols[i].scope) : DRIFT_NONE;
		if (file == DRIFT_NONE || d->out->file_now[file] == file || d->out->file_now[file] == DRIFT_NONE)
			continue;
		uint32_t now = key_of(keys, &in->symbols[i], in->files[d->out->file_now[file]].path, false);
		if (now == DRIFT_NONE)
			continue;
		d->symbol_now[i] = now;
		d->symbol_before[now] = i;
	}
	interner_destroy(keys);
}

static void match_functions(struct drifting *d, uint32_t old, uint32_t new)
{
	d->function_now[old] = new;
	d->function_before[new] = old;
	uint32_t a = d->in->functions[old].symbol, b = d->in->functions[new].symbol;
	d->symbol_now[a] = b;
	d->symbol_before[b] = a;
}

/* A body as far as it does not depend on names: what a renamed function keeps. 0: too little to tell it by. */
static uint64_t *bodies_of(struct drifting *d)
{
	const struct drift_input *in = d->in;
	uint64_t *bodies = mem_zalloc(in->functions_count + 1, sizeof *bodies);
	uint64_t *callees[2];
	for (unsigned side = 0; side < 2; side++)
		callees[side] = mem_zalloc(in->symbols_count + 1, sizeof *callees[side]);
	for (size_t i = 0; i < in->calls_count; i++) {
		const struct drift_call *call = &in->calls[i];
		/* A sum, so that no order is needed; a function that calls itself says so under any name. */
		const char *name = call->caller == call->callee ? "" : in->symbols[call->callee].name;
		uint64_t hash = hash_bytes64(name, strlen(name)) | 1;
		if (drift_is_old(call->sides))
			callees[0][call->caller] += hash;
		if (drift_is_new(call->sides))
			callees[1][call->caller] += hash;
	}
	for (size_t i = 0; i < in->functions_count; i++) {
		const struct drift_function *row = &in->functions[i];
		uint64_t calls = callees[row->sides != DRIFT_IN_OLD][row->symbol];
		if (!calls && row->code_lines < SMALL_BODY)
			continue;
		struct hasher *hasher = hasher_create();
		uint64_t numbers[] = {calls, row->code_lines, row->cyclomatic, row->cognitive, row->parameters};
		hasher_add(hasher, numbers, sizeof numbers);
		hasher_add_string(hasher, row->signature);
		bodies[i] = hasher_result(hasher).low | 1;
		hasher_destroy(hasher);
	}
	free(callees[0]);
	free(callees[1]);
	return bodies;
}

enum likeness { BY_PLACE, BY_NAME, BY_BODY };

struct unmatched { const char *name; uint64_t key; uint32_t row, file; bool is_new; };

static int compare_unmatched(const void *a, const void *b)
{
	const struct unmatched *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	if (order)
		return order;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->is_new != y->is_new)
		return x->is_new ? 1 : -1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Among what is left, one gone and one new function that alone share a key are the same: name within one file (it became
 * static, or another program has one of that name now), name and type anywhere, or body within one file. */
static void match_left(struct drifting *d, enum likeness likeness, const uint64_t *bodies)
{
	const struct drift_input *in = d->in;
	struct unmatched *list = NULL;
	size_t count = 0, capacity = 0;
	for (uint32_t i = 0; i < in->functions_count; i++) {
		const struct drift_function *row = &in->functions[i];
		bool is_new = row->sides == DRIFT_IN_NEW;
		if (row->sides == (DRIFT_IN_OLD | DRIFT_IN_NEW) || (is_new ? d->function_before : d->function_now)[i] != DRIFT_NONE ||
		    (likeness == BY_BODY && !bodies[i]))
			continue;
		uint32_t file = is_new || d->out->file_now[row->file] == DRIFT_NONE ? row->file : d->out->file_now[row->file];
		mem_grow(&list, &capacity, count + 1, sizeof *list);
		list[count++] = (struct unmatched){likeness == BY_BODY ? "" : in->symbols[row->symbol].name,
			likeness == BY_NAME ? hash_bytes64(row->signature, strlen(row->signature)) : likeness == BY_BODY ? bodies[i] : 0, i,
			likeness == BY_NAME ? 0 : file, is_new};
	}
	if (count)
		qsort(list, count, sizeof *list, compare_unmatched);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && list[end].key == list[i].key && list[end].file == list[i].file &&
				  !strcmp(list[end].name, list[i].name); end++)
			;
		if (end == i + 2 && !list[i].is_new && list[i + 1].is_new)
			match_functions(d, list[i].row, list[i + 1].row);
	}
	free(list);
}

void drift_match_functions(struct drifting *d)
{
	const struct drift_input *in = d->in;
	map_scopes(d);
	d->old_function = mem_alloc((in->symbols_count + 1) * sizeof *d->old_function);
	d->new_function = mem_alloc((in->symbols_count + 1) * sizeof *d->new_function);
	d->function_now = mem_alloc((in->functions_count + 1) * sizeof *d->function_now);
	d->function_before = mem_alloc((in->functions_count + 1) * sizeof *d->function_before);
	memset(d->old_function, 0xff, (in->symbols_count + 1) * sizeof *d->old_function);
	memset(d->new_function, 0xff, (in->symbols_count + 1) * sizeof *d->new_function);
	memset(d->function_now, 0xff, (in->functions_count + 1) * sizeof *d->function_now);
	memset(d->function_before, 0xff, (in->functions_count + 1) * sizeof *d->function_before);
	for (uint32_t i = 0; i < in->functions_count; i++) {
		if (drift_is_old(in->functions[i].sides))
			d->old_function[in->functions[i].symbol] = i;
		if (drift_is_new(in->functions[i].sides))
			d->new_function[in->functions[i].symbol] = i;
	}
	for (uint32_t i = 0; i < in->functions_count; i++) {
		uint32_t now = drift_is_old(in->functions[i].sides) ? d->new_function[d->symbol_now[in->functions[i].symbol]] : DRIFT_NONE;
		if (now != DRIFT_NONE)
			match_functions(d, i, now);
	}
	uint64_t *bodies = bodies_of(d);
	match_left(d, BY_PLACE, bodies);
	match_left(d, BY_NAME, bodies);
	match_left(d, BY_BODY, bodies);
	free(bodies);
	d->renamed_functions = mem_alloc((in->functions_count + 1) * sizeof *d->renamed_functions);
	for (uint32_t i = 0; i < in->functions_count; i++) {
		uint32_t before = d->function_before[i];
		if (before != DRIFT_NONE && strcmp(drift_symbol_name(d, in->functions[before].symbol), drift_symbol_name(d, in->functions[i].symbol)) != 0)
			d->renamed_functions[d->renamed_function_count++] = i;
		d->out->functions_removed += in->functions[i].sides == DRIFT_IN_OLD && d->function_now[i] == DRIFT_NONE;
		d->out->functions_added += in->functions[i].sides == DRIFT_IN_NEW && d->function_before[i] == DRIFT_NONE;
	}
}

/* ---- what is told of it ---- */

static void tell_renamed_file(struct drifting *d, uint32_t old, uint32_t new)
{
	const char *before = d->in->files[old].path, *now = d->in->files[new].path;
	struct drift_event *event = drift_add(d, DRIFT_FILE_RENAMED, DRIFT_INFO, now, before, drift_text(d, "was %s", before));
	event->file = now;
}

/* Discovery may put a file elsewhere because its surroundings changed; a domain that was split or merged is told once. */
static void tell_moved_file(struct drifting *d, uint32_t old, uint32_t new)
{
	uint32_t from = drift_domain_of(d, 0, old), to = drift_domain_of(d, 1, new);
	if (from == DRIFT_NONE || to == DRIFT_NONE || d->out->domain_now[from] == to)
		return;
	if ((d->domain_split[1][to] && d->domain_origin[1][to] == from) || (d->domain_split[0][from] && d->domain_origin[0][from] == to))
		return;
	if (d->out->domain_before[to] == DRIFT_NONE || d->out->domain_now[from] == DRIFT_NONE)
		return; /* told by the domain that is new or gone */
	const char *path = d->in->files[new].path;
	struct drift_event *event = drift_add(d, DRIFT_FILE_MOVED, DRIFT_MINOR, path, d->in->files[old].path,
		drift_text(d, "from %s to %s", drift_domain_name(d, 0, from), drift_domain_name(d, 1, to)));
	event->file = path;
}

static void tell_function(struct drifting *d, uint32_t old, uint32_t new)
{
	const struct drift_function *before = &d->in->functions[old], *now = &d->in->functions[new];
	const char *was = drift_symbol_name(d, before->symbol), *is = drift_symbol_name(d, now->symbol);
	bool is_renamed = strcmp(was, is) != 0;
	if (!is_renamed && d->out->file_now[before->file] == now->file)
		return;
	const char *old_path = d->in->files[before->file].path, *path = d->in->files[now->file].path;
	struct drift_event *event =
		is_renamed ? drift_add(d, DRIFT_FUNCTION_RENAMED, DRIFT_INFO, is, drift_text(d, "%s:%s", old_path, was), drift_text(d, "was %s", was))
			   : drift_add(d, DRIFT_FUNCTION_MOVED, DRIFT_INFO, is, drift_text(d, "%s:%s", old_path, was),
				       drift_text(d, "from %s to %s", old_path, path));
	event->file = path;
	event->line = now->line;
}

void drift_tell_files(struct drifting *d)
{
	for (uint32_t f = 0; f < d->in->files_count; f++) {
		uint32_t now = d->out->file_now[f];
		if (now == DRIFT_NONE)
			continue;
		if (now != f)
			tell_renamed_file(d, f, now);
		tell_moved_file(d, f, now);
	}
	for (uint32_t i = 0; i < d->in->functions_count; i++)
		if (drift_is_old(d->in->functions[i].sides) && d->function_now[i] != DRIFT_NONE && d->function_now[i] != i)
			tell_function(d, i, d->function_now[i]);
}
