/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a snapshot to rows: which tables there are, and what each of their columns holds. How they get into the database is
 * merge.c's. */
#include <stdlib.h>
#include <string.h>

#include "facts/facts.h"
#include "model/tables.h"

static int64_t found(struct store *store, sqlite3_stmt *find)
{
	int code = sqlite3_step(find);
	int64_t id = code == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
	sqlite3_reset(find);
	if (code != SQLITE_ROW && code != SQLITE_DONE && !store->failed)
		store->failed = model_fail(store->model, code, "storing the release", store->err);
	return id;
}

/* Finds or adds by two statements with the same bindings; returns the id. Where it is likely_new it is added first: add does
 * nothing where it is there. */
static int64_t find_or_add(struct store *store, sqlite3_stmt *find, sqlite3_stmt *add, bool likely_new)
{
	int64_t id = likely_new ? 0 : found(store, find);
	if (id || store->failed)
		return id;
	int code = sqlite3_step(add);
	if (code == SQLITE_DONE && sqlite3_changes(store->model->db))
		id = sqlite3_last_insert_rowid(store->model->db);
	sqlite3_reset(add);
	if (code != SQLITE_DONE && !store->failed)
		store->failed = model_fail(store->model, code, "storing the release", store->err);
	if (!id && !store->failed)
		id = found(store, find);
	if (!id && !store->failed)
		store->failed = err_set(store->err, ERR_INTERNAL, "%s: a name is neither there nor can it be added", store->model->path);
	return id;
}

static int64_t text_id(struct store *store, const char *value)
{
	uint32_t at = interner_add_string(store->texts, value);
	if (at >= store->text_capacity || !store->text_ids[at]) {
		mem_grow_zeroed(&store->text_ids, &store->text_capacity, (size_t)at + 1, sizeof *store->text_ids);
		sqlite3_bind_text(store->text_find, 1, value, -1, SQLITE_STATIC);
		sqlite3_bind_text(store->text_add, 1, value, -1, SQLITE_STATIC);
		store->text_ids[at] = find_or_add(store, store->text_find, store->text_add, store->no_texts);
	}
	return store->text_ids[at];
}

static cell text(struct store *store, const char *value)
{
	if (!value)
		return CELL_NULL;
	/* Strings of a snapshot stay where they are while it is stored. */
	struct known_text *known = &store->known[((uintptr_t)value >> 3 ^ (uintptr_t)value >> 15) % KNOWN_TEXTS];
	if (known->value != value)
		*known = (struct known_text){value, text_id(store, value)};
	return known->id;
}

static cell path(struct store *store, uint32_t file)
{
	return file == SNAPSHOT_NONE ? CELL_NULL : text(store, store->snapshot->files[file].path);
}

static cell symbol(const struct store *store, uint32_t index)
{
	return index == SNAPSHOT_NONE ? CELL_NULL : store->symbol_ids[index];
}

static cell domain(struct store *store, uint32_t index)
{
	return index == SNAPSHOT_NONE ? CELL_NULL : text(store, store->snapshot->domains[index].name);
}

/* A count that may come from foreign bytes: what does not fit is told as the largest. */
static cell number(uint64_t value)
{
	return value > INT64_MAX ? INT64_MAX : (cell)value;
}

/* ---- one function per table: the columns in the order of the table below ---- */

#define ROWS(name) static size_t name##_count(const struct store *store) { return store->snapshot->name##_count; } \
	static void name##_row(struct store *store, size_t index, cell *c)

ROWS(files)
{
	const struct snapshot_file *row = &store->snapshot->files[index];
	c[0] = text(store, row->path);
	c[1] = row->lines;
	c[2] = row->code_lines;
	c[3] = row->is_header;
	c[4] = row->is_main;
	c[5] = domain(store, row->domain);
}

