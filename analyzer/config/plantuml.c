/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PlantUML's component diagrams, as far as they say which elements there are and which uses which, a line at a time. Macros of the C4
 * library are plantuml_c4.c's. Looks, notes and titles are read over. */
#include "config/plantuml.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char blanks[] = " \t\r";

static bool starts(const struct plantuml *p, const char *word)
{
	size_t length = strlen(word), left = (size_t)(p->end - p->at);
	return left >= length && !strncasecmp(p->at, word, length);
}

static bool is_name_byte(const char *at, const char *end)
{
	unsigned char c = (unsigned char)*at;
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$' || c >= 0x80)
		return true;
	/* A dot within a name; two are an arrow's. */
	return c == '.' && at + 1 < end && at[1] != '.' && at[1] != '>' && is_name_byte(at + 1, end);
}

void plantuml_skip_blanks(struct plantuml *p)
{
	while (p->at < p->end && strchr(blanks, *p->at))
		p->at++;
}

struct position plantuml_position(const struct plantuml *p, const char *byte)
{
	return (struct position){p->number, reference_column(p->line, byte)};
}

int plantuml_complain(const struct plantuml *p, const char *text)
{
	struct complaint_quote quote = complaint_quote(p->at, (size_t)(p->end - p->at));
	return complaint_set(&p->reader->complaint, plantuml_position(p, p->at), "%s: %s", quote.text, text);
}

/* The word and what follows it: white space, a bracket or the end. */
static bool take_word(struct plantuml *p, const char *word)
{
	size_t length = strlen(word);
	if (!starts(p, word) || (p->at + length < p->end && is_name_byte(p->at + length, p->end)))
		return false;
	p->at += length;
	plantuml_skip_blanks(p);
	return true;
}

static uint32_t take_number(const char **at, const char *end, unsigned base)
{
	uint32_t value = 0;
	for (; *at < end && value < 0x110000; ++*at) {
		unsigned char c = (unsigned char)**at | 0x20;
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	return value;
}

/* <U+XXXX> and &#N; are characters, \n is a space. */
const char *plantuml_text(struct plantuml *p, const char *from, const char *to)
{
	struct buf out;
	buf_init(&out, REFERENCE_MAX_BYTES);
	while (from < to) {
		const char *digits = from + 3;
		bool is_hex = to - from > 4 && !memcmp(from, "<U+", 3), is_decimal = to - from > 3 && !memcmp(from, "&#", 2);
		if (is_decimal)
			digits = from + 2;
		uint32_t code = is_hex || is_decimal ? take_number(&digits, to, is_hex ? 16 : 10) : 0;
		if (code >= 0x20 && code < 0xd800 && digits < to && *digits == (is_hex ? '>' : ';')) {
			char bytes[3] = {(char)code};
			size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
			if (length == 2)
				memcpy(bytes, (char[]){(char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f))}, 2);
			else if (length == 3)
				memcpy(bytes, (char[]){(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f))}, 3);
			buf_append(&out, bytes, length);
			from = digits + 1;
		} else if (to - from > 1 && from[0] == '\\' && from[1] == 'n') {
			buf_append_char(&out, ' ');
			from += 2;
		} else {
			buf_append_char(&out, *from++);
		}
	}
	const char *kept = arena_strndup(p->reader->arena, out.length ? out.data : "", out.length);
	buf_finish(&out);
	return kept;
}

/* What stands between two marks, the first of which is at p->at. */
static int take_between(struct plantuml *p, char close, const char **out)
{
	const char *from = p->at + 1, *to = from < p->end ? memchr(from, close, (size_t)(p->end - from)) : NULL;
	if (!to)
		return plantuml_complain(p, "what is opened here is not closed on this line");
	*out = plantuml_text(p, from, to);
	if (!**out)
		return plantuml_complain(p, "the name is empty, give it one");
	p->at = to + 1;
	plantuml_skip_blanks(p);
	return 0;
}

