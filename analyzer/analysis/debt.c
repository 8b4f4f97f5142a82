/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debt metrics. The formulas stand in debt_formulas.c, beside the SQL that must agree with what is computed here. */
#include "analysis/debt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/closure.h"

struct debt {
	const struct graph *graph;
	const struct domains_result *domains;
	struct debt_result *out;
	size_t capacity;
	uint32_t *first, *target;   /* distinct written dependencies between files, CSR */
	uint32_t *fan_in, *reach, *cycle_size; /* per file */
	double *cognitive, *cyclomatic;
};

static double ramp(double x, double low, double high)
{
	return fmin(fmax((x - low) / (high - low), 0), 1);
}

static void metric(struct debt *debt, const char *scope, const char *subject, const char *name, double value)
{
	mem_grow(&debt->out->metrics, &debt->capacity, debt->out->metric_count + 1, sizeof *debt->out->metrics);
	debt->out->metrics[debt->out->metric_count++] = (struct debt_metric){scope, subject, name, value};
}

/* dependencies come sorted by from, to, kind */
static void build_edges(struct debt *debt, const struct file_dependency *dependencies, size_t count)
{
	uint32_t files = debt->graph->file_count;
	debt->first = mem_zalloc((size_t)files + 2, sizeof *debt->first);
	debt->target = mem_alloc((count + 1) * sizeof *debt->target);
	uint32_t edges = 0, last_from = GRAPH_NONE, last_to = GRAPH_NONE;
	for (size_t i = 0; i < count; i++) {
		const struct file_dependency *row = &dependencies[i];
		if (!dependency_is_written(row->kind) || (row->from == last_from && row->to == last_to))
			continue;
		last_from = row->from;
		last_to = row->to;
		debt->target[edges++] = row->to;
		debt->first[row->from + 1]++;
		debt->fan_in[row->to]++;
	}
	for (uint32_t i = 0; i < files; i++)
		debt->first[i + 1] += debt->first[i];
}

static void compute_reach(struct debt *debt)
{
	uint32_t files = debt->graph->file_count;
	closure_compute(files, debt->first, debt->target, debt->out->file_cycle, debt->cycle_size, debt->reach);
	for (uint32_t f = 0; f < files; f++)
		if (!debt->cycle_size[f])
			debt->out->file_cycle[f] = GRAPH_NONE;
}

static void file_metrics(struct debt *debt)
{
	const struct graph *graph = debt->graph;
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		debt->cognitive[function->file] = fmax(debt->cognitive[function->file], function->cognitive);
		debt->cyclomatic[function->file] += function->cyclomatic;
	}
	for (uint32_t f = 0; f < graph->file_count; f++) {
		const char *path = graph->files[f].path;
		double fan_out = debt->first[f + 1] - debt->first[f], fan_in = debt->fan_in[f];
		double score = 100 * (0.3 * ramp(debt->cognitive[f], 15, 150) + 0.2 * ramp(graph->files[f].code_lines, 500, 5000) +
				      0.2 * ramp(fmin(fan_in, fan_out), 5, 50) + 0.3 * ramp(debt->cycle_size[f], 1, 20));
		debt->out->file_score[f] = score;
		metric(debt, "file", path, "cognitive_max", debt->cognitive[f]);
		metric(debt, "file", path, "cycle_size", debt->cycle_size[f]);
		metric(debt, "file", path, "cyclomatic_sum", debt->cyclomatic[f]);
		metric(debt, "file", path, "debt_score", score);
		metric(debt, "file", path, "fan_in", fan_in);
		metric(debt, "file", path, "fan_out", fan_out);
		metric(debt, "file", path, "reach", debt->reach[f]);
	}
}

