/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured of the dependency structure. The formulas stand in debt_formulas.c, beside the SQL that must agree with what
 * is computed here; what it costs is judged in debt_score.c. */
#include "analysis/debt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/closure.h"
#include "analysis/debt_internal.h"

struct measuring {
	const struct debt_input *input;
	struct debt_result *out;
	uint32_t *first, *target;   /* distinct written dependencies between files, CSR */
	double *within, *crossing;  /* per domain: weight of dependencies that stay in it, and that touch it and another */
	uint32_t *link_first, *link_to; /* distinct pairs of domains, CSR */
	uint32_t *domain_of;        /* per file: together, since each dependency asks for two */
};

void debt_add_metric(struct debt_result *result, const char *scope, const char *subject, const char *name, double value)
{
	mem_grow(&result->metrics, &result->metric_capacity, result->metric_count + 1, sizeof *result->metrics);
	result->metrics[result->metric_count++] = (struct debt_metric){scope, subject, name, value};
}

/* dependencies come sorted by from, to, kind */
static void build_edges(struct measuring *m)
{
	const struct debt_input *input = m->input;
	m->first = mem_zalloc((size_t)input->file_count + 2, sizeof *m->first);
	m->target = mem_alloc((input->dependency_count + 1) * sizeof *m->target);
	uint32_t edges = 0, last_from = GRAPH_NONE, last_to = GRAPH_NONE;
	for (size_t i = 0; i < input->dependency_count; i++) {
		const struct file_dependency *row = &input->dependencies[i];
		if (!dependency_is_written(row->kind) || (row->from == last_from && row->to == last_to))
			continue;
		last_from = row->from;
		last_to = row->to;
		m->target[edges++] = row->to;
		m->first[row->from + 1]++;
		m->out->measured[row->to].fan_in++;
		m->out->measured[row->from].fan_out++;
	}
	for (uint32_t i = 0; i < input->file_count; i++)
		m->first[i + 1] += m->first[i];
	m->out->depends = edges > 0;
}

static void measure_reach(struct measuring *m)
{
	size_t files = (size_t)m->input->file_count + 1;
	uint32_t *component = mem_zalloc(files, sizeof *component), *size = mem_zalloc(files, sizeof *size);
	uint32_t *reach = mem_zalloc(files, sizeof *reach);
	closure_compute(m->input->file_count, m->first, m->target, component, size, reach);
	for (uint32_t f = 0; f < m->input->file_count; f++) {
		m->out->measured[f].reach = reach[f];
		m->out->measured[f].cycle_size = size[f];
	}
	free(component);
	free(size);
	free(reach);
}

static void weigh_dependencies(struct measuring *m)
{
	const struct debt_input *input = m->input;
	for (size_t i = 0; i < input->dependency_count; i++) {
		const struct file_dependency *row = &input->dependencies[i];
		uint32_t from = m->domain_of[row->from], to = m->domain_of[row->to];
		if (!dependency_is_written(row->kind))
			continue;
		if (from == to) {
			m->within[from] += (double)row->weight;
			continue;
		}
		m->crossing[from] += (double)row->weight;
		m->crossing[to] += (double)row->weight;
		m->out->measured[row->from].crossing += (double)row->weight;
		if (row->weight > 0)
			m->link_first[from + 2]++;
	}
}

/* Of the dependencies counted in link_first, by domain, each pair once. */
static void measure_domain_links(struct measuring *m)
{
	const struct debt_input *input = m->input;
	uint32_t domains = input->domain_count, kept = 0, next = 0;
	for (uint32_t d = 2; d < domains + 2; d++)
		m->link_first[d] += m->link_first[d - 1];
	m->link_to = mem_alloc(((size_t)m->link_first[domains + 1] + 1) * sizeof *m->link_to);
	for (size_t i = 0; i < input->dependency_count; i++) {
		const struct file_dependency *row = &input->dependencies[i];
		uint32_t from = m->domain_of[row->from], to = m->domain_of[row->to];
		if (from != to && row->weight > 0 && dependency_is_written(row->kind))
			m->link_to[m->link_first[from + 1]++] = to;
	}
	uint32_t *seen = mem_zalloc((size_t)domains + 1, sizeof *seen); /* from + 1 */
	for (uint32_t from = 0; from < domains; from++) {
		uint32_t end = m->link_first[from + 1];
		m->link_first[from] = kept;
		for (; next < end; next++) {
			uint32_t to = m->link_to[next];
			if (seen[to] == from + 1)
				continue;
			seen[to] = from + 1;
			m->link_to[kept++] = to;
			m->out->coupling_out[from]++;
			m->out->coupling_in[to]++;
		}
	}
	m->link_first[domains] = kept;
	free(seen);
}

