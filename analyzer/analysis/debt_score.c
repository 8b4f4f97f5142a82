/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the structure, the findings and the past of code cost, as one vector for a file, a domain and the codebase. Constants are
 * places at which a part is half of its most: chosen once, the same for all codebases, see docs/debt.md. The formulas stand in
 * debt_score_formulas.c. */
#include <math.h>
#include <stdlib.h>

#include "analysis/debt_internal.h"

const double DEBT_WEIGHTS[DEBT_PARTS] = {0.15, 0.05, 0.05, 0.2, 0.55};
static const char *const PART_NAMES[DEBT_PARTS] = {"debt_entanglement", "debt_reach", "debt_modularity", "debt_smells", "debt_interest"};

/* 0 at 0, a half at half, towards 1: no file is at the end of the scale, so that each betterment shows. */
static double saturate(double x, double half)
{
	return x / (x + half);
}

static double ramp(double x, double low, double high)
{
	return fmin(fmax((x - low) / (high - low), 0), 1);
}

/* Of two files with the same parts: one of few lines has little that can be wrong (Koru et al. 2009: defects grow with size, but
 * slower), one of very many takes long to understand and to test for what is gained (Mende, Koschke 2010). Most, 1, at 550 lines. */
static double worth(uint32_t code_lines)
{
	return 1.4 * saturate(code_lines, 100) * (1 - 0.75 * saturate(code_lines, 2000));
}

double debt_smells(const struct debt_file *file, double findings_minutes)
{
	return 50 * saturate(file->cognitive_sum, 150) + 50 * saturate(findings_minutes / 60, 4);
}

double debt_total_weight(const struct debt_input *input)
{
	return input->has_history ? 1 : 1 - DEBT_WEIGHTS[DEBT_INTEREST];
}

static void weigh(const struct debt_input *input, struct debt_vector *vector)
{
	double sum = 0, structural = 1 - DEBT_WEIGHTS[DEBT_INTEREST];
	for (int p = 0; p < DEBT_INTEREST; p++)
		sum += DEBT_WEIGHTS[p] * vector->parts[p];
	vector->structure = sum / structural;
	vector->score = input->has_history ? sum + DEBT_WEIGHTS[DEBT_INTEREST] * vector->parts[DEBT_INTEREST] : vector->structure;
}

static void judge_file(const struct debt_input *input, const struct debt_measured *measured, const struct debt_file *file,
		       struct debt_vector *out)
{
	*out = (struct debt_vector){0};
	out->parts[DEBT_ENTANGLEMENT] = 50 * saturate(measured->fan_out, 10) + 50 * saturate(measured->cycle_size, 20);
	out->parts[DEBT_REACH] = 100 * saturate((double)measured->reach - 1, 50);
	out->parts[DEBT_MODULARITY] = 100 * saturate(measured->crossing, 200);
	out->parts[DEBT_SMELLS] = debt_smells(file, file->findings_minutes);
	out->parts[DEBT_INTEREST] = input->has_history ? 100 * saturate(file->past.recent, 10) : 0;
	weigh(input, out);
	out->score *= worth(file->code_lines);
	/* Nugroho, Visser, Kuipers 2011: half of the lines changed are new (a change removes and adds), at 0.5 hours each (SQALE),
	 * times what low quality makes of it beyond high quality. */
	out->interest_hours = input->has_history ? file->past.lines_changed / 4 * (pow(2, out->structure / 50 - 1) - 0.5) : 0;
}

/* Adds a file's vector, weighted by its lines, to that of what it is in. */
static void add_weighted(struct debt_vector *sum, const struct debt_vector *file, double lines)
{
	for (int p = 0; p < DEBT_PARTS; p++)
		sum->parts[p] += lines * file->parts[p];
	sum->interest_hours += file->interest_hours;
}

static void divide(struct debt_vector *sum, double lines)
{
	for (int p = 0; p < DEBT_PARTS; p++)
		sum->parts[p] = lines > 0 ? sum->parts[p] / lines : 0;
}

static void judge_domains(const struct debt_input *input, struct debt_result *result)
{
	double *lines = mem_zalloc((size_t)input->domain_count + 1, sizeof *lines);
	for (uint32_t d = 0; d < input->domain_count; d++)
		result->of_domain[d] = (struct debt_vector){0};
	for (uint32_t f = 0; f < input->file_count; f++) {
		add_weighted(&result->of_domain[input->files[f].domain], &result->of_file[f], input->files[f].code_lines);
		lines[input->files[f].domain] += input->files[f].code_lines;
	}
	for (uint32_t d = 0; d < input->domain_count; d++) {
		struct debt_vector *vector = &result->of_domain[d];
		divide(vector, lines[d]);
		vector->parts[DEBT_ENTANGLEMENT] = 0.5 * vector->parts[DEBT_ENTANGLEMENT] + 50 * ramp(result->cycle_of_domain[d], 1, 10);
		vector->parts[DEBT_MODULARITY] = 0.5 * vector->parts[DEBT_MODULARITY] + 50 * (1 - result->cohesion[d]);
		weigh(input, vector);
	}
	free(lines);
}

