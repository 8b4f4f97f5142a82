/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline after extraction. Translates what graph and analysis found into the rows that the model stores. */
#include "cmd/derive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/domain_observed.h"
#include "base/beside.h"
#include "base/hash.h"
#include "base/text.h"
#include "cmd/derive_internal.h"
#include "cmd/domain_options.h"
#include "cmd/drift_load.h"
#include "cmd/reference.h"
#include "cmd/renames.h"
#include "cmd/terminal.h"
#include "cmd/verdicts.h"
#include "derive_id.h"

static void fill_files(struct derive *d)
{
	for (uint32_t i = 0; i < d->graph->file_count; i++) {
		const struct graph_file *file = &d->graph->files[i];
		*SNAPSHOT_ADD(&d->snapshot, files) = (struct snapshot_file){
			.path = file->path, .lines = file->lines, .code_lines = file->code_lines, .is_header = file->is_header,
			.is_main = file->is_main, .domain = d->domains->domain_of[i],
		};
	}
	for (uint32_t i = 0; i < d->graph->region_count; i++) {
		const struct graph_region *row = &d->graph->regions[i];
		*SNAPSHOT_ADD(&d->snapshot, regions) =
			(struct snapshot_region){row->file, row->line, row->end_line, row->condition};
	}
	for (uint32_t i = 0; i < d->graph->include_count; i++) {
		const struct graph_include *row = &d->graph->includes[i];
		*SNAPSHOT_ADD(&d->snapshot, includes) = (struct snapshot_include){
			.file = row->file, .line = row->line,
			.included = row->target == GRAPH_NONE ? row->spelled : d->graph->files[row->target].path,
			.is_used = (row->flags & INCLUDE_USED) != 0, .is_outside = (row->flags & INCLUDE_OUTSIDE) != 0,
			.is_missing = (row->flags & INCLUDE_MISSING) != 0,
		};
	}
}

static void fill_symbols(struct derive *d)
{
	const struct graph *graph = d->graph;
	static const char *const type_kinds[] = {[SYMBOL_STRUCT] = "struct", [SYMBOL_UNION] = "union", [SYMBOL_ENUM] = "enum",
						 [SYMBOL_TYPEDEF] = "typedef"};
	for (uint32_t i = 0; i < graph->symbol_count; i++)
		*SNAPSHOT_ADD(&d->snapshot, symbols) =
			(struct snapshot_symbol){graph->symbols[i].kind, graph->symbols[i].name, graph->symbols[i].scope_path};
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *row = &graph->functions[i];
		*SNAPSHOT_ADD(&d->snapshot, functions) = (struct snapshot_function){
			.symbol = row->symbol, .file = row->file, .source_name = row->source_name, .signature = row->signature,
			.line = row->line, .end_line = row->end_line, .flags = row->flags, .parameters = row->parameters,
			.cyclomatic = row->cyclomatic, .cognitive = row->cognitive, .code_lines = row->code_lines,
			.is_reachable = d->reach.reachable[row->symbol],
			.configurations = graph->configurations[row->configurations],
		};
	}
	for (uint32_t i = 0; i < graph->variable_count; i++) {
		const struct graph_variable *row = &graph->variables[i];
		*SNAPSHOT_ADD(&d->snapshot, variables) =
			(struct snapshot_variable){row->symbol, row->file, row->type, row->line, row->flags};
	}
	for (uint32_t i = 0; i < graph->type_count; i++) {
		const struct graph_type *row = &graph->types[i];
		*SNAPSHOT_ADD(&d->snapshot, types) = (struct snapshot_type){
			row->symbol, row->file, type_kinds[graph->symbols[row->symbol].kind], row->line, row->end_line, row->fields,
			row->function_fields, row->layout};
	}
	for (uint32_t i = 0; i < graph->macro_count; i++) {
		const struct graph_macro *row = &graph->macros[i];
		*SNAPSHOT_ADD(&d->snapshot, macros) = (struct snapshot_macro){
			row->symbol, row->file, row->line, row->end_line, (row->flags & MACRO_FUNCTION_LIKE) != 0};
	}
}