/* A name: "Name", [Name], (Name), :Name:, () "Name" or a bare word. *quoted: it is shown text rather than an id. */
static int take_name(struct plantuml *p, const char **out, bool *quoted)
{
	*quoted = true;
	if (starts(p, "()")) {
		p->at += 2;
		plantuml_skip_blanks(p);
	}
	if (p->at < p->end)
		switch (*p->at) {
		case '"': return take_between(p, '"', out);
		case '[': return take_between(p, ']', out);
		case '(': return take_between(p, ')', out);
		case ':': return take_between(p, ':', out);
		default: break;
		}
	const char *from = p->at;
	while (p->at < p->end && is_name_byte(p->at, p->end))
		p->at++;
	if (p->at == from)
		return plantuml_complain(p, "expected an element or an arrow, such as component \"Name\" as id, or a --> b");
	*quoted = false;
	*out = plantuml_text(p, from, p->at);
	plantuml_skip_blanks(p);
	return 0;
}

/* --- elements --- */

int plantuml_open(struct plantuml *p, uint32_t element)
{
	if (p->depth == REFERENCE_MAX_DEPTH)
		return complaint_set(&p->reader->complaint, plantuml_position(p, p->line), "more than %u elements inside each other",
				     REFERENCE_MAX_DEPTH);
	p->open[p->depth] = element;
	p->open_line[p->depth++] = p->number;
	return 0;
}

uint32_t plantuml_parent(const struct plantuml *p)
{
	return p->depth ? p->open[p->depth - 1] : REFERENCE_NONE;
}

/* Elements are named by an id and by what they show; the first that shows a name has it. */
int plantuml_add(struct plantuml *p, const char *name, const char *id, bool is_outside, struct position at, uint32_t *out)
{
	int result;
	uint32_t known;
	if (id && p->made && reference_find(p->reader, id, out) && p->made[*out]) {
		/* Named by an arrow before; here is what it is. */
		struct reference_element *element = &p->reader->reference->elements[*out];
		p->made[*out] = false;
		element->name = name;
		element->is_outside = is_outside;
		return 0;
	}
	result = reference_add_element(p->reader, name, id && !reference_find(p->reader, id, &known) ? id : NULL, plantuml_parent(p), at, out);
	if (result)
		return result;
	if (id && !p->reader->reference->elements[*out].id)
		return complaint_set(&p->reader->complaint, at, "%s is an element already, on line %u; choose another name",
				     complaint_quote(id, strlen(id)).text, p->reader->reference->elements[known].line);
	p->reader->reference->elements[*out].is_outside = is_outside;
	mem_grow(&p->made, &p->made_capacity, (size_t)*out + 1, sizeof *p->made);
	p->made[*out] = false;
	return 0;
}

/* Stereotypes, colours and links behind an element. */
static void skip_looks(struct plantuml *p)
{
	for (;;) {
		const char *stop = NULL;
		if (starts(p, "<<"))
			stop = memmem(p->at, (size_t)(p->end - p->at), ">>", 2);
		else if (starts(p, "[["))
			stop = memmem(p->at, (size_t)(p->end - p->at), "]]", 2);
		if (stop) {
			p->at = stop + 2;
		} else if (p->at < p->end && *p->at == '#') {
			while (p->at < p->end && !strchr(" \t{", *p->at))
				p->at++;
		} else {
			return;
		}
		plantuml_skip_blanks(p);
	}
}

/* name [as id] ... [{ or [ at the end] */
static int read_element(struct plantuml *p, bool is_outside, bool is_component)
{
	struct position at = plantuml_position(p, p->at);
	const char *name, *other;
	bool quoted, other_quoted;
	uint32_t element;
	if (p->at < p->end && *p->at == '{') /* package { without a name */
		return p->at++, plantuml_open(p, plantuml_parent(p));
	int result = take_name(p, &name, &quoted);
	const char *id = name;
	if (!result) {
		skip_looks(p);
		if (take_word(p, "as")) {
			result = take_name(p, &other, &other_quoted);
			if (!result && other_quoted)
				name = other;
			else if (!result)
				id = other;
		}
	}
	if (!result)
		result = plantuml_add(p, name, id, is_outside, at, &element);
	if (result)
		return result;
	skip_looks(p);
	if (p->at < p->end && *p->at == '{') {
		p->reader->reference->elements[element].is_group = !is_component;
		return p->at++, plantuml_open(p, element);
	}
	if (p->at < p->end && *p->at == '[' && !memchr(p->at, ']', (size_t)(p->end - p->at))) {
		p->at = p->end;
		p->until = "]"; /* a description over several lines */
	}
	return 0;
}

