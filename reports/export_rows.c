/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks and findings as plain CSV and JSON: all that is known of them, named as the views name it. */
#include "csv.h"
#include "export_text.h"
#include "json.h"

/* ---- CSV ---- */

static void put_task_rows(struct csv *csv, const struct export *export)
{
	static const char *const heads[] = {"task_key", "title", "priority", "severity", "goal", "domain", "effort_minutes", "findings",
					    "status", "rule", "score_change", "why", "steps", "reason", "external_id", NULL};
	for (const char *const *head = heads; *head; head++)
		csv_text(csv, *head);
	csv_end_row(csv);
	for (size_t i = 0; i < export->task_count; i++) {
		const struct export_task *task = &export->tasks[i];
		csv_text(csv, task->key);
		csv_text(csv, task->title);
		csv_number(csv, task->priority);
		csv_text(csv, export_severity_names[task->severity]);
		csv_text(csv, task->goal);
		csv_text(csv, task->domain);
		csv_integer(csv, task->effort_minutes);
		csv_integer(csv, task->findings);
		csv_text(csv, task->status);
		csv_text(csv, task->rule);
		csv_number(csv, task->score_change);
		csv_text(csv, task->why);
		csv_text(csv, task->steps);
		csv_text(csv, task->reason);
		csv_text(csv, task->external_id);
		csv_end_row(csv);
	}
}

static void put_finding_rows(struct csv *csv, const struct export *export)
{
	static const char *const heads[] = {"rule", "title", "severity", "goal", "domain", "file", "line", "subject", "message",
					    "effort_minutes", "fingerprint", NULL};
	for (const char *const *head = heads; *head; head++)
		csv_text(csv, *head);
	csv_end_row(csv);
	for (size_t i = 0; i < export->finding_count; i++) {
		const struct export_finding *finding = &export->findings[i];
		const struct export_rule *rule = &export->rules[finding->rule];
		csv_text(csv, rule->id);
		csv_text(csv, rule->title);
		csv_text(csv, export_severity_names[finding->severity]);
		csv_text(csv, rule->goal);
		csv_text(csv, finding->domain);
		csv_text(csv, finding->is_anchored ? NULL : finding->file);
		if (finding->line && !finding->is_anchored)
			csv_integer(csv, finding->line);
		else
			csv_text(csv, NULL);
		csv_text(csv, finding->subject);
		csv_text(csv, finding->message);
		csv_integer(csv, finding->effort_minutes);
		csv_text(csv, finding->fingerprint);
		csv_end_row(csv);
	}
}

int export_csv(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct csv csv;
	csv_start(&csv, output, export->tracker.is_raw);
	if (content == EXPORT_TASKS)
		put_task_rows(&csv, export);
	else
		put_finding_rows(&csv, export);
	return csv_finish(&csv);
}

/* ---- JSON ---- */

static void put_task(struct json *json, const struct export_task *task)
{
	json_put_object(json, NULL);
	json_put_text(json, "task_key", task->key);
	json_put_text(json, "external_id", task->external_id);
	json_put_text(json, "title", task->title);
	json_put_number(json, "priority", task->priority);
	json_put_text(json, "severity", export_severity_names[task->severity]);
	json_put_text(json, "goal", task->goal);
	json_put_text(json, "domain", task->domain);
	json_put_integer(json, "effort_minutes", task->effort_minutes);
	json_put_integer(json, "findings", task->findings);
	json_put_text(json, "status", task->status);
	json_put_text(json, "reason", task->reason);
	json_put_text(json, "rule", task->rule);
	json_put_number(json, "score_change", task->score_change);
	json_put_text(json, "why", task->why);
	json_put_text(json, "steps", task->steps);
	json_put_array(json, "evidence");
	for (size_t i = 0; i < task->evidence_count; i++) {
		json_put_object(json, NULL);
		json_put_text(json, "place", task->evidence[i].place);
		json_put_text(json, "message", task->evidence[i].message);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void put_finding(struct json *json, const struct export *export, const struct export_finding *finding)
{
	const struct export_rule *rule = &export->rules[finding->rule];
	json_put_object(json, NULL);
	json_put_text(json, "rule", rule->id);
	json_put_text(json, "title", rule->title);
	json_put_text(json, "severity", export_severity_names[finding->severity]);
	json_put_text(json, "goal", rule->goal);
	json_put_text(json, "domain", finding->domain);
	json_put_text(json, "file", finding->is_anchored ? NULL : finding->file);
	if (finding->is_anchored || !finding->line)
		json_put_null(json, "line");
	else
		json_put_integer(json, "line", finding->line);
	json_put_text(json, "subject", finding->subject);
	json_put_text(json, "message", finding->message);
	json_put_integer(json, "effort_minutes", finding->effort_minutes);
	json_put_text(json, "fingerprint", finding->fingerprint);
	json_end(json);
}

int export_json(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, true);
	json_put_object(&json, NULL);
	json_put_text(&json, "codebase", export->codebase);
	json_put_text(&json, "release", export->release);
	json_put_text(&json, "commit", export->commit);
	json_put_text(&json, "sightline", export->version);
	json_put_integer(&json, "left_out", (int64_t)export->left_out);
	json_put_array(&json, content == EXPORT_TASKS ? "tasks" : "findings");
	for (size_t i = 0; content == EXPORT_TASKS && i < export->task_count; i++)
		put_task(&json, &export->tasks[i]);
	for (size_t i = 0; content == EXPORT_FINDINGS && i < export->finding_count; i++)
		put_finding(&json, export, &export->findings[i]);
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}
