/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structurizr's DSL, as far as it says which elements there are and which uses which: a line at a time, as Structurizr reads it.
 * Views, styles, deployments and the like are read over. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/reference_internal.h"

#define MOST_WORD 8192          /* bytes */
#define MOST_PATH 1000          /* bytes of identifiers inside each other */
#define MOST_SUBSTITUTED ((size_t)16 << 20)

enum scope_kind { SCOPE_WORKSPACE, SCOPE_MODEL, SCOPE_ELEMENT, SCOPE_PROPERTIES, SCOPE_RELATION, SCOPE_ARCHETYPES, SCOPE_SKIPPED };

struct scope {
	enum scope_kind kind;
	uint32_t element;   /* the innermost element; REFERENCE_NONE */
	const char *path;   /* its identifiers from outside inwards, "a.b"; "" */
	unsigned line;      /* that opened it */
};

struct structurizr {
	struct reference_reader *reader;
	struct scope scopes[REFERENCE_MAX_DEPTH];
	unsigned depth;
	bool is_hierarchical;
	struct reference_word words[REFERENCE_MAX_TOKENS];
	size_t word_count;
	bool opens;                        /* the line ended in "{", which is no word then */
	struct interner *constants;        /* names of !const; their values: */
	const char **values; size_t value_capacity;
	size_t substituted;                /* bytes that constants became in all */
	struct interner *archetypes;       /* words that stand for kinds of elements */
};

static int complain(struct structurizr *s, size_t word, const char *text)
{
	const struct reference_word *at = &s->words[word < s->word_count ? word : s->word_count - 1];
	return complaint_set(&s->reader->complaint, at->at, "%s: %s", complaint_quote(at->text, strlen(at->text)).text, text);
}

static bool is_word(const struct structurizr *s, size_t word, const char *keyword)
{
	return word < s->word_count && !strcasecmp(s->words[word].text, keyword);
}

/* --- words of a line --- */

/* ${NAME} becomes what !const said; where nothing did it stays. */
static const char *substitute(struct structurizr *s, const char *text)
{
	uint32_t constant;
	const char *open = strstr(text, "${"), *close = open ? strchr(open, '}') : NULL;
	struct buf out;
	if (!close)
		return text;
	buf_init(&out, MOST_WORD);
	for (; close; open = strstr(text, "${"), close = open ? strchr(open, '}') : NULL) {
		buf_append(&out, text, (size_t)(open - text));
		if (interner_find(s->constants, open + 2, (size_t)(close - open - 2), &constant))
			buf_append_string(&out, s->values[constant]);
		else
			buf_append(&out, open, (size_t)(close + 1 - open));
		text = close + 1;
	}
	buf_append_string(&out, text);
	const char *kept = arena_strndup(s->reader->arena, out.length ? out.data : "", out.length);
	s->substituted += out.length;
	buf_finish(&out);
	return kept;
}

static int add_word(struct structurizr *s, const char *text, bool quoted, struct position at)
{
	if (s->word_count == REFERENCE_MAX_TOKENS)
		return complaint_set(&s->reader->complaint, at, "more than %u words on a line, split it", REFERENCE_MAX_TOKENS);
	s->words[s->word_count++] = (struct reference_word){substitute(s, text), quoted, at};
	if (s->substituted > MOST_SUBSTITUTED)
		return complaint_set(&s->reader->complaint, at, "constants become more than 16 MiB of text, use fewer");
	return 0;
}

/* As Structurizr's tokenizer: words end at white space, quoted ones at a quote that no backslash precedes. */
static int split(struct structurizr *s, const char *line, size_t length, unsigned number)
{
	int result = 0;
	s->word_count = 0;
	s->opens = false;
	for (size_t i = 0; i < length && !result;) {
		if (strchr(" \t\r", line[i])) {
			i++;
			continue;
		}
		bool quoted = line[i] == '"';
		struct position at = {number, reference_column(line, line + i)};
		size_t start = i += quoted, used = 0;
		while (i < length && (quoted ? line[i] != '"' || (i > start && line[i - 1] == '\\') : !strchr(" \t\r", line[i])))
			i++;
		if (quoted && i == length)
			return complaint_set(&s->reader->complaint, at, "a text has no closing quote, add one");
		if (i - start > MOST_WORD)
			return complaint_set(&s->reader->complaint, at, "a text of more than %d bytes, shorten it", MOST_WORD);
		char *word = arena_strndup(s->reader->arena, line + start, i - start);
		for (const char *in = word; *in; in++)
			if (in[0] != '\\' || in[1] != '"')
				word[used++] = *in;
		word[used] = 0;
		i += quoted;
		result = add_word(s, word, quoted, at);
	}
	if (!result && s->word_count && !s->words[s->word_count - 1].quoted && !strcmp(s->words[s->word_count - 1].text, "{")) {
		s->opens = true;
		s->word_count--;
	}
	return result;
}