static void add_call(struct derive *d, const struct graph_call *call, enum call_how how)
{
	*SNAPSHOT_ADD(&d->snapshot, calls) = (struct snapshot_call){
		.caller = call->caller, .callee = call->callee, .how = (uint8_t)how, .basis = call->basis,
		.confidence = (double)(int)(call->confidence * 1000 + 0.5f) / 1000, .sites = call->sites, .line = call->line,
		.via_macro = call->via_macro, .configurations = d->graph->configurations[call->configurations],
	};
}

static const char *use_kind(uint8_t kind)
{
	switch ((enum reference_kind)kind) {
	case REF_READ: return "read";
	case REF_WRITE: return "write";
	case REF_ADDRESS: return "address";
	case REF_FIELD_READ: case REF_FIELD_WRITE: case REF_FIELD_ADDRESS: return "field";
	case REF_MACRO: return "macro";
	default: return "type";
	}
}

static void fill_relations(struct derive *d)
{
	static const char *const dependency_kinds[DEPENDENCY_KINDS] = {
		[DEPENDENCY_CALL] = "call", [DEPENDENCY_INDIRECT] = "indirect", [DEPENDENCY_READ] = "read",
		[DEPENDENCY_WRITE] = "write", [DEPENDENCY_ADDRESS] = "address", [DEPENDENCY_TYPE] = "type",
		[DEPENDENCY_FIELD] = "field", [DEPENDENCY_MACRO] = "macro", [DEPENDENCY_INCLUDE] = "include"};
	const struct graph *graph = d->graph;
	size_t next = 0;
	/* At once, since they are many: nearly all that is there becomes a row. */
	mem_grow(&d->snapshot.calls, &d->snapshot.calls_capacity, graph->call_count + d->indirect.count, sizeof *d->snapshot.calls);
	mem_grow(&d->snapshot.uses, &d->snapshot.uses_capacity, graph->use_count, sizeof *d->snapshot.uses);
	for (uint32_t i = 0; i < graph->call_count; i++) {
		/* An alias is the same code under two names, not a call: it is told among the indirect ones, unless a call
		 * through a pointer says the same. */
		const struct graph_call *call = &graph->calls[i];
		add_call(d, call, strcmp(call->basis, "alias") != 0 ? CALL_DIRECT : CALL_INDIRECT);
	}
	for (size_t i = 0; i < d->indirect.count; i++) {
		const struct graph_call *call = &d->indirect.calls[i];
		while (next < graph->call_count && (graph->calls[next].caller < call->caller ||
						    (graph->calls[next].caller == call->caller && graph->calls[next].callee < call->callee)))
			next++;
		bool alias = next < graph->call_count && graph->calls[next].caller == call->caller &&
			     graph->calls[next].callee == call->callee && !strcmp(graph->calls[next].basis, "alias");
		if (!alias)
			add_call(d, call, CALL_INDIRECT);
	}
	/* Reading, writing and taking the address of a field are one kind in the view: neighbours are summed. */
	for (uint32_t i = 0; i < graph->use_count; i++) {
		const struct graph_use *use = &graph->uses[i];
		struct snapshot_use *last = d->snapshot.uses_count ? &d->snapshot.uses[d->snapshot.uses_count - 1] : NULL;
		const char *kind = use_kind(use->kind);
		if (last && last->from == use->from && last->to == use->to && last->from_file == use->from_file &&
		    last->kind == kind) {
			last->sites += use->sites;
			last->line = use->line < last->line ? use->line : last->line;
			continue;
		}
		*SNAPSHOT_ADD(&d->snapshot, uses) =
			(struct snapshot_use){use->from, use->to, use->from_file, kind, use->sites, use->line};
	}
	for (size_t i = 0; i < d->dependency_count; i++) {
		const struct file_dependency *row = &d->dependencies[i];
		*SNAPSHOT_ADD(&d->snapshot, dependencies) =
			(struct snapshot_dependency){row->from, row->to, dependency_kinds[row->kind], row->weight, 0};
	}
	for (size_t i = 0; i < d->reach.entries.count; i++)
		*SNAPSHOT_ADD(&d->snapshot, entries) = (struct snapshot_entry){
			.symbol = d->reach.entries.items[i].symbol, .kind = d->reach.entries.items[i].kind, .reaches = d->reach.reaches[i]};
	for (size_t i = 0; i < d->reach.flow_count; i++)
		*SNAPSHOT_ADD(&d->snapshot, flows) =
			(struct snapshot_flow){d->reach.flows[i].entry, d->reach.flows[i].symbol, d->reach.flows[i].depth, 0};
}

