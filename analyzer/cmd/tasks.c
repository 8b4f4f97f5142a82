/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline tasks: findings put together into work, ranked by goals. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "check/tasks.h"
#include "cmd/goals.h"
#include "cmd/session.h"
#include "cmd/terminal.h"

static void print_evidence(struct rows *rows)
{
	for (int i = 0; i < 2; i++)
		terminal_print(stdout, i ? "  " : "  ", rows_text(rows, (size_t)i, NULL), i ? "\n" : "");
}

/* "Priority 2.36 = 1 (resiliency) x 10 (major) x 1 (1 finding) x 1.002 (debt) / (4 + 0.25) hours" */
static void print_arithmetic(struct rows *rows)
{
	double priority = rows_real(rows, 3), worth = rows_real(rows, 13), findings = rows_real(rows, 5);
	double change = rows_type(rows, 11) == VALUE_NULL ? 0 : rows_real(rows, 11);
	double crowd = task_crowd((uint32_t)findings), debt = change < 0 ? 1 - change : 1, hours = task_cost(rows_real(rows, 4));
	if (rows_type(rows, 13) == VALUE_NULL || findings < 1)
		return;
	printf("Priority = %.4g (weight of the goal) x %.4g (%s%s) x %.4g (%.0f finding%s) x %.4g (debt) / %.4g hours (4 of them for any change)\n",
	       priority * hours / (worth * crowd * debt), worth, rows_text(rows, 15, NULL),
	       rows_integer(rows, 14) ? ", a quarter: in tests, or code of others" : "", crowd, findings, findings > 1 ? "s" : "", debt, hours);
}

static void print_plan(struct rows *rows)
{
	terminal_print(stdout, terminal_style(stdout, STYLE_BOLD), rows_text(rows, 0, NULL), terminal_style(stdout, STYLE_PLAIN));
	terminal_print(stdout, "\n", rows_text(rows, 10, NULL), "");
	terminal_print(stdout, ", ", rows_text(rows, 2, NULL), "");
	terminal_print(stdout, ", for ", rows_text(rows, 1, NULL), "");
	printf(", priority %.2f, %lld minutes, %lld findings, by rule ", rows_real(rows, 3), (long long)rows_integer(rows, 4),
	       (long long)rows_integer(rows, 5));
	terminal_print(stdout, "", rows_text(rows, 6, NULL), "\n");
	print_arithmetic(rows);
	if (rows_type(rows, 11) != VALUE_NULL)
		printf("Debt of the codebase %.2f -> %.2f (%+.3f) when it is done\n", rows_real(rows, 12),
		       rows_real(rows, 12) + rows_real(rows, 11), rows_real(rows, 11));
	if (*rows_text(rows, 9, NULL))
		terminal_print(stdout, !strcmp(rows_text(rows, 2, NULL), "accepted") ? "Accepted: " : "Note: ", rows_text(rows, 9, NULL), "\n");
	terminal_print(stdout, "\nWhy\n  ", rows_text(rows, 7, NULL), "\n\nWhat to do\n");
	char *steps = mem_strdup(rows_text(rows, 8, NULL)), *rest = steps;
	for (char *line; (line = strsep(&rest, "\n"));)
		terminal_print(stdout, "  ", line, "\n");
	free(steps);
}

static int show_task(const struct session *session, const char *key, struct err *err)
{
	const char *parameters[] = {session->release, key};
	struct rows *rows = NULL;
	bool has_row = false;
	int result = model_query_named(session->model, "task_plan", parameters, 2, &rows, err);
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result && !has_row)
		result = err_set(err, ERR_NOT_FOUND, "there is no task \"%s\" in release %s; 'sightline tasks' lists them", key, session->release);
	if (!result)
		print_plan(rows);
	rows_close(rows);
	rows = NULL;
	if (!result)
		result = model_query_named(session->model, "task_evidence", parameters, 2, &rows, err);
	if (!result)
		printf("\nEvidence\n");
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		print_evidence(rows);
	rows_close(rows);
	return result;
}

static int list_tasks(const struct options *options, const struct session *session, struct err *err)
{
	char *weights = NULL;
	struct rows *rows = NULL;
	int result = options_has(options, "goal") ? goals_parse(options_value(options, "goal"), &weights, err) : 0;
	const char *parameters[] = {session->release, weights, options_value(options, "status"), options_value(options, "domain")};
	if (!result)
		result = model_query_named(session->model, session->format == OUTPUT_TABLE ? "tasks_digest" : "tasks", parameters, 4, &rows, err);
	if (!result)
		result = output_rows(stdout, rows, session->format, true, "no tasks", stderr, err);
	rows_close(rows);
	free(weights);
	return result;
}

static int run_tasks(const struct options *options, int *code, struct err *err)
{
	(void)code;
	bool show = options->operand_count == 2 && !strcmp(options->operands[0], "show");
	if (options->operand_count && !show)
		return err_set(err, ERR_INPUT, "sightline tasks: \"%s\" is unexpected; see 'sightline tasks --help'", options->operands[0]);
	struct session session;
	int result = session_open(options, &session, err);
	if (result)
		return result;
	result = show ? show_task(&session, options->operands[1], err) : list_tasks(options, &session, err);
	session_finish(&session);
	return result;
}

static const struct option_spec tasks_options[] = {
	{0, "goal", "GOAL=WEIGHT,...", "rank by these goals instead of those of sightline.yaml"},
	{0, "status", "open|reopened|accepted|done", "only of this status"},
	{0, "domain", "NAME", "only in this domain"},
	OPTION_RELEASE, OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_tasks = {
	.name = "tasks", .synopsis = "[show KEY] [OPTIONS]", .summary = "list pieces of work made of findings",
	.description =
		"Findings with one cause are one task, and its key stays the same from release to release: a task that a later release no\n"
		"longer shows becomes done by itself, and reopened when it comes back. What a team decides not to do stands in the baseline\n"
		"file that sightline.yaml names: one line each, a task's key or a finding's fingerprint, and the reason.\n"
		"debt: what the debt_score of the codebase changes by once the task is done, computed by making the change on the graph.\n"
		"Priority is weight of the goal x benefit / (4 + hours): benefit is 1, 2, 10 or 30 by the worst finding (info, minor, major,\n"
		"critical), a quarter of that where it is in tests (domain tests or tests-NAME) or in code of others that the codebase carries\n"
		"(deps/, vendor/ ...), times 1 to 2 by how many findings it settles, times 1 + the points of debt_score that it takes away; any\n"
		"change costs half a day beside the work itself. 'tasks show KEY' shows the arithmetic.",
	.examples = "  sightline tasks --goal scalability=3,velocity=1\n      what to do first, if scale matters most\n"
		    "  sightline tasks show V001-1a2b3c4d\n      why, how, and the evidence",
	.options = tasks_options, .run = run_tasks,
};
