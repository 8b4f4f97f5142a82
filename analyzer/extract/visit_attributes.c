/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes, asm constraints and builtins that libclang does not expose: read from the text that their cursors cover, with one level of macro
 * parameters replaced ("#define _cleanup_(f) __attribute__((cleanup(f)))" is how they are mostly written). */
#include <ctype.h>
#include <string.h>

#include "extract/visit_internal.h"

#define ATTRIBUTE_TEXT 512
#define ASM_TEXT 65536

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The text of file around offset, clipped: borrowed from libclang. */
static const char *text_at(struct visit *visit, CXFile file, unsigned offset, size_t *rest)
{
	size_t length;
	const char *text = file ? clang_getFileContents(visit->unit, file, &length) : NULL;
	if (!text || offset >= length)
		return NULL;
	*rest = length - offset;
	return text + offset;
}

static size_t balanced(const char *text, size_t rest)
{
	int depth = 0;
	for (size_t i = 0; i < rest && i < ATTRIBUTE_TEXT; i++) {
		if (text[i] == '(')
			depth++;
		if (text[i] == ')' && --depth <= 0)
			return i + 1;
	}
	return 0;
}

static void trim(const char **text, size_t *length)
{
	while (*length && isspace((unsigned char)**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length && isspace((unsigned char)(*text)[*length - 1]))
		(*length)--;
}

/* The index-th of comma-separated parts of "(a, b)", at depth 1. */
static bool part_of_list(const char *list, size_t length, unsigned index, const char **part, size_t *part_length)
{
	int depth = 0;
	size_t start = 1;
	unsigned at = 0;
	for (size_t i = 0; i < length; i++) {
		if (list[i] == '(')
			depth++;
		bool closes = list[i] == ')' && --depth == 0;
		if ((list[i] == ',' && depth == 1) || closes) {
			if (at++ == index) {
				*part = list + start;
				*part_length = i - start;
				trim(part, part_length);
				return true;
			}
			start = i + 1;
		}
		if (closes)
			return false;
	}
	return false;
}

/* If argument is a parameter of the macro whose body holds body_offset, what the expansion gives for it. */
static bool replace_parameter(struct visit *visit, CXCursor attribute, const char **argument, size_t *length)
{
	CXSourceLocation start = clang_getRangeStart(clang_getCursorExtent(attribute));
	CXFile use_file, body_file;
	unsigned use_offset, body_offset;
	clang_getExpansionLocation(start, &use_file, NULL, NULL, &use_offset);
	clang_getSpellingLocation(start, &body_file, NULL, NULL, &body_offset);
	size_t use_rest = 0, body_rest = 0, body_length;
	const char *use = text_at(visit, use_file, use_offset, &use_rest);
	const char *body = text_at(visit, body_file, body_offset, &body_rest);
	if (!use || !body || use == body)
		return false;
	const char *text = clang_getFileContents(visit->unit, body_file, &body_length);
	const char *line = body; /* back to the #define that this body belongs to */
	while (line > text && !(line[-1] == '\n' && (line < text + 2 || line[-2] != '\\')))
		line--;
	const char *define = memmem(line, (size_t)(body - line), "define", 6);
	if (!define)
		return false;
	const char *name = define + 6;
	while (name < body && isspace((unsigned char)*name))
		name++;
	const char *list = name;
	while (list < body && is_name_character(*list))
		list++;
	if (list == body || *list != '(')
		return false;
	size_t list_length = balanced(list, (size_t)(body - list));
	size_t name_length = (size_t)(list - name);
	if (use_rest <= name_length || strncmp(use, name, name_length) != 0)
		return false;
	const char *arguments = use + name_length;
	while (arguments < use + use_rest && isspace((unsigned char)*arguments))
		arguments++;
	size_t arguments_length = balanced(arguments, use_rest - (size_t)(arguments - use));
	const char *part;
	size_t part_length;
	for (unsigned i = 0; part_of_list(list, list_length, i, &part, &part_length); i++)
		if (part_length == *length && !strncmp(part, *argument, *length))
			return part_of_list(arguments, arguments_length, i, argument, length);
	return false;
}

void visit_each_attribute(struct visit *visit, uint32_t declaration,
			  void (*found)(struct visit *visit, const char *name, const char *argument, void *context),
			  void *context)
{
	for (uint32_t child = node_child(visit, declaration); child != NODE_NONE; child = node_next(visit, child)) {
		CXCursor cursor = visit->nodes[child].cursor;
		if (!clang_isAttribute(visit->nodes[child].kind))
			continue;
		CXFile file;
		unsigned offset;
		size_t rest;
		clang_getSpellingLocation(clang_getRangeStart(clang_getCursorExtent(cursor)), &file, NULL, NULL, &offset);
		const char *text = text_at(visit, file, offset, &rest);
		if (!text)
			continue;
		size_t name_length = 0, scope_length = 0;
		while (scope_length < rest && scope_length < 64 && is_name_character(text[scope_length]))
			scope_length++;
		if (scope_length + 2 < rest && text[scope_length] == ':' && text[scope_length + 1] == ':') { /* [[gnu::weak]] */
			text += scope_length + 2;
			rest -= scope_length + 2;
		}
		while (name_length < rest && name_length < 64 && is_name_character(text[name_length]))
			name_length++;
		const char *name_start = text;
		size_t name_bare = name_length;
		if (name_bare > 4 && !strncmp(text, "__", 2) && !strncmp(text + name_bare - 2, "__", 2)) {
			name_start += 2;
			name_bare -= 4;
		}
		char *name = arena_strndup(visit->arena, name_start, name_bare);
		const char *argument = text + name_length;
		size_t length = 0;
		while (argument < text + rest && isspace((unsigned char)*argument))
			argument++;
		if (argument < text + rest && *argument == '(')
			length = balanced(argument, rest - (size_t)(argument - text));
		if (length >= 2) {
			argument++;
			length -= 2;
			trim(&argument, &length);
			replace_parameter(visit, cursor, &argument, &length);
			if (length >= 2 && argument[0] == '"' && argument[length - 1] == '"') {
				argument++;
				length -= 2;
			}
		} else {
			length = 0;
		}
		found(visit, name, arena_strndup(visit->arena, argument, length), context);
	}
}

/* ---- expressions and statements ---- */

static const char *spelled_text(struct visit *visit, CXCursor cursor, size_t *rest)
{
	CXFile file;
	unsigned offset;
	clang_getSpellingLocation(clang_getRangeStart(clang_getCursorExtent(cursor)), &file, NULL, NULL, &offset);
	return text_at(visit, file, offset, rest);
}

bool visit_is_spelled(struct visit *visit, CXCursor cursor, const char *word)
{
	size_t rest, length = strlen(word);
	const char *text = spelled_text(visit, cursor, &rest);
	return text && rest > length && !strncmp(text, word, length) && !is_name_character(text[length]);
}

/* Past a string, a character or a comment that starts at *at. */
static bool skip_quoted(const char *text, size_t length, size_t *at)
{
	char c = text[*at];
	if (c == '/' && *at + 1 < length && text[*at + 1] == '*') {
		const char *end = memmem(text + *at + 2, length - *at - 2, "*/", 2);
		*at = end ? (size_t)(end - text) + 1 : length;
		return true;
	}
	if (c == '/' && *at + 1 < length && text[*at + 1] == '/') {
		const char *end = memchr(text + *at, '\n', length - *at);
		*at = end ? (size_t)(end - text) : length;
		return true;
	}
	if (c != '"' && c != '\'')
		return false;
	for (++*at; *at < length && text[*at] != c; ++*at)
		if (text[*at] == '\\')
			++*at;
	return true;
}

enum role visit_asm_role(struct visit *visit, CXCursor statement, uint32_t operand)
{
	/* asm (code : "=r" (written), "+m" (both) : "r" (read) : ...): the operands in order, outputs first. */
	size_t length;
	const char *text = spelled_text(visit, statement, &length);
	if (!text || (!visit_is_spelled(visit, statement, "asm") && !visit_is_spelled(visit, statement, "__asm__") &&
		      !visit_is_spelled(visit, statement, "__asm")))
		return ROLE_READ;
	int depth = 0, section = 0;
	uint32_t at_operand = 0;
	for (size_t at = 0; at < length && at < ASM_TEXT; at++) {
		size_t start = at;
		if (skip_quoted(text, length, &at)) {
			if (text[start] == '"' && section == 1 && depth == 1 && at_operand == operand)
				return memchr(text + start, '+', at - start) ? ROLE_READ_WRITE : ROLE_WRITE;
			continue;
		}
		if (text[at] == '(')
			depth++;
		else if (text[at] == ')' && --depth == 0)
			break;
		else if (text[at] == ':' && depth == 1 && ++section > 1)
			break;
		else if (text[at] == ',' && depth == 1 && section == 1)
			at_operand++;
	}
	return ROLE_READ;
}