ROWS(functions)
{
	const struct snapshot_function *row = &store->snapshot->functions[index];
	c[0] = symbol(store, row->symbol);
	c[1] = path(store, row->file);
	c[2] = text(store, row->source_name);
	c[3] = text(store, row->signature);
	c[4] = row->line;
	c[5] = row->end_line;
	c[6] = row->flags;
	c[7] = row->parameters;
	c[8] = row->cyclomatic;
	c[9] = row->cognitive;
	c[10] = row->code_lines;
	c[11] = row->is_reachable;
	c[12] = text(store, row->configurations);
	c[13] = number(row->observed_calls);
	c[14] = row->is_observed;
	c[15] = number(row->total_ns);
	c[16] = number(row->self_ns);
	c[17] = text(store, row->entry_domain);
	c[18] = row->dependencies;
	c[19] = row->dependents;
	c[20] = row->observed_dependents;
}

ROWS(variables)
{
	const struct snapshot_variable *row = &store->snapshot->variables[index];
	c[0] = symbol(store, row->symbol);
	c[1] = path(store, row->file);
	c[2] = text(store, row->type);
	c[3] = row->line;
	c[4] = row->flags;
}

ROWS(types)
{
	const struct snapshot_type *row = &store->snapshot->types[index];
	c[0] = symbol(store, row->symbol);
	c[1] = path(store, row->file);
	c[2] = text(store, row->kind);
	c[3] = row->line;
	c[4] = row->end_line;
	c[5] = row->fields;
	c[6] = row->function_fields;
	c[7] = text(store, row->layout);
}

ROWS(macros)
{
	const struct snapshot_macro *row = &store->snapshot->macros[index];
	c[0] = symbol(store, row->symbol);
	c[1] = path(store, row->file);
	c[2] = row->line;
	c[3] = row->end_line;
	c[4] = row->is_function_like;
}

ROWS(calls)
{
	const struct snapshot_call *row = &store->snapshot->calls[index];
	c[0] = symbol(store, row->caller);
	c[1] = symbol(store, row->callee);
	c[2] = row->how;
	c[3] = text(store, row->basis);
	c[4] = cell_of_real(row->confidence);
	c[5] = row->sites;
	c[6] = row->line;
	c[7] = row->via_macro;
	c[8] = text(store, row->configurations);
	c[9] = number(row->observed);
	c[10] = text(store, row->observed_how);
	c[11] = row->observed_how ? number(row->observed_first) : CELL_NULL;
}

ROWS(uses)
{
	const struct snapshot_use *row = &store->snapshot->uses[index];
	c[0] = symbol(store, row->from);
	c[1] = path(store, row->from_file);
	c[2] = symbol(store, row->to);
	c[3] = text(store, row->kind);
	c[4] = row->sites;
	c[5] = row->line;
}

ROWS(includes)
{
	const struct snapshot_include *row = &store->snapshot->includes[index];
	c[0] = path(store, row->file);
	c[1] = text(store, row->included);
	c[2] = row->line;
	c[3] = row->is_used;
	c[4] = row->is_outside;
	c[5] = row->is_missing;
}

ROWS(dependencies)
{
	const struct snapshot_dependency *row = &store->snapshot->dependencies[index];
	c[0] = path(store, row->from_file);
	c[1] = path(store, row->to_file);
	c[2] = text(store, row->kind);
	c[3] = cell_of_real(row->weight);
	c[4] = cell_of_real(row->observed);
}

ROWS(regions)
{
	const struct snapshot_region *row = &store->snapshot->regions[index];
	c[0] = path(store, row->file);
	c[1] = row->line;
	c[2] = row->end_line;
	c[3] = text(store, row->condition);
}

ROWS(entries)
{
	const struct snapshot_entry *row = &store->snapshot->entries[index];
	c[0] = symbol(store, row->symbol);
	c[1] = text(store, row->kind);
	c[2] = number(row->observed);
	c[3] = row->reaches == SNAPSHOT_NONE ? CELL_NULL : row->reaches;
	c[4] = row->has_flow;
}

