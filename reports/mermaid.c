/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequence diagrams in Mermaid's language. Foreign text keeps no character that the language gives a meaning to: what is not
 * plainly a letter, a digit or harmless becomes Mermaid's entity "#code;". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "sink.h"

#define TEXT_LIMIT 200 /* characters of one text */

struct writer { const struct report_output *output; int status; };

static void put(struct writer *writer, const char *text, size_t length)
{
	if (!writer->status && length)
		writer->status = writer->output->write(writer->output->context, text, length);
}

static void put_string(struct writer *writer, const char *text)
{
	put(writer, text, strlen(text));
}

static int is_harmless(unsigned long code)
{
	return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9') ||
	       (code < 0x80 && code && strchr(" _.,/()*=~!?[]", (int)code) != NULL);
}

static int is_word(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/* The word "end" may close what is open: its last letter is an entity. */
static int ends_end(const char *start, const char *at)
{
	return at - start >= 2 && !strncmp(at - 2, "end", 3) && !is_word(at[1]) && (at - start == 2 || !is_word(at[-3]));
}

static void put_text(struct writer *writer, const char *text)
{
	size_t shown = 0;
	for (const char *at = text; *at && shown < TEXT_LIMIT; shown++) {
		size_t length;
		char entity[16];
		unsigned long code = sink_decode(at, &length);
		int is_plain = is_harmless(code) || (code == '-' && is_word(at[1]));
		if (code < 0x20 || code == 0x7f)
			code = 0x2400 + (code & 0x1f); /* their visible pictures */
		if (is_plain && !ends_end(text, at)) {
			put(writer, at, length);
		} else {
			snprintf(entity, sizeof entity, "#%lu;", code);
			put_string(writer, entity);
		}
		at += length;
	}
	if (strlen(text) > TEXT_LIMIT && shown == TEXT_LIMIT)
		put_string(writer, "...");
}

static void put_participant(struct writer *writer, uint32_t participant)
{
	char name[16];
	snprintf(name, sizeof name, "d%u", (unsigned)participant + 1);
	put_string(writer, name);
}

static void put_step(struct writer *writer, const struct report_step *step, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		put_string(writer, "    ");
	switch (step->kind) {
	case REPORT_MESSAGE:
		put_participant(writer, step->from);
		put_string(writer, "->>");
		put_participant(writer, step->to);
		put_string(writer, ": ");
		put_text(writer, step->text);
		break;
	case REPORT_LOOP:
		put_string(writer, "loop ");
		put_text(writer, step->text);
		break;
	case REPORT_LOOP_END:
		put_string(writer, "end");
		break;
	case REPORT_NOTE:
		put_string(writer, "Note over ");
		put_participant(writer, step->from);
		put_string(writer, ": ");
		put_text(writer, step->text);
		break;
	}
	put_string(writer, "\n");
}

int report_mermaid(const struct report_sequence *sequence, const struct report_output *output)
{
	struct writer writer = {output, 0};
	size_t depth = 1;
	put_string(&writer, "sequenceDiagram\n    title: ");
	put_text(&writer, sequence->title);
	put_string(&writer, "\n");
	for (size_t i = 0; i < sequence->participant_count; i++) {
		put_string(&writer, "    participant ");
		put_participant(&writer, (uint32_t)i);
		put_string(&writer, " as ");
		put_text(&writer, sequence->participants[i]);
		put_string(&writer, "\n");
	}
	for (size_t i = 0; i < sequence->step_count; i++) {
		depth -= sequence->steps[i].kind == REPORT_LOOP_END;
		put_step(&writer, &sequence->steps[i], depth);
		depth += sequence->steps[i].kind == REPORT_LOOP;
	}
	return writer.status;
}