/* ---- why, and which of before ---- */

static const char *signals_of(struct derive *d, const struct domain_reason *reason)
{
	struct buf text;
	bool told[DOMAIN_SIGNALS] = {false};
	buf_init(&text, BUF_NO_CEILING);
	buf_append_string(&text, "");
	for (unsigned n = 0; n < DOMAIN_SIGNALS; n++) {
		unsigned best = DOMAIN_SIGNALS;
		for (unsigned s = 0; s < DOMAIN_SIGNALS; s++)
			if (!told[s] && reason->shares[s] >= 0.005f && (best == DOMAIN_SIGNALS || reason->shares[s] > reason->shares[best]))
				best = s;
		if (best == DOMAIN_SIGNALS)
			break;
		told[best] = true;
		buf_printf(&text, "%s%s %.0f %%", text.length ? ", " : "", DOMAIN_SIGNAL_NAMES[best], (double)reason->shares[best] * 100);
	}
	char *kept = arena_strndup(d->domains->arena, text.length ? text.data : "", text.length);
	buf_finish(&text);
	return kept;
}

/* A domain that goes on keeps its id; a new one gets its name as id, or, where that is taken, with a number behind. */
static const char *id_of(struct derive *d, const struct domain *row, struct interner *names, struct interner *used)
{
	bool goes_on = row->before && strcmp(row->change, "born") && strcmp(row->change, "split");
	uint32_t id, known = interner_count(used);
	const char *text = row->name;
	char key[600];
	/* names holds "name\tid" of before, found by its beginning. */
	for (id = 0; goes_on && id < interner_count(names); id++) {
		const char *line = interner_text(names, id), *tab = strchr(line, '\t');
		if (tab && strlen(row->before) == (size_t)(tab - line) && !strncmp(line, row->before, (size_t)(tab - line)))
			text = tab + 1;
	}
	if (interner_add_string(used, text) == known)
		return arena_strdup(d->domains->arena, text);
	for (unsigned n = 2;; n++) {
		snprintf(key, sizeof key, "%.580s~%u", row->name, n);
		known = interner_count(used);
		if (interner_add_string(used, key) == known)
			return arena_strdup(d->domains->arena, key);
	}
}

static void fill_reasons(struct derive *d)
{
	struct interner *used = interner_create();
	for (uint32_t f = 0; f < d->graph->file_count; f++) {
		const struct domain_reason *row = &d->domains->reasons[f];
		*SNAPSHOT_ADD(&d->snapshot, file_reasons) = (struct snapshot_file_reason){
			.file = f, .second_domain = row->second == GRAPH_NONE ? SNAPSHOT_NONE : row->second,
			.certainty = (double)(int)(row->certainty * 1000 + 0.5f) / 1000,
			.second_share = (double)(int)(row->second_share * 1000 + 0.5f) / 1000,
			.told = row->told ? row->told : "", .signals = signals_of(d, row), .fine = row->fine};
	}
	/* Those that go on first, so that a new one of the same name does not take their id. */
	const char **ids = mem_zalloc((size_t)d->domains->count + 1, sizeof *ids);
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < d->domains->count; i++)
			if ((d->domains->domains[i].before != NULL) == !pass)
				ids[i] = id_of(d, &d->domains->domains[i], d->ids_before, used);
	for (uint32_t i = 0; i < d->domains->count; i++) {
		const struct domain *row = &d->domains->domains[i];
		*SNAPSHOT_ADD(&d->snapshot, domain_trees) =
			(struct snapshot_domain_tree){i, ids[i], row->coarse, row->before ? row->before : "", row->change};
	}
	free(ids);
	interner_destroy(used);
}

static void fill_domains(struct derive *d)
{
	fill_reasons(d);
	for (uint32_t i = 0; i < d->domains->count; i++) {
		const struct domain *row = &d->domains->domains[i];
		*SNAPSHOT_ADD(&d->snapshot, domains) = (struct snapshot_domain){
			row->name, row->is_declared, row->files, row->functions, row->lines, row->cohesion, row->exclusivity};
	}
	for (size_t i = 0; i < d->domains->link_count; i++) {
		const struct domain_link *row = &d->domains->links[i];
		*SNAPSHOT_ADD(&d->snapshot, domain_dependencies) =
			(struct snapshot_domain_dependency){row->from, row->to, row->weight, row->symbols, 0};
	}
}

