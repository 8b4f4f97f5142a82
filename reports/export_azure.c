/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work items for Azure Boards: CSV for its import, where "Title 1" and "Title 2" make the tree, and batches of JSON patches (RFC 6902)
 * for its REST API. New items must not name a state. */
#include <stdio.h>

#include "csv.h"
#include "export_text.h"
#include "json.h"

#define BATCH 200 /* requests that the API takes at once */
#define TITLE 255

static int priority_of(enum export_severity severity)
{
	return 4 - (int)severity; /* 1 is the highest */
}

static void put_tags(struct sink *sink, const char *label, const char *goal, const struct export_tracker *tracker)
{
	sink_string(sink, "sightline; ");
	text_line(sink, label, 250);
	if (goal) {
		sink_string(sink, "; ");
		text_line(sink, goal, 100);
	}
	for (size_t i = 0; i < tracker->label_count; i++) {
		sink_string(sink, "; ");
		text_line(sink, tracker->labels[i], 250);
	}
}

static int tags_in(struct memory *memory, const char *label, const char *goal, const struct export_tracker *tracker)
{
	struct report_output output = {memory_write, memory};
	struct sink sink;
	memory_clear(memory);
	sink_start(&sink, &output);
	put_tags(&sink, label, goal, tracker);
	return sink_finish(&sink);
}

/* ---- CSV ---- */

static void put_row(struct csv *csv, const struct export *export, const struct export_task *task, const struct export_epic *epic)
{
	const struct export_tracker *tracker = &export->tracker;
	struct memory text = {0};
	bool is_child = task && task->epic != EXPORT_NONE, failed = text_line_in(&text, task ? task->title : epic->title, TITLE);
	csv_text(csv, task ? tracker->task_type : tracker->epic_type);
	csv_text(csv, is_child ? NULL : memory_text(&text));
	csv_text(csv, is_child ? memory_text(&text) : NULL);
	failed |= html_in(&text, export, task, epic) != 0;
	csv_text(csv, memory_text(&text));
	if (task)
		csv_integer(csv, priority_of(task->severity));
	else
		csv_text(csv, NULL);
	if (tracker->estimate && task)
		csv_integer(csv, text_points(task->effort_minutes));
	else if (tracker->estimate)
		csv_text(csv, NULL);
	failed |= tags_in(&text, task ? task->label : epic->label, task ? task->goal : epic->goal, tracker) != 0;
	csv_text(csv, memory_text(&text));
	if (tracker->area)
		csv_text(csv, tracker->area);
	if (tracker->iteration)
		csv_text(csv, tracker->iteration);
	csv_end_row(csv);
	if (failed)
		csv->sink.status = -1;
	memory_finish(&text);
}

int export_azure_csv(const struct export *export, enum export_content content, const struct report_output *output)
{
	static const char *const heads[] = {"Work Item Type", "Title 1", "Title 2", "Description", "Priority", NULL};
	const struct export_tracker *tracker = &export->tracker;
	struct csv csv;
	(void)content;
	csv_start(&csv, output, tracker->is_raw);
	for (const char *const *head = heads; *head; head++)
		csv_text(&csv, *head);
	if (tracker->estimate)
		csv_text(&csv, tracker->effort_column);
	csv_text(&csv, "Tags");
	if (tracker->area)
		csv_text(&csv, "Area Path");
	if (tracker->iteration)
		csv_text(&csv, "Iteration Path");
	csv_end_row(&csv);
	/* Children follow their parent. */
	for (size_t i = 0; i <= export->epic_count; i++) {
		if (i < export->epic_count)
			put_row(&csv, export, NULL, &export->epics[i]);
		for (size_t j = 0; j < export->task_count; j++)
			if (export->tasks[j].epic == (i < export->epic_count ? (uint32_t)i : EXPORT_NONE))
				put_row(&csv, export, &export->tasks[j], NULL);
	}
	return csv_finish(&csv);
}

/* ---- JSON ---- */

static void put_op(struct json *json, const char *path)
{
	json_put_object(json, NULL);
	json_put_text(json, "op", "add");
	json_put_text(json, "path", path);
}

static void put_text_op(struct json *json, const char *path, const char *text)
{
	put_op(json, path);
	json_put_text(json, "value", text);
	json_end(json);
}

static void put_integer_op(struct json *json, const char *path, int64_t value)
{
	put_op(json, path);
	json_put_integer(json, "value", value);
	json_end(json);
}