static int find_or_make(struct plantuml *p, const char *name, struct position at, uint32_t *out)
{
	if (reference_find(p->reader, name, out))
		return 0;
	/* By what it shows. */
	const struct reference *reference = p->reader->reference;
	for (size_t i = 0; i < reference->element_count && reference->element_count <= 5000; i++)
		if (!strcmp(reference->elements[i].name, name)) {
			*out = (uint32_t)i;
			return 0;
		}
	int result = plantuml_add(p, name, name, false, at, out);
	if (!result)
		p->made[*out] = true;
	return result;
}

/* --- arrows --- */

struct arrow { bool to_left, to_right; };

/* The socket that takes a ball, in the middle of an arrow: "-(0-" and "-0)-". The one whose socket it is uses the other. 0: none is here. */
static size_t socket_length(const struct plantuml *p, struct arrow *arrow)
{
	bool to_right = starts(p, "(0"), to_left = starts(p, "0)");
	size_t length = starts(p, "(0)") ? 3 : 2;
	if ((!to_right && !to_left) || p->at + length >= p->end || !strchr("-.=~", p->at[length]))
		return 0;
	arrow->to_right |= to_right;
	arrow->to_left |= to_left || length == 3;
	return length;
}

/* Heads, strokes, [style], a direction or a socket between strokes: "-[#red,dashed]down->", "<|..", "--(". false: none is here. */
static bool take_arrow(struct plantuml *p, struct arrow *arrow)
{
	static const char *const directions[] = {"left", "right", "up", "down", "le", "ri", "do", "l", "r", "u", "d", "hidden", NULL};
	const char *from = p->at;
	size_t strokes = 0;
	*arrow = (struct arrow){0};
	for (; p->at < p->end && strchr("<|*o+^#x}0\\/@)", *p->at) && p->at - from < 3; p->at++)
		arrow->to_left |= *p->at == '<' || *p->at == ')';
	while (p->at < p->end) {
		if (strchr("-.=~", *p->at)) {
			strokes++;
			p->at++;
			continue;
		}
		const char *close = *p->at == '[' && strokes ? memchr(p->at, ']', (size_t)(p->end - p->at)) : NULL;
		size_t length = strokes ? socket_length(p, arrow) : 0;
		for (size_t i = 0; strokes && directions[i] && !length; i++)
			if (starts(p, directions[i]) && p->at + strlen(directions[i]) < p->end && strchr("-.=~", p->at[strlen(directions[i])]))
				length = strlen(directions[i]);
		if (!close && !length)
			break;
		p->at = close ? close + 1 : p->at + length;
	}
	const char *heads = p->at;
	for (; strokes && p->at < p->end && strchr(">|*o+^#x{0\\/@", *p->at) && p->at - heads < 3; p->at++) {
		/* "o" may begin the name that follows. */
		if ((*p->at == 'o' || *p->at == 'x' || *p->at == '0') && p->at + 1 < p->end && is_name_byte(p->at + 1, p->end))
			break;
		arrow->to_right |= *p->at == '>';
	}
	/* "(" is a socket where no name follows in brackets. */
	if (strokes && p->at + 1 < p->end && *p->at == '(' && strchr(blanks, p->at[1])) {
		arrow->to_right = true;
		p->at++;
	}
	if (!strokes)
		p->at = from;
	plantuml_skip_blanks(p);
	return strokes > 0;
}

