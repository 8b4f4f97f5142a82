/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verdicts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/tasks.h"
#include "cmd/plans.h"
#include "cmd/terminal.h"

#define BASELINE_BYTES ((size_t)16 << 20)

const char *const verdicts_skipped_domains[] = {"vendored", "generated", NULL};

static struct rule_parameter *copy_parameters(const struct config_rule *rule)
{
	struct rule_parameter *out = mem_zalloc(rule->parameter_count + 1, sizeof *out);
	for (size_t i = 0; i < rule->parameter_count; i++)
		out[i] = (struct rule_parameter){.name = rule->parameters[i].name, .value = rule->parameters[i].value,
						 .is_number = rule->parameters[i].is_number, .number = rule->parameters[i].number};
	return out;
}

int verdicts_load_rules(const struct config *config, struct rule_set *out, struct err *err)
{
	struct rule_override *overrides = mem_zalloc(config->rule_count + 1, sizeof *overrides);
	for (size_t i = 0; i < config->rule_count; i++) {
		const struct config_rule *rule = &config->rules[i];
		struct buf place;
		buf_init(&place, BUF_NO_CEILING);
		buf_printf(&place, "%s:%u:%u", config->path, rule->line, rule->column);
		overrides[i] = (struct rule_override){.id = rule->id, .place = buf_take(&place, NULL), .off = rule->off,
			.severity = rule->severity, .parameters = copy_parameters(rule), .parameter_count = rule->parameter_count};
	}
	int result = rules_load(config->rules_folder, overrides, config->rule_count, out, err);
	for (size_t i = 0; i < config->rule_count; i++) {
		free((char *)overrides[i].place);
		free(overrides[i].parameters);
	}
	free(overrides);
	return result;
}

int verdicts_check(const struct config *config, struct err *err)
{
	struct rule_set rules;
	int result = verdicts_load_rules(config, &rules, err);
	if (!result)
		rules_finish(&rules);
	return result;
}

char *verdicts_baseline_path(const struct config *config)
{
	if (!config->baseline)
		return NULL;
	/* Beside the configuration that names it, wherever the command runs. */
	const char *base = strrchr(config->path, '/');
	char *folder = base ? mem_strndup(config->path, (size_t)(base - config->path)) : mem_strdup(".");
	char *path = path_join(*folder ? folder : "/", config->baseline);
	free(folder);
	return path;
}

int verdicts_read_baseline(const char *path, char **text, struct err *err)
{
	size_t length;
	struct err cause = {0};
	*text = NULL;
	int result = path ? file_read(path, BASELINE_BYTES, text, &length, &cause) : 0;
	return result && result != ERR_NOT_FOUND ? err_set(err, ERR_INPUT, "baseline: %s", cause.text) : 0;
}

static int read_baseline(const struct config *config, char **text, struct err *err)
{
	char *path = verdicts_baseline_path(config);
	int result = verdicts_read_baseline(path, text, err);
	free(path);
	return result;
}

void verdicts_hash(const struct config *config, struct hasher *hasher)
{
	struct rule_set rules;
	struct err ignored = {0};
	char *text = NULL;
	if (!verdicts_load_rules(config, &rules, &ignored)) {
		rules_hash(&rules, hasher);
		rules_finish(&rules);
	}
	if (!read_baseline(config, &text, &ignored) && text)
		hasher_add_string(hasher, text);
	free(text);
}

static void fill(struct snapshot *snapshot, const struct findings *findings, const struct tasks *tasks)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *row = &findings->items[i];
		*SNAPSHOT_ADD(snapshot, findings) = (struct snapshot_finding){
			.rule = row->rule->id, .severity = row->severity, .goal = row->rule->goal, .domain = row->domain, .file = row->file,
			.line = row->line, .subject = row->subject, .message = row->message, .effort_minutes = row->effort_minutes,
			.fingerprint = row->fingerprint, .task_key = row->task_key,
		};
	}
	for (size_t i = 0; i < tasks->count; i++) {
		const struct task *row = &tasks->items[i];
		*SNAPSHOT_ADD(snapshot, tasks) = (struct snapshot_task){
			.task_key = row->key, .title = row->title, .priority = row->priority, .goal = row->goal, .domain = row->domain,
			.effort_minutes = row->effort_minutes, .findings = row->findings, .status = row->status, .rule = row->rule,
			.why = row->why, .steps = row->steps, .reason = row->reason, .score_change = row->score_change,
			.has_change = row->has_change,
		};
	}
}

static void fill_scores(struct snapshot *snapshot, const struct debt_result *debt)
{
	for (size_t i = 0; i < debt->score_count; i++) {
		const struct debt_metric *row = &debt->scores[i];
		*SNAPSHOT_ADD(snapshot, scores) = (struct snapshot_metric){row->scope, row->subject, row->metric, row->value};
	}
}

int verdicts_put(struct model *model, const struct findings_beside *beside, const char *release, const struct config *config,
		 struct rule_set *rules, struct debt_input *input, struct debt_result *debt, struct err *err)
{
	struct findings findings = {0};
	struct tasks tasks = {0};
	struct snapshot snapshot = {0};
	struct baseline baseline;
	char *text;
	int result = read_baseline(config, &text, err);
	if (result)
		return result;
	baseline_parse(text, &baseline);
	free(text);
	struct task_goal *goals = mem_zalloc(config->goal_count + 1, sizeof *goals);
	for (size_t i = 0; i < config->goal_count; i++)
		goals[i] = (struct task_goal){config->goals[i].name, config->goals[i].weight};
	result = findings_collect(model, beside, release, rules, verdicts_skipped_domains, &findings, err);
	if (!result) {
		verdicts_judge_debt(&findings, input, debt);
		result = tasks_make(model, release, &findings, goals, config->goal_count, &baseline, &tasks, err);
	}
	if (!result)
		verdicts_foresee(&findings, &tasks, input, debt);
	if (!result)
		result = plans_add(model, config, input, debt, &tasks, err);
	if (!result)
		tasks_rank(&tasks);
	if (!result) {
		fill(&snapshot, &findings, &tasks);
		fill_scores(&snapshot, debt);
		result = model_verdicts_put(model, release, &snapshot, err);
		snapshot_finish(&snapshot);
		tasks_finish(&tasks);
	}
	if (findings.arena)
		findings_finish(&findings);
	free(goals);
	baseline_finish(&baseline);
	return result;
}

void verdicts_tell_problems(const struct rule_set *rules)
{
	for (size_t i = 0; i < rules->problem_count; i++)
		terminal_print(stderr, "sightline: warning: ", rules->problems[i], "\n");
}
