/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings as debt, and tasks as what takes it away: each task's change is made on a copy of the numbers, and the score computed
 * again. */
#include <stdlib.h>
#include <string.h>

#include "cmd/verdicts.h"

/* Computing the score anew costs about files + dependencies; tasks that would pass this in all are not foreseen. */
#define FORESEEN_WORK 200000000.0

void verdicts_judge_debt(const struct findings *findings, struct debt_input *input, struct debt_result *debt)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		uint32_t file = finding->file ? debt_find_file(input, finding->file) : GRAPH_NONE;
		uint32_t domain = finding->domain ? debt_find_domain(input, finding->domain) : GRAPH_NONE;
		input->findings_minutes += finding->effort_minutes;
		if (file != GRAPH_NONE)
			input->files[file].findings_minutes += finding->effort_minutes;
		if (domain != GRAPH_NONE)
			input->domains[domain].findings_minutes += finding->effort_minutes;
	}
	debt_judge(input, debt);
	debt_tell_judged(input, debt);
}

/* The findings of one task, as what is gone once it is done. */
struct gone {
	struct debt_change *cuts; size_t cut_count, cut_capacity;
	uint32_t *files; double *minutes; size_t count, file_capacity, minute_capacity; /* one entry per file */
};

static void add_minutes(struct gone *gone, uint32_t file, double minutes)
{
	/* Findings of a rule come sorted by file. */
	if (!gone->count || gone->files[gone->count - 1] != file) {
		mem_grow(&gone->files, &gone->file_capacity, gone->count + 1, sizeof *gone->files);
		mem_grow(&gone->minutes, &gone->minute_capacity, gone->count + 1, sizeof *gone->minutes);
		gone->files[gone->count] = file;
		gone->minutes[gone->count++] = 0;
	}
	gone->minutes[gone->count - 1] += minutes;
}

static void add_cut(struct gone *gone, const struct debt_input *input, const struct finding *finding)
{
	if (!finding->cut_from || !finding->cut_to)
		return;
	struct debt_change cut = {DEBT_CUT_FILES, debt_find_file(input, finding->cut_from), debt_find_file(input, finding->cut_to)};
	if (cut.a == GRAPH_NONE || cut.b == GRAPH_NONE)
		cut = (struct debt_change){DEBT_CUT_DOMAINS, debt_find_domain(input, finding->cut_from),
					   debt_find_domain(input, finding->cut_to)};
	if (cut.a == GRAPH_NONE || cut.b == GRAPH_NONE)
		return;
	mem_grow(&gone->cuts, &gone->cut_capacity, gone->cut_count + 1, sizeof *gone->cuts);
	gone->cuts[gone->cut_count++] = cut;
}

static double score_without(const struct debt_input *input, const struct gone *gone)
{
	struct debt_changed changed;
	struct debt_result *result;
	debt_apply(input, gone->cuts, gone->cut_count, NULL, 0, &changed);
	for (size_t i = 0; i < gone->count; i++)
		changed.input.files[gone->files[i]].findings_minutes -= gone->minutes[i];
	debt_measure(&changed.input, &result);
	debt_judge(&changed.input, result);
	double score = result->codebase.score;
	debt_result_destroy(result);
	debt_changed_finish(&changed);
	return score;
}

static void foresee(struct task *task, const struct gone *gone, const struct debt_input *input, const struct debt_result *debt,
		    double *work)
{
	double cost = (double)input->file_count + (double)input->dependency_count;
	if (gone->cut_count && *work + cost > FORESEEN_WORK)
		return;
	task->has_change = true;
	if (!gone->cut_count) {
		task->score_change = debt_without_findings(input, debt, gone->files, gone->minutes, gone->count);
		return;
	}
	*work += cost;
	task->score_change = score_without(input, gone) - debt->codebase.score;
}

/* Findings in the order of their tasks. */
struct owned { size_t task, finding; };

static int compare_owned(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return x->finding < y->finding ? -1 : x->finding > y->finding;
}

void verdicts_foresee(const struct findings *findings, struct tasks *tasks, const struct debt_input *input, const struct debt_result *debt)
{
	struct interner *keys = interner_create();
	struct owned *owned = mem_alloc((findings->count + 1) * sizeof *owned);
	double work = 0;
	for (size_t i = 0; i < tasks->count; i++)
		interner_add_string(keys, tasks->items[i].key); /* distinct, so that ids are indices */
	for (size_t i = 0; i < findings->count; i++)
		owned[i] = (struct owned){interner_add_string(keys, findings->items[i].task_key), i};
	qsort(owned, findings->count, sizeof *owned, compare_owned);
	struct gone gone = {0};
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[owned[i].finding];
		uint32_t file = finding->file ? debt_find_file(input, finding->file) : GRAPH_NONE;
		if (file != GRAPH_NONE)
			add_minutes(&gone, file, finding->effort_minutes);
		add_cut(&gone, input, finding);
		if (i + 1 < findings->count && owned[i + 1].task == owned[i].task)
			continue;
		foresee(&tasks->items[owned[i].task], &gone, input, debt, &work);
		gone.cut_count = gone.count = 0;
	}
	free(gone.cuts);
	free(gone.files);
	free(gone.minutes);
	free(owned);
	interner_destroy(keys);
}