static void put_parent(struct json *json, const struct export *export, const struct export_epic *epic, int temporary_id)
{
	char url[700], id[300];
	if (temporary_id)
		snprintf(id, sizeof id, "%d", temporary_id);
	else
		snprintf(id, sizeof id, "{%s}", epic->label); /* it is in an earlier batch: to be filled in from its answer */
	snprintf(url, sizeof url, "%.300s/_apis/wit/workitems/%s", export->tracker.url ? export->tracker.url
		 : "https://dev.azure.com/{organization}", id);
	put_op(json, "/relations/-");
	json_put_object(json, "value");
	json_put_text(json, "rel", "System.LinkTypes.Hierarchy-Reverse");
	json_put_text(json, "url", url);
	json_end(json);
	json_end(json);
}

static void put_patch(struct json *json, const struct export *export, const struct export_task *task, const struct export_epic *epic)
{
	const struct export_tracker *tracker = &export->tracker;
	struct memory text = {0};
	bool failed = text_line_in(&text, task ? task->title : epic->title, TITLE) != 0;
	put_text_op(json, "/fields/System.Title", *memory_text(&text) ? text.text : "?");
	failed |= html_in(&text, export, task, epic) != 0;
	put_text_op(json, "/fields/System.Description", memory_text(&text));
	failed |= tags_in(&text, task ? task->label : epic->label, task ? task->goal : epic->goal, tracker) != 0;
	put_text_op(json, "/fields/System.Tags", memory_text(&text));
	if (task)
		put_integer_op(json, "/fields/Microsoft.VSTS.Common.Priority", priority_of(task->severity));
	if (task && tracker->estimate) {
		char path[200];
		snprintf(path, sizeof path, "/fields/%.150s", tracker->effort_field);
		put_integer_op(json, path, text_points(task->effort_minutes));
	}
	if (tracker->area)
		put_text_op(json, "/fields/System.AreaPath", tracker->area);
	if (tracker->iteration)
		put_text_op(json, "/fields/System.IterationPath", tracker->iteration);
	if (failed)
		json->sink.status = -1;
	memory_finish(&text);
}

static int put_uri(struct json *json, const struct export *export, const char *type)
{
	struct memory uri = {0};
	struct report_output output = {memory_write, &uri};
	struct sink sink;
	sink_start(&sink, &output);
	sink_string(&sink, "/");
	text_uri(&sink, export->tracker.project);
	sink_string(&sink, "/_apis/wit/workitems/$");
	text_uri(&sink, type);
	sink_string(&sink, "?api-version=7.1");
	int status = sink_finish(&sink);
	json_put_text(json, "uri", memory_text(&uri));
	memory_finish(&uri);
	return status;
}

/* One request of a batch. id: its temporary number, 0: none. parent_id as put_parent. */
static void put_request(struct json *json, const struct export *export, const struct export_task *task, const struct export_epic *epic,
			int id, int parent_id)
{
	json_put_object(json, NULL);
	json_put_text(json, "method", "PATCH");
	if (put_uri(json, export, task ? export->tracker.task_type : export->tracker.epic_type))
		json->sink.status = -1;
	json_put_object(json, "headers");
	json_put_text(json, "Content-Type", "application/json-patch+json");
	json_end(json);
	json_put_array(json, "body");
	put_patch(json, export, task, epic);
	if (id) {
		char text[16];
		snprintf(text, sizeof text, "%d", id);
		put_text_op(json, "/id", text);
	}
	if (task && task->epic != EXPORT_NONE)
		put_parent(json, export, &export->epics[task->epic], parent_id);
	json_end(json);
	json_end(json);
}

struct batches { struct json json; size_t used; };

static void next_request(struct batches *batches)
{
	if (batches->used % BATCH == 0) {
		if (batches->used)
			json_end(&batches->json);
		json_put_array(&batches->json, NULL);
	}
	batches->used++;
}

int export_azure_json(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct batches batches = {.used = 0};
	(void)content;
	json_start(&batches.json, output, true);
	json_put_array(&batches.json, NULL);
	for (size_t i = 0; i <= export->epic_count; i++) {
		bool is_epic = i < export->epic_count;
		size_t batch = 0; /* in which the epic is */
		if (is_epic) {
			next_request(&batches);
			batch = (batches.used - 1) / BATCH;
			put_request(&batches.json, export, NULL, &export->epics[i], -(int)i - 1, 0);
		}
		for (size_t j = 0; j < export->task_count; j++) {
			if (export->tasks[j].epic != (is_epic ? (uint32_t)i : EXPORT_NONE))
				continue;
			next_request(&batches);
			put_request(&batches.json, export, &export->tasks[j], NULL, 0,
				    is_epic && (batches.used - 1) / BATCH == batch ? -(int)i - 1 : 0);
		}
	}
	if (batches.used)
		json_end(&batches.json);
	json_end(&batches.json);
	return json_finish(&batches.json);
}
