/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/tasks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define OVERHEAD 4.0 /* hours: half a day that any change costs: to branch, review, test and merge it */
#define ASIDE 0.25   /* what counts of a finding in tests, or in code of others */
#define CROWD 9.0    /* findings beside the first at which their number counts half of what it ever does */

/* ---- the baseline ---- */

void baseline_parse(const char *text, struct baseline *out)
{
	*out = (struct baseline){.keys = interner_create(), .arena = arena_create()};
	for (const char *line = text ? text : "", *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		const char *stop = end > line && end[-1] == '\r' ? end - 1 : end;
		size_t key = strcspn(line, " \t\r\n#");
		if (!key)
			continue;
		const char *reason = line + key;
		while (reason < stop && (*reason == ' ' || *reason == '\t'))
			reason++;
		uint32_t id = interner_add(out->keys, line, key);
		mem_grow(&out->reasons, &out->capacity, (size_t)id + 1, sizeof *out->reasons);
		out->reasons[id] = arena_strndup(out->arena, reason, (size_t)(stop - reason));
	}
}

void baseline_finish(struct baseline *baseline)
{
	interner_destroy(baseline->keys);
	free(baseline->reasons);
	arena_destroy(baseline->arena);
	memset(baseline, 0, sizeof *baseline);
}

/* The reason why something is accepted; NULL: it is not. */
static const char *accepted(const struct baseline *baseline, const char *key)
{
	uint32_t id;
	return interner_find(baseline->keys, key, strlen(key), &id) ? baseline->reasons[id] : NULL;
}

/* ---- tasks ---- */

struct making {
	struct tasks *tasks;
	struct findings *findings;
	const struct task_goal *goals; size_t goal_count;
	const struct baseline *baseline;
	struct interner *keys;      /* id = index into tasks->items */
	double *worst; size_t worst_capacity; /* of each task: the largest worth of its findings */
	bool *all_accepted; size_t accepted_capacity;
};

double task_worth(unsigned severity_rank, bool is_aside)
{
	static const double worth[] = {1, 2, 10, 30};
	return worth[severity_rank] * (is_aside ? ASIDE : 1);
}

double task_crowd(uint32_t findings)
{
	double others = findings ? findings - 1.0 : 0;
	return 1 + others / (others + CROWD + 1);
}

double task_cost(double effort_minutes)
{
	return OVERHEAD + effort_minutes / 60;
}

double task_priority(double weight, double worst, uint32_t findings, uint32_t effort_minutes)
{
	return weight * worst * task_crowd(findings) / task_cost(effort_minutes);
}

static const char *key_of(struct making *m, const struct finding *finding)
{
	struct hasher *hasher = hasher_create();
	char hex[HASH_HEX_LENGTH + 1], key[64];
	hasher_add_string(hasher, finding->cause);
	hash_hex(hasher_result(hasher), hex);
	hasher_destroy(hasher);
	snprintf(key, sizeof key, "%.40s-%.8s", finding->rule->id, hex);
	return arena_strdup(m->tasks->arena, key);
}

/* {subject}, {file}, {domain}, {task}, {count} and {s}, which is "s" unless the count is 1, of a title. Those of the first finding; the
 * count comes last. */
static const char *expand_title(struct making *m, const char *title, const struct finding *finding, uint32_t count)
{
	const struct { const char *name, *value; } words[] = {
		{"{subject}", finding->subject}, {"{file}", finding->file ? finding->file : "?"},
		{"{domain}", finding->domain ? finding->domain : "the codebase"}, {"{task}", finding->cause},
	};
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	while (*title) {
		size_t i = 0, known = sizeof words / sizeof *words;
		while (i < known && strncmp(title, words[i].name, strlen(words[i].name)) != 0)
			i++;
		if (i < known) {
			buf_append_string(&text, words[i].value);
			title += strlen(words[i].name);
		} else if (!strncmp(title, "{count}", 7)) {
			buf_printf(&text, "%u", count);
			title += 7;
		} else if (!strncmp(title, "{s}", 3)) {
			buf_append_string(&text, count == 1 ? "" : "s");
			title += 3;
		} else {
			buf_append_char(&text, *title++);
		}
	}
	const char *copy = arena_strndup(m->tasks->arena, text.data ? text.data : "", text.length);
	buf_finish(&text);
	return copy;
}

static struct task *task_of(struct making *m, struct finding *finding)
{
	const char *key = key_of(m, finding);
	uint32_t id = interner_add_string(m->keys, key);
	finding->task_key = key;
	if (id == m->tasks->count) {
		mem_grow(&m->tasks->items, &m->tasks->capacity, m->tasks->count + 1, sizeof *m->tasks->items);
		mem_grow(&m->worst, &m->worst_capacity, m->tasks->count + 1, sizeof *m->worst);
		mem_grow(&m->all_accepted, &m->accepted_capacity, m->tasks->count + 1, sizeof *m->all_accepted);
		m->worst[id] = 0;
		m->all_accepted[id] = true;
		m->tasks->items[m->tasks->count++] = (struct task){
			.key = key, .goal = finding->rule->goal, .domain = finding->domain, .rule = finding->rule->id,
			.why = finding->rule->why, .steps = finding->rule->fix, .status = "open", .reason = "",
		};
	}
	return &m->tasks->items[id];
}