/* --- scopes --- */

static int open_scope(struct structurizr *s, enum scope_kind kind, uint32_t element, const char *path, struct position at)
{
	if (s->depth == REFERENCE_MAX_DEPTH)
		return complaint_set(&s->reader->complaint, at, "more than %u blocks inside each other", REFERENCE_MAX_DEPTH);
	s->scopes[s->depth++] = (struct scope){kind, element, path, at.line};
	return 0;
}

static const struct scope *innermost(const struct structurizr *s)
{
	static const struct scope outside = {SCOPE_WORKSPACE, REFERENCE_NONE, "", 0};
	return s->depth ? &s->scopes[s->depth - 1] : &outside;
}

/* A block that says nothing of who uses whom. */
static int skip(struct structurizr *s)
{
	const struct scope *in = innermost(s);
	return s->opens ? open_scope(s, SCOPE_SKIPPED, in->element, in->path, s->words[0].at) : 0;
}

/* --- elements --- */

static const char *join(struct structurizr *s, const char *path, const char *id)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	buf_printf(&out, "%s%s%s", path, *path ? "." : "", id);
	const char *kept = arena_strndup(s->reader->arena, out.data, out.length);
	buf_finish(&out);
	return kept;
}

/* By the scopes around, innermost first, as hierarchical identifiers are; then as it is. */
static bool find(const struct structurizr *s, const char *id, uint32_t *out)
{
	struct buf name;
	bool found = false;
	if (!strcasecmp(id, "this") && innermost(s)->element != REFERENCE_NONE) {
		*out = innermost(s)->element;
		return true;
	}
	for (unsigned i = s->depth; s->is_hierarchical && i-- > 0 && !found;) {
		if (!*s->scopes[i].path)
			continue;
		buf_init(&name, BUF_NO_CEILING);
		buf_printf(&name, "%s.%s", s->scopes[i].path, id);
		found = reference_find(s->reader, name.data, out);
		buf_finish(&name);
	}
	return found || reference_find(s->reader, id, out);
}

static int find_word(struct structurizr *s, size_t word, uint32_t *out)
{
	const char *id = s->words[word].text, *nearest;
	if (find(s, id, out))
		return 0;
	nearest = reference_guess(s->reader, id);
	if (nearest)
		return complaint_set(&s->reader->complaint, s->words[word].at, "there is no element %s before this line, did you mean \"%s\"?",
				     complaint_quote(id, strlen(id)).text, nearest);
	return complaint_set(&s->reader->complaint, s->words[word].at, "there is no element %s before this line, define it above",
			     complaint_quote(id, strlen(id)).text);
}

/* Kinds whose elements the codebase need not have. -1: no kind of elements. */
static int kind_of(const struct structurizr *s, size_t word)
{
	static const char *const inside[] = {"softwareSystem", "container", "component", NULL};
	static const char *const outside[] = {"person", "element", NULL};
	uint32_t archetype;
	if (word >= s->word_count)
		return -1;
	for (size_t i = 0; inside[i]; i++)
		if (is_word(s, word, inside[i]))
			return 0;
	for (size_t i = 0; outside[i]; i++)
		if (is_word(s, word, outside[i]))
			return 1;
	return interner_find(s->archetypes, s->words[word].text, strlen(s->words[word].text), &archetype) ? 0 : -1;
}

/* [id =] KIND "name" ... [{]. first: where the kind stands. */
static int read_element(struct structurizr *s, size_t first)
{
	const struct scope *in = innermost(s);
	const char *id = first ? s->words[0].text : NULL, *path = in->path;
	uint32_t element;
	if (first + 1 >= s->word_count)
		return complain(s, first, "an element needs a name, write it behind");
	if (id && strlen(id) + strlen(in->path) > MOST_PATH)
		return complain(s, 0, "identifiers of more than 1000 bytes inside each other, shorten them");
	if (id)
		path = join(s, in->path, id);
	int result = reference_add_element(s->reader, s->words[first + 1].text, id && s->is_hierarchical ? path : id, in->element,
					   s->words[0].at, &element);
	if (result)
		return result;
	s->reader->reference->elements[element].is_group = is_word(s, first, "softwareSystem");
	s->reader->reference->elements[element].is_outside =
		kind_of(s, first) > 0 || (is_word(s, first, "softwareSystem") && in->element == REFERENCE_NONE && !s->opens);
	return s->opens ? open_scope(s, SCOPE_ELEMENT, element, path, s->words[0].at) : 0;
}

