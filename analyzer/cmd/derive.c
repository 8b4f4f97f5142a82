/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline after extraction. Translates what graph and analysis found into the rows that the model stores. */
#include "cmd/derive.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "cmd/derive_internal.h"
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
			row->symbol, row->file, type_kinds[graph->symbols[row->symbol].kind], row->line, row->end_line, row->fields};
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
	for (size_t i = 0; i < d->reach.entry_count; i++)
		*SNAPSHOT_ADD(&d->snapshot, entries) =
			(struct snapshot_entry){d->reach.entries[i].symbol, d->reach.entries[i].kind, 0};
	for (size_t i = 0; i < d->reach.flow_count; i++)
		*SNAPSHOT_ADD(&d->snapshot, flows) =
			(struct snapshot_flow){d->reach.flows[i].entry, d->reach.flows[i].symbol, d->reach.flows[i].depth, 0};
}

static void fill_domains(struct derive *d)
{
	for (uint32_t i = 0; i < d->domains->count; i++) {
		const struct domain *row = &d->domains->domains[i];
		*SNAPSHOT_ADD(&d->snapshot, domains) = (struct snapshot_domain){
			row->name, row->is_declared, row->files, row->functions, row->lines, row->cohesion, row->exclusivity,
			d->debt->domain_score[i]};
	}
	for (size_t i = 0; i < d->domains->link_count; i++) {
		const struct domain_link *row = &d->domains->links[i];
		*SNAPSHOT_ADD(&d->snapshot, domain_dependencies) =
			(struct snapshot_domain_dependency){row->from, row->to, row->weight, row->symbols, 0};
	}
	for (size_t i = 0; i < d->debt->metric_count; i++) {
		const struct debt_metric *row = &d->debt->metrics[i];
		*SNAPSHOT_ADD(&d->snapshot, metrics) = (struct snapshot_metric){row->scope, row->subject, row->metric, row->value};
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

void derive_cover(struct derive *d, const char *what, uint64_t seen, uint64_t total)
{
	*SNAPSHOT_ADD(&d->snapshot, coverage) = (struct snapshot_coverage){what, seen, total};
}

static void fill_coverage(struct derive *d)
{
	const struct graph *graph = d->graph;
	uint64_t reachable = 0, found = 0;
	for (uint32_t i = 0; i < graph->function_count; i++)
		reachable += d->reach.reachable[graph->functions[i].symbol];
	for (uint32_t i = 0; i < graph->include_count; i++)
		found += !(graph->includes[i].flags & INCLUDE_MISSING);
	derive_cover(d, "units parsed", graph->units_ok + graph->units_partial, graph->units);
	derive_cover(d, "units parsed without errors", graph->units_ok, graph->units);
	derive_cover(d, "lines compiled in some configuration", graph->lines_total - graph->lines_inactive, graph->lines_total);
	derive_cover(d, "includes found", found, graph->include_count);
	derive_cover(d, "indirect call sites resolved", d->indirect.sites_resolved, d->indirect.sites);
	derive_cover(d, "indirect call sites resolved by stored fields", d->indirect.sites_by_field, d->indirect.sites);
	derive_cover(d, "indirect call sites resolved by flow", d->indirect.sites_by_flow, d->indirect.sites);
	derive_cover(d, "indirect call sites resolved by signature only", d->indirect.sites_by_signature, d->indirect.sites);
	derive_cover(d, "functions reachable from entry points", reachable, graph->function_count);
	derive_cover_observed(d);
}

/* ---- domains: declared, known from before ---- */

struct previous { const struct graph *graph; const char **domain; struct arena *arena; };

static int compare_path(const void *key, const void *file)
{
	return strcmp(key, ((const struct graph_file *)file)->path);
}

static void take_previous(void *context, const char *path, const char *domain)
{
	struct previous *previous = context;
	const struct graph_file *file = bsearch(path, previous->graph->files, previous->graph->file_count, sizeof *file,
						compare_path);
	if (file)
		previous->domain[file - previous->graph->files] = arena_strdup(previous->arena, domain);
}

static int find_domains(struct derive *d, struct model *model, const char *release, const struct config *config,
			struct err *err)
{
	struct arena *scratch = arena_create();
	struct previous previous = {d->graph, arena_zalloc(scratch, (size_t)d->graph->file_count + 1, sizeof(char *)), scratch};
	struct domain_declaration *declared = arena_zalloc(scratch, config->domain_count + 3, sizeof *declared);
	size_t count = config->domain_count;
	for (size_t i = 0; i < count; i++)
		declared[i] = (struct domain_declaration){config->domains[i].name, config->domains[i].globs.items,
							  config->domains[i].globs.count};
	/* Code that tools or others write is apart, unless a declared domain claims it. */
	if (config->vendored.count)
		declared[count++] = (struct domain_declaration){"vendored", config->vendored.items, config->vendored.count};
	if (config->generated.count)
		declared[count++] = (struct domain_declaration){"generated", config->generated.items, config->generated.count};
	int result = model_previous_domains(model, release, take_previous, &previous, err);
	struct domains_options options = {.declared = declared, .declared_count = count,
					  .previous = previous.domain};
	if (!result)
		result = domains_discover(d->graph, d->dependencies, d->dependency_count, d->indirect.calls, d->indirect.count,
					  &options, &d->domains, err);
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
		.mean_candidates = d->indirect.mean_candidates, .debt_score = d->debt->codebase_score,
		.observations = d->observed->observations, .observations_dropped = d->left_behind,
	};
	for (uint32_t i = 0; i < graph->file_count; i++)
		out->lines += graph->files[i].code_lines;
}

struct hash128 derive_key(const struct config *config)
{
	struct hasher *hasher = hasher_create();
	hasher_add_string(hasher, DERIVE_ID);
	char *text = NULL;
	size_t length = 0;
	struct err ignored = {0};
	if (config->path && !file_read(config->path, 1 << 20, &text, &length, &ignored))
		hasher_add(hasher, text, length);
	free(text);
	verdicts_hash(config, hasher);
	struct hash128 key = hasher_result(hasher);
	hasher_destroy(hasher);
	return key;
}

struct judging {
	struct model *model;
	const char *release;
	const struct config *config;
	struct rule_set *rules;
	const struct progress *progress;
};

static int judge(void *context, struct err *err)
{
	struct judging *judging = context;
	progress_report(judging->progress, "checking", 0, 0, NULL);
	return verdicts_put(judging->model, judging->release, judging->config, judging->rules, err);
}

static int store(struct derive *d, struct model *model, const struct model_release *release, const struct config *config,
		 const struct progress *progress, struct derive_summary *summary, struct err *err)
{
	struct rule_set rules;
	int result = verdicts_load_rules(config, &rules, err);
	if (result)
		return result;
	struct judging judging = {model, release->name, config, &rules, progress};
	progress_report(progress, "storing", 0, 0, NULL);
	result = model_release_put_judged(model, release, &d->snapshot, judge, &judging, err);
	summary->rules = rules; /* whoever derives tells of its problems */
	return result;
}

void derive_summary_finish(struct derive_summary *summary)
{
	if (!summary->rules.arena)
		return;
	verdicts_tell_problems(&summary->rules);
	rules_finish(&summary->rules);
}

int derive_release(struct model *model, const struct model_release *release, const struct config *config, struct graph *graph,
		   const struct progress *progress, struct derive_summary *summary, struct err *err)
{
	struct derive d = {.graph = graph};
	int result = 0;
	if (!graph) {
		progress_report(progress, "linking", 0, 0, NULL);
		result = graph_load(model, release->units, release->unit_count, &d.graph, err);
	}
	if (!result)
		result = derive_load_observed(&d, model, release, err);
	if (result) {
		graph_destroy(d.graph);
		return result;
	}
	progress_report(progress, "analysing", 0, 0, NULL);
	indirect_resolve(d.graph, &d.indirect);
	d.dependencies = graph_dependencies(d.graph, d.indirect.calls, d.indirect.count, &d.dependency_count);
	reach_compute(d.graph, &d.indirect, &d.reach);
	result = find_domains(&d, model, release->name, config, err);
	if (!result) {
		debt_compute(d.graph, d.dependencies, d.dependency_count, d.domains, &d.debt);
		fill_files(&d);
		fill_symbols(&d);
		fill_relations(&d);
		fill_domains(&d);
		fill_policies(&d, config);
		derive_fill_structure(&d);
		derive_fill_observed(&d);
		fill_coverage(&d);
		summarise(&d, summary);
		result = store(&d, model, release, config, progress, summary, err);
	}
	if (!result)
		result = model_release_set_derive_key(model, release->name, derive_key(config), err);
	snapshot_finish(&d.snapshot);
	observed_result_destroy(d.observed);
	debt_result_destroy(d.debt);
	domains_result_destroy(d.domains);
	reach_result_finish(&d.reach);
	indirect_result_finish(&d.indirect);
	free(d.dependencies);
	graph_destroy(d.graph);
	return result;
}