ROWS(flows)
{
	const struct snapshot_flow *row = &store->snapshot->flows[index];
	c[0] = symbol(store, row->entry_symbol);
	c[1] = symbol(store, row->symbol);
	c[2] = row->depth == SNAPSHOT_NONE ? CELL_NULL : row->depth;
	c[3] = row->observed;
}

ROWS(flow_calls)
{
	const struct snapshot_flow_call *row = &store->snapshot->flow_calls[index];
	c[0] = symbol(store, row->entry_symbol);
	c[1] = symbol(store, row->caller);
	c[2] = symbol(store, row->callee);
	c[3] = number(row->observed);
	c[4] = text(store, row->observed_how);
	c[5] = number(row->first);
}

ROWS(resource_uses)
{
	const struct snapshot_resource_use *row = &store->snapshot->resource_uses[index];
	c[0] = symbol(store, row->symbol);
	c[1] = store->resource_ids[row->resource];
	c[2] = text(store, row->operation);
	c[3] = row->sites;
	c[4] = row->line;
	c[5] = text(store, row->type);
	c[6] = number(row->observed);
	c[7] = number(row->errors);
	c[8] = number(row->bytes);
	c[9] = number(row->ns);
}

ROWS(lock_orders)
{
	const struct snapshot_lock_order *row = &store->snapshot->lock_orders[index];
	c[0] = store->resource_ids[row->held];
	c[1] = store->resource_ids[row->taken];
	c[2] = symbol(store, row->symbol);
	c[3] = number(row->observed);
}

ROWS(domains)
{
	const struct snapshot_domain *row = &store->snapshot->domains[index];
	c[0] = text(store, row->name);
	c[1] = row->is_declared;
	c[2] = row->files;
	c[3] = row->functions;
	c[4] = row->lines;
	c[5] = cell_of_real(row->cohesion);
	c[6] = cell_of_real(row->exclusivity);
}

ROWS(file_reasons)
{
	const struct snapshot_file_reason *row = &store->snapshot->file_reasons[index];
	c[0] = path(store, row->file);
	c[1] = cell_of_real(row->certainty);
	c[2] = domain(store, row->second_domain);
	c[3] = cell_of_real(row->second_share);
	c[4] = text(store, row->told);
	c[5] = text(store, row->signals);
	c[6] = text(store, row->fine);
}

ROWS(domain_trees)
{
	const struct snapshot_domain_tree *row = &store->snapshot->domain_trees[index];
	c[0] = domain(store, row->domain);
	c[1] = text(store, row->id);
	c[2] = text(store, row->coarse);
	c[3] = text(store, row->previous);
	c[4] = text(store, row->change);
}

ROWS(domain_dependencies)
{
	const struct snapshot_domain_dependency *row = &store->snapshot->domain_dependencies[index];
	c[0] = domain(store, row->from_domain);
	c[1] = domain(store, row->to_domain);
	c[2] = cell_of_real(row->weight);
	c[3] = row->symbols;
	c[4] = cell_of_real(row->observed);
}

ROWS(metrics)
{
	const struct snapshot_metric *row = &store->snapshot->metrics[index];
	c[0] = text(store, row->scope);
	c[1] = text(store, row->subject);
	c[2] = text(store, row->metric);
	c[3] = cell_of_real(row->value);
}

ROWS(scores)
{
	const struct snapshot_metric *row = &store->snapshot->scores[index];
	c[0] = text(store, row->scope);
	c[1] = text(store, row->subject);
	c[2] = text(store, row->metric);
	c[3] = cell_of_real(row->value);
}

ROWS(changes)
{
	const struct snapshot_change *row = &store->snapshot->changes[index];
	c[0] = (cell)row->commit == CELL_NULL ? CELL_NULL + 1 : (cell)row->commit;
	c[1] = path(store, row->file);
	c[2] = row->time;
	c[3] = row->author;
	c[4] = row->is_fix;
	c[5] = row->files;
	c[6] = row->added;
	c[7] = row->removed;
}

