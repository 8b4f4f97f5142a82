/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that a report holds, for programs. */
#include "json.h"
#include "writers.h"

#define FORMAT_VERSION 1 /* raised when a key goes or changes its meaning */

static const char *name_of(const struct report *report, uint32_t node)
{
	return node < report->node_count ? report->nodes[node].name : NULL;
}

static void share(struct json *json, const char *key, double value)
{
	if (value >= 0)
		json_put_number(json, key, value);
}

static void put_node(struct json *json, const struct report *report, const struct report_node *node)
{
	json_put_object(json, NULL);
	json_put_text(json, "name", node->name);
	if (node->group < report->group_count)
		json_put_text(json, "domain", report->groups[node->group].name);
	json_put_number(json, "code_lines", node->size);
	json_put_number(json, "debt", node->debt);
	json_put_integer(json, "files", node->files);
	json_put_integer(json, "functions", node->functions);
	share(json, "cohesion", node->cohesion);
	share(json, "exclusivity", node->exclusivity);
	if (node->cycle != REPORT_NONE)
		json_put_integer(json, "cycle", node->cycle);
	if (report->focus)
		json_put_bool(json, "is_outside", node->is_outside);
	json_end(json);
}

static void put_edges(struct json *json, const struct report *report)
{
	json_put_array(json, "dependencies");
	for (size_t i = 0; i < report->edge_count; i++) {
		const struct report_edge *edge = &report->edges[i];
		json_put_object(json, NULL);
		json_put_text(json, "from", name_of(report, edge->from));
		json_put_text(json, "to", name_of(report, edge->to));
		json_put_number(json, "weight", edge->weight);
		json_put_integer(json, "symbols", edge->symbols);
		if (report->has_runs)
			json_put_number(json, "observed", edge->observed);
		json_put_bool(json, "in_cycle", edge->in_cycle);
		json_end(json);
	}
	json_end(json);
}

static void put_files(struct json *json, const struct report *report)
{
	json_put_array(json, "files");
	for (size_t i = 0; i < report->file_count; i++) {
		const struct report_file *file = &report->files[i];
		json_put_object(json, NULL);
		json_put_text(json, "path", file->path);
		json_put_text(json, "domain", file->domain);
		json_put_number(json, "lines", file->lines);
		json_put_number(json, "code_lines", file->code_lines);
		json_put_number(json, "debt", file->debt);
		json_put_integer(json, "functions", file->functions);
		json_put_number(json, "cyclomatic", file->cyclomatic);
		json_put_number(json, "cognitive", file->cognitive);
		json_put_bool(json, "is_header", file->is_header);
		json_end(json);
	}
	json_end(json);
	json_put_array(json, "file_dependencies");
	for (size_t i = 0; i < report->link_count; i++) {
		const struct report_link *link = &report->links[i];
		if (link->from >= report->file_count || link->to >= report->file_count)
			continue;
		json_put_object(json, NULL);
		json_put_text(json, "from", report->files[link->from].path);
		json_put_text(json, "to", report->files[link->to].path);
		json_put_number(json, "weight", link->weight);
		if (report->has_runs)
			json_put_number(json, "observed", link->observed);
		json_put_bool(json, "includes", link->includes);
		json_end(json);
	}
	json_end(json);
}

static void put_tasks(struct json *json, const struct report *report)
{
	json_put_array(json, "tasks");
	for (size_t i = 0; i < report->task_count; i++) {
		const struct report_task *task = &report->tasks[i];
		json_put_object(json, NULL);
		json_put_text(json, "title", task->title);
		json_put_text(json, "goal", task->goal);
		json_put_text(json, "domain", task->domain);
		json_put_number(json, "priority", task->priority);
		json_put_integer(json, "effort_minutes", task->effort_minutes);
		json_put_integer(json, "findings", task->findings);
		json_put_text(json, "why", task->why);
		json_put_text(json, "steps", task->steps);
		json_end(json);
	}
	json_end(json);
	json_put_text(json, "previous_release", report->previous);
	json_put_array(json, "changes");
	for (size_t i = 0; i < report->change_count; i++) {
		json_put_object(json, NULL);
		json_put_text(json, "kind", report->changes[i].kind);
		json_put_text(json, "text", report->changes[i].text);
		json_end(json);
	}
	json_end(json);
}

int json_write(const struct report *report, const struct report_output *output, struct report_error *error)
{
	struct json json;
	error->text[0] = 0;
	json_start(&json, output, true);
	json_put_object(&json, NULL);
	json_put_text(&json, "format", "sightline report");
	json_put_integer(&json, "format_version", FORMAT_VERSION);
	json_put_text(&json, "codebase", report->title);
	json_put_text(&json, "release", report->release);
	json_put_text(&json, "focus", report->focus);
	json_put_text(&json, "summary", report->subtitle);
	json_put_text(&json, "coverage", report->coverage);
	json_put_bool(&json, "has_runs", report->has_runs);
	json_put_array(&json, report->focus || report->group_count ? "nodes" : "domains");
	for (size_t i = 0; i < report->node_count; i++)
		put_node(&json, report, &report->nodes[i]);
	json_end(&json);
	put_edges(&json, report);
	put_files(&json, report);
	put_tasks(&json, report);
	json_end(&json);
	return json_finish(&json);
}
