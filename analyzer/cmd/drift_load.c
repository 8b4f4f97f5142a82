/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/drift_load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "cmd/git.h"
#include "cmd/public_headers.h"

struct loading {
	struct model *model;
	struct drift_loaded *out;
	struct interner *texts;      /* equal strings are stored once */
	const char **text; size_t text_capacity;
	struct interner *paths;      /* id: index into files */
	struct interner *domains[2]; /* id: index into domains */
	struct map64 *symbols;       /* id in the model -> index into symbols */
	char numbers[2][24];
	const char *parameters[2];   /* the releases' numbers */
	bool knows_public[2];        /* whether anything is stored of what is public */
	char *commits[2];
};

static const char *keep(struct loading *l, const char *text, size_t length)
{
	uint32_t known = interner_count(l->texts), id = interner_add(l->texts, text, length);
	if (id == known) {
		mem_grow(&l->text, &l->text_capacity, (size_t)id + 1, sizeof *l->text);
		l->text[id] = arena_strndup(l->out->strings, text, length);
	}
	return l->text[id];
}

static const char *text_at(struct loading *l, struct rows *rows, size_t column)
{
	size_t length;
	const char *text = rows_text(rows, column, &length);
	return keep(l, text, length);
}

static const char *text_or_null(struct loading *l, struct rows *rows, size_t column)
{
	return rows_type(rows, column) == VALUE_NULL ? NULL : text_at(l, rows, column);
}

static uint32_t number_at(struct rows *rows, size_t column)
{
	int64_t value = rows_integer(rows, column);
	return value < 0 || value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Four columns: id, kind, name, scope. */
static uint32_t symbol_at(struct loading *l, struct rows *rows, size_t column)
{
	uint64_t id = (uint64_t)rows_integer(rows, column);
	uint32_t index;
	if (rows_type(rows, column) == VALUE_NULL)
		return DRIFT_NONE;
	if (map64_get(l->symbols, id, &index))
		return index;
	index = (uint32_t)l->out->input.symbols_count;
	map64_put(l->symbols, id, index);
	*DRIFT_ADD(&l->out->input, symbols) = (struct drift_symbol){(uint8_t)rows_integer(rows, column + 1), text_at(l, rows, column + 2),
								     text_at(l, rows, column + 3)};
	return index;
}

/* A file that no row of the table of files names cannot be: rows of both tables are stored together. */
static uint32_t file_at(struct loading *l, struct rows *rows, size_t column)
{
	size_t length;
	uint32_t id;
	const char *path = rows_text(rows, column, &length);
	return interner_find(l->paths, path, length, &id) ? id : DRIFT_NONE;
}

static uint32_t domain_at(struct loading *l, struct rows *rows, size_t column, unsigned side)
{
	size_t length;
	uint32_t id;
	const char *name = rows_text(rows, column, &length);
	return rows_type(rows, column) != VALUE_NULL && interner_find(l->domains[side], name, length, &id) ? id : DRIFT_NONE;
}

/* ---- one function per table ---- */

static void take_domain(struct loading *l, struct rows *rows)
{
	struct drift_input *in = &l->out->input;
	unsigned sides = number_at(rows, 1);
	for (unsigned side = 0; side < 2; side++) {
		if (!(sides >> side & 1))
			continue;
		const char *name = text_at(l, rows, 0);
		interner_add_string(l->domains[side], name); /* ordered by name: the id is the index */
		mem_grow(&in->domains[side], &in->domain_capacity[side], in->domain_count[side] + 1, sizeof *in->domains[side]);
		in->domains[side][in->domain_count[side]++] = (struct drift_domain){name, rows_integer(rows, 2) != 0, -1,
			rows_type(rows, 3) == VALUE_NULL ? -1 : rows_real(rows, 3)};
	}
}

/* What debt is judged to be once there are findings. */
static void take_domain_debt(struct loading *l, struct rows *rows)
{
	for (unsigned side = 0; side < 2; side++) {
		uint32_t domain = domain_at(l, rows, 0, side);
		if (domain != DRIFT_NONE && rows_type(rows, 1 + side) != VALUE_NULL)
			l->out->input.domains[side][domain].debt = rows_real(rows, 1 + side);
	}
}

static void take_file(struct loading *l, struct rows *rows)
{
	struct drift_input *in = &l->out->input;
	const char *path = text_at(l, rows, 0);
	unsigned sides = number_at(rows, 1);
	uint32_t known = interner_count(l->paths), id = interner_add_string(l->paths, path);
	if (id == known)
		*DRIFT_ADD(in, files) = (struct drift_file){.path = path, .domain = {DRIFT_NONE, DRIFT_NONE}, .git_before = DRIFT_NONE};
	struct drift_file *file = &in->files[id];
	file->sides |= (uint8_t)sides;
	file->is_header |= rows_integer(rows, 3) != 0;
	for (unsigned side = 0; side < 2; side++)
		if (sides >> side & 1) {
			file->domain[side] = domain_at(l, rows, 2, side);
			file->code_lines[side] = number_at(rows, 4);
		}
}

static void take_public_header(struct loading *l, struct rows *rows)
{
	struct drift_input *in = &l->out->input;
	uint32_t id = file_at(l, rows, 0), sides = number_at(rows, 1);
	if (id == DRIFT_NONE)
		return;
	in->files[id].is_public = true;
	for (unsigned side = 0; side < 2; side++)
		if (sides >> side & 1)
			l->knows_public[side] = true;
	if (!rows_integer(rows, 2))
		return;
	in->files[id].installed |= (uint8_t)sides;
	in->files[id].said_in = text_at(l, rows, 3);
	in->files[id].said_line = number_at(rows, 4);
	for (unsigned side = 0; side < 2; side++)
		in->installs[side] |= (sides >> side & 1) != 0;
}

/* One that is reached in one release alone is there once per release, as all that changed is. */
static void take_function(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0), file = file_at(l, rows, 4), sides = number_at(rows, 5);
	bool reached[2] = {rows_integer(rows, 6) != 0, rows_integer(rows, 7) != 0};
	bool is_split = sides == (DRIFT_IN_OLD | DRIFT_IN_NEW) && reached[0] != reached[1];
	if (file == DRIFT_NONE)
		return;
	for (unsigned side = 0; side < 2; side++) {
		if (!(sides >> side & 1) || (side && sides == (DRIFT_IN_OLD | DRIFT_IN_NEW) && !is_split))
			continue;
		*DRIFT_ADD(&l->out->input, functions) = (struct drift_function){
			.symbol = symbol, .file = file, .sides = (uint8_t)(is_split ? 1u << side : sides), .is_reachable = reached[side],
			.is_common = rows_integer(rows, 8) != 0, .line = number_at(rows, 9), .flags = number_at(rows, 10),
			.parameters = number_at(rows, 11), .cyclomatic = number_at(rows, 12), .cognitive = number_at(rows, 13),
			.code_lines = number_at(rows, 14), .signature = text_at(l, rows, 15)};
	}
}