static void measure_domain_cycles(struct measuring *m)
{
	uint32_t domains = m->input->domain_count, *component = mem_zalloc((size_t)domains + 1, sizeof *component);
	uint32_t components = graph_components(domains, m->link_first, m->link_to, component);
	uint32_t *size = mem_zalloc((size_t)components + 1, sizeof *size);
	for (uint32_t i = 0; i < domains; i++)
		size[component[i]]++;
	for (uint32_t i = 0; i < domains; i++)
		m->out->cycle_of_domain[i] = size[component[i]] > 1 ? size[component[i]] : 0;
	free(component);
	free(size);
}

static void measure_codebase(struct measuring *m)
{
	struct debt_result *out = m->out;
	double n = m->input->file_count, ccd = 0, squares = 0, groups = 0, mq = 0;
	uint32_t *files = mem_zalloc((size_t)m->input->domain_count + 1, sizeof *files), domains = 0;
	for (uint32_t f = 0; f < m->input->file_count; f++) {
		const struct debt_measured *measured = &out->measured[f];
		ccd += measured->reach;
		squares += measured->cycle_size;
		groups += measured->cycle_size ? 1.0 / measured->cycle_size : 0;
		out->largest_cycle = measured->cycle_size > out->largest_cycle ? measured->cycle_size : out->largest_cycle;
		out->total_lines += m->input->files[f].code_lines;
		domains += !files[m->input->files[f].domain]++;
	}
	free(files);
	if (!m->input->file_count)
		return;
	for (uint32_t d = 0; d < m->input->domain_count; d++)
		if (m->within[d] > 0)
			mq += 2 * m->within[d] / (2 * m->within[d] + m->crossing[d]);
	out->turbomq = domains ? mq / domains : 0; /* of those that have files: a change may leave one without */
	out->cycle_groups = (uint32_t)lround(groups);
	out->propagation_cost = ccd / (n * n);
	out->cyclicity = 100 * sqrt(squares) / n;
	out->ccd = ccd;
}

/* ---- as metrics ---- */

static void past_metrics(struct debt_result *out, const char *scope, const char *subject, const struct past *past)
{
	debt_add_metric(out, scope, subject, "authors", past->authors);
	debt_add_metric(out, scope, subject, "changes_across", past->across);
	debt_add_metric(out, scope, subject, "changes_year", past->commits);
	debt_add_metric(out, scope, subject, "fixes_year", past->fixes);
	debt_add_metric(out, scope, subject, "lines_changed_year", past->lines_changed);
	debt_add_metric(out, scope, subject, "recent_changes", past->recent);
}

static void file_metrics(const struct debt_input *input, struct debt_result *result)
{
	for (uint32_t f = 0; f < input->file_count; f++) {
		const struct debt_file *file = &input->files[f];
		const struct debt_measured *measured = &result->measured[f];
		debt_add_metric(result, "file", file->path, "cognitive_max", file->cognitive_max);
		debt_add_metric(result, "file", file->path, "cognitive_sum", file->cognitive_sum);
		debt_add_metric(result, "file", file->path, "crossing", measured->crossing);
		debt_add_metric(result, "file", file->path, "cycle_size", measured->cycle_size);
		debt_add_metric(result, "file", file->path, "cyclomatic_sum", file->cyclomatic_sum);
		debt_add_metric(result, "file", file->path, "fan_in", measured->fan_in);
		debt_add_metric(result, "file", file->path, "fan_out", measured->fan_out);
		debt_add_metric(result, "file", file->path, "reach", measured->reach);
		if (input->has_history)
			past_metrics(result, "file", file->path, &file->past);
	}
}

