/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown as GitHub and GitLab read it: the tasks as a list to tick off, then each with its steps; findings rule by rule. */
#include <ctype.h>
#include <string.h>

#include "export_text.h"

#define FEW 3 /* findings that are shown without folding them away */

static bool is_word(uint32_t code)
{
	return code >= 0x80 || isalnum((int)code) || code == '_';
}

/* "&word;" or "&#39;" would be read as a character. */
static bool is_entity(const char *text)
{
	size_t length = 1 + (text[1] == '#');
	while (isalnum((unsigned char)text[length]))
		length++;
	return text[length] == ';';
}

void markdown_text(struct sink *sink, const char *text, size_t limit)
{
	uint32_t before = ' ';
	for (size_t count = 1; *text; count++) {
		size_t used;
		uint32_t code = sink_tame(sink_decode(text, &used));
		unsigned char next = (unsigned char)text[used];
		bool at_start = count == 1;
		if (code == '\n' || code == '\t' || code == '\r')
			code = ' ';
		if (count == limit && next) {
			sink_string(sink, "…");
			return;
		}
		if (code == '<')
			sink_string(sink, "&lt;");
		else if (code == '&' && is_entity(text))
			sink_string(sink, "&amp;");
		else if (!is_word(before) && ((code == '@' && is_word(next)) || ((code == '#' || code == '!' || code == '&') && isdigit(next))))
			sink_printf(sink, "%c<!-- -->", (char)code); /* no mention of a person, no reference to an issue */
		else if (code < 0x80 && (strchr("\\`*[]|~$", (int)code) || (code == '_' && !(is_word(before) && is_word(next))) ||
					 (at_start && strchr("#+->=", (int)code))))
			sink_printf(sink, "\\%c", (char)code);
		else if (at_start && code < 0x80 && isdigit((int)code) && strchr(".)", text[strspn(text, "0123456789")]))
			sink_printf(sink, "&#%u;", (unsigned)code); /* no numbered list */
		else if (code == ':' && text[1] == '/' && text[2] == '/')
			sink_string(sink, ":<!-- -->"); /* no link */
		else
			sink_character(sink, code);
		before = code;
		text += used;
	}
}