static void take_type(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0), file = file_at(l, rows, 4);
	if (file != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, types) = (struct drift_type){symbol, file, (uint8_t)number_at(rows, 5), number_at(rows, 6),
			text_at(l, rows, 7), text_or_null(l, rows, 8)};
}

static void take_variable(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0), file = file_at(l, rows, 4);
	if (file != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, variables) = (struct drift_variable){symbol, file, (uint8_t)number_at(rows, 5), number_at(rows, 6),
			number_at(rows, 7), text_or_null(l, rows, 8)};
}

static void take_macro(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0), file = file_at(l, rows, 4);
	if (file != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, macros) = (struct drift_macro){symbol, file, (uint8_t)number_at(rows, 5), number_at(rows, 6)};
}

static void take_declaration(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0), file = file_at(l, rows, 4);
	if (file != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, declarations) = (struct drift_declaration){symbol, file, (uint8_t)number_at(rows, 5),
			number_at(rows, 6), rows_integer(rows, 7) != 0};
}

static void take_call(struct loading *l, struct rows *rows)
{
	uint32_t caller = symbol_at(l, rows, 0), callee = symbol_at(l, rows, 4);
	*DRIFT_ADD(&l->out->input, calls) = (struct drift_call){caller, callee, (uint8_t)number_at(rows, 8), number_at(rows, 9),
		(uint64_t)rows_integer(rows, 10)};
}

static void take_dependency(struct loading *l, struct rows *rows)
{
	uint32_t from = file_at(l, rows, 0), to = file_at(l, rows, 1);
	if (from != DRIFT_NONE && to != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, dependencies) = (struct drift_dependency){from, to, (uint8_t)number_at(rows, 2), text_at(l, rows, 3)};
}