static void add_policy(struct derive *d, const char *from, const char *to, const char *verdict)
{
	for (size_t i = 0; i < d->snapshot.policies_count; i++) {
		const struct snapshot_policy *row = &d->snapshot.policies[i];
		if (!strcmp(row->from_domain, from) && !strcmp(row->to_domain, to) && !strcmp(row->verdict, verdict))
			return; /* said twice in the configuration */
	}
	*SNAPSHOT_ADD(&d->snapshot, policies) = (struct snapshot_policy){from, to, verdict};
}

/* Layers become what they forbid: a layer must not use one above it. */
static void fill_policies(struct derive *d, const struct config *config)
{
	for (size_t low = 1; low < config->layers.count; low++)
		for (size_t high = 0; high < low; high++)
			add_policy(d, config->layers.items[low], config->layers.items[high], "forbid");
	for (size_t i = 0; i < config->dependency_count; i++)
		add_policy(d, config->dependencies[i].from, config->dependencies[i].to,
			   config->dependencies[i].allowed ? "allow" : "forbid");
	if (config->allow_only)
		add_policy(d, "*", "*", "forbid");
}

/* What a diagram allows; what of it has no counterpart is told. */
static void fill_reference(struct derive *d, const struct reference *reference, struct derive_summary *summary)
{
	struct reference_verdict verdict;
	const char **names = mem_zalloc((size_t)d->domains->count + 1, sizeof *names);
	for (uint32_t i = 0; i < d->domains->count; i++)
		names[i] = d->domains->domains[i].name;
	reference_judge(reference, names, d->domains->count, &verdict);
	for (size_t i = 0; i < verdict.policy_count; i++)
		add_policy(d, verdict.policies[i].from, verdict.policies[i].to, verdict.policies[i].verdict);
	summary->reference_notes = mem_strdup(verdict.notes.length ? verdict.notes.data : "");
	reference_verdict_finish(&verdict);
	free(names);
}

void derive_cover(struct derive *d, const char *what, uint64_t seen, uint64_t total)
{
	*SNAPSHOT_ADD(&d->snapshot, coverage) = (struct snapshot_coverage){what, seen, total};
}

static void fill_coverage(struct derive *d, const struct model_release *release)
{
	const struct graph *graph = d->graph;
	uint64_t reachable = 0, found = 0;
	for (uint32_t i = 0; i < graph->function_count; i++)
		reachable += d->reach.reachable[graph->functions[i].symbol];
	for (uint32_t i = 0; i < graph->include_count; i++)
		found += !(graph->includes[i].flags & INCLUDE_MISSING);
	derive_cover(d, "compile commands whose file exists", release->unit_count, release->unit_count + release->missing);
	derive_cover(d, "units parsed", graph->units_ok + graph->units_partial, graph->units);
	derive_cover(d, "units parsed without errors", graph->units_ok, graph->units);
	derive_cover(d, "lines compiled in some configuration", graph->lines_total - graph->lines_inactive, graph->lines_total);
	derive_cover(d, "includes found", found, graph->include_count);
	derive_cover(d, "indirect call sites resolved", d->indirect.sites_resolved, d->indirect.sites);
	derive_cover(d, "indirect call sites resolved by stored fields", d->indirect.sites_by_field, d->indirect.sites);
	derive_cover(d, "indirect call sites resolved by flow", d->indirect.sites_by_flow, d->indirect.sites);
	derive_cover(d, "indirect call sites resolved by signature only", d->indirect.sites_by_signature, d->indirect.sites);
	derive_cover(d, "functions reachable from entry points", reachable, graph->function_count);
	derive_cover_measures(d);
	derive_cover_history(d);
	derive_cover_observed(d);
}

/* ---- domains: declared, known from before ---- */

#define DOMAIN_MEMORY "domain levels"

struct previous {
	const struct graph *graph;
	const char **domain;         /* per file */
	struct arena *arena;
	struct gone_file *gone; size_t gone_count, gone_capacity;
};

static int compare_path(const void *key, const void *file)
{
	return strcmp(key, ((const struct graph_file *)file)->path);
}