ROWS(public_headers)
{
	const struct snapshot_public_header *row = &store->snapshot->public_headers[index];
	c[0] = path(store, row->file);
	c[1] = text(store, row->reason);
	c[2] = text(store, row->said_in);
	c[3] = row->line;
}

ROWS(coverage)
{
	const struct snapshot_coverage *row = &store->snapshot->coverage[index];
	c[0] = text(store, row->what);
	c[1] = (cell)row->seen;
	c[2] = (cell)row->total;
}

ROWS(policies)
{
	const struct snapshot_policy *row = &store->snapshot->policies[index];
	c[0] = text(store, row->from_domain);
	c[1] = text(store, row->to_domain);
	c[2] = text(store, row->verdict);
}

ROWS(literals)
{
	const struct snapshot_literal *row = &store->snapshot->literals[index];
	c[0] = symbol(store, row->caller);
	c[1] = symbol(store, row->callee);
	c[2] = row->argument;
	c[3] = text(store, row->text);
	c[4] = row->line;
}

ROWS(constants)
{
	const struct snapshot_constant *row = &store->snapshot->constants[index];
	c[0] = symbol(store, row->caller);
	c[1] = symbol(store, row->callee);
	c[2] = row->argument;
	c[3] = row->value;
	c[4] = row->line;
}

ROWS(outcalls)
{
	const struct snapshot_outcall *row = &store->snapshot->outcalls[index];
	c[0] = symbol(store, row->caller);
	c[1] = symbol(store, row->callee);
	c[2] = path(store, row->file);
	c[3] = row->flags;
	c[4] = row->sites;
	c[5] = row->line;
}

ROWS(declarations)
{
	const struct snapshot_declaration *row = &store->snapshot->declarations[index];
	c[0] = symbol(store, row->symbol);
	c[1] = path(store, row->file);
	c[2] = row->line;
	c[3] = row->is_definition;
}

ROWS(cycle_members)
{
	const struct snapshot_cycle_member *row = &store->snapshot->cycle_members[index];
	c[0] = text(store, row->scope);
	c[1] = text(store, row->cycle);
	c[2] = text(store, row->member);
}

ROWS(cycle_cuts)
{
	const struct snapshot_cycle_cut *row = &store->snapshot->cycle_cuts[index];
	c[0] = text(store, row->scope);
	c[1] = text(store, row->cycle);
	c[2] = text(store, row->from);
	c[3] = text(store, row->to);
	c[4] = cell_of_real(row->cost);
	c[5] = row->line;
	c[6] = text(store, row->symbol);
}

ROWS(header_costs)
{
	const struct snapshot_header_cost *row = &store->snapshot->header_costs[index];
	c[0] = path(store, row->file);
	c[1] = number(row->lines);
	c[2] = row->units;
}

ROWS(call_counts)
{
	const struct snapshot_call_count *row = &store->snapshot->call_counts[index];
	c[0] = symbol(store, row->symbol);
	c[1] = row->callers;
	c[2] = row->caller_files;
	c[3] = row->caller_domains;
	c[4] = row->callees;
	c[5] = row->callees_at_home;
}

ROWS(struct_uses)
{
	const struct snapshot_struct_use *row = &store->snapshot->struct_uses[index];
	c[0] = text(store, row->name);
	c[1] = domain(store, row->domain);
	c[2] = row->fields;
	c[3] = number(row->sites);
}

ROWS(findings)
{
	const struct snapshot_finding *row = &store->snapshot->findings[index];
	c[0] = text(store, row->rule);
	c[1] = text(store, row->severity);
	c[2] = text(store, row->goal);
	c[3] = text(store, row->domain);
	c[4] = text(store, row->file);
	c[5] = row->line;
	c[6] = text(store, row->subject);
	c[7] = text(store, row->message);
	c[8] = row->effort_minutes;
	c[9] = text(store, row->fingerprint);
	c[10] = text(store, row->task_key);
}

