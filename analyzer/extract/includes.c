/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds #include lines in raw text. Knows nothing of files. */
#include "extract/includes.h"

#include <string.h>

struct scan {
	const char *at, *end;
};

/* Past one comment, literal or character; a literal may look like a comment. Ends at end. */
static void skip_token(struct scan *scan)
{
	const char *at = scan->at, *end = scan->end;
	if (at + 1 < end && at[0] == '/' && at[1] == '*') {
		for (at += 2; at + 1 < end && !(at[0] == '*' && at[1] == '/'); at++)
			;
		scan->at = at + 1 < end ? at + 2 : end;
	} else if (at + 1 < end && at[0] == '/' && at[1] == '/') {
		while (at < end && *at != '\n')
			at += at + 1 < end && *at == '\\' ? 2 : 1;
		scan->at = at < end ? at : end;
	} else if (*at == '"' || *at == '\'') {
		char quote = *at++;
		while (at < end && *at != quote && *at != '\n')
			at += at + 1 < end && *at == '\\' ? 2 : 1;
		scan->at = at < end ? at + 1 : end;
	} else {
		scan->at = at + 1;
	}
}

static bool at_comment(const struct scan *scan)
{
	return scan->at + 1 < scan->end && scan->at[0] == '/' && (scan->at[1] == '*' || scan->at[1] == '/');
}

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end) {
		if (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r' || *scan->at == '\f')
			scan->at++;
		else if (at_comment(scan) && scan->at[1] == '*')
			skip_token(scan);
		else
			break;
	}
}

static bool take_word(struct scan *scan, const char *word)
{
	size_t length = strlen(word);
	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
		return false;
	scan->at += length;
	return true;
}

/* At a '#': reads an #include of a literal name; what may follow it on the line is left unread. */
static bool read_include(struct scan *scan, struct include_line *line)
{
	scan->at++;
	skip_blanks(scan);
	if (!take_word(scan, "include"))
		return false;
	skip_blanks(scan);
	if (scan->at == scan->end || (*scan->at != '"' && *scan->at != '<'))
		return false;
	line->angle = *scan->at == '<';
	line->name = ++scan->at;
	while (scan->at < scan->end && *scan->at != (line->angle ? '>' : '"')) {
		if (*scan->at == '\n')
			return false;
		scan->at++;
	}
	if (scan->at == scan->end)
		return false;
	line->length = (size_t)(scan->at++ - line->name);
	return line->length > 0;
}

/* Nothing but white space and comments up to the end of the line? */
static bool ends_line(struct scan *scan)
{
	skip_blanks(scan);
	if (at_comment(scan))
		skip_token(scan);
	return scan->at == scan->end || *scan->at == '\n';
}

void includes_scan(const char *text, size_t length, bool leading,
		   bool (*each)(void *context, const struct include_line *line), void *context)
{
	struct scan scan = {text, text + length};
	bool fresh = true; /* nothing but blanks and comments on this line yet */
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		scan.at += 3;
	while (scan.at < scan.end) {
		struct include_line line;
		skip_blanks(&scan);
		if (scan.at == scan.end)
			return;
		if (*scan.at == '\n') {
			fresh = true;
			scan.at++;
		} else if (fresh && *scan.at == '#') {
			bool found = read_include(&scan, &line);
			if (leading && (!found || !ends_line(&scan)))
				return;
			if (found && !each(context, &line))
				return;
			fresh = false;
		} else if (at_comment(&scan)) {
			skip_token(&scan);
		} else {
			if (leading)
				return;
			fresh = false;
			skip_token(&scan);
		}
	}
}