static void take_previous(void *context, const char *path, const char *domain)
{
	struct previous *previous = context;
	const struct graph_file *file = bsearch(path, previous->graph->files, previous->graph->file_count, sizeof *file,
						compare_path);
	if (file) {
		previous->domain[file - previous->graph->files] = arena_strdup(previous->arena, domain);
		return;
	}
	mem_grow(&previous->gone, &previous->gone_capacity, previous->gone_count + 1, sizeof *previous->gone);
	previous->gone[previous->gone_count++] =
		(struct gone_file){arena_strdup(previous->arena, path), arena_strdup(previous->arena, domain)};
}

static int read_ids(struct derive *d, struct model *model, const char *release, struct err *err)
{
	struct rows *rows = NULL;
	bool has_row;
	struct buf line;
	buf_init(&line, BUF_NO_CEILING);
	int result = model_query_named(model, "domain_ids", &release, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		buf_clear(&line);
		buf_printf(&line, "%s\t%s", rows_text(rows, 0, NULL), rows_text(rows, 1, NULL));
		interner_add(d->ids_before, line.data, line.length);
	}
	rows_close(rows);
	buf_finish(&line);
	return result;
}

/* What the configuration says of discovered domains, as discovery takes it. In the arena. */
static struct domain_constraint *constraints_of(struct arena *arena, const struct config_refinement *rows, size_t count)
{
	struct domain_constraint *out = arena_zalloc(arena, count + 1, sizeof *out);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct domain_constraint){rows[i].globs.items, rows[i].globs.count, rows[i].name, rows[i].line};
	return out;
}

static void take_constraints(struct domains_options *options, const struct config *config, struct arena *arena)
{
	struct domain_pair *apart = arena_zalloc(arena, config->apart_count + 1, sizeof *apart);
	for (size_t i = 0; i < config->apart_count; i++) {
		const struct config_apart *row = &config->apart[i];
		apart[i] = (struct domain_pair){{row->a.items, row->a.count, NULL, row->line}, {row->b.items, row->b.count, NULL, row->line}};
	}
	options->pins = constraints_of(arena, config->pins, config->pin_count);
	options->pin_count = config->pin_count;
	options->joins = constraints_of(arena, config->joins, config->join_count);
	options->join_count = config->join_count;
	options->apart = apart;
	options->apart_count = config->apart_count;
	options->renames = constraints_of(arena, config->renames, config->rename_count);
	options->rename_count = config->rename_count;
}

static int find_domains(struct derive *d, struct model *model, const char *release, const struct config *config,
			const struct domains_options *asked, struct err *err)
{
	struct arena *scratch = arena_create();
	struct previous previous = {.graph = d->graph, .arena = scratch,
				    .domain = arena_zalloc(scratch, (size_t)d->graph->file_count + 1, sizeof(char *))};
	struct domain_declaration *declared = arena_zalloc(scratch, config->domain_count + 4, sizeof *declared);
	size_t count = config->domain_count;
	for (size_t i = 0; i < count; i++)
		declared[i] = (struct domain_declaration){config->domains[i].name, config->domains[i].globs.items,
							  config->domains[i].globs.count};
	/* Code that tools or others write is apart, unless a declared domain claims it. */
	if (config->vendored.count)
		declared[count++] = (struct domain_declaration){"vendored", config->vendored.items, config->vendored.count};
	if (config->generated.count)
		declared[count++] = (struct domain_declaration){"generated", config->generated.items, config->generated.count};
	if (config->infrastructure.count)
		declared[count++] = (struct domain_declaration){"infrastructure", config->infrastructure.items,
								config->infrastructure.count};
	char *before = NULL;
	int result = model_release_before(model, asked && asked->start ? asked->start : release, &before, err);
	if (!result)
		result = model_previous_domains(model, before, take_previous, &previous, err);
	if (!result)
		result = renames_apply(model, before, d->graph, previous.gone, previous.gone_count, previous.domain, err);
	free(previous.gone);
	d->ids_before = interner_create();
	if (!result)
		result = read_ids(d, model, before, err);
	free(before);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct domains_options options = *asked;
	options.declared = declared;
	options.declared_count = count;
	options.previous = previous.domain;
	options.threads = processors > 0 ? (unsigned)processors : 1;
	take_constraints(&options, config, scratch);
	struct weighted_edge *observed = domain_observed_edges(d->graph, d->observed, &options.observed_count);
	options.observed = observed;
	options.observed_weight = DOMAIN_OBSERVED_WEIGHT;
	struct domain_memory memory = {0};
	options.program = DERIVE_ID;
	if (!result)
		result = model_memory_get(model, DOMAIN_MEMORY, &memory.key, &memory.bytes, &memory.length, err);
	options.memory = memory.bytes ? &memory : NULL;
	if (!result)
		result = domains_discover(d->graph, d->dependencies, d->dependency_count, d->indirect.calls, d->indirect.count,
					  &options, &d->domains, err);
	if (result == ERR_INPUT && config->path)
		err_prefix(err, "%s", config->path);
	free(memory.bytes);
	free(observed);
	arena_destroy(scratch);
	return result;
}