static void take_domain_dependency(struct loading *l, struct rows *rows)
{
	for (unsigned side = 0; side < 2; side++) {
		uint32_t from = domain_at(l, rows, 0, side), to = domain_at(l, rows, 1, side);
		if ((number_at(rows, 2) >> side & 1) && from != DRIFT_NONE && to != DRIFT_NONE)
			*DRIFT_ADD(&l->out->input, domain_dependencies) = (struct drift_domain_dependency){from, to, (uint8_t)side,
				rows_real(rows, 3), number_at(rows, 4)};
	}
}

static void take_cycle_member(struct loading *l, struct rows *rows)
{
	for (unsigned side = 0; side < 2; side++)
		if (number_at(rows, 3) >> side & 1)
			*DRIFT_ADD(&l->out->input, cycle_members) = (struct drift_cycle_member){(uint8_t)side, rows_integer(rows, 0) != 0,
				text_at(l, rows, 1), text_at(l, rows, 2)};
}

static void take_finding(struct loading *l, struct rows *rows)
{
	*DRIFT_ADD(&l->out->input, findings) = (struct drift_finding){
		(uint8_t)number_at(rows, 0), text_at(l, rows, 1), text_at(l, rows, 2), text_at(l, rows, 3), text_or_null(l, rows, 4),
		text_or_null(l, rows, 5), text_at(l, rows, 6), text_at(l, rows, 7), text_at(l, rows, 8), number_at(rows, 9)};
}

static void take_metric(struct loading *l, struct rows *rows)
{
	for (unsigned side = 0; side < 2; side++)
		if (number_at(rows, 0) >> side & 1)
			*DRIFT_ADD(&l->out->input, metrics) = (struct drift_metric){(uint8_t)side, text_at(l, rows, 1), text_at(l, rows, 2),
				text_at(l, rows, 3), rows_real(rows, 4)};
}

static void take_entry(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0);
	*DRIFT_ADD(&l->out->input, entries) = (struct drift_entry){symbol, (uint8_t)number_at(rows, 4), text_at(l, rows, 5),
		(uint64_t)rows_integer(rows, 6)};
}

static void take_resource(struct loading *l, struct rows *rows)
{
	uint32_t symbol = symbol_at(l, rows, 0);
	*DRIFT_ADD(&l->out->input, resource_uses) = (struct drift_resource_use){symbol, text_at(l, rows, 5), text_at(l, rows, 6),
		(uint8_t)number_at(rows, 4), rows_integer(rows, 7) != 0, number_at(rows, 8)};
}

static void take_global(struct loading *l, struct rows *rows)
{
	uint32_t variable = symbol_at(l, rows, 0), from = symbol_at(l, rows, 4), file = file_at(l, rows, 8);
	if (file != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, global_uses) = (struct drift_global_use){variable, from, file, (uint8_t)number_at(rows, 9),
			number_at(rows, 10), rows_integer(rows, 11) != 0};
}

static void take_include(struct loading *l, struct rows *rows)
{
	uint32_t file = file_at(l, rows, 0);
	if (file != DRIFT_NONE)
		*DRIFT_ADD(&l->out->input, includes) = (struct drift_include){file, text_at(l, rows, 1), (uint8_t)number_at(rows, 2),
			number_at(rows, 3)};
}

struct loaded_table { const char *query; void (*take)(struct loading *, struct rows *); };
static const struct loaded_table tables[] = { /* domains, files, then any */
	{"drift_domains", take_domain}, {"drift_files", take_file}, {"drift_public_headers", take_public_header},
	{"drift_functions", take_function}, {"drift_types", take_type},
	{"drift_variables", take_variable}, {"drift_macros", take_macro}, {"drift_declarations", take_declaration},
	{"drift_calls", take_call}, {"drift_dependencies", take_dependency}, {"drift_domain_dependencies", take_domain_dependency},
	{"drift_cycles", take_cycle_member}, {"drift_entries", take_entry}, {"drift_resources", take_resource}, {"drift_globals", take_global}, {"drift_includes", take_include},
};
/* What is stored, or changes, when a release is judged: the rest can be read before that. */
static const struct loaded_table judged_tables[] = {
	{"drift_domain_debts", take_domain_debt}, {"drift_findings", take_finding}, {"drift_metrics", take_metric},
};

static int load_tables(struct loading *l, const struct loaded_table *list, size_t count, struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < count; i++) {
		struct rows *rows = NULL;
		bool has_row;
		result = model_query_named(l->model, list[i].query, l->parameters, 2, &rows, err);
		while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
			list[i].take(l, rows);
		rows_close(rows);
	}
	return result;
}

