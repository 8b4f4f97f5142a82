/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What debt rests on: structure, complexity and the past of each file; and the parts of high-debt functions. */
#include <stdlib.h>
#include <string.h>

#include "cmd/derive_internal.h"

#define DAY INT64_C(86400)

int derive_load_history(struct derive *d, struct model *model, const struct model_release *release, struct err *err)
{
	void *bytes;
	size_t length;
	d->past = arena_create();
	if (!release->history.high && !release->history.low)
		return 0;
	int result = model_history_get(model, &release->history, d->past, &bytes, &length, err);
	if (!result)
		result = history_decode(bytes, length, d->past, &d->history, err);
	d->debt_input.has_history = !result;
	return result;
}

static void bind_history(struct derive *d)
{
	struct debt_input *input = &d->debt_input;
	const char **paths = mem_alloc(((size_t)input->file_count + 1) * sizeof *paths);
	struct past *of_file = mem_zalloc((size_t)input->file_count + 1, sizeof *of_file);
	struct past *of_domain = mem_zalloc((size_t)input->domain_count + 1, sizeof *of_domain);
	for (uint32_t f = 0; f < input->file_count; f++)
		paths[f] = input->files[f].path;
	file_history_bind(&d->history, paths, input->file_count, &d->file_history);
	file_history_sum(&d->history, &d->file_history, d->domains->domain_of, input->file_count, input->domain_count, of_file, of_domain);
	for (uint32_t f = 0; f < input->file_count; f++)
		input->files[f].past = of_file[f];
	for (uint32_t i = 0; i < input->domain_count; i++)
		input->domains[i].past = of_domain[i];
	free(paths);
	free(of_file);
	free(of_domain);
}

void derive_measure_debt(struct derive *d)
{
	struct debt_input *input = &d->debt_input;
	const struct graph *graph = d->graph;
	input->file_count = graph->file_count;
	input->files = arena_zalloc(d->past, (size_t)graph->file_count + 1, sizeof *input->files);
	input->domain_count = d->domains->count;
	input->domains = arena_zalloc(d->past, (size_t)d->domains->count + 1, sizeof *input->domains);
	input->dependencies = d->dependencies;
	input->dependency_count = d->dependency_count;
	for (uint32_t f = 0; f < graph->file_count; f++)
		input->files[f] = (struct debt_file){.path = graph->files[f].path, .domain = d->domains->domain_of[f],
						     .code_lines = graph->files[f].code_lines};
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		struct debt_file *file = &input->files[function->file];
		file->cognitive_sum += function->cognitive;
		file->cyclomatic_sum += function->cyclomatic;
		if (file->cognitive_max < function->cognitive)
			file->cognitive_max = function->cognitive;
	}
	for (uint32_t i = 0; i < d->domains->count; i++)
		input->domains[i] = (struct debt_domain){.name = d->domains->domains[i].name,
							 .exclusivity = d->domains->domains[i].exclusivity};
	if (input->has_history)
		bind_history(d);
	debt_measure(input, &d->debt);
	debt_tell_measured(input, d->debt);
}

/* Distinct symbols that functions name, and distinct functions that name or were seen to call them. Calls and uses come sorted
 * by who names. */
static void fill_elements(struct derive *d)
{
	const struct graph *graph = d->graph;
	size_t symbols = (size_t)graph->symbol_count + 1;
	uint32_t *named_by = mem_alloc(symbols * sizeof *named_by), *needs = mem_zalloc(symbols, sizeof *needs);
	uint32_t *users = mem_zalloc(symbols, sizeof *users), *seen_users = mem_zalloc(symbols, sizeof *seen_users);
	uint32_t use = 0, call = 0;
	memset(named_by, 0xff, symbols * sizeof *named_by);
	for (uint32_t from = 0; from < graph->symbol_count; from++) {
		for (; call < graph->call_count && graph->calls[call].caller <= from; call++) {
			uint32_t callee = graph->calls[call].callee;
			if (!strcmp(graph->calls[call].basis, "alias") || graph->calls[call].caller != from)
				continue;
			users[callee]++;
			needs[from] += named_by[callee] != from;
			named_by[callee] = from;
		}
		for (; use < graph->use_count && graph->uses[use].from <= from; use++) {
			needs[from] += named_by[graph->uses[use].to] != from;
			named_by[graph->uses[use].to] = from;
		}
	}
	/* Rows of one pair that differ in how the call is known come together, or the same caller is met again: counted by stamp. */
	memset(named_by, 0xff, symbols * sizeof *named_by);
	struct map64 *counted = map64_create();
	for (size_t i = 0; i < d->snapshot.calls_count; i++) {
		const struct snapshot_call *row = &d->snapshot.calls[i];
		uint32_t ignored;
		if (!row->observed || row->caller == SNAPSHOT_NONE || row->caller >= graph->symbol_count || row->callee >= graph->symbol_count ||
		    map64_get(counted, (uint64_t)row->caller << 32 | row->callee, &ignored))
			continue;
		map64_put(counted, (uint64_t)row->caller << 32 | row->callee, 1);
		seen_users[row->callee]++;
	}
	map64_destroy(counted);
	for (size_t i = 0; i < d->snapshot.functions_count; i++) {
		struct snapshot_function *row = &d->snapshot.functions[i];
		row->dependencies = needs[row->symbol];
		row->dependents = users[row->symbol];
		row->observed_dependents = seen_users[row->symbol];
	}
	free(named_by);
	free(needs);
	free(users);
	free(seen_users);
}

void derive_fill_debt(struct derive *d)
{
	for (size_t i = 0; i < d->debt->metric_count; i++) {
		const struct debt_metric *row = &d->debt->metrics[i];
		*SNAPSHOT_ADD(&d->snapshot, metrics) = (struct snapshot_metric){row->scope, row->subject, row->metric, row->value};
	}
	for (size_t i = 0; i < d->file_history.count; i++) {
		const struct file_change *row = &d->file_history.changes[i];
		const struct history_commit *commit = &d->history.commits[row->commit];
		*SNAPSHOT_ADD(&d->snapshot, changes) = (struct snapshot_change){.commit = commit->id, .file = row->file, .time = commit->time,
			.author = d->history.authors[commit->author], .is_fix = commit->is_fix, .files = commit->count, .added = row->added,
			.removed = row->removed};
	}
	fill_elements(d);
}

void derive_cover_history(struct derive *d)
{
	const struct history *history = &d->history;
	uint64_t wanted = history->window_days, seen = wanted;
	if (!d->debt_input.has_history) {
		derive_cover(d, "days of history read", 0, 0);
		return;
	}
	if (history->is_shallow || history->is_cut) {
		int64_t days = history->commit_count ? (history->head_time - history->commits[history->commit_count - 1].time) / DAY : 0;
		seen = days < 0 ? 0 : (uint64_t)days < wanted ? (uint64_t)days : wanted;
	}
	derive_cover(d, "days of history read", seen, wanted);
	derive_cover(d, "commits of the history read", history->commit_count, (uint64_t)history->commit_count + history->unreadable);
}

void derive_finish_debt(struct derive *d)
{
	debt_result_destroy(d->debt);
	file_history_finish(&d->file_history);
	arena_destroy(d->past);
}