/* name ["n"] arrow ["n"] name [: label] */
static int read_relation(struct plantuml *p)
{
	struct position at = plantuml_position(p, p->at), to_at;
	struct arrow arrow;
	const char *from, *to, *ignored;
	bool quoted;
	uint32_t a, b;
	int result = take_name(p, &from, &quoted);
	if (!result && p->at < p->end && *p->at == '"')
		result = take_between(p, '"', &ignored);
	if (result)
		return result;
	if (!take_arrow(p, &arrow)) {
		p->at = p->line;
		plantuml_skip_blanks(p);
		return plantuml_complain(p, "expected an element or an arrow, such as component \"Name\" as id, or a --> b");
	}
	to_at = plantuml_position(p, p->at);
	result = take_name(p, &to, &quoted);
	if (!result && quoted && p->at < p->end && *p->at != ':' && (is_name_byte(p->at, p->end) || strchr("[\"(", *p->at))) {
		to_at = plantuml_position(p, p->at); /* what was taken was a multiplicity */
		result = take_name(p, &to, &quoted);
	}
	if (!result)
		result = find_or_make(p, from, at, &a);
	if (!result)
		result = find_or_make(p, to, to_at, &b);
	if (!result && !arrow.to_left && !arrow.to_right)
		reference_note(p->reader, at, "a line without an arrowhead does not say who uses whom; it is left out");
	if (!result && arrow.to_right)
		result = reference_add_relation(p->reader, a, b, at);
	if (!result && arrow.to_left)
		result = reference_add_relation(p->reader, b, a, at);
	return result;
}

/* --- what is read over --- */

/* "' sightline.files id = GLOB": what a diagram cannot say otherwise. Other comments are comments. */
static int read_comment(struct plantuml *p)
{
	const char *name;
	bool quoted;
	uint32_t element;
	p->at++;
	plantuml_skip_blanks(p);
	bool is_files = take_word(p, "sightline.files"), is_domain = !is_files && take_word(p, "sightline.domain");
	if (!is_files && !is_domain)
		return 0;
	struct position at = plantuml_position(p, p->at);
	int result = take_name(p, &name, &quoted);
	if (result)
		return result;
	if (!reference_find(p->reader, name, &element))
		return complaint_set(&p->reader->complaint, at, "there is no element %s before this line, define it above",
				     complaint_quote(name, strlen(name)).text);
	if (p->at == p->end || *p->at != '=')
		return plantuml_complain(p, "expected \"=\"");
	p->at++;
	plantuml_skip_blanks(p);
	at = plantuml_position(p, p->at);
	const char *end = p->end;
	while (end > p->at && strchr(blanks, end[-1]))
		end--;
	const char *value = arena_strndup(p->reader->arena, p->at, (size_t)(end - p->at));
	return is_files ? reference_set_globs(p->reader, element, value, at) : reference_set_domain(p->reader, element, value, at);
}

/* Blocks and lines of looks. true: this line is one. */
static bool skip_looks_line(struct plantuml *p)
{
	static const struct { const char *word, *until; } blocks[] = {
		{"legend", "endlegend"}, {"header", "endheader"}, {"footer", "endfooter"}, {"<style>", "</style>"}, {"sprite", "}"},
		{"skinparam", "}"}, {"note", "endnote"}, {"title", "endtitle"}, {"json", "}"}};
	static const char *const lines[] = {"title", "caption", "hide", "show", "remove", "restore", "scale", "left to right direction",
		"top to bottom direction", "allow_mixing", "allowmixing", "skinparam", "header", "footer", "newpage", "note", "mainframe", "!", "sprite",
		"@start", "page ", "legend", NULL};
	const char *last = p->end;
	while (last > p->at && strchr(blanks, last[-1]))
		last--;
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		const char *after = p->at + strlen(blocks[i].word);
		if (!starts(p, blocks[i].word) || (after < p->end && is_name_byte(after, p->end)))
			continue;
		bool in_braces = !strcmp(blocks[i].until, "}"), opens = last > p->at && last[-1] == '{';
		bool is_alone = (size_t)(last - p->at) == strlen(blocks[i].word);
		bool is_note = !strcmp(blocks[i].word, "note") && !memchr(p->at, ':', (size_t)(p->end - p->at)) &&
			       !memchr(p->at, '"', (size_t)(p->end - p->at));
		bool is_legend = !strcmp(blocks[i].word, "legend") || !strcmp(blocks[i].word, "<style>");
		if (in_braces ? opens : is_alone || is_note || is_legend)
			p->until = blocks[i].until;
		return true;
	}
	for (size_t i = 0; lines[i]; i++)
		if (starts(p, lines[i]))
			return true;
	return false;
}