static void gather(struct making *m)
{
	for (size_t i = 0; i < m->findings->count; i++) {
		struct finding *finding = &m->findings->items[i];
		struct task *task = task_of(m, finding);
		size_t at = (size_t)(task - m->tasks->items);
		task->findings++;
		task->effort_minutes += finding->effort_minutes;
		if (task->domain && (!finding->domain || strcmp(task->domain, finding->domain) != 0))
			task->domain = NULL;
		double worth = task_worth((unsigned)rule_severity_rank(finding->severity), finding->is_aside);
		m->worst[at] = worth > m->worst[at] ? worth : m->worst[at];
		m->all_accepted[at] &= accepted(m->baseline, finding->fingerprint) != NULL;
	}
	/* Titles want the count, and the first finding of each. */
	for (size_t i = 0; i < m->findings->count; i++) {
		const struct finding *finding = &m->findings->items[i];
		uint32_t id = 0;
		interner_find(m->keys, finding->task_key, strlen(finding->task_key), &id);
		struct task *task = &m->tasks->items[id];
		if (!task->title)
			task->title = expand_title(m, finding->rule->task_title, finding, task->findings);
	}
}

static double weight_of(const struct making *m, const char *goal)
{
	for (size_t i = 0; i < m->goal_count; i++)
		if (!strcmp(m->goals[i].name, goal))
			return m->goals[i].weight;
	return 1;
}

static void rank(struct making *m)
{
	for (size_t i = 0; i < m->tasks->count; i++) {
		struct task *task = &m->tasks->items[i];
		const char *reason = accepted(m->baseline, task->key);
		if (reason || m->all_accepted[i]) {
			task->status = "accepted";
			task->reason = reason ? reason : "all of its findings are accepted";
			task->reason = arena_strdup(m->tasks->arena, task->reason);
		}
		task->priority = task_priority(weight_of(m, task->goal), m->worst[i], task->findings, task->effort_minutes);
	}
}

/* Joins the tasks that the release before had: columns of the query previous_tasks. */
static int join_previous(struct making *m, struct model *model, const char *release, struct err *err)
{
	struct arena *arena = m->tasks->arena;
	const char *parameters[] = {release};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(model, "previous_tasks", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *key = rows_text(rows, 0, NULL), *status = rows_text(rows, 1, NULL);
		bool was_done = !strcmp(status, "done") || !strcmp(status, "reopened");
		uint32_t id;
		if (interner_find(m->keys, key, strlen(key), &id)) {
			struct task *task = &m->tasks->items[id];
			if (was_done && strcmp(task->status, "accepted") != 0)
				task->status = "reopened";
			continue;
		}
		mem_grow(&m->tasks->items, &m->tasks->capacity, m->tasks->count + 1, sizeof *m->tasks->items);
		m->tasks->items[m->tasks->count++] = (struct task){
			.key = arena_strdup(arena, key), .status = "done", .title = arena_strdup(arena, rows_text(rows, 2, NULL)),
			.goal = arena_strdup(arena, rows_text(rows, 3, NULL)),
			.domain = rows_type(rows, 4) == VALUE_NULL ? NULL : arena_strdup(arena, rows_text(rows, 4, NULL)),
			.rule = arena_strdup(arena, rows_text(rows, 5, NULL)), .why = arena_strdup(arena, rows_text(rows, 6, NULL)),
			.steps = arena_strdup(arena, rows_text(rows, 7, NULL)), .reason = "",
		};
	}
	rows_close(rows);
	return result;
}

static int compare_tasks(const void *a, const void *b)
{
	const struct task *x = a, *y = b;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return strcmp(x->key, y->key);
}

int tasks_make(struct model *model, const char *release, struct findings *findings, const struct task_goal *goals,
	       size_t goal_count, const struct baseline *baseline, struct tasks *out, struct err *err)
{
	struct tasks tasks = {.arena = arena_create()};
	struct making m = {.tasks = &tasks, .findings = findings, .goals = goals, .goal_count = goal_count, .baseline = baseline,
			   .keys = interner_create()};
	gather(&m);
	rank(&m);
	int result = join_previous(&m, model, release, err);
	if (tasks.count)
		qsort(tasks.items, tasks.count, sizeof *tasks.items, compare_tasks);
	interner_destroy(m.keys);
	free(m.worst);
	free(m.all_accepted);
	if (result) {
		tasks_finish(&tasks);
		return result;
	}
	*out = tasks;
	return 0;
}

void tasks_rank(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->count; i++) {
		struct task *task = &tasks->items[i];
		if (task->has_change && task->score_change < 0)
			task->priority *= 1 - task->score_change;
	}
	if (tasks->count)
		qsort(tasks->items, tasks->count, sizeof *tasks->items, compare_tasks);
}

void tasks_finish(struct tasks *tasks)
{
	free(tasks->items);
	arena_destroy(tasks->arena);
	memset(tasks, 0, sizeof *tasks);
}
