/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV as Jira's import takes it. Epics come first, as parents must; a child names its parent by "Issue ID" in Jira Cloud, and by
 * the epic's name in Data Center. "External ID" is for Jira's field of that name: what has been imported is updated, not doubled. */
#include "csv.h"
#include "export_text.h"

struct sheet {
	struct csv csv;
	const struct export *export;
	struct memory text;
};

static void put_line(struct sheet *sheet, const char *text, size_t limit)
{
	if (text_line_in(&sheet->text, text, limit))
		sheet->csv.sink.status = -1;
	csv_text(&sheet->csv, memory_text(&sheet->text));
}

static void put_wiki(struct sheet *sheet, const struct export_task *task, const struct export_epic *epic)
{
	if (wiki_in(&sheet->text, sheet->export, task, epic))
		sheet->csv.sink.status = -1;
	csv_text(&sheet->csv, memory_text(&sheet->text));
}

static void put_heads(struct sheet *sheet)
{
	const struct export_tracker *tracker = &sheet->export->tracker;
	static const char *const cloud[] = {"Issue Type", "Issue ID", "Parent", "Summary", "Description", NULL};
	static const char *const dc[] = {"Issue Type", "Issue ID", "Epic Name", "Epic Link", "Summary", "Description", NULL};
	for (const char *const *head = tracker->is_data_center ? dc : cloud; *head; head++)
		csv_text(&sheet->csv, *head);
	if (tracker->priorities[0])
		csv_text(&sheet->csv, "Priority");
	for (size_t i = 0; i < 3 + tracker->label_count; i++)
		csv_text(&sheet->csv, "Labels");
	if (tracker->estimate)
		csv_text(&sheet->csv, tracker->estimate == EXPORT_ESTIMATE_TIME ? "Original Estimate" : "Story Points");
	csv_text(&sheet->csv, "External ID");
	csv_end_row(&sheet->csv);
}

static void put_labels(struct sheet *sheet, const char *label, const char *goal)
{
	csv_text(&sheet->csv, "sightline");
	csv_text(&sheet->csv, label);
	csv_text(&sheet->csv, goal);
	for (size_t i = 0; i < sheet->export->tracker.label_count; i++)
		csv_text(&sheet->csv, sheet->export->tracker.labels[i]);
}

static void put_epic(struct sheet *sheet, size_t i)
{
	const struct export_tracker *tracker = &sheet->export->tracker;
	const struct export_epic *epic = &sheet->export->epics[i];
	csv_text(&sheet->csv, tracker->epic_type);
	csv_integer(&sheet->csv, (int64_t)i + 1);
	if (tracker->is_data_center)
		put_line(sheet, epic->title, 255);
	csv_text(&sheet->csv, NULL); /* no parent */
	put_line(sheet, epic->title, 255);
	put_wiki(sheet, NULL, epic);
	if (tracker->priorities[0])
		csv_text(&sheet->csv, NULL);
	put_labels(sheet, epic->label, epic->goal);
	if (tracker->estimate)
		csv_text(&sheet->csv, NULL);
	csv_text(&sheet->csv, epic->external_id);
	csv_end_row(&sheet->csv);
}

static void put_task(struct sheet *sheet, size_t i)
{
	const struct export_tracker *tracker = &sheet->export->tracker;
	const struct export_task *task = &sheet->export->tasks[i];
	csv_text(&sheet->csv, tracker->task_type);
	csv_integer(&sheet->csv, (int64_t)(sheet->export->epic_count + i) + 1);
	if (tracker->is_data_center)
		csv_text(&sheet->csv, NULL);
	if (tracker->parent)
		csv_text(&sheet->csv, tracker->parent);
	else if (task->epic == EXPORT_NONE)
		csv_text(&sheet->csv, NULL);
	else if (tracker->is_data_center)
		put_line(sheet, sheet->export->epics[task->epic].title, 255);
	else
		csv_integer(&sheet->csv, (int64_t)task->epic + 1);
	put_line(sheet, task->title, 255);
	put_wiki(sheet, task, NULL);
	if (tracker->priorities[0])
		csv_text(&sheet->csv, tracker->priorities[task->severity]);
	put_labels(sheet, task->label, task->goal);
	if (tracker->estimate == EXPORT_ESTIMATE_TIME)
		csv_integer(&sheet->csv, (int64_t)task->effort_minutes * 60);
	else if (tracker->estimate)
		csv_integer(&sheet->csv, text_points(task->effort_minutes));
	csv_text(&sheet->csv, task->external_id);
	csv_end_row(&sheet->csv);
}

int export_jira_csv(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct sheet sheet = {.export = export};
	(void)content;
	csv_start(&sheet.csv, output, export->tracker.is_raw);
	put_heads(&sheet);
	for (size_t i = 0; i < export->epic_count; i++)
		put_epic(&sheet, i);
	for (size_t i = 0; i < export->task_count; i++)
		put_task(&sheet, i);
	memory_finish(&sheet.text);
	return csv_finish(&sheet.csv);
}
