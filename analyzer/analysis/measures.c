/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting, domain by domain. Where something stands in a file, the file's domain is meant. */
#include "analysis/measures.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/layers.h"

#define NONE GRAPH_NONE

struct counting {
	const struct measures_input *input;
	const struct graph *graph;
	uint32_t *domain_of; /* per symbol: domain of the function, variable, type or macro it names; NONE */
	struct measures_result *out;
};

static void metric(struct counting *counting, uint32_t domain, const char *name, double value)
{
	struct measures_result *out = counting->out;
	mem_grow(&out->metrics, &out->capacity, out->count + 1, sizeof *out->metrics);
	out->metrics[out->count++] = (struct debt_metric){"domain", counting->input->domains->domains[domain].name, name, value};
}

static uint32_t *per_domain(const struct counting *counting)
{
	return mem_zalloc((size_t)counting->input->domains->count + 1, sizeof(uint32_t));
}

/* One metric of all domains: part / whole where there is a whole. */
static void shares(struct counting *counting, const char *name, const uint32_t *part, const uint32_t *whole)
{
	for (uint32_t d = 0; d < counting->input->domains->count; d++)
		if (whole[d])
			metric(counting, d, name, (double)part[d] / whole[d]);
}

static void counts(struct counting *counting, const char *name, const uint32_t *count)
{
	for (uint32_t d = 0; d < counting->input->domains->count; d++)
		metric(counting, d, name, count[d]);
}

static uint32_t domain_of_file(const struct counting *counting, uint32_t file)
{
	return file == NONE ? NONE : counting->input->domains->domain_of[file];
}

/* ---- who is whose ---- */

bool measures_is_private(const char *path)
{
	static const char *const PATTERNS[] = {"*internal*", "*private*", "*[-_]priv.*", "*[-_]impl.*", "*[-_]int.h", "*/priv/*", "*/impl/*"};
	for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++)
		if (!fnmatch(PATTERNS[i], path, 0))
			return true;
	return false;
}

bool *measures_find_declared(const struct graph *graph)
{
	bool *declared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *declared);
	for (uint32_t i = 0; i < graph->declaration_count; i++) {
		const struct graph_declaration *row = &graph->declarations[i];
		if (row->symbol != NONE && graph->files[row->file].is_header && !measures_is_private(graph->files[row->file].path))
			declared[row->symbol] = true;
	}
	return declared;
}

static void place_symbols(struct counting *counting)
{
	const struct graph *graph = counting->graph;
	counting->domain_of = mem_alloc(((size_t)graph->symbol_count + 1) * sizeof *counting->domain_of);
	memset(counting->domain_of, 0xff, ((size_t)graph->symbol_count + 1) * sizeof *counting->domain_of);
	for (uint32_t i = 0; i < graph->function_count; i++)
		counting->domain_of[graph->functions[i].symbol] = domain_of_file(counting, graph->functions[i].file);
	for (uint32_t i = 0; i < graph->variable_count; i++)
		counting->domain_of[graph->variables[i].symbol] = domain_of_file(counting, graph->variables[i].file);
	for (uint32_t i = 0; i < graph->type_count; i++)
		counting->domain_of[graph->types[i].symbol] = domain_of_file(counting, graph->types[i].file);
	for (uint32_t i = 0; i < graph->macro_count; i++)
		counting->domain_of[graph->macros[i].symbol] = domain_of_file(counting, graph->macros[i].file);
}

/* Observed results name symbols beyond the graph's, too. */
static uint32_t domain_of_symbol(const struct counting *counting, uint32_t symbol)
{
	return symbol < counting->graph->symbol_count ? counting->domain_of[symbol] : NONE;
}

/* ---- size ---- */

static void measure_size(struct counting *counting)
{
	const struct domains_result *domains = counting->input->domains;
	for (uint32_t d = 0; d < domains->count; d++) {
		metric(counting, d, "files", domains->domains[d].files);
		metric(counting, d, "functions", domains->domains[d].functions);
		metric(counting, d, "code_lines", domains->domains[d].lines);
	}
}

/* ---- exclusivity ---- */

