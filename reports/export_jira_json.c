/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issues as Jira's REST API takes them (POST .../issue/bulk): descriptions in Atlassian's document format for Cloud (version 3), in
 * wiki markup for Data Center (version 2). */
#include <stdio.h>

#include "export_text.h"
#include "json.h"

/* ---- Atlassian's document format: no text node may be empty ---- */

static void put_text_node(struct json *json, const char *text)
{
	json_put_object(json, NULL);
	json_put_text(json, "type", "text");
	json_put_text(json, "text", *text ? text : " ");
	json_end(json);
}

static void open_node(struct json *json, const char *type)
{
	json_put_object(json, NULL);
	json_put_text(json, "type", type);
}

static void put_paragraph(struct json *json, const char *text)
{
	open_node(json, "paragraph");
	json_put_array(json, "content");
	put_text_node(json, text);
	json_end(json);
	json_end(json);
}

static void put_heading(struct json *json, const char *text)
{
	open_node(json, "heading");
	json_put_object(json, "attrs");
	json_put_integer(json, "level", 3);
	json_end(json);
	json_put_array(json, "content");
	put_text_node(json, text);
	json_end(json);
	json_end(json);
}

struct steps { struct json *json; struct memory line; bool in_list, failed; };

static void close_list(struct steps *steps)
{
	if (!steps->in_list)
		return;
	json_end(steps->json);
	json_end(steps->json);
	steps->in_list = false;
}

static void put_step(void *context, const char *text, size_t length, bool is_step)
{
	struct steps *steps = context;
	struct memory copy = {0};
	steps->failed |= memory_write(&copy, text, length) || text_line_in(&steps->line, copy.text, 2000);
	memory_finish(&copy);
	if (!is_step) {
		close_list(steps);
		put_paragraph(steps->json, memory_text(&steps->line));
		return;
	}
	if (!steps->in_list) {
		open_node(steps->json, "orderedList");
		json_put_array(steps->json, "content");
		steps->in_list = true;
	}
	open_node(steps->json, "listItem");
	json_put_array(steps->json, "content");
	put_paragraph(steps->json, memory_text(&steps->line));
	json_end(steps->json);
	json_end(steps->json);
}

static void put_evidence(struct json *json, const struct export_task *task, struct memory *text)
{
	struct report_output output = {memory_write, text};
	struct sink sink;
	char more[128];
	memory_clear(text);
	sink_start(&sink, &output);
	for (size_t i = 0; i < task->evidence_count; i++) {
		sink_string(&sink, i ? "\n" : "");
		text_line(&sink, task->evidence[i].place, TEXT_LINE);
		sink_string(&sink, "  ");
		text_line(&sink, task->evidence[i].message, TEXT_LINE);
	}
	if (text_more(more, task)) {
		sink_string(&sink, "\n");
		text_line(&sink, more, TEXT_LINE);
	}
	if (sink_finish(&sink))
		json->sink.status = -1;
	open_node(json, "codeBlock");
	json_put_array(json, "content");
	put_text_node(json, memory_text(text));
	json_end(json);
	json_end(json);
}

static void put_document(struct json *json, const struct export *export, const struct export_task *task,
			 const struct export_epic *epic)
{
	struct memory text = {0};
	struct steps steps = {.json = json};
	char line[160], effort[32], score[80], count[64];
	json_put_object(json, "description");
	json_put_text(json, "type", "doc");
	json_put_integer(json, "version", 1);
	json_put_array(json, "content");
	if (task) {
		put_heading(json, "Why");
		steps.failed |= text_line_in(&text, task->why, 4000) != 0;
		put_paragraph(json, memory_text(&text));
		put_heading(json, "What to do");
		text_steps(task->steps, put_step, &steps);
		close_list(&steps);
		text_effort(effort, task->effort_minutes);
		snprintf(line, sizeof line, "About %s.%s%s", effort, text_score(score, task) ? " " : "", score);
		put_paragraph(json, line);
		text_evidence_count(count, task);
		snprintf(line, sizeof line, "Evidence (%s)", count);
		put_heading(json, line);
		put_evidence(json, task, &text);
		struct report_output output = {memory_write, &text};
		struct sink sink;
		memory_clear(&text);
		sink_start(&sink, &output);
		text_origin(&sink, export, task);
		steps.failed |= sink_finish(&sink) != 0;
		put_paragraph(json, memory_text(&text));
	} else {
		steps.failed |= text_line_in(&text, epic->text, 4000) != 0;
		put_paragraph(json, memory_text(&text));
	}
	json_end(json);
	json_end(json);
	if (steps.failed)
		json->sink.status = -1;
	memory_finish(&steps.line);
	memory_finish(&text);
}

/* ---- issues ---- */

static void put_wiki(struct json *json, const struct export *export, const struct export_task *task, const struct export_epic *epic)
{
	struct memory text = {0};
	if (wiki_in(&text, export, task, epic))
		json->sink.status = -1;
	json_put_text(json, "description", memory_text(&text));
	memory_finish(&text);
}