ROWS(tasks)
{
	const struct snapshot_task *row = &store->snapshot->tasks[index];
	c[0] = text(store, row->task_key);
	c[1] = text(store, row->title);
	c[2] = cell_of_real(row->priority);
	c[3] = text(store, row->goal);
	c[4] = text(store, row->domain);
	c[5] = row->effort_minutes;
	c[6] = row->findings;
	c[7] = text(store, row->status);
	c[8] = text(store, row->rule);
	c[9] = text(store, row->why);
	c[10] = text(store, row->steps);
	c[11] = text(store, row->reason);
	c[12] = row->has_change ? cell_of_real(row->score_change) : CELL_NULL;
}

static size_t manifest_count(const struct store *store)
{
	return store->release->unit_count;
}

static void manifest_row(struct store *store, size_t index, cell *c)
{
	const struct model_release_unit *unit = &store->release->units[index];
	sqlite3_stmt *find, *add, *facts;
	if (store->failed || (store->failed = model_statement(store->model, STATEMENT_UNIT_FIND, &find, store->err)) ||
	    (store->failed = model_statement(store->model, STATEMENT_UNIT_ADD, &add, store->err)) ||
	    (store->failed = model_statement(store->model, STATEMENT_FACTS_FIND, &facts, store->err)))
		return;
	sqlite3_bind_text(find, 1, unit->path, -1, SQLITE_STATIC);
	model_bind_hash(find, 2, unit->command_hash);
	sqlite3_bind_text(add, 1, unit->path, -1, SQLITE_STATIC);
	model_bind_hash(add, 2, unit->command_hash);
	c[0] = find_or_add(store, find, add, false);
	model_bind_hash(facts, 1, unit->facts_id);
	int code = sqlite3_step(facts);
	if (code == SQLITE_ROW)
		c[1] = sqlite3_column_int64(facts, 0);
	else if (!store->failed)
		store->failed = err_set(store->err, ERR_DATABASE, "%s: the facts of %s are missing; scan again", store->model->path,
					unit->path);
	sqlite3_reset(facts);
}