static void summarise(const struct derive *d, struct derive_summary *out)
{
	const struct graph *graph = d->graph;
	*out = (struct derive_summary){
		.units = graph->units, .units_ok = graph->units_ok, .units_partial = graph->units_partial,
		.units_failed = graph->units_failed, .missing_headers = graph->missing_headers, .files = graph->file_count,
		.functions = graph->function_count, .direct_calls = graph->call_count,
		.indirect_calls = (uint32_t)d->indirect.count, .domains = d->domains->count,
		.indirect_sites = d->indirect.sites, .indirect_resolved = d->indirect.sites_resolved,
		.mean_candidates = d->indirect.mean_candidates,
		.observations = d->observed->observations, .observations_dropped = d->left_behind,
	};
	if (d->domains->kept_quality > 0)
		out->cold_gain = d->domains->cold_quality / d->domains->kept_quality - 1;
	for (uint32_t i = 0; i < graph->file_count; i++)
		out->lines += graph->files[i].code_lines;
}

struct hash128 derive_key(const struct config *config, const struct domains_options *asked)
{
	struct hasher *hasher = hasher_create();
	hasher_add_string(hasher, DERIVE_ID);
	domain_options_hash(asked, hasher);
	char *text = NULL;
	size_t length = 0;
	struct err ignored = {0};
	if (config->path && !file_read(config->path, 1 << 20, &text, &length, &ignored))
		hasher_add(hasher, text, length);
	free(text);
	if (config->reference)
		hasher_add(hasher, &config->reference->hash, sizeof config->reference->hash);
	if (config->reference_config && !file_read(config->reference_config->path, 1 << 20, &text, &length, &ignored)) {
		hasher_add(hasher, text, length);
		free(text);
	}
	verdicts_hash(config, hasher);
	struct hash128 key = hasher_result(hasher);
	hasher_destroy(hasher);
	/* Halves: the first says by which rules, the second from which domains it started. Two releases whose first halves agree can be
	 * compared (drift_releases.sql). */
	key.low = asked && asked->start ? hash_bytes64(asked->start, strlen(asked->start)) : 0;
	return key;
}

struct judging {
	struct model *model;
	const char *release;
	const struct config *config;
	struct rule_set *rules;
	const struct progress *progress;
	struct derive *derive;
};

struct loading_neighbours { struct drift_neighbours *neighbours; struct model *model; };

static void load_neighbours(void *context)
{
	struct loading_neighbours *loading = context;
	drift_neighbours_load(loading->neighbours, loading->model);
}

/* Rules, and what is to be compared with other releases, read the same rows: two threads share the work where they can. */
static int judge(void *context, struct err *err)
{
	struct judging *judging = context;
	struct model *model = judging->model, *copy = beside_is_worth_it() ? model_copy(model, DERIVE_COPY_BYTES) : NULL;
	struct loading_neighbours loading = {drift_neighbours_create(judging->release), copy ? copy : model};
	struct findings_beside beside = {copy, load_neighbours, &loading};
	progress_report(judging->progress, "checking", 0, 0, NULL);
	int result = verdicts_put(model, copy ? &beside : NULL, judging->release, judging->config, judging->rules,
				  &judging->derive->debt_input, judging->derive->debt, err);
	progress_report(judging->progress, "comparing", 0, 0, NULL);
	if (!result && !copy)
		load_neighbours(&loading);
	if (!result)
		result = drift_neighbours_store(loading.neighbours, model, judging->config, err);
	drift_neighbours_destroy(loading.neighbours);
	model_close(copy);
	return result;
}

