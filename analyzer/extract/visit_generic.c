/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which association a _Generic selects. libclang shows the controlling expression and the results, but not the types: where
 * several results have the type of the whole, the types are read from the text before each. Where that is not understood
 * either (a function's type, another typedef than the control's), each is told as possible. */
#include <ctype.h>
#include <string.h>

#include "extract/visit_internal.h"

#define TYPE_BYTES 200 /* longest type that is read */
#define BLANKS " \t\r\n\\" /* a backslash ends a macro's line */

/* Copies the type that stands before the ":" in front of a result. "" where there is none, or it is too long. */
static void read_type(struct visit *visit, uint32_t result, char type[TYPE_BYTES])
{
	CXFile handle;
	unsigned offset;
	type[0] = 0;
	clang_getSpellingLocation(clang_getRangeStart(clang_getCursorExtent(visit->nodes[result].cursor)), &handle, NULL, NULL,
				  &offset);
	uint32_t file = visit_file_id(visit, handle);
	const char *text = file == FILE_NONE ? NULL : visit->files[file].text;
	if (!text || offset > visit->files[file].text_length)
		return;
	size_t end = offset, depth = 0;
	while (end && strchr(BLANKS, text[end - 1]))
		end--;
	if (!end || text[end - 1] != ':')
		return;
	size_t start = --end;
	for (; start; start--) {
		char c = text[start - 1];
		if (!depth && (c == '(' || c == ','))
			break;
		depth += c == ')';
		depth -= c == '(';
	}
	if (!start || end - start >= TYPE_BYTES)
		return;
	memcpy(type, text + start, end - start);
	type[end - start] = 0;
}

/* The words of a type before its first star. */
struct words {
	unsigned is_unsigned, is_signed, is_short, is_long, chars, ints, floats, doubles, bools, voids, others;
	bool is_const, is_volatile;
	const char *tag;           /* "struct", "union", "enum"; NULL */
	char name[TYPE_BYTES];     /* the last of the others */
};

static void count_word(struct words *words, const char *word)
{
	static const char *const tags[] = {"struct", "union", "enum"};
	const struct { const char *word; unsigned *count; } known[] = {
		{"unsigned", &words->is_unsigned}, {"signed", &words->is_signed}, {"short", &words->is_short},
		{"long", &words->is_long}, {"char", &words->chars}, {"int", &words->ints}, {"float", &words->floats},
		{"double", &words->doubles}, {"_Bool", &words->bools}, {"bool", &words->bools}, {"void", &words->voids},
	};
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (!strcmp(word, tags[i])) {
			words->tag = tags[i];
			return;
		}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(word, known[i].word)) {
			++*known[i].count;
			return;
		}
	words->is_const |= !strcmp(word, "const");
	words->is_volatile |= !strcmp(word, "volatile");
	if (!strcmp(word, "const") || !strcmp(word, "volatile"))
		return;
	words->others++;
	strcpy(words->name, word);
}

/* As clang spells a type of the language's own. */
static const char *builtin_name(const struct words *words)
{
	static const char *const integers[2][4] = {
		{"int", "long", "long long", "short"}, {"unsigned int", "unsigned long", "unsigned long long", "unsigned short"},
	};
	if (words->voids)
		return "void";
	if (words->bools)
		return "_Bool";
	if (words->floats)
		return "float";
	if (words->doubles)
		return words->is_long ? "long double" : "double";
	if (words->chars)
		return words->is_unsigned ? "unsigned char" : words->is_signed ? "signed char" : "char";
	return integers[words->is_unsigned != 0][words->is_short ? 3 : words->is_long > 1 ? 2 : words->is_long];
}

static void append_qualifiers(struct buf *out, bool is_const, bool is_volatile)
{
	if (is_const)
		buf_append_string(out, out->length && out->data[out->length - 1] == '*' ? "const" : "const ");
	if (is_volatile)
		buf_append_string(out, is_const && out->data[out->length - 1] == 't' ? " volatile" :
				       out->length && out->data[out->length - 1] == '*' ? "volatile" : "volatile ");
}

/* The base of a type: words before the first star. Returns what is left, or NULL where it is not understood. */
static const char *append_base(const char *at, struct buf *out, bool *is_typedef)
{
	struct words words = {0};
	size_t count = 0;
	for (;; count++) {
		char word[TYPE_BYTES];
		size_t length = 0;
		at += strspn(at, BLANKS);
		while (isalnum((unsigned char)at[length]) || at[length] == '_')
			length++;
		if (!length)
			break;
		memcpy(word, at, length);
		word[length] = 0;
		at += length;
		count_word(&words, word);
	}
	if (!count || words.others > 1 || (words.tag && !words.others))
		return NULL;
	*is_typedef = words.others && !words.tag;
	append_qualifiers(out, words.is_const, words.is_volatile);
	if (words.tag)
		buf_printf(out, "%s ", words.tag);
	buf_append_string(out, words.others ? words.name : builtin_name(&words));
	return at;
}