static void domain_metrics(const struct debt_input *input, struct debt_result *result)
{
	uint32_t n = input->domain_count;
	uint32_t *files = mem_zalloc((size_t)n + 1, sizeof *files), *cyclic = mem_zalloc((size_t)n + 1, sizeof *cyclic);
	for (uint32_t f = 0; f < input->file_count; f++) {
		files[input->files[f].domain]++;
		cyclic[input->files[f].domain] += result->measured[f].cycle_size > 0;
	}
	for (uint32_t d = 0; d < n; d++) {
		const struct debt_domain *domain = &input->domains[d];
		double in = result->coupling_in[d], out = result->coupling_out[d];
		debt_add_metric(result, "domain", domain->name, "cohesion", result->cohesion[d]);
		debt_add_metric(result, "domain", domain->name, "coupling_in", in);
		debt_add_metric(result, "domain", domain->name, "coupling_out", out);
		debt_add_metric(result, "domain", domain->name, "cycle_size", result->cycle_of_domain[d]);
		debt_add_metric(result, "domain", domain->name, "cyclic_files", files[d] ? (double)cyclic[d] / files[d] : 0);
		debt_add_metric(result, "domain", domain->name, "exclusivity", domain->exclusivity);
		debt_add_metric(result, "domain", domain->name, "instability", in + out > 0 ? out / (in + out) : 0);
		if (input->has_history)
			past_metrics(result, "domain", domain->name, &domain->past);
	}
	free(files);
	free(cyclic);
}

static void codebase_metrics(const struct debt_input *input, struct debt_result *out)
{
	double n = input->file_count;
	if (!input->file_count)
		return;
	debt_add_metric(out, "codebase", "", "acd", out->ccd / n);
	debt_add_metric(out, "codebase", "", "ccd", out->ccd);
	debt_add_metric(out, "codebase", "", "cycle_groups", out->cycle_groups);
	debt_add_metric(out, "codebase", "", "largest_cycle", out->largest_cycle);
	debt_add_metric(out, "codebase", "", "nccd", out->ccd / ((n + 1) * log2(n + 1) - n));
	debt_add_metric(out, "codebase", "", "propagation_cost", out->propagation_cost);
	debt_add_metric(out, "codebase", "", "relative_cyclicity", out->cyclicity);
	debt_add_metric(out, "codebase", "", "turbomq", out->turbomq);
}

int debt_compare_metrics(const void *a, const void *b)
{
	const struct debt_metric *x = a, *y = b;
	int order = strcmp(x->scope, y->scope);
	if (!order)
		order = strcmp(x->subject, y->subject);
	return order ? order : strcmp(x->metric, y->metric);
}

void debt_measure(const struct debt_input *input, struct debt_result **out)
{
	size_t files = (size_t)input->file_count + 1, domains = (size_t)input->domain_count + 1;
	struct debt_result *result = mem_zalloc(1, sizeof *result);
	result->measured = mem_zalloc(files, sizeof *result->measured);
	result->of_file = mem_zalloc(files, sizeof *result->of_file);
	result->of_domain = mem_zalloc(domains, sizeof *result->of_domain);
	result->cohesion = mem_zalloc(domains, sizeof *result->cohesion);
	result->coupling_in = mem_zalloc(domains, sizeof *result->coupling_in);
	result->coupling_out = mem_zalloc(domains, sizeof *result->coupling_out);
	result->cycle_of_domain = mem_zalloc(domains, sizeof *result->cycle_of_domain);
	struct measuring m = {.input = input, .out = result};
	m.within = mem_zalloc(domains, sizeof *m.within);
	m.crossing = mem_zalloc(domains, sizeof *m.crossing);
	m.link_first = mem_zalloc(domains + 1, sizeof *m.link_first);
	m.domain_of = mem_alloc(files * sizeof *m.domain_of);
	for (uint32_t f = 0; f < input->file_count; f++)
		m.domain_of[f] = input->files[f].domain;
	build_edges(&m);
	measure_reach(&m);
	weigh_dependencies(&m);
	measure_domain_links(&m);
	measure_domain_cycles(&m);
	for (uint32_t d = 0; d < input->domain_count; d++) {
		double all = m.within[d] + m.crossing[d];
		result->cohesion[d] = all > 0 ? m.within[d] / all : 1;
	}
	measure_codebase(&m);
	free(m.first);
	free(m.target);
	free(m.within);
	free(m.crossing);
	free(m.link_first);
	free(m.domain_of);
	free(m.link_to);
	*out = result;
}

void debt_tell_measured(const struct debt_input *input, struct debt_result *result)
{
	result->metric_count = 0;
	file_metrics(input, result);
	domain_metrics(input, result);
	codebase_metrics(input, result);
	if (result->metric_count)
		qsort(result->metrics, result->metric_count, sizeof *result->metrics, debt_compare_metrics);
}

void debt_result_destroy(struct debt_result *result)
{
	if (!result)
		return;
	free(result->metrics);
	free(result->scores);
	free(result->measured);
	free(result->of_file);
	free(result->of_domain);
	free(result->cohesion);
	free(result->coupling_in);
	free(result->coupling_out);
	free(result->cycle_of_domain);
	free(result);
}