/* "->" and, with an archetype, "--https->". */
static bool is_arrow(const struct structurizr *s, size_t word)
{
	if (word >= s->word_count || s->words[word].quoted)
		return false;
	const char *text = s->words[word].text;
	size_t length = strlen(text);
	return !strcmp(text, "->") || (length > 4 && !strncmp(text, "--", 2) && !strcmp(text + length - 2, "->"));
}

/* [id =] [from] -> to ... [{]. arrow: where the arrow stands. */
static int read_relation(struct structurizr *s, size_t arrow)
{
	const struct scope *in = innermost(s);
	bool has_from = arrow == 1 || arrow == 3;
	uint32_t from = in->element, to;
	if (arrow + 1 >= s->word_count)
		return complain(s, arrow, "the arrow leads nowhere, write an element behind it");
	int result = has_from ? find_word(s, arrow - 1, &from) : 0;
	if (!result && from == REFERENCE_NONE)
		return complain(s, arrow, "the arrow comes from nowhere, write an element before it");
	if (!result)
		result = find_word(s, arrow + 1, &to);
	if (!result)
		result = reference_add_relation(s->reader, from, to, s->words[0].at);
	if (!result && s->opens)
		result = open_scope(s, SCOPE_RELATION, in->element, in->path, s->words[0].at);
	return result;
}

static int read_property(struct structurizr *s, uint32_t element)
{
	if (s->word_count < 2)
		return complain(s, 0, "a property needs a value, write it behind");
	if (element != REFERENCE_NONE && is_word(s, 0, "sightline.files"))
		return reference_set_globs(s->reader, element, s->words[1].text, s->words[1].at);
	if (element != REFERENCE_NONE && is_word(s, 0, "sightline.domain"))
		return reference_set_domain(s->reader, element, s->words[1].text, s->words[1].at);
	return 0;
}

/* --- directives --- */

static void set_constant(struct structurizr *s)
{
	uint32_t constant = interner_add_string(s->constants, s->words[1].text);
	mem_grow(&s->values, &s->value_capacity, (size_t)constant + 1, sizeof *s->values);
	s->values[constant] = s->words[2].text;
}

static int read_directive(struct structurizr *s)
{
	const struct scope *in = innermost(s);
	uint32_t element;
	if (is_word(s, 0, "!identifiers")) {
		s->is_hierarchical = is_word(s, 1, "hierarchical");
		return 0;
	}
	if ((is_word(s, 0, "!const") || is_word(s, 0, "!constant") || is_word(s, 0, "!var")) && s->word_count > 2) {
		set_constant(s);
		return 0;
	}
	if (is_word(s, 0, "!include"))
		return complain(s, 0, "another file is not read; put its text here");
	if ((is_word(s, 0, "!element") || is_word(s, 0, "!ref") || is_word(s, 0, "!extend")) && s->word_count > 1 && s->opens) {
		if (!find(s, s->words[1].text, &element))
			return skip(s); /* of a relation or a deployment */
		const char *id = s->reader->reference->elements[element].id;
		return open_scope(s, SCOPE_ELEMENT, element, s->is_hierarchical && id ? id : in->path, s->words[0].at);
	}
	return skip(s);
}

/* --- lines --- */

static int read_workspace(struct structurizr *s)
{
	const struct scope *in = innermost(s);
	if (is_word(s, 0, "workspace")) {
		if (is_word(s, 1, "extends"))
			return complain(s, 1, "another workspace is not read; put its text here");
		return s->opens ? open_scope(s, SCOPE_WORKSPACE, REFERENCE_NONE, "", s->words[0].at)
				: complain(s, 0, "\"{\" is missing at the end of the line");
	}
	if (is_word(s, 0, "model"))
		return s->opens ? open_scope(s, SCOPE_MODEL, REFERENCE_NONE, in->path, s->words[0].at)
				: complain(s, 0, "\"{\" is missing at the end of the line");
	if (!s->depth)
		return complain(s, 0, "expected \"workspace {\"");
	return skip(s); /* views, configuration, name, ... */
}

static int read_model(struct structurizr *s)
{
	static const char *const words[] = {"description", "technology", "tags", "tag", "url", "perspectives", "deploymentEnvironment",
					    "enterprise", "name", "instances", "metadata", "healthCheck", "deploymentNode", NULL};
	const struct scope *in = innermost(s);
	bool is_named = s->word_count > 2 && is_word(s, 1, "=");
	size_t first = is_named ? 2 : 0;
	if (s->words[0].text[0] == '!' && !s->words[0].quoted)
		return read_directive(s);
	if (is_word(s, 0, "properties") && s->opens)
		return open_scope(s, SCOPE_PROPERTIES, in->element, in->path, s->words[0].at);
	if (is_word(s, 0, "archetypes") && s->opens)
		return open_scope(s, SCOPE_ARCHETYPES, in->element, in->path, s->words[0].at);
	if (is_word(s, first, "group") || (!is_named && is_word(s, 0, "enterprise")))
		return s->opens ? open_scope(s, SCOPE_MODEL, in->element, in->path, s->words[0].at) : 0;
	for (size_t i = 0; i < 2; i++)
		if (is_arrow(s, first + i))
			return read_relation(s, first + i);
	if (is_word(s, first + 1, "-/>"))
		return complain(s, first + 1, "taking a relation away is not read; delete the relation");
	if (kind_of(s, first) >= 0)
		return read_element(s, first);
	for (size_t i = 0; words[i]; i++)
		if (is_word(s, first, words[i]))
			return skip(s);
	return complain(s, first, "expected an element (id = container \"Name\") or a relation (a -> b)");
}