#define TABLE(name, rows, columns, types) {name, columns, types, rows##_count, rows##_row}
static const struct table tables[] = {
	TABLE("manifest", manifest, "unit, facts", "ii"),
	TABLE("file", files, "path, lines, code_lines, is_header, is_main, domain", "iiiiii"),
	TABLE("function", functions, "symbol, file, source_name, signature, line, end_line, flags, parameters, cyclomatic, "
	      "cognitive, code_lines, is_reachable, configurations, observed_calls, is_observed, total_ns, self_ns, entry_domain, dependencies, "
	      "dependents, observed_dependents", "iiiiiiiiiiiiiiiiiiiii"),
	TABLE("variable", variables, "symbol, file, type, line, flags", "iiiii"),
	TABLE("type", types, "symbol, file, kind, line, end_line, fields, function_fields, layout", "iiiiiiii"),
	TABLE("macro", macros, "symbol, file, line, end_line, is_function_like", "iiiii"),
	TABLE("call", calls, "caller, callee, how, basis, confidence, sites, line, via_macro, configurations, observed, observed_how, "
	      "observed_first", "iiiiriiiiiii"),
	TABLE("use", uses, "from_symbol, from_file, to_symbol, kind, sites, line", "iiiiii"),
	TABLE("include", includes, "file, included, line, is_used, is_outside, is_missing", "iiiiii"),
	TABLE("dependency", dependencies, "from_file, to_file, kind, weight, observed", "iiirr"),
	TABLE("region", regions, "file, line, end_line, condition", "iiii"),
	TABLE("entry", entries, "symbol, kind, observed, reaches, has_flow", "iiiii"),
	TABLE("flow", flows, "entry, symbol, depth, observed", "iiii"),
	TABLE("flow_call", flow_calls, "entry, caller, callee, observed, observed_how, first", "iiiiii"),
	TABLE("resource_use", resource_uses, "symbol, resource, operation, sites, line, type, observed, errors, bytes, ns",
	      "iiiiiiiiii"),
	TABLE("lock_order", lock_orders, "held, taken, symbol, observed", "iiii"),
	TABLE("domain", domains, "name, is_declared, files, functions, lines, cohesion, exclusivity", "iiiiirr"),
	TABLE("file_reason", file_reasons, "file, certainty, second_domain, second_share, told, signals, fine", "iririii"),
	TABLE("domain_tree", domain_trees, "domain, domain_id, coarse, previous, change", "iiiii"),
	TABLE("domain_dependency", domain_dependencies, "from_domain, to_domain, weight, symbols, observed", "iirir"),
	TABLE("metric", metrics, "scope, subject, metric, value", "iiir"),
	TABLE("file_change", changes, "change_id, file, time, author, is_fix, files, added, removed", "iiiiiiii"),
	TABLE("public_header", public_headers, "file, reason, said_in, line", "iiii"),
	TABLE("coverage_row", coverage, "what, seen, total", "iii"),
	TABLE("policy", policies, "from_domain, to_domain, verdict", "iii"),
	TABLE("literal", literals, "caller, callee, argument, value, line", "iiiii"),
	TABLE("constant", constants, "caller, callee, argument, value, line", "iiiii"),
	TABLE("outcall", outcalls, "caller, callee, file, flags, sites, line", "iiiiii"),
	TABLE("declaration", declarations, "symbol, file, line, is_definition", "iiii"),
	TABLE("cycle_member", cycle_members, "scope, cycle, member", "iii"),
	TABLE("cycle_cut", cycle_cuts, "scope, cycle, from_member, to_member, cost, line, symbol", "iiiirii"),
	TABLE("header_cost", header_costs, "file, lines, units", "iii"),
	TABLE("call_count", call_counts, "symbol, callers, caller_files, caller_domains, callees, callees_at_home", "iiiiii"),
	TABLE("struct_use", struct_uses, "name, domain, fields, sites", "iiii"),
};
/* What rules say, written once the above can be read through the views. */
static const struct table verdict_tables[] = {
	TABLE("finding", findings, "rule, severity, goal, domain, file, line, subject, message, effort_minutes, fingerprint, task",
	      "iiiiiiiiiii"),
	TABLE("task", tasks, "task_key, title, priority, goal, domain, effort_minutes, findings, status, rule, why, steps, reason, "
	      "score_change", "iiriiiiiiiiir"),
	TABLE("score", scores, "scope, subject, metric, value", "iiir"),
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- identities ---- */

static int number_symbols(struct store *store)
{
	const struct snapshot *snapshot = store->snapshot;
	sqlite3_stmt *find = NULL, *add = NULL;
	int result = model_prepare(store->model, "SELECT id FROM symbol WHERE name = ?1 AND kind = ?2 AND scope = ?3", &find,
				   store->err);
	if (!result)
		result = model_prepare(store->model, "INSERT OR IGNORE INTO symbol(name, kind, scope) VALUES(?1, ?2, ?3)", &add,
				       store->err);
	bool all_new = false;
	if (!result)
		result = store_is_empty(store, "symbol", &all_new);
	store->symbol_ids = mem_zalloc(snapshot->symbols_count + 1, sizeof *store->symbol_ids);
	for (size_t i = 0; !result && i < snapshot->symbols_count; i++) {
		const struct snapshot_symbol *row = &snapshot->symbols[i];
		cell scope = text(store, row->scope_path);
		sqlite3_stmt *both[] = {find, add};
		for (int s = 0; s < 2; s++) {
			sqlite3_bind_text(both[s], 1, row->name, -1, SQLITE_STATIC);
			sqlite3_bind_int(both[s], 2, row->kind);
			sqlite3_bind_int64(both[s], 3, scope);
		}
		store->symbol_ids[i] = find_or_add(store, find, add, all_new);
		result = store->failed;
	}
	sqlite3_finalize(find);
	sqlite3_finalize(add);
	return result;
}

static int number_resources(struct store *store)
{
	const struct snapshot *snapshot = store->snapshot;
	sqlite3_stmt *find = NULL, *add = NULL;
	int result = model_prepare(store->model, "SELECT id FROM resource WHERE kind = ?1 AND name = ?2", &find, store->err);
	if (!result)
		result = model_prepare(store->model, "INSERT OR IGNORE INTO resource(kind, name) VALUES(?1, ?2)", &add, store->err);
	store->resource_ids = mem_zalloc(snapshot->resources_count + 1, sizeof *store->resource_ids);
	for (size_t i = 0; !result && i < snapshot->resources_count; i++) {
		cell kind = text(store, snapshot->resources[i].kind), name = text(store, snapshot->resources[i].name);
		sqlite3_stmt *both[] = {find, add};
		for (int s = 0; s < 2; s++) {
			sqlite3_bind_int64(both[s], 1, kind);
			sqlite3_bind_int64(both[s], 2, name);
		}
		store->resource_ids[i] = find_or_add(store, find, add, false);
		result = store->failed;
	}
	sqlite3_finalize(find);
	sqlite3_finalize(add);
	return result;
}

static int store_tables(struct model *model, int64_t number, bool newest, const struct model_release *release,
			const struct snapshot *snapshot, const struct table *which, size_t count, struct err *err)
{
	struct store store = {.model = model, .number = number, .newest = newest, .release = release, .snapshot = snapshot,
			      .texts = interner_create(), .err = err};
	int result = model_prepare(model, "SELECT id FROM text WHERE value = ?1", &store.text_find, err);
	if (!result)
		result = model_prepare(model, "INSERT OR IGNORE INTO text(value) VALUES(?1)", &store.text_add, err);
	if (!result)
		result = store_is_empty(&store, "text", &store.no_texts);
	/* Verdicts name what they are about by its text. */
	if (!result && which == tables)
		result = number_symbols(&store);
	if (!result && which == tables)
		result = number_resources(&store);
	for (size_t i = 0; !result && i < count; i++)
		result = table_merge(&store, &which[i]);
	sqlite3_finalize(store.text_find);
	sqlite3_finalize(store.text_add);
	interner_destroy(store.texts);
	free(store.text_ids);
	free(store.symbol_ids);
	free(store.resource_ids);
	return result;
}

int tables_store(struct model *model, int64_t number, bool newest, const struct model_release *release,
		 const struct snapshot *snapshot, struct err *err)
{
	return store_tables(model, number, newest, release, snapshot, tables, COUNT(tables), err);
}

int tables_store_verdicts(struct model *model, int64_t number, bool newest, const struct snapshot *snapshot, struct err *err)
{
	return store_tables(model, number, newest, NULL, snapshot, verdict_tables, COUNT(verdict_tables), err);
}

int tables_sweep(struct model *model, struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < COUNT(tables) + COUNT(verdict_tables); i++) {
		const struct table *table = i < COUNT(tables) ? &tables[i] : &verdict_tables[i - COUNT(tables)];
		char *sql = sqlite3_mprintf("DELETE FROM %s WHERE until <> 0 AND NOT EXISTS (SELECT 1 FROM release r WHERE "
					    "r.number BETWEEN since AND until)", table->name);
		result = model_execute(model, sql, "removing a replaced release", err);
		sqlite3_free(sql);
	}
	return result;
}

void snapshot_finish(struct snapshot *snapshot)
{
#define SNAPSHOT_FREE(name, type) free(snapshot->name);
	SNAPSHOT_TABLES(SNAPSHOT_FREE)
#undef SNAPSHOT_FREE
	memset(snapshot, 0, sizeof *snapshot);
}
