/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptions in HTML: what Azure DevOps keeps in its rich text fields. */
#include <string.h>

#include "export_text.h"

static void put_escaped(struct sink *sink, const char *text, size_t length, size_t limit)
{
	for (size_t i = 0, count = 0; i < length; count++) {
		size_t used;
		uint32_t code = sink_tame(sink_decode(text + i, &used));
		if (count == limit) {
			sink_string(sink, "…");
			return;
		}
		switch (code) {
		case '&': sink_string(sink, "&amp;"); break;
		case '<': sink_string(sink, "&lt;"); break;
		case '>': sink_string(sink, "&gt;"); break;
		case '"': sink_string(sink, "&quot;"); break;
		case '\'': sink_string(sink, "&#39;"); break;
		case '\n': case '\t': sink_string(sink, " "); break;
		default: sink_character(sink, code);
		}
		i += used;
	}
}

static void put(struct sink *sink, const char *text)
{
	put_escaped(sink, text, strlen(text), 4000);
}

struct steps { struct sink *sink; bool in_list; };

static void close_list(struct steps *steps)
{
	sink_string(steps->sink, steps->in_list ? "</ol>" : "");
	steps->in_list = false;
}

static void put_step(void *context, const char *line, size_t length, bool is_step)
{
	struct steps *steps = context;
	if (!is_step)
		close_list(steps);
	else if (!steps->in_list)
		sink_string(steps->sink, "<ol>");
	steps->in_list = is_step;
	sink_string(steps->sink, is_step ? "<li>" : "<p>");
	put_escaped(steps->sink, line, length, 4000);
	sink_string(steps->sink, is_step ? "</li>" : "</p>");
}

static void html_task(struct sink *sink, const struct export *export, const struct export_task *task)
{
	char count[64], more[128], effort[32], score[80];
	struct steps steps = {sink, false};
	struct memory origin = {0};
	struct report_output output = {memory_write, &origin};
	struct sink line;
	sink_string(sink, "<h3>Why</h3><p>");
	put(sink, task->why);
	sink_string(sink, "</p><h3>What to do</h3>");
	text_steps(task->steps, put_step, &steps);
	close_list(&steps);
	text_effort(effort, task->effort_minutes);
	sink_printf(sink, "<p>About %s.%s%s</p>", effort, text_score(score, task) ? " " : "", score);
	text_evidence_count(count, task);
	sink_printf(sink, "<h3>Evidence (%s)</h3><ul>", count);
	for (size_t i = 0; i < task->evidence_count; i++) {
		sink_string(sink, "<li><code>");
		put_escaped(sink, task->evidence[i].place, strlen(task->evidence[i].place), TEXT_LINE);
		sink_string(sink, "</code> ");
		put_escaped(sink, task->evidence[i].message, strlen(task->evidence[i].message), TEXT_LINE);
		sink_string(sink, "</li>");
	}
	if (text_more(more, task)) {
		sink_string(sink, "<li>");
		put(sink, more);
		sink_string(sink, "</li>");
	}
	sink_string(sink, "</ul><p>");
	sink_start(&line, &output);
	text_origin(&line, export, task);
	if (sink_finish(&line) && !sink->status)
		sink->status = line.status;
	put(sink, memory_text(&origin));
	memory_finish(&origin);
	sink_string(sink, "</p>");
}

static void html_epic(struct sink *sink, const struct export_epic *epic)
{
	sink_string(sink, "<p>");
	put(sink, epic->text);
	sink_string(sink, "</p>");
}

int html_in(struct memory *memory, const struct export *export, const struct export_task *task, const struct export_epic *epic)
{
	struct report_output output = {memory_write, memory};
	struct sink sink;
	memory_clear(memory);
	sink_start(&sink, &output);
	if (task)
		html_task(&sink, export, task);
	else
		html_epic(&sink, epic);
	return sink_finish(&sink);
}