static void domain_cycles(struct debt *debt, uint32_t *size)
{
	const struct domains_result *domains = debt->domains;
	uint32_t *first = mem_zalloc((size_t)domains->count + 2, sizeof *first);
	uint32_t *target = mem_alloc((domains->link_count + 1) * sizeof *target);
	for (size_t i = 0; i < domains->link_count; i++) {
		first[domains->links[i].from + 1]++;
		target[i] = domains->links[i].to; /* links are sorted by from */
	}
	for (uint32_t i = 0; i < domains->count; i++)
		first[i + 1] += first[i];
	uint32_t *component = debt->out->domain_cycle;
	uint32_t components = graph_components(domains->count, first, target, component);
	uint32_t *count = mem_zalloc((size_t)components + 1, sizeof *count);
	for (uint32_t i = 0; i < domains->count; i++)
		count[component[i]]++;
	for (uint32_t i = 0; i < domains->count; i++) {
		size[i] = count[component[i]] > 1 ? count[component[i]] : 0;
		if (!size[i])
			component[i] = GRAPH_NONE;
	}
	free(first);
	free(target);
	free(count);
}

static void domain_metrics(struct debt *debt)
{
	const struct domains_result *domains = debt->domains;
	uint32_t n = domains->count;
	uint32_t *cycle = mem_zalloc((size_t)n + 1, sizeof *cycle), *cyclic = mem_zalloc((size_t)n + 1, sizeof *cyclic);
	double *in = mem_zalloc((size_t)n + 1, sizeof *in), *out = mem_zalloc((size_t)n + 1, sizeof *out);
	double *scores = mem_zalloc((size_t)n + 1, sizeof *scores), *lines = mem_zalloc((size_t)n + 1, sizeof *lines);
	domain_cycles(debt, cycle);
	for (size_t i = 0; i < domains->link_count; i++) {
		out[domains->links[i].from]++;
		in[domains->links[i].to]++;
	}
	for (uint32_t f = 0; f < debt->graph->file_count; f++) {
		uint32_t d = domains->domain_of[f];
		cyclic[d] += debt->cycle_size[f] > 0;
		scores[d] += debt->out->file_score[f] * debt->graph->files[f].code_lines;
		lines[d] += debt->graph->files[f].code_lines;
	}
	for (uint32_t d = 0; d < n; d++) {
		const struct domain *domain = &domains->domains[d];
		double files = lines[d] > 0 ? scores[d] / lines[d] : 0;
		double score = 0.6 * files + 20 * ramp(1 - domain->cohesion, 0.3, 0.9) + 20 * ramp(cycle[d], 1, 10);
		debt->out->domain_score[d] = score;
		metric(debt, "domain", domain->name, "cohesion", domain->cohesion);
		metric(debt, "domain", domain->name, "coupling_in", in[d]);
		metric(debt, "domain", domain->name, "coupling_out", out[d]);
		metric(debt, "domain", domain->name, "cycle_size", cycle[d]);
		metric(debt, "domain", domain->name, "cyclic_files", domain->files ? (double)cyclic[d] / domain->files : 0);
		metric(debt, "domain", domain->name, "debt_score", score);
		metric(debt, "domain", domain->name, "exclusivity", domain->exclusivity);
		metric(debt, "domain", domain->name, "instability", in[d] + out[d] > 0 ? out[d] / (in[d] + out[d]) : 0);
	}
	free(cycle);
	free(cyclic);
	free(in);
	free(out);
	free(scores);
	free(lines);
}

static double turbomq(const struct debt *debt, const struct file_dependency *dependencies, size_t count)
{
	const struct domains_result *domains = debt->domains;
	double *within = mem_zalloc((size_t)domains->count + 1, sizeof *within);
	double *crossing = mem_zalloc((size_t)domains->count + 1, sizeof *crossing), sum = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t from = domains->domain_of[dependencies[i].from], to = domains->domain_of[dependencies[i].to];
		if (!dependency_is_written(dependencies[i].kind))
			continue;
		if (from == to) {
			within[from] += dependencies[i].weight;
		} else {
			crossing[from] += dependencies[i].weight;
			crossing[to] += dependencies[i].weight;
		}
	}
	for (uint32_t d = 0; d < domains->count; d++)
		if (within[d] > 0)
			sum += 2 * within[d] / (2 * within[d] + crossing[d]);
	free(within);
	free(crossing);
	return domains->count ? sum / domains->count : 0;
}