void markdown_code(struct sink *sink, const char *text, size_t limit)
{
	size_t longest = 0;
	for (const char *at = text; *at; at += *at ? strcspn(at, "`") : 0) {
		size_t ticks = strspn(at, "`");
		longest = ticks > longest ? ticks : longest;
		at += ticks;
	}
	if (!*text)
		return;
	for (size_t i = 0; i <= longest; i++)
		sink_put(sink, "`", 1);
	sink_string(sink, longest ? " " : "");
	text_line(sink, text, limit);
	sink_string(sink, longest ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		sink_put(sink, "`", 1);
}

/* ---- tasks ---- */

static void put_check(struct sink *sink, const struct export_task *task)
{
	char effort[32];
	text_effort(effort, task->effort_minutes);
	sink_string(sink, !strcmp(task->status, "done") ? "- [x] **" : "- [ ] **");
	markdown_text(sink, task->title, 255);
	sink_printf(sink, "** (%s, for ", effort);
	markdown_text(sink, task->goal, 80);
	sink_string(sink, ") ");
	markdown_code(sink, task->key, 80);
	sink_string(sink, "\n");
}

struct steps { struct sink *sink; unsigned number; };

static void put_step(void *context, const char *line, size_t length, bool is_step)
{
	struct steps *steps = context;
	struct memory copy = {0};
	if (memory_write(&copy, line, length))
		steps->sink->status = -1;
	if (is_step)
		sink_printf(steps->sink, "%u. ", ++steps->number);
	markdown_text(steps->sink, memory_text(&copy), 4000);
	sink_string(steps->sink, is_step ? "\n" : "\n\n");
	memory_finish(&copy);
}

static void put_evidence(struct sink *sink, const struct export_task *task)
{
	char count[64], more[128];
	text_evidence_count(count, task);
	if (task->findings > FEW)
		sink_printf(sink, "\n<details><summary>Evidence (%s)</summary>\n\n", count);
	else
		sink_string(sink, "\n");
	for (size_t i = 0; i < task->evidence_count; i++) {
		sink_string(sink, "- ");
		markdown_code(sink, task->evidence[i].place, TEXT_LINE);
		sink_string(sink, " ");
		markdown_text(sink, task->evidence[i].message, TEXT_LINE);
		sink_string(sink, "\n");
	}
	if (text_more(more, task)) {
		sink_string(sink, "- ");
		markdown_text(sink, more, TEXT_LINE);
		sink_string(sink, "\n");
	}
	if (task->findings > FEW)
		sink_string(sink, "\n</details>\n");
}

static void put_task(struct sink *sink, const struct export_task *task)
{
	char effort[32], score[80];
	text_effort(effort, task->effort_minutes);
	sink_string(sink, "\n#### ");
	markdown_text(sink, task->title, 255);
	sink_string(sink, "\n\n");
	markdown_code(sink, task->key, 80);
	sink_printf(sink, " · about %s · %u finding%s · ", effort, task->findings, task->findings == 1 ? "" : "s");
	markdown_text(sink, task->status, 40);
	if (task->domain) {
		sink_string(sink, " · in ");
		markdown_code(sink, task->domain, 120);
	}
	if (text_score(score, task))
		sink_printf(sink, "\\\n%s", score);
	if (*task->reason) {
		sink_string(sink, "\\\nAccepted: ");
		markdown_text(sink, task->reason, 500);
	}
	sink_string(sink, "\n");
	put_evidence(sink, task);
}

/* What the tasks of one rule have in common is said once. */
static void put_rule(struct sink *sink, const struct export *export, size_t first)
{
	const struct export_task *task = &export->tasks[first];
	struct steps steps = {sink, 0};
	sink_string(sink, "\n### ");
	markdown_text(sink, task->rule_title, 255);
	sink_string(sink, "\n\n");
	markdown_code(sink, task->rule, 80);
	sink_printf(sink, " · %s · for ", export_severity_names[task->severity]);
	markdown_text(sink, task->goal, 80);
	sink_string(sink, "\n\n**Why**: ");
	markdown_text(sink, task->why, 4000);
	sink_string(sink, "\n\n**What to do**\n\n");
	text_steps(task->steps, put_step, &steps);
	for (size_t i = first; i < export->task_count; i++)
		if (!strcmp(export->tasks[i].rule, task->rule))
			put_task(sink, &export->tasks[i]);
}

static bool is_first_of_rule(const struct export *export, size_t task)
{
	for (size_t i = 0; i < task; i++)
		if (!strcmp(export->tasks[i].rule, export->tasks[task].rule))
			return false;
	return true;
}

static void put_tasks(struct sink *sink, const struct export *export)
{
	char effort[32];
	uint32_t minutes = 0;
	for (size_t i = 0; i < export->task_count; i++)
		minutes += export->tasks[i].effort_minutes;
	text_effort(effort, minutes);
	sink_printf(sink, "%zu task%s, about %s of work", export->task_count, export->task_count == 1 ? "" : "s", effort);
	if (export->left_out)
		sink_printf(sink, "; %zu more of lower priority are not shown", export->left_out);
	sink_string(sink, ". By sightline, release ");
	markdown_code(sink, export->release, 120);
	sink_string(sink, ".\n\n");
	for (size_t i = 0; i < export->task_count; i++)
		put_check(sink, &export->tasks[i]);
	if (export->task_count)
		sink_string(sink, "\n## What to do, and why\n");
	for (size_t i = 0; i < export->task_count; i++)
		if (is_first_of_rule(export, i))
			put_rule(sink, export, i);
}

/* ---- findings ---- */

static void put_findings(struct sink *sink, const struct export *export)
{
	sink_printf(sink, "%zu finding%s", export->finding_count, export->finding_count == 1 ? "" : "s");
	if (export->left_out)
		sink_printf(sink, "; %zu less severe ones are not shown", export->left_out);
	sink_string(sink, ". By sightline, release ");
	markdown_code(sink, export->release, 120);
	sink_string(sink, ".\n");
	/* They come by severity, and within one by rule. */
	for (size_t i = 0; i < export->finding_count; i++) {
		const struct export_finding *finding = &export->findings[i];
		if (!i || finding->rule != finding[-1].rule || finding->severity != finding[-1].severity) {
			const struct export_rule *rule = &export->rules[finding->rule];
			sink_string(sink, "\n### ");
			markdown_text(sink, rule->title, 255);
			sink_string(sink, "\n\n");
			markdown_code(sink, rule->id, 80);
			sink_printf(sink, " · %s · for ", export_severity_names[finding->severity]);
			markdown_text(sink, rule->goal, 80);
			sink_string(sink, "\n\n");
		}
		sink_string(sink, "- ");
		if (finding->file && !finding->is_anchored) {
			struct memory place = {0};
			struct report_output output = {memory_write, &place};
			struct sink line;
			sink_start(&line, &output);
			sink_string(&line, finding->file);
			if (finding->line)
				sink_printf(&line, ":%u", finding->line);
			if (sink_finish(&line))
				sink->status = -1;
			markdown_code(sink, memory_text(&place), TEXT_LINE);
			memory_finish(&place);
			sink_string(sink, " ");
		}
		markdown_text(sink, finding->message, TEXT_LINE);
		sink_string(sink, "\n");
	}
}

int export_markdown(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct sink sink;
	sink_start(&sink, output);
	sink_string(&sink, content == EXPORT_TASKS ? "# Tasks for " : "# Findings in ");
	markdown_text(&sink, export->codebase, 200);
	sink_string(&sink, "\n\n");
	if (content == EXPORT_TASKS)
		put_tasks(&sink, export);
	else
		put_findings(&sink, export);
	return sink_finish(&sink);
}