static int load_release(struct loading *l, const char *name, unsigned side, struct err *err)
{
	struct rows *rows = NULL;
	bool has_row;
	char *known = NULL;
	int result = model_release_resolve(l->model, name, &known, err); /* only to refuse one that is not there */
	free(known);
	if (!result)
		result = model_query_named(l->model, "drift_releases", &name, 1, &rows, err);
	if (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		l->out->numbers[side] = rows_integer(rows, 0);
		snprintf(l->numbers[side], sizeof l->numbers[side], "%" PRId64, l->out->numbers[side]);
		l->parameters[side] = l->numbers[side];
		l->out->input.releases[side] = (struct drift_release){text_at(l, rows, 1), number_at(rows, 2), number_at(rows, 3),
								       number_at(rows, 7), number_at(rows, 4), text_at(l, rows, 5)};
		l->commits[side] = mem_strdup(rows_text(rows, 6, NULL));
	}
	rows_close(rows);
	return result;
}

/* What git says was renamed, where some file went and another came. */
static void ask_git(struct loading *l, const char *root)
{
	struct drift_input *in = &l->out->input;
	bool gone = false, fresh = false;
	for (size_t i = 0; i < in->files_count; i++) {
		gone |= in->files[i].sides == DRIFT_IN_OLD;
		fresh |= in->files[i].sides == DRIFT_IN_NEW;
	}
	if (!root || !gone || !fresh || !*l->commits[0] || !*l->commits[1] || !strcmp(l->commits[0], l->commits[1]))
		return;
	size_t length;
	char *pairs = git_renames(root, l->commits[0], l->commits[1], &length);
	for (size_t at = 0; at < length;) {
		const char *from = pairs + at, *to = from + strlen(from) + 1;
		uint32_t old, new;
		at = (size_t)(to - pairs) + strlen(to) + 1;
		if (interner_find(l->paths, from, strlen(from), &old) && interner_find(l->paths, to, strlen(to), &new))
			in->files[new].git_before = old;
	}
	free(pairs);
}

/* ---- causes ---- */

static int give_places(struct loading *l, const struct drift_wanted *wanted, struct err *err)
{
	const struct drift_input *in = &l->out->input;
	const char *parameters[3] = {l->parameters[wanted->side]};
	for (unsigned i = 0; i < 2; i++) {
		uint32_t which = i ? wanted->to : wanted->from;
		parameters[i + 1] = wanted->is_file ? in->files[which].path : in->domains[wanted->side][which].name;
	}
	struct drift_evidence *places = NULL;
	size_t count = 0, capacity = 0;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(l->model, wanted->is_file ? "drift_places_of_files" : "drift_places_of_domains", parameters, 3, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&places, &capacity, count + 1, sizeof *places);
		places[count++] = (struct drift_evidence){text_at(l, rows, 0), text_at(l, rows, 1), text_at(l, rows, 2), number_at(rows, 3)};
	}
	rows_close(rows);
	if (!result)
		drift_give(l->out->drift, wanted, places, count);
	free(places);
	return result;
}

static void start(struct loading *l, struct drift_loaded *out)
{
	*out = (struct drift_loaded){.strings = arena_create()};
	*l = (struct loading){.out = out, .texts = interner_create(), .paths = interner_create(),
			      .domains = {interner_create(), interner_create()}, .symbols = map64_create()};
}

/* What does not wait for a release to be judged. */
static int load_structure(struct loading *l, struct model *model, const char *old, const char *new, struct err *err)
{
	l->model = model;
	int result = load_release(l, old, 0, err);
	if (!result)
		result = load_release(l, new, 1, err);
	return result ? result : load_tables(l, tables, sizeof tables / sizeof *tables, err);
}

/* The rest, and what differs. */
static int compare(struct loading *l, struct model *model, const struct config *config, const char *root, struct err *err)
{
	struct drift_loaded *loaded = l->out;
	l->model = model;
	int result = load_tables(l, judged_tables, sizeof judged_tables / sizeof *judged_tables, err);
	if (!result) {
		public_headers_mark(config, &loaded->input, l->knows_public[0] && l->knows_public[1]);
		ask_git(l, root);
		loaded->drift = drift_compare(&loaded->input);
	}
	for (size_t i = 0; !result && i < loaded->drift->wanted_count; i++)
		result = give_places(l, &loaded->drift->wanted[i], err);
	return result;
}