static void codebase_metrics(struct debt *debt, double mq)
{
	const struct graph *graph = debt->graph;
	double n = graph->file_count, ccd = 0, squares = 0, groups = 0, largest = 0, scores = 0, lines = 0;
	bool depends = false;
	for (uint32_t f = 0; f < graph->file_count; f++) {
		depends |= debt->fan_in[f] > 0;
		ccd += debt->reach[f];
		squares += debt->cycle_size[f];
		groups += debt->cycle_size[f] ? 1.0 / debt->cycle_size[f] : 0;
		largest = fmax(largest, debt->cycle_size[f]);
		scores += debt->out->file_score[f] * graph->files[f].code_lines;
		lines += graph->files[f].code_lines;
	}
	if (!graph->file_count)
		return;
	double cost = ccd / (n * n), cyclicity = 100 * sqrt(squares) / n;
	/* That a file reaches itself is no debt, and where nothing depends on anything nothing is badly cut. */
	double score = 0.4 * (lines > 0 ? scores / lines : 0) + 20 * ramp(cyclicity, 4, 50) +
		       20 * ramp(cost - 1 / n, 0.1, 0.6) + (depends ? 20 * (1 - mq) : 0);
	debt->out->codebase_score = score;
	metric(debt, "codebase", "", "acd", ccd / n);
	metric(debt, "codebase", "", "ccd", ccd);
	metric(debt, "codebase", "", "cycle_groups", round(groups * 1e6) / 1e6);
	metric(debt, "codebase", "", "debt_score", score);
	metric(debt, "codebase", "", "largest_cycle", largest);
	metric(debt, "codebase", "", "nccd", ccd / ((n + 1) * log2(n + 1) - n));
	metric(debt, "codebase", "", "propagation_cost", cost);
	metric(debt, "codebase", "", "relative_cyclicity", cyclicity);
	metric(debt, "codebase", "", "turbomq", mq);
}

static int compare_metrics(const void *a, const void *b)
{
	const struct debt_metric *x = a, *y = b;
	int order = strcmp(x->scope, y->scope);
	if (!order)
		order = strcmp(x->subject, y->subject);
	return order ? order : strcmp(x->metric, y->metric);
}

void debt_compute(const struct graph *graph, const struct file_dependency *dependencies, size_t dependency_count,
		  const struct domains_result *domains, struct debt_result **out)
{
	size_t files = (size_t)graph->file_count + 1, parts = (size_t)domains->count + 1;
	struct debt_result *result = mem_zalloc(1, sizeof *result);
	result->arena = arena_create();
	result->domain_score = arena_zalloc(result->arena, parts, sizeof *result->domain_score);
	result->file_score = arena_zalloc(result->arena, files, sizeof *result->file_score);
	result->file_cycle = arena_zalloc(result->arena, files, sizeof *result->file_cycle);
	result->domain_cycle = arena_zalloc(result->arena, parts, sizeof *result->domain_cycle);
	struct debt debt = {.graph = graph, .domains = domains, .out = result};
	debt.fan_in = mem_zalloc(files, sizeof *debt.fan_in);
	debt.reach = mem_zalloc(files, sizeof *debt.reach);
	debt.cycle_size = mem_zalloc(files, sizeof *debt.cycle_size);
	debt.cognitive = mem_zalloc(files, sizeof *debt.cognitive);
	debt.cyclomatic = mem_zalloc(files, sizeof *debt.cyclomatic);
	build_edges(&debt, dependencies, dependency_count);
	compute_reach(&debt);
	file_metrics(&debt);
	domain_metrics(&debt);
	codebase_metrics(&debt, turbomq(&debt, dependencies, dependency_count));
	if (result->metric_count)
		qsort(result->metrics, result->metric_count, sizeof *result->metrics, compare_metrics);
	free(debt.fan_in);
	free(debt.reach);
	free(debt.cycle_size);
	free(debt.cognitive);
	free(debt.cyclomatic);
	free(debt.first);
	free(debt.target);
	*out = result;
}

void debt_result_destroy(struct debt_result *result)
{
	if (!result)
		return;
	free(result->metrics);
	arena_destroy(result->arena);
	free(result);
}
