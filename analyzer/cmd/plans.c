/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define WORDS 3
#define NEAR_ENOUGH 6 /* edits, of names that are longer than that */

void plan_init(struct plan *plan)
{
	*plan = (struct plan){.arena = arena_create()};
}

void plan_finish(struct plan *plan)
{
	arena_destroy(plan->arena);
	free(plan->changes);
	free(plan->new_domains);
	*plan = (struct plan){0};
}

/* ---- words ---- */

/* The words of a text; false: more than WORDS, or a quote without its end. */
static bool split(struct arena *arena, const char *text, const char *words[WORDS], size_t *count)
{
	*count = 0;
	for (const char *at = text; *at;) {
		if (*at == ' ' || *at == '\t') {
			at++;
			continue;
		}
		const char *end;
		char quote = *at == '\'' || *at == '"' ? *at++ : 0;
		if (*count == WORDS)
			return false;
		end = quote ? strchr(at, quote) : at + strcspn(at, " \t");
		if (!end)
			return false;
		words[(*count)++] = arena_strndup(arena, at, (size_t)(end - at));
		at = end + (quote != 0);
	}
	return true;
}

/* ---- what is named ---- */

static void consider(const char *wanted, const char *name, size_t *least, const char **nearest)
{
	const char *base = path_basename(name);
	size_t distance = strlen(name) < 400 && strlen(wanted) < 400 ? text_distance(wanted, name) : SIZE_MAX;
	if (!strcmp(base, wanted))
		distance = 0;
	if (distance < *least) {
		*least = distance;
		*nearest = name;
	}
}

static int unknown(const struct debt_input *input, const char *name, const char *what, bool domains, struct err *err)
{
	const char *nearest = NULL;
	size_t least = NEAR_ENOUGH + 1;
	for (uint32_t f = 0; f < input->file_count; f++)
		consider(name, input->files[f].path, &least, &nearest);
	for (uint32_t d = 0; domains && d < input->domain_count; d++)
		consider(name, input->domains[d].name, &least, &nearest);
	return err_set(err, ERR_INPUT, "--what-if: there is no %s \"%s\"%s%s%s", what, name, nearest ? "; did you mean \"" : "",
		       nearest ? nearest : "", nearest ? "\"?" : "; 'sightline query' on the views files and domains lists them");
}

static void add(struct plan *plan, enum debt_change_kind kind, uint32_t a, uint32_t b)
{
	mem_grow(&plan->changes, &plan->capacity, plan->count + 1, sizeof *plan->changes);
	plan->changes[plan->count++] = (struct debt_change){kind, a, b};
}

static int add_move(struct plan *plan, const struct debt_input *input, const char *path, const char *name, struct err *err)
{
	uint32_t file = debt_find_file(input, path), domain = debt_find_domain(input, name);
	if (file == GRAPH_NONE)
		return unknown(input, path, "file", false, err);
	for (size_t i = 0; domain == GRAPH_NONE && i < plan->new_count; i++)
		if (!strcmp(plan->new_domains[i], name))
			domain = input->domain_count + (uint32_t)i;
	if (domain == GRAPH_NONE) {
		mem_grow(&plan->new_domains, &plan->new_capacity, plan->new_count + 1, sizeof *plan->new_domains);
		domain = input->domain_count + (uint32_t)plan->new_count;
		plan->new_domains[plan->new_count++] = name;
	}
	add(plan, DEBT_MOVE, file, domain);
	return 0;
}

static int add_cut(struct plan *plan, const struct debt_input *input, const char *from, const char *to, struct err *err)
{
	uint32_t a = debt_find_file(input, from), b = debt_find_file(input, to);
	enum debt_change_kind kind = DEBT_CUT_FILES;
	if (a == GRAPH_NONE && b == GRAPH_NONE) {
		kind = DEBT_CUT_DOMAINS;
		a = debt_find_domain(input, from);
		b = debt_find_domain(input, to);
	}
	if (a == GRAPH_NONE || b == GRAPH_NONE)
		return unknown(input, a == GRAPH_NONE ? from : to, "file or domain", true, err);
	if (a == b)
		return err_set(err, ERR_INPUT, "--what-if: \"%s\" cannot be cut from itself", from);
	add(plan, kind, a, b);
	return 0;
}

int plan_add(struct plan *plan, const struct debt_input *input, const char *text, struct err *err)
{
	const char *words[WORDS];
	size_t count;
	bool is_split = split(plan->arena, text, words, &count);
	if (is_split && count == 3 && !strcmp(words[0], "move") && *words[2] && text_is_utf8(words[2], strlen(words[2])))
		return add_move(plan, input, words[1], words[2], err);
	if (is_split && count == 3 && !strcmp(words[0], "cut"))
		return add_cut(plan, input, words[1], words[2], err);
	return err_set(err, ERR_INPUT, "--what-if \"%s\": give \"move FILE DOMAIN\" or \"cut A B\"; names with blanks in quotes", text);
}

/* ---- tasks ---- */