/* Does the line end what is read over? "end note" is "endnote". */
static bool ends_block(const struct plantuml *p)
{
	char squeezed[16];
	size_t used = 0;
	for (const char *at = p->at; at < p->end && used < sizeof squeezed - 1; at++)
		if (!strchr(blanks, *at))
			squeezed[used++] = *at;
	squeezed[used] = 0;
	return !strcasecmp(squeezed, p->until);
}

/* --- lines --- */

static const struct { const char *word; bool is_outside; } element_words[] = {
	{"component", false}, {"package", false}, {"rectangle", false}, {"folder", false}, {"frame", false}, {"node", false}, {"card", false},
	{"agent", false}, {"artifact", false}, {"hexagon", false}, {"stack", false}, {"process", false}, {"label", false}, {"control", false},
	{"entity", false}, {"usecase", false}, {"storage", true}, {"database", true}, {"cloud", true}, {"queue", true}, {"collections", true},
	{"file", true}, {"actor", true}, {"person", true}, {"boundary", true}, {"interface", true}, {"portin", true}, {"portout", true},
	{"port", true}, {"circle", true}};

static int read_line(struct plantuml *p)
{
	if (*p->at == '\'')
		return read_comment(p);
	if (*p->at == '}') {
		if (!p->depth)
			return plantuml_complain(p, "nothing is open here");
		p->depth--;
		return 0;
	}
	if (starts(p, "@enduml")) {
		p->is_over = true;
		return 0;
	}
	if (starts(p, "!include") && !memmem(p->at, (size_t)(p->end - p->at), "C4", 2))
		reference_note(p->reader, plantuml_position(p, p->at), "another file is not read; put its text here");
	bool is_macro = false;
	int result = plantuml_read_macro(p, &is_macro);
	if (result || is_macro)
		return result;
	/* A name that is also a word of the language: "node --> a" is an arrow. */
	const char *from = p->at;
	struct arrow arrow;
	for (size_t i = 0; i < sizeof element_words / sizeof *element_words; i++) {
		if (!take_word(p, element_words[i].word))
			continue;
		const char *after = p->at;
		bool is_arrow = take_arrow(p, &arrow);
		p->at = is_arrow ? from : after;
		return is_arrow ? read_relation(p) : read_element(p, element_words[i].is_outside, i == 0);
	}
	if (starts(p, "together") && p->end[-1] == '{')
		return plantuml_open(p, plantuml_parent(p));
	if (skip_looks_line(p))
		return 0;
	/* "[Name]", "[Name] as id" and the like alone on a line are elements, anything before an arrow is a relation. */
	const char *name;
	bool quoted;
	result = take_name(p, &name, &quoted);
	if (!result && p->at < p->end && *p->at == '"' && take_between(p, '"', &name))
		return ERR_INPUT;
	if (result)
		return result;
	bool is_relation = take_arrow(p, &arrow);
	p->at = from;
	bool is_interface = starts(p, "()"); /* "() name" */
	return is_relation || (!quoted && !is_interface) ? read_relation(p) : read_element(p, *from == ':' || (*from == '(' && !is_interface), true);
}

int plantuml_read(struct reference_reader *reader, const char *text, size_t length)
{
	struct plantuml p = {.reader = reader};
	const char *at = text, *end = text + length, *line;
	size_t line_length;
	bool has_start = memmem(text, length, "@startuml", 9) != NULL, in_comment = false;
	int result = 0;
	while (!result && !p.is_over && reference_next_line(&at, end, &line, &line_length)) {
		p.line = p.at = line;
		p.end = line + line_length;
		p.number++;
		plantuml_skip_blanks(&p);
		while (p.end > p.at && strchr(blanks, p.end[-1]))
			p.end--;
		if (has_start) {
			has_start = !starts(&p, "@startuml");
			continue;
		}
		if (in_comment || starts(&p, "/'")) {
			in_comment = !memmem(p.at, (size_t)(p.end - p.at), "'/", 2);
			continue;
		}
		if (p.until) {
			if (ends_block(&p))
				p.until = NULL;
			continue;
		}
		if (p.at < p.end)
			result = read_line(&p);
	}
	if (!result && p.depth)
		result = complaint_set(&reader->complaint, (struct position){p.number, 1}, "what line %u opens is not closed, add \"}\"",
				       p.open_line[p.depth - 1]);
	free(p.made);
	return result;
}