static void measure_observed_functions(struct counting *counting)
{
	const struct observed_result *observed = counting->input->observed;
	const struct graph *graph = counting->graph;
	bool *shared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *shared);
	uint32_t *seen = per_domain(counting), *exclusive = per_domain(counting);
	for (size_t i = 0; i < observed->call_count; i++) {
		uint32_t from = domain_of_symbol(counting, observed->calls[i].caller);
		uint32_t to = domain_of_symbol(counting, observed->calls[i].callee);
		if (observed->calls[i].count && from != NONE && to != NONE && from != to)
			shared[observed->calls[i].callee] = true;
	}
	for (uint32_t i = 0; i < graph->function_count; i++) {
		uint32_t symbol = graph->functions[i].symbol;
		if (!observed->is_seen[symbol])
			continue;
		seen[counting->domain_of[symbol]]++;
		exclusive[counting->domain_of[symbol]] += !shared[symbol];
	}
	shares(counting, "exclusivity_observed", exclusive, seen);
	free(shared);
	free(seen);
	free(exclusive);
}

static void measure_globals(struct counting *counting)
{
	const struct graph *graph = counting->graph;
	bool *shared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *shared);
	uint32_t *whole = per_domain(counting), *exclusive = per_domain(counting);
	for (uint32_t i = 0; i < graph->use_count; i++) {
		const struct graph_use *use = &graph->uses[i];
		bool is_access = use->kind == REF_READ || use->kind == REF_WRITE || use->kind == REF_ADDRESS;
		uint32_t from = domain_of_file(counting, use->from_file);
		if (is_access && from != NONE && from != counting->domain_of[use->to])
			shared[use->to] = true;
	}
	for (uint32_t i = 0; i < graph->variable_count; i++) {
		uint32_t symbol = graph->variables[i].symbol;
		whole[counting->domain_of[symbol]]++;
		exclusive[counting->domain_of[symbol]] += !shared[symbol];
	}
	shares(counting, "exclusivity_globals", exclusive, whole);
	free(shared);
	free(whole);
	free(exclusive);
}

struct resource_user { uint32_t resource, domain; bool is_table; };

static int compare_users(const void *a, const void *b)
{
	const struct resource_user *x = a, *y = b;
	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return (x->domain > y->domain) - (x->domain < y->domain);
}

/* rows: who uses which resource, in any order. */
static void measure_users(struct counting *counting, struct resource_user *rows, size_t count, bool tables, const char *name)
{
	uint32_t *whole = per_domain(counting), *exclusive = per_domain(counting);
	if (count)
		qsort(rows, count, sizeof *rows, compare_users);
	for (size_t i = 0; i < count;) {
		size_t end = i;
		uint32_t domains = 0;
		for (; end < count && rows[end].resource == rows[i].resource; end++)
			domains += end == i || rows[end].domain != rows[end - 1].domain;
		for (size_t r = i; r < end; r++) {
			if ((r > i && rows[r].domain == rows[r - 1].domain) || (tables && !rows[r].is_table))
				continue;
			whole[rows[r].domain]++;
			exclusive[rows[r].domain] += domains == 1;
		}
		i = end;
	}
	shares(counting, name, exclusive, whole);
	free(whole);
	free(exclusive);
}

static void measure_resources(struct counting *counting)
{
	const struct named_resources *named = counting->input->named;
	const struct observed_result *observed = counting->input->observed;
	struct resource_user *rows = mem_alloc((named->use_count + observed->use_count + 1) * sizeof *rows);
	size_t count = 0;
	for (size_t i = 0; i < named->use_count; i++) {
		const struct named_use *use = &named->uses[i];
		rows[count++] = (struct resource_user){use->resource, counting->domain_of[use->symbol],
						       !strcmp(named->resources[use->resource].kind, "table")};
	}
	measure_users(counting, rows, count, false, "exclusivity_resources");
	measure_users(counting, rows, count, true, "exclusivity_tables");
	count = 0;
	for (size_t i = 0; i < observed->use_count; i++) {
		const struct observed_use *use = &observed->uses[i];
		uint32_t domain = domain_of_symbol(counting, use->symbol);
		if (use->count && domain != NONE && counting->graph->function_of[use->symbol] != NONE)
			rows[count++] = (struct resource_user){use->resource, domain,
							       !strcmp(observed->resources[use->resource].kind, "table")};
	}
	measure_users(counting, rows, count, false, "exclusivity_resources_observed");
	measure_users(counting, rows, count, true, "exclusivity_tables_observed");
	free(rows);
}

/* ---- what others see ---- */

static void measure_entries(struct counting *counting)
{
	const struct reach_result *reach = counting->input->reach;
	const struct observed_result *observed = counting->input->observed;
	bool *is_entry = mem_zalloc((size_t)counting->graph->symbol_count + 1, sizeof *is_entry);
	uint32_t *count = per_domain(counting);
	for (size_t i = 0; i < reach->entries.count; i++)
		is_entry[reach->entries.items[i].symbol] = true;
	for (size_t i = 0; i < observed->entry_count; i++)
		if (observed->entries[i].symbol < counting->graph->symbol_count)
			is_entry[observed->entries[i].symbol] = true;
	for (uint32_t i = 0; i < counting->graph->function_count; i++)
		if (is_entry[counting->graph->functions[i].symbol])
			count[counting->domain_of[counting->graph->functions[i].symbol]]++;
	counts(counting, "entry_points", count);
	free(is_entry);
	free(count);
}

