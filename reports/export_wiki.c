/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptions in Jira's wiki markup: what a CSV import and Jira Data Center take. */
#include <string.h>

#include "export_text.h"

static bool is_word(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || (unsigned char)byte >= 0x80;
}

/* Is there markup at text[i]? Emphasis begins and ends at a word's border only; "(x)" and ":)" are pictures. */
static bool is_markup(const char *text, size_t length, size_t i)
{
	char before = i ? text[i - 1] : ' ', next = i + 1 < length ? text[i + 1] : ' ';
	if (strchr("{}[]^~|", text[i]) || (!i && text[i] == '#'))
		return true;
	if (strchr("*_-+?!", text[i]))
		return !(is_word(before) && is_word(next));
	if (text[i] == '(')
		return (i + 2 < length && text[i + 2] == ')') || (i + 3 < length && text[i + 3] == ')') ||
		       (i + 4 < length && text[i + 4] == ')');
	return (text[i] == ':' || text[i] == ';') && strchr("()DPp|", next);
}

/* Text in which nothing is markup. A backslash in front does it, but two of them are a line break: one is an entity then. */
static void put_escaped(struct sink *sink, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t used;
		uint32_t code = sink_tame(sink_decode(text + i, &used));
		if (code == '\\')
			sink_string(sink, "&#92;");
		else if (code == '&')
			sink_string(sink, "&amp;");
		else if (code < 0x80 && is_markup(text, length, i))
			sink_printf(sink, "\\%c", (char)code);
		else
			sink_character(sink, code == '\n' || code == '\t' ? ' ' : code);
		i += used;
	}
}

/* Within {noformat} all is literal but for its end. */
static void put_literal(struct sink *sink, const char *text, size_t limit)
{
	for (size_t count = 0; *text; count++) {
		size_t used;
		uint32_t code = sink_tame(sink_decode(text, &used));
		if (count == limit) {
			sink_string(sink, "…");
			return;
		}
		sink_character(sink, code == '\n' || code == '\t' ? ' ' : code);
		if (code == '{')
			sink_string(sink, text[1] == 'n' || text[1] == 'N' ? "\xe2\x81\xa0" : ""); /* a word joiner */
		text += used;
	}
}

static void put_step(void *context, const char *line, size_t length, bool is_step)
{
	struct sink *sink = context;
	sink_string(sink, is_step ? "# " : "");
	put_escaped(sink, line, length);
	sink_string(sink, is_step ? "\n" : "\n\n");
}

static void put_origin(struct sink *sink, const struct export *export, const struct export_task *task)
{
	struct memory memory = {0};
	struct report_output output = {memory_write, &memory};
	struct sink line;
	sink_start(&line, &output);
	text_origin(&line, export, task);
	if (sink_finish(&line) && !sink->status)
		sink->status = line.status;
	put_escaped(sink, memory_text(&memory), memory.length);
	memory_finish(&memory);
}

static void put_task(struct sink *sink, const struct export *export, const struct export_task *task)
{
	char count[64], more[128], effort[32], score[80];
	text_evidence_count(count, task);
	text_effort(effort, task->effort_minutes);
	sink_string(sink, "h3. Why\n");
	put_escaped(sink, task->why, strlen(task->why));
	sink_string(sink, "\n\nh3. What to do\n");
	text_steps(task->steps, put_step, sink);
	sink_printf(sink, "\nAbout %s.", effort);
	if (text_score(score, task))
		sink_printf(sink, " %s.", score);
	sink_printf(sink, "\n\nh3. Evidence (%s)\n{noformat}\n", count);
	for (size_t i = 0; i < task->evidence_count; i++) {
		put_literal(sink, task->evidence[i].place, TEXT_LINE);
		sink_string(sink, "  ");
		put_literal(sink, task->evidence[i].message, TEXT_LINE);
		sink_string(sink, "\n");
	}
	if (text_more(more, task)) {
		put_literal(sink, more, TEXT_LINE);
		sink_string(sink, "\n");
	}
	sink_string(sink, "{noformat}\n");
	put_origin(sink, export, task);
}

int wiki_in(struct memory *memory, const struct export *export, const struct export_task *task, const struct export_epic *epic)
{
	struct report_output output = {memory_write, memory};
	struct sink sink;
	memory_clear(memory);
	sink_start(&sink, &output);
	if (task)
		put_task(&sink, export, task);
	else
		put_escaped(&sink, epic->text, strlen(epic->text));
	return sink_finish(&sink);
}