double plan_weight(const struct debt_input *input, const struct debt_change *change)
{
	double weight = 0;
	struct debt_changed changed;
	debt_apply(input, change, 1, NULL, 0, &changed);
	for (size_t i = 0; i < input->dependency_count; i++)
		weight += dependency_is_written(input->dependencies[i].kind) ? (double)input->dependencies[i].weight : 0;
	for (size_t i = 0; i < changed.input.dependency_count; i++)
		weight -= dependency_is_written(changed.kept[i].kind) ? (double)changed.kept[i].weight : 0;
	debt_changed_finish(&changed);
	return weight;
}

static double score_after(const struct debt_input *input, const struct plan *plan)
{
	struct debt_changed changed;
	struct debt_result *result;
	debt_apply(input, plan->changes, plan->count, plan->new_domains, plan->new_count, &changed);
	debt_measure(&changed.input, &result);
	debt_judge(&changed.input, result);
	double score = result->codebase.score;
	debt_result_destroy(result);
	debt_changed_finish(&changed);
	return score;
}

static const char *const MOVE_STEPS =
	"1. Move the file, its header and its private headers to the folder of the domain (git mv), and mend the includes.\n"
	"2. Where it uses the domain it came from, give it what it needs as arguments or callbacks, or move that, too.\n"
	"3. Where the folders do not tell domains apart, pin it in sightline.yaml (domains: pin), so that the next scan knows.\n"
	"4. See what has become of it: sightline scan && sightline tasks";
static const char *const CUT_STEPS =
	"1. See which names are used: sightline show FILE\n"
	"2. Calls only: turn them round with a callback, or move the function to the side that calls it. Types only: declare "
	"\"struct name;\" and keep the definition in one .c file. Macros: move them to a header of their own.\n"
	"3. Take the include out, and build.\n"
	"4. See what has become of it: sightline scan && sightline tasks";

static struct task *find_task(struct tasks *tasks, const char *key)
{
	for (size_t i = 0; i < tasks->count; i++)
		if (!strcmp(tasks->items[i].key, key))
			return &tasks->items[i];
	mem_grow(&tasks->items, &tasks->capacity, tasks->count + 1, sizeof *tasks->items);
	tasks->items[tasks->count] = (struct task){.key = arena_strdup(tasks->arena, key)};
	return &tasks->items[tasks->count++];
}

static const char *key_of(struct arena *arena, const char *change)
{
	char hex[HASH_HEX_LENGTH + 1], key[32];
	hash_hex(hash_bytes(change, strlen(change)), hex);
	snprintf(key, sizeof key, "plan-%.8s", hex);
	return arena_strdup(arena, key);
}

/* What is planned but names something that there is no more counts as done: the change took it away, or somebody did. */
static void make_task(const char *change, double goal_weight, const struct debt_input *input, const struct debt_result *debt,
		      struct tasks *tasks)
{
	struct plan plan;
	struct err gone = {0};
	plan_init(&plan);
	int unusable = plan_add(&plan, input, change, &gone);
	struct task *task = find_task(tasks, key_of(tasks->arena, change));
	bool was_done = task->status && (!strcmp(task->status, "done") || !strcmp(task->status, "reopened"));
	bool is_move = !unusable && plan.changes[0].kind == DEBT_MOVE;
	double weight = unusable ? 0 : is_move ? debt->measured[plan.changes[0].a].crossing : plan_weight(input, plan.changes);
	bool is_done = unusable || (is_move ? input->files[plan.changes[0].a].domain == plan.changes[0].b : weight <= 0);
	struct buf title;
	buf_init(&title, BUF_NO_CEILING);
	buf_printf(&title, "Planned: %s", change);
	*task = (struct task){.key = task->key, .title = arena_strdup(tasks->arena, title.data), .goal = "velocity", .rule = "plan",
		.why = "It was found by asking what would be if (sightline debt --what-if), and planned.",
		.steps = is_move || !strncmp(change, "move", 4) ? MOVE_STEPS : CUT_STEPS,
		.reason = unusable ? arena_strdup(tasks->arena, gone.text) : "",
		.status = is_done ? "done" : was_done ? "reopened" : "open"};
	buf_finish(&title);
	if (!is_done) {
		double minutes = 15 + 5 * weight; /* as rule V001 reckons */
		task->effort_minutes = (uint32_t)(minutes < 480 ? minutes : 480);
		task->domain = is_move || plan.changes[0].kind == DEBT_CUT_FILES
				       ? arena_strdup(tasks->arena, input->domains[input->files[plan.changes[0].a].domain].name) : NULL;
		task->score_change = score_after(input, &plan) - debt->codebase.score;
		task->has_change = true;
		task->priority = task_priority(goal_weight, task_worth(2 /* major */, false), 1, task->effort_minutes);
	}
	plan_finish(&plan);
}

int plans_add(struct model *model, const struct config *config, const struct debt_input *input, const struct debt_result *debt,
	      struct tasks *tasks, struct err *err)
{
	struct rows *rows = NULL;
	bool has_row;
	double weight = 1;
	for (size_t i = 0; i < config->goal_count; i++)
		if (!strcmp(config->goals[i].name, "velocity"))
			weight = config->goals[i].weight;
	int result = model_query_named(model, "plans", NULL, 0, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		make_task(rows_text(rows, 0, NULL), weight, input, debt, tasks);
	rows_close(rows);
	return result;
}