/* Per symbol: something outside its domain calls it by name, or uses it. */
static bool *find_used_outside(const struct counting *counting)
{
	const struct graph *graph = counting->graph;
	bool *used = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *used);
	for (uint32_t i = 0; i < graph->call_count; i++) {
		const struct graph_call *call = &graph->calls[i];
		uint32_t from = counting->domain_of[call->caller];
		if (strcmp(call->basis, "alias") != 0 && from != NONE && from != counting->domain_of[call->callee])
			used[call->callee] = true;
	}
	for (uint32_t i = 0; i < graph->use_count; i++)
		if (domain_of_file(counting, graph->uses[i].from_file) != counting->domain_of[graph->uses[i].to])
			used[graph->uses[i].to] = true;
	return used;
}

/* Does what defines a type or macro hide it: a source, or a header that says so? */
static bool hides(const struct graph *graph, uint32_t file)
{
	return !graph->files[file].is_header || measures_is_private(graph->files[file].path);
}

static void measure_surface(struct counting *counting)
{
	const struct graph *graph = counting->graph;
	const bool *declared = counting->input->is_declared;
	bool *used = find_used_outside(counting);
	uint32_t *surface = per_domain(counting), *hidden = per_domain(counting);
	for (uint32_t s = 0; s < graph->symbol_count; s++)
		if (used[s] && counting->domain_of[s] != NONE)
			surface[counting->domain_of[s]]++;
	for (uint32_t i = 0; i < graph->function_count; i++) {
		uint32_t s = graph->functions[i].symbol;
		hidden[counting->domain_of[s]] += used[s] && !declared[s];
	}
	for (uint32_t i = 0; i < graph->variable_count; i++) {
		uint32_t s = graph->variables[i].symbol;
		hidden[counting->domain_of[s]] += used[s] && !declared[s];
	}
	for (uint32_t i = 0; i < graph->type_count; i++)
		hidden[counting->domain_of[graph->types[i].symbol]] +=
			used[graph->types[i].symbol] && hides(graph, graph->types[i].file);
	for (uint32_t i = 0; i < graph->macro_count; i++)
		hidden[counting->domain_of[graph->macros[i].symbol]] +=
			used[graph->macros[i].symbol] && hides(graph, graph->macros[i].file);
	counts(counting, "api_surface", surface);
	counts(counting, "hidden_reached", hidden);
	free(used);
	free(surface);
	free(hidden);
}

/* ---- abstractness ---- */

static bool is_record(const struct graph *graph, const struct graph_type *type)
{
	uint8_t kind = graph->symbols[type->symbol].kind;
	return kind == SYMBOL_STRUCT || kind == SYMBOL_UNION;
}

/* Per file: a header that a file of another domain includes. */
static bool *find_offered_headers(const struct counting *counting)
{
	const struct graph *graph = counting->graph;
	bool *offered = mem_zalloc((size_t)graph->file_count + 1, sizeof *offered);
	for (uint32_t i = 0; i < graph->include_count; i++) {
		const struct graph_include *include = &graph->includes[i];
		if (include->target != NONE && graph->files[include->target].is_header &&
		    domain_of_file(counting, include->file) != domain_of_file(counting, include->target))
			offered[include->target] = true;
	}
	return offered;
}

static void measure_records(struct counting *counting, const bool *offered, uint32_t *whole, uint32_t *abstract)
{
	const struct graph *graph = counting->graph;
	/* Named by an offered header of its own domain. */
	bool *named = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *named);
	for (uint32_t i = 0; i < graph->use_count; i++) {
		const struct graph_use *use = &graph->uses[i];
		if (use->kind == REF_TYPE && use->from_file != NONE && offered[use->from_file] &&
		    domain_of_file(counting, use->from_file) == counting->domain_of[use->to])
			named[use->to] = true;
	}
	for (uint32_t i = 0; i < graph->type_count; i++) {
		const struct graph_type *type = &graph->types[i];
		bool is_opaque = !graph->files[type->file].is_header && named[type->symbol];
		if (!is_record(graph, type) || (!is_opaque && !offered[type->file]))
			continue;
		uint32_t domain = counting->domain_of[type->symbol];
		whole[domain]++;
		abstract[domain] += is_opaque || (type->function_fields && 2 * type->function_fields >= type->fields);
	}
	free(named);
}

