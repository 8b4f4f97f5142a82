/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/debt_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct loading { struct debt_model *out; size_t files, domains, dependencies; double stored_score; };

static int load_release(struct model *model, const char *release, struct loading *l, struct err *err)
{
	struct rows *rows = NULL;
	bool has_row = false;
	int result = model_query_named(model, "debt_input_release", &release, 1, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result && (!has_row || rows_type(rows, 1) == VALUE_NULL))
		result = err_set(err, ERR_INPUT, "release %s has no debt by today's formulas; scan it again", release);
	if (!result) {
		l->out->input.has_history = rows_integer(rows, 0) != 0;
		l->stored_score = rows_real(rows, 1);
		l->out->input.findings_minutes = rows_real(rows, 2);
	}
	rows_close(rows);
	return result;
}

static int load_domains(struct model *model, const char *release, struct loading *l, struct err *err)
{
	struct debt_input *input = &l->out->input;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(model, "debt_input_domains", &release, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&input->domains, &l->domains, input->domain_count + 1, sizeof *input->domains);
		input->domains[input->domain_count++] = (struct debt_domain){.name = arena_strdup(l->out->arena, rows_text(rows, 0, NULL)),
			.exclusivity = rows_real(rows, 1), .findings_minutes = rows_real(rows, 2)};
	}
	rows_close(rows);
	return result;
}

static int load_files(struct model *model, const char *release, struct loading *l, struct err *err)
{
	struct debt_input *input = &l->out->input;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(model, "debt_input_files", &release, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		uint32_t domain = debt_find_domain(input, rows_text(rows, 1, NULL));
		if (domain == GRAPH_NONE) {
			result = err_set(err, ERR_DATABASE, "%s is in a domain that there is not; scan again", rows_text(rows, 0, NULL));
			break;
		}
		mem_grow(&input->files, &l->files, input->file_count + 1, sizeof *input->files);
		input->files[input->file_count++] = (struct debt_file){.path = arena_strdup(l->out->arena, rows_text(rows, 0, NULL)),
			.domain = domain, .code_lines = (uint32_t)rows_integer(rows, 2), .cognitive_max = rows_real(rows, 3),
			.cognitive_sum = rows_real(rows, 4), .cyclomatic_sum = rows_real(rows, 5), .findings_minutes = rows_real(rows, 6),
			.past = {.commits = rows_real(rows, 7), .fixes = rows_real(rows, 8), .authors = rows_real(rows, 9),
				 .lines_changed = rows_real(rows, 10), .across = rows_real(rows, 11), .recent = rows_real(rows, 12)}};
	}
	rows_close(rows);
	return result;
}

static uint8_t kind_of(const char *name)
{
	/* Debt knows three sorts only: see dependency_is_written. */
	return !strcmp(name, "include") ? DEPENDENCY_INCLUDE : !strcmp(name, "indirect") ? DEPENDENCY_INDIRECT : DEPENDENCY_CALL;
}

static int load_dependencies(struct model *model, const char *release, struct loading *l, struct err *err)
{
	struct debt_input *input = &l->out->input;
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(model, "debt_input_dependencies", &release, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		uint32_t from = debt_find_file(input, rows_text(rows, 0, NULL)), to = debt_find_file(input, rows_text(rows, 1, NULL));
		if (from == GRAPH_NONE || to == GRAPH_NONE)
			continue;
		mem_grow(&l->out->dependencies, &l->dependencies, input->dependency_count + 1, sizeof *l->out->dependencies);
		l->out->dependencies[input->dependency_count++] =
			(struct file_dependency){from, to, kind_of(rows_text(rows, 2, NULL)), (float)rows_real(rows, 3)};
	}
	rows_close(rows);
	input->dependencies = l->out->dependencies;
	return result;
}

static int compare_dependencies(const void *a, const void *b)
{
	const struct file_dependency *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

int debt_model_load(struct model *model, const char *release, struct debt_model *out, struct err *err)
{
	struct debt_model made = {.arena = arena_create()};
	struct loading l = {.out = &made};
	int result = load_release(model, release, &l, err);
	if (!result)
		result = load_domains(model, release, &l, err);
	if (!result)
		result = load_files(model, release, &l, err);
	if (!result)
		result = load_dependencies(model, release, &l, err);
	if (!result) {
		if (made.input.dependency_count)
			qsort(made.dependencies, made.input.dependency_count, sizeof *made.dependencies, compare_dependencies);
		debt_measure(&made.input, &made.result);
		debt_judge(&made.input, made.result);
		if (fabs(made.result->codebase.score - l.stored_score) > 1e-6)
			result = err_set(err, ERR_INPUT, "release %s was reckoned by other formulas (%.3f, now %.3f); scan it again", release,
					 l.stored_score, made.result->codebase.score);
	}
	if (result)
		debt_model_finish(&made);
	else
		*out = made;
	return result;
}

void debt_model_finish(struct debt_model *model)
{
	debt_result_destroy(model->result);
	free(model->input.files);
	free(model->input.domains);
	free(model->dependencies);
	arena_destroy(model->arena);
	*model = (struct debt_model){0};
}