static void put_named(struct json *json, const char *key, const char *member, const char *name)
{
	json_put_object(json, key);
	json_put_text(json, member, name);
	json_end(json);
}

static void put_labels(struct json *json, const struct export_tracker *tracker, const char *label, const char *goal)
{
	json_put_array(json, "labels");
	json_put_text(json, NULL, "sightline");
	json_put_text(json, NULL, label);
	if (goal)
		json_put_text(json, NULL, goal);
	for (size_t i = 0; i < tracker->label_count; i++)
		json_put_text(json, NULL, tracker->labels[i]);
	json_end(json);
}

static void put_start(struct json *json, const struct export *export, const char *type, const struct export_task *task,
		      const struct export_epic *epic)
{
	const struct export_tracker *tracker = &export->tracker;
	struct memory line = {0};
	json_put_object(json, NULL);
	json_put_object(json, "fields");
	put_named(json, "project", "key", tracker->project);
	put_named(json, "issuetype", "name", type);
	if (text_line_in(&line, task ? task->title : epic->title, 255))
		json->sink.status = -1;
	json_put_text(json, "summary", *memory_text(&line) ? line.text : "?");
	if (epic && tracker->is_data_center && tracker->epic_name_field)
		json_put_text(json, tracker->epic_name_field, memory_text(&line));
	memory_finish(&line);
	if (tracker->is_data_center)
		put_wiki(json, export, task, epic);
	else
		put_document(json, export, task, epic);
	put_labels(json, tracker, task ? task->label : epic->label, task ? task->goal : epic->goal);
}

static void put_epic(struct json *json, const struct export *export, size_t i)
{
	put_start(json, export, export->tracker.epic_type, NULL, &export->epics[i]);
	json_end(json);
	json_end(json);
}

static void put_task(struct json *json, const struct export *export, size_t i, const char *parent)
{
	const struct export_tracker *tracker = &export->tracker;
	const struct export_task *task = &export->tasks[i];
	put_start(json, export, tracker->task_type, task, NULL);
	if (tracker->priorities[task->severity])
		put_named(json, "priority", "name", tracker->priorities[task->severity]);
	if (parent && !tracker->is_data_center)
		put_named(json, "parent", "key", parent);
	else if (parent && tracker->epic_link_field)
		json_put_text(json, tracker->epic_link_field, parent);
	if (tracker->estimate == EXPORT_ESTIMATE_POINTS && tracker->points_field)
		json_put_integer(json, tracker->points_field, text_points(task->effort_minutes));
	if (tracker->estimate == EXPORT_ESTIMATE_TIME) {
		char minutes[32];
		snprintf(minutes, sizeof minutes, "%um", task->effort_minutes ? task->effort_minutes : 1);
		put_named(json, "timetracking", "originalEstimate", minutes);
	}
	json_end(json);
	json_end(json);
}

int export_jira_epic(const struct export *export, size_t epic, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, false);
	put_epic(&json, export, epic);
	return json_finish(&json);
}

int export_jira_task(const struct export *export, size_t task, const char *parent, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, false);
	put_task(&json, export, task, parent);
	return json_finish(&json);
}

/* ---- pages ---- */

static size_t pages_of(size_t issues)
{
	return (issues + JIRA_PAGE - 1) / JIRA_PAGE;
}

size_t export_jira_pages(const struct export *export)
{
	return pages_of(export->epic_count) + pages_of(export->task_count);
}

bool export_jira_page_is_epics(const struct export *export, size_t page)
{
	return page < pages_of(export->epic_count);
}

static void put_page(struct json *json, const struct export *export, size_t page)
{
	bool epics = export_jira_page_is_epics(export, page);
	size_t first = (epics ? page : page - pages_of(export->epic_count)) * JIRA_PAGE;
	size_t count = epics ? export->epic_count : export->task_count;
	json_put_object(json, NULL);
	json_put_array(json, "issueUpdates");
	for (size_t i = first; i < count && i < first + JIRA_PAGE; i++) {
		char parent[400] = "";
		uint32_t epic = epics ? EXPORT_NONE : export->tasks[i].epic;
		if (epic != EXPORT_NONE)
			snprintf(parent, sizeof parent, "{%s}", export->epics[epic].label);
		if (epics)
			put_epic(json, export, i);
		else
			put_task(json, export, i, export->tracker.parent ? export->tracker.parent : *parent ? parent : NULL);
	}
	json_end(json);
	json_end(json);
}

int export_jira_page(const struct export *export, size_t page, const struct report_output *output)
{
	struct json json;
	json_start(&json, output, true);
	put_page(&json, export, page);
	return json_finish(&json);
}

int export_jira_json(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct json json;
	(void)content;
	json_start(&json, output, true);
	json_put_array(&json, NULL);
	for (size_t page = 0; page < export_jira_pages(export); page++)
		put_page(&json, export, page);
	json_end(&json);
	return json_finish(&json);
}