static void measure_headers(struct counting *counting, const bool *offered, uint32_t *whole, uint32_t *abstract)
{
	const struct graph *graph = counting->graph;
	bool *defines = mem_zalloc((size_t)graph->file_count + 1, sizeof *defines);
	for (uint32_t i = 0; i < graph->function_count; i++)
		defines[graph->functions[i].file] = true;
	for (uint32_t i = 0; i < graph->variable_count; i++)
		defines[graph->variables[i].file] = true;
	for (uint32_t i = 0; i < graph->type_count; i++)
		if (is_record(graph, &graph->types[i]))
			defines[graph->types[i].file] = true;
	for (uint32_t f = 0; f < graph->file_count; f++) {
		if (!offered[f])
			continue;
		whole[domain_of_file(counting, f)]++;
		abstract[domain_of_file(counting, f)] += !defines[f];
	}
	free(defines);
}

static void measure_abstractness(struct counting *counting)
{
	const struct domains_result *domains = counting->input->domains;
	uint32_t *whole = per_domain(counting), *abstract = per_domain(counting);
	uint32_t *in = per_domain(counting), *out = per_domain(counting);
	bool *offered = find_offered_headers(counting);
	measure_records(counting, offered, whole, abstract);
	measure_headers(counting, offered, whole, abstract);
	for (size_t i = 0; i < domains->link_count; i++) {
		out[domains->links[i].from]++;
		in[domains->links[i].to]++;
	}
	for (uint32_t d = 0; d < domains->count; d++) {
		double a = whole[d] ? (double)abstract[d] / whole[d] : 0;
		double i = in[d] + out[d] ? (double)out[d] / (in[d] + out[d]) : 0;
		metric(counting, d, "abstractness", a);
		metric(counting, d, "main_sequence_distance", fabs(a + i - 1));
	}
	free(offered);
	free(whole);
	free(abstract);
	free(in);
	free(out);
}

/* ---- cycles, layers ---- */

static void measure_order(struct counting *counting)
{
	const struct domains_result *domains = counting->input->domains;
	uint32_t n = domains->count;
	struct layer_link *links = mem_alloc((domains->link_count + 1) * sizeof *links);
	uint32_t *first = mem_zalloc((size_t)n + 2, sizeof *first), *target = mem_alloc((domains->link_count + 1) * sizeof *target);
	uint32_t *component = mem_alloc(((size_t)n + 1) * sizeof *component), *upward = per_domain(counting);
	double *knot = mem_zalloc((size_t)n + 1, sizeof *knot), *own = mem_zalloc((size_t)n + 1, sizeof *own);
	for (size_t i = 0; i < domains->link_count; i++) {
		links[i] = (struct layer_link){domains->links[i].from, domains->links[i].to, domains->links[i].weight};
		first[links[i].from + 1]++;
		target[i] = links[i].to;
	}
	for (uint32_t d = 0; d < n; d++)
		first[d + 1] += first[d];
	graph_components(n, first, target, component);
	counting->out->level = per_domain(counting);
	layers_find(n, links, domains->link_count, counting->out->level);
	for (size_t i = 0; i < domains->link_count; i++) {
		bool is_within = component[links[i].from] == component[links[i].to];
		knot[component[links[i].from]] += is_within ? links[i].weight : 0;
		own[links[i].from] += is_within ? links[i].weight : 0;
		upward[links[i].from] += counting->out->level[links[i].from] < counting->out->level[links[i].to];
	}
	for (uint32_t d = 0; d < n; d++)
		metric(counting, d, "cycle_share", knot[component[d]] > 0 ? own[d] / knot[component[d]] : 0);
	counts(counting, "level", counting->out->level);
	counts(counting, "upward_dependencies", upward);
	free(links);
	free(first);
	free(target);
	free(component);
	free(upward);
	free(knot);
	free(own);
}

void measures_compute(const struct measures_input *input, struct measures_result *out)
{
	*out = (struct measures_result){0};
	struct counting counting = {.input = input, .graph = input->graph, .out = out};
	place_symbols(&counting);
	measure_size(&counting);
	measure_observed_functions(&counting);
	measure_globals(&counting);
	measure_resources(&counting);
	measure_entries(&counting);
	measure_surface(&counting);
	measure_abstractness(&counting);
	measure_order(&counting);
	free(counting.domain_of);
}

void measures_finish(struct measures_result *result)
{
	free(result->metrics);
	free(result->level);
	*result = (struct measures_result){0};
}