static int read_words(struct structurizr *s)
{
	const struct scope *in = innermost(s);
	if (s->word_count == 1 && !s->words[0].quoted && !strcmp(s->words[0].text, "}")) {
		if (!s->depth)
			return complain(s, 0, "nothing is open here");
		s->depth--;
		return 0;
	}
	if (!s->word_count)
		return complaint_set(&s->reader->complaint, s->words[0].at, "\"{\" stands alone; put it at the end of the line before");
	switch (in->kind) {
	case SCOPE_WORKSPACE:
		if (s->words[0].text[0] == '!' && !s->words[0].quoted)
			return read_directive(s);
		return read_workspace(s);
	case SCOPE_MODEL: case SCOPE_ELEMENT:
		return read_model(s);
	case SCOPE_PROPERTIES:
		return read_property(s, in->element);
	case SCOPE_ARCHETYPES:
		if (s->word_count > 2 && is_word(s, 1, "="))
			interner_add_string(s->archetypes, s->words[0].text);
		return skip(s);
	case SCOPE_RELATION: case SCOPE_SKIPPED:
		return skip(s);
	}
	return 0;
}

/* What of a line is no comment: comments take whole lines, and several from a line that starts with "/" "*" on. */
static bool is_comment(const char *line, size_t length, bool *in_block)
{
	while (length && strchr(" \t\r", *line)) {
		line++;
		length--;
	}
	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	bool ends = length >= 2 && !memcmp(line + length - 2, "*/", 2);
	if (*in_block) {
		*in_block = !ends;
		return true;
	}
	if (length >= 2 && !memcmp(line, "/*", 2)) {
		*in_block = !ends || length < 4;
		return true;
	}
	return !length || *line == '#' || (length >= 2 && !memcmp(line, "//", 2));
}

/* Lines that go on (they end in a backslash) and texts over several ("""...""") are put together. */
static bool next_statement(const char **at, const char *end, struct buf *out, unsigned *number, unsigned *lines)
{
	const char *line;
	size_t length;
	bool in_comment = false;
	buf_clear(out);
	while (reference_next_line(at, end, &line, &length)) {
		++*lines;
		if (!out->length) {
			if (is_comment(line, length, &in_comment))
				continue;
			*number = *lines;
		}
		if (length && line[length - 1] == '\\') {
			buf_append(out, line, length - 1);
			buf_append(out, " ", 1);
			continue;
		}
		if (length >= 3 && !memcmp(line + length - 3, "\"\"\"", 3)) {
			buf_append(out, line, length - 3);
			buf_append_string(out, "\"\"");
			while (reference_next_line(at, end, &line, &length)) {
				++*lines;
				if (length >= 3 && !memcmp(line + length - 3, "\"\"\"", 3) && strspn(line, " \t") == length - 3)
					break;
			}
			return true;
		}
		buf_append(out, line, length);
		return true;
	}
	return out->length > 0;
}

int structurizr_read(struct reference_reader *reader, const char *text, size_t length)
{
	struct structurizr *s = mem_zalloc(1, sizeof *s);
	struct buf statement;
	const char *at = text, *end = text + length;
	unsigned number = 1, lines = 0;
	int result = 0;
	s->reader = reader;
	s->constants = interner_create();
	s->archetypes = interner_create();
	buf_init(&statement, REFERENCE_MAX_BYTES + 16);
	while (!result && next_statement(&at, end, &statement, &number, &lines)) {
		s->words[0].at = (struct position){number, 1};
		result = split(s, statement.data, statement.length, number);
		if (!result && (s->word_count || s->opens))
			result = read_words(s);
	}
	if (!result && s->depth)
		result = complaint_set(&reader->complaint, (struct position){lines ? lines : 1, 1}, "the block that line %u opens is not closed, add \"}\"",
				       innermost(s)->line);
	buf_finish(&statement);
	interner_destroy(s->constants);
	interner_destroy(s->archetypes);
	free(s->values);
	free(s);
	return result;
}