/* The type before a result as clang would spell it; "" where it is not understood, "default" for that. A typedef stays. */
static void spell_type(struct visit *visit, uint32_t result, struct buf *out, bool *is_typedef)
{
	char text[TYPE_BYTES];
	const char *at = text;
	*is_typedef = false;
	buf_clear(out);
	read_type(visit, result, text);
	at += strspn(at, BLANKS);
	if (!strncmp(at, "default", 7) && !at[7 + strspn(at + 7, BLANKS)]) {
		buf_append_string(out, "default");
		return;
	}
	at = append_base(at, out, is_typedef);
	while (at && *at) {
		size_t word = strcspn(at, BLANKS "*");
		if (*at == '*') {
			char last = out->data[out->length - 1];
			buf_append_string(out, last == '*' ? "*" : " *");
			at++;
		} else if (word == 5 && !strncmp(at, "const", 5)) {
			append_qualifiers(out, true, false);
			at += word;
		} else if (word == 8 && !strncmp(at, "volatile", 8)) {
			append_qualifiers(out, false, true);
			at += word;
		} else if (strchr(BLANKS, *at)) {
			at++;
		} else {
			at = NULL; /* a function's or an array's type */
		}
	}
	if (!at)
		buf_clear(out);
}

static bool is_type(const struct buf *spelled, CXType type)
{
	CXString name = clang_getTypeSpelling(clang_getUnqualifiedType(type));
	const char *text = clang_getCString(name);
	bool same = text && strlen(text) == spelled->length && !memcmp(text, spelled->data, spelled->length);
	clang_disposeString(name);
	return same;
}

/* By the types as written. NODE_NONE: cannot be told. */
static uint32_t selected_by_text(struct visit *visit, uint32_t control)
{
	CXType spelled_type = clang_getCursorType(visit->nodes[control].cursor), type = clang_getCanonicalType(spelled_type);
	CXType integer = {0};
	if (type.kind == CXType_Enum) /* compatible with its integer type */
		integer = clang_getEnumDeclIntegerType(clang_getTypeDeclaration(type));
	uint32_t otherwise = NODE_NONE, selected = NODE_NONE;
	bool all_known = true;
	struct buf spelled;
	buf_init(&spelled, BUF_NO_CEILING);
	for (uint32_t child = node_next(visit, control); child != NODE_NONE && selected == NODE_NONE;
	     child = node_next(visit, child)) {
		if (!node_is_expression(visit, child))
			continue;
		bool is_typedef;
		spell_type(visit, child, &spelled, &is_typedef);
		if (is_typedef && is_type(&spelled, spelled_type))
			selected = child;
		else if (!spelled.length || is_typedef)
			all_known = false;
		else if (spelled.length == 7 && !memcmp(spelled.data, "default", 7))
			otherwise = child;
		else if (is_type(&spelled, type) || (type.kind == CXType_Enum && is_type(&spelled, integer)))
			selected = child;
	}
	buf_finish(&spelled);
	return selected != NODE_NONE ? selected : all_known ? otherwise : NODE_NONE;
}

/* By the type of the whole: NODE_NONE where no result, or more than one, has it. */
static uint32_t selected_by_result(const struct visit *visit, uint32_t node, uint32_t control)
{
	CXType wanted = clang_getCanonicalType(clang_getCursorType(visit->nodes[node].cursor));
	uint32_t selected = NODE_NONE;
	for (uint32_t child = node_next(visit, control); child != NODE_NONE; child = node_next(visit, child)) {
		if (!node_is_expression(visit, child) ||
		    !clang_equalTypes(clang_getCanonicalType(clang_getCursorType(visit->nodes[child].cursor)), wanted))
			continue;
		if (selected != NODE_NONE)
			return NODE_NONE;
		selected = child;
	}
	return selected;
}

void visit_generic_flags(struct visit *visit, uint32_t node)
{
	uint32_t control = node_child(visit, node), results = 0;
	if (control == NODE_NONE)
		return;
	visit->nodes[control].flags |= REF_UNEVALUATED;
	uint32_t selected = selected_by_result(visit, node, control);
	if (selected == NODE_NONE)
		selected = selected_by_text(visit, control);
	for (uint32_t child = node_next(visit, control); child != NODE_NONE; child = node_next(visit, child))
		results += node_is_expression(visit, child);
	for (uint32_t child = node_next(visit, control); child != NODE_NONE; child = node_next(visit, child)) {
		if (!node_is_expression(visit, child))
			continue;
		if (selected != NODE_NONE)
			visit->nodes[child].flags |= child == selected ? 0 : REF_UNEVALUATED;
		else if (results > 1)
			visit->nodes[child].flags |= REF_MAYBE;
	}
}