/* What was loaded stays. */
static void stop(struct loading *l)
{
	interner_destroy(l->texts);
	interner_destroy(l->paths);
	interner_destroy(l->domains[0]);
	interner_destroy(l->domains[1]);
	map64_destroy(l->symbols);
	free(l->text);
	free(l->commits[0]);
	free(l->commits[1]);
}

int drift_load(struct model *model, const char *old, const char *new, const struct config *config, const char *root,
	       struct drift_loaded *out, struct err *err)
{
	struct loading l;
	struct drift_loaded loaded;
	start(&l, &loaded);
	int result = load_structure(&l, model, old, new, err);
	if (!result)
		result = compare(&l, model, config, root, err);
	stop(&l);
	if (result)
		drift_loaded_finish(&loaded);
	else
		*out = loaded;
	return result;
}

void drift_loaded_finish(struct drift_loaded *loaded)
{
	drift_destroy(loaded->drift);
	drift_input_finish(&loaded->input);
	arena_destroy(loaded->strings);
	memset(loaded, 0, sizeof *loaded);
}

/* ---- storing ---- */

int drift_store(struct model *model, const struct drift_loaded *loaded, struct err *err)
{
	const struct drift *drift = loaded->drift;
	struct model_event *events = mem_zalloc(drift->count + 1, sizeof *events);
	struct arena *arena = arena_create();
	for (size_t i = 0; i < drift->count; i++) {
		const struct drift_event *from = &drift->events[i];
		const struct drift_kind_info *info = drift_kind_info(from->kind);
		struct model_event_place *places = arena_zalloc(arena, from->evidence_count + 1, sizeof *places);
		for (size_t k = 0; k < from->evidence_count; k++)
			places[k] = (struct model_event_place){from->evidence[k].symbol, from->evidence[k].from, from->evidence[k].file,
								from->evidence[k].line};
		events[i] = (struct model_event){info->name, drift_severity_name(from->severity), from->subject, from->detail, from->file,
			from->line, from->fingerprint, info->is_improvement, places, from->evidence_count};
	}
	int result = model_events_put(model, loaded->numbers[0], loaded->numbers[1], events, drift->count, err);
	arena_destroy(arena);
	free(events);
	return result;
}

/* ---- a release that is being stored, and those beside it ---- */

struct drift_neighbours {
	char *release;
	struct loading pairs[2];
	struct drift_loaded loaded[2];
	unsigned count;
	int result;      /* of loading */
	struct err problem;
};

struct drift_neighbours *drift_neighbours_create(const char *release)
{
	struct drift_neighbours *neighbours = mem_zalloc(1, sizeof *neighbours);
	neighbours->release = mem_strdup(release);
	return neighbours;
}

void drift_neighbours_load(struct drift_neighbours *neighbours, struct model *model)
{
	struct err *err = &neighbours->problem;
	struct rows *rows = NULL;
	bool has_row;
	char *names[2][2];
	const char *release = neighbours->release;
	unsigned count = 0;
	int result = model_query_named(model, "release_neighbours", &release, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row && count < 2) {
		names[count][0] = mem_strdup(rows_text(rows, 0, NULL));
		names[count++][1] = mem_strdup(rows_text(rows, 1, NULL));
	}
	rows_close(rows);
	for (unsigned i = 0; i < count; i++) {
		start(&neighbours->pairs[i], &neighbours->loaded[i]);
		if (!result)
			result = load_structure(&neighbours->pairs[i], model, names[i][0], names[i][1], err);
		free(names[i][0]);
		free(names[i][1]);
	}
	neighbours->count = count;
	neighbours->result = result;
}

int drift_neighbours_store(struct drift_neighbours *neighbours, struct model *model, const struct config *config, struct err *err)
{
	int result = neighbours->result;
	if (result)
		return err_set(err, neighbours->problem.code, "%s", neighbours->problem.text);
	for (unsigned i = 0; !result && i < neighbours->count; i++) {
		result = compare(&neighbours->pairs[i], model, config, NULL, err);
		if (!result)
			result = drift_store(model, &neighbours->loaded[i], err);
	}
	return result;
}

void drift_neighbours_destroy(struct drift_neighbours *neighbours)
{
	for (unsigned i = 0; i < neighbours->count; i++) {
		stop(&neighbours->pairs[i]);
		drift_loaded_finish(&neighbours->loaded[i]);
	}
	free(neighbours->release);
	free(neighbours);
}