static int store(struct derive *d, struct model *model, const struct model_release *release, const struct config *config,
		 const struct progress *progress, struct derive_summary *summary, struct err *err)
{
	struct rule_set rules;
	int result = verdicts_load_rules(config, &rules, err);
	if (result)
		return result;
	struct judging judging = {model, release->name, config, &rules, progress, d};
	progress_report(progress, "storing", 0, 0, NULL);
	result = model_release_put_judged(model, release, &d->snapshot, judge, &judging, err);
	const struct domain_memory *memory = &d->domains->memory;
	if (!result && memory->bytes)
		result = model_memory_put(model, DOMAIN_MEMORY, memory->key, memory->bytes, memory->length, err);
	summary->debt_score = d->debt->codebase.score;
	summary->rules = rules; /* whoever derives tells of its problems */
	return result;
}

static void tell_reference(const char *notes)
{
	for (const char *line = notes; *line;) {
		size_t length = strcspn(line, "\n");
		char *text = mem_strndup(line, length);
		terminal_print(stderr, "sightline: reference: ", text, "\n");
		free(text);
		line += length + (line[length] == '\n');
	}
}

void derive_summary_finish(struct derive_summary *summary)
{
	if (summary->reference_notes)
		tell_reference(summary->reference_notes);
	free(summary->reference_notes);
	summary->reference_notes = NULL;
	if (!summary->rules.arena)
		return;
	verdicts_tell_problems(&summary->rules);
	rules_finish(&summary->rules);
}

/* What is known without domains. */
static void fill_without_domains(void *context)
{
	struct derive *d = context;
	reach_compute(d->graph, &d->indirect, &d->reach);
	fill_symbols(d);
	fill_relations(d);
	derive_fill_structure(d);
}

int derive_release(struct model *model, const struct model_release *release, const struct config *config, struct graph *graph,
		   const struct domains_options *asked, const struct progress *progress, struct derive_summary *summary,
		   struct err *err)
{
	struct derive d = {.graph = graph};
	struct domains_options as_before = {0};
	int result = asked ? 0 : domain_options_parse(release->discovery ? release->discovery : "", &as_before, err);
	asked = asked ? asked : &as_before;
	if (!result && !graph) {
		progress_report(progress, "linking", 0, 0, NULL);
		result = graph_load(model, release->units, release->unit_count, NULL, &d.graph, err);
	}
	if (!result)
		result = derive_load_observed(&d, model, release, err);
	if (!result)
		result = derive_load_history(&d, model, release, err);
	if (result) {
		derive_finish_debt(&d);
		observed_result_destroy(d.observed);
		graph_destroy(d.graph);
		return result;
	}
	progress_report(progress, "analysing", 0, 0, NULL);
	indirect_resolve(d.graph, &d.indirect);
	d.dependencies = graph_dependencies(d.graph, d.indirect.calls, d.indirect.count, &d.dependency_count);
	d.names = arena_create();
	derive_fill_headers(&d, release);
	struct beside rows;
	beside_begin(&rows, fill_without_domains, &d);
	result = find_domains(&d, model, release->name, config, asked, err);
	beside_end(&rows);
	if (!result) {
		derive_measure(&d);
		derive_measure_debt(&d);
		fill_files(&d);
		fill_domains(&d);
		fill_policies(&d, config);
		derive_fill_domain_cycles(&d);
		derive_fill_users(&d);
		derive_fill_observed(&d);
		derive_fill_debt(&d);
		derive_fill_measures(&d);
		fill_coverage(&d, release);
		summarise(&d, summary);
		if (config->reference)
			fill_reference(&d, config->reference, summary);
		result = store(&d, model, release, config, progress, summary, err);
	}
	if (!result)
		result = model_release_set_derive_key(model, release->name, derive_key(config, asked), err);
	snapshot_finish(&d.snapshot);
	derive_finish_measures(&d);
	observed_result_destroy(d.observed);
	interner_destroy(d.ids_before);
	derive_finish_debt(&d);
	domains_result_destroy(d.domains);
	reach_result_finish(&d.reach);
	indirect_result_finish(&d.indirect);
	free(d.dependencies);
	graph_destroy(d.graph);
	return result;
}