static void judge_codebase(const struct debt_input *input, struct debt_result *result)
{
	struct debt_vector *vector = &result->codebase;
	*vector = (struct debt_vector){0};
	if (!input->file_count)
		return;
	for (uint32_t f = 0; f < input->file_count; f++)
		add_weighted(vector, &result->of_file[f], input->files[f].code_lines);
	divide(vector, result->total_lines);
	/* That a file reaches itself is no debt, and where nothing depends on anything nothing is badly cut. */
	double others = result->propagation_cost - 1.0 / input->file_count;
	vector->parts[DEBT_ENTANGLEMENT] = 0.5 * vector->parts[DEBT_ENTANGLEMENT] + 50 * ramp(result->cyclicity, 4, 50);
	vector->parts[DEBT_REACH] = 0.5 * vector->parts[DEBT_REACH] + 50 * ramp(others, 0.1, 0.6);
	vector->parts[DEBT_MODULARITY] = 0.5 * vector->parts[DEBT_MODULARITY] + (result->depends ? 50 * (1 - result->turbomq) : 0);
	weigh(input, vector);
}

/* ---- as metrics ---- */

static void score(struct debt_result *result, const char *scope, const char *subject, const char *name, double value)
{
	mem_grow(&result->scores, &result->score_capacity, result->score_count + 1, sizeof *result->scores);
	result->scores[result->score_count++] = (struct debt_metric){scope, subject, name, value};
}

static void tell(const struct debt_input *input, struct debt_result *result, const char *scope, const char *subject,
		 const struct debt_vector *vector, double minutes)
{
	for (int p = 0; p < DEBT_PARTS; p++)
		if (p != DEBT_INTEREST || input->has_history)
			score(result, scope, subject, PART_NAMES[p], vector->parts[p]);
	score(result, scope, subject, "debt_score", vector->score);
	score(result, scope, subject, "debt_structure", vector->structure);
	score(result, scope, subject, "principal_hours", minutes / 60);
	if (input->has_history)
		score(result, scope, subject, "interest_hours", vector->interest_hours);
}

/* 1 (little) to 10: where x lies between low and low * ratio, on a scale of ratios. */
static double element(double x, double low, double ratio)
{
	return 1 + 9 * ramp(log(fmax(x, 1) / low) / log(ratio), 0, 1);
}

static void tell_element(const struct debt_input *input, struct debt_result *result, uint32_t file)
{
	const char *path = input->files[file].path;
	double size = element(input->files[file].code_lines, 100, 50);
	double dependencies = element(result->measured[file].fan_out, 3, 20), dependents = element(result->measured[file].fan_in, 3, 30);
	score(result, "file", path, "element_size", size);
	score(result, "file", path, "element_dependencies", dependencies);
	score(result, "file", path, "element_dependents", dependents);
	score(result, "file", path, "element_score", (size + dependencies + dependents) / 3);
}

void debt_judge(const struct debt_input *input, struct debt_result *result)
{
	for (uint32_t f = 0; f < input->file_count; f++)
		judge_file(input, &result->measured[f], &input->files[f], &result->of_file[f]);
	judge_domains(input, result);
	judge_codebase(input, result);
}

void debt_tell_judged(const struct debt_input *input, struct debt_result *result)
{
	result->score_count = 0;
	for (uint32_t f = 0; f < input->file_count; f++) {
		tell(input, result, "file", input->files[f].path, &result->of_file[f], input->files[f].findings_minutes);
		tell_element(input, result, f);
	}
	for (uint32_t d = 0; d < input->domain_count; d++)
		tell(input, result, "domain", input->domains[d].name, &result->of_domain[d], input->domains[d].findings_minutes);
	if (input->file_count) {
		tell(input, result, "codebase", "", &result->codebase, input->findings_minutes);
		if (result->total_lines > 0)
			score(result, "codebase", "", "sqale_ratio", input->findings_minutes / (30 * result->total_lines));
	}
	if (result->score_count)
		qsort(result->scores, result->score_count, sizeof *result->scores, debt_compare_metrics);
}

double debt_without_findings(const struct debt_input *input, const struct debt_result *result, const uint32_t *files,
			     const double *minutes, size_t count)
{
	double change = 0;
	for (size_t i = 0; i < count; i++) {
		const struct debt_file *file = &input->files[files[i]];
		double left = fmax(file->findings_minutes - minutes[i], 0);
		change += file->code_lines * (debt_smells(file, left) - debt_smells(file, file->findings_minutes));
	}
	return result->total_lines > 0 ? DEBT_WEIGHTS[DEBT_SMELLS] / debt_total_weight(input) * change / result->total_lines : 0;
}
