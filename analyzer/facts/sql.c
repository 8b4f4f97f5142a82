/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small SQL tokenizer, and a walk over the tokens that watches for the words behind which tables stand. */
#include "facts/sql.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED /* a name in quotes */, TOKEN_LITERAL, TOKEN_SIGN };
struct token { enum token_kind kind; const char *text; size_t length; }; /* quoted: without its quotes */
struct tokens { struct token *rows; size_t count, capacity; };

#define DEPTH_CEILING 256

struct walk {
	struct tokens tokens;
	size_t at;
	struct interner *own_names; /* of WITH; lower case */
	struct buf name;
	void (*visit)(void *, const char *, const char *);
	void *context;
};

static bool is_word_start(unsigned char c)
{
	return isalpha(c) || c == '_' || c >= 0x80;
}

static size_t word_length(const char *text, size_t length)
{
	size_t i = 0;
	while (i < length && (is_word_start((unsigned char)text[i]) || isdigit((unsigned char)text[i]) || text[i] == '$'))
		i++;
	return i;
}

static size_t comment_length(const char *text, size_t length)
{
	if (length >= 2 && text[0] == '-' && text[1] == '-') {
		const char *end = memchr(text, '\n', length);
		return end ? (size_t)(end - text) + 1 : length;
	}
	if (length >= 2 && text[0] == '/' && text[1] == '*') {
		for (size_t i = 2; i + 1 < length; i++)
			if (text[i] == '*' && text[i + 1] == '/')
				return i + 2;
		return length;
	}
	return 0;
}

/* Length of what stands in quotes, both included; a doubled closing quote belongs to it. */
static size_t quoted_length(const char *text, size_t length, char close)
{
	for (size_t i = 1; i < length; i++) {
		if (text[i] != close)
			continue;
		if (i + 1 < length && text[i + 1] == close && close != ']')
			i++;
		else
			return i + 1;
	}
	return length;
}

/* $tag$ ... $tag$; 0: none */
static size_t dollar_length(const char *text, size_t length)
{
	size_t tag = 1;
	while (tag < length && (isalnum((unsigned char)text[tag]) || text[tag] == '_'))
		tag++;
	if (tag >= length || text[tag] != '$' || (tag > 1 && isdigit((unsigned char)text[1])))
		return 0;
	tag++;
	const char *end = memmem(text + tag, length - tag, text, tag);
	return end ? (size_t)(end - text) + tag : length;
}

static struct token token_at(const char *text, size_t length, size_t *consumed)
{
	unsigned char c = (unsigned char)text[0];
	size_t used = 1;
	enum token_kind kind = TOKEN_SIGN;
	if (is_word_start(c)) {
		used = word_length(text, length);
		kind = TOKEN_WORD;
	} else if (isdigit(c)) {
		while (used < length && (isalnum((unsigned char)text[used]) || text[used] == '.'))
			used++;
		kind = TOKEN_LITERAL;
	} else if (c == '\'') {
		used = quoted_length(text, length, '\'');
		kind = TOKEN_LITERAL;
	} else if (c == '"' || c == '`' || c == '[') {
		used = quoted_length(text, length, c == '[' ? ']' : (char)c);
		*consumed = used;
		return (struct token){TOKEN_QUOTED, text + 1, used > 2 ? used - 2 : 0};
	} else if (c == '$' && dollar_length(text, length)) {
		used = dollar_length(text, length);
		kind = TOKEN_LITERAL;
	} else if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#') { /* a parameter; "::" is a cast */
		if (c == ':' && length > 1 && text[1] == ':')
			used = 2;
		else
			used += word_length(text + 1, length - 1), kind = TOKEN_LITERAL;
	}
	*consumed = used;
	return (struct token){kind, text, used};
}

static void read_tokens(struct tokens *tokens, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t used = isspace((unsigned char)text[at]) || !text[at] ? 1 : comment_length(text + at, length - at);
		if (used) {
			at += used;
			continue;
		}
		struct token token = token_at(text + at, length - at, &used);
		mem_grow(&tokens->rows, &tokens->capacity, tokens->count + 2, sizeof *tokens->rows);
		tokens->rows[tokens->count++] = token;
		at += used;
	}
	mem_grow(&tokens->rows, &tokens->capacity, tokens->count + 2, sizeof *tokens->rows);
	tokens->rows[tokens->count] = (struct token){TOKEN_END, "", 0};
}

static const struct token *token(const struct walk *walk, size_t ahead)
{
	size_t at = walk->at + ahead;
	return &walk->tokens.rows[at < walk->tokens.count ? at : walk->tokens.count];
}

static bool is_word(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && token->length == strlen(word) && strncasecmp(token->text, word, token->length) == 0;
}

static bool is_sign(const struct token *token, char sign)
{
	return token->kind == TOKEN_SIGN && token->length == 1 && token->text[0] == sign;
}

static bool is_one_of(const struct token *token, const char *const *words)
{
	for (; *words; words++)
		if (is_word(token, *words))
			return true;
	return false;
}

/* Words that cannot be a table where one may stand. */
static bool is_reserved(const struct token *token)
{
	static const char *const WORDS[] = {"select", "where", "set", "values", "on", "using", "join", "left", "right", "inner",
		"outer", "cross", "natural", "full", "group", "order", "limit", "having", "union", "except", "intersect", "from",
		"as", "and", "or", "not", "case", "when", "default", "returning", "lateral", NULL};
	return is_one_of(token, WORDS);
}

static void append_name(struct walk *walk, const struct token *part)
{
	for (size_t i = 0; i < part->length; i++)
		buf_append_char(&walk->name, part->kind == TOKEN_WORD ? (char)tolower((unsigned char)part->text[i]) : part->text[i]);
}

/* A table's name at the current token: told and passed. */
static void take_table(struct walk *walk, const char *operation)
{
	const struct token *first = token(walk, 0);
	if ((first->kind != TOKEN_WORD && first->kind != TOKEN_QUOTED) || is_reserved(first) || !first->length)
		return;
	buf_clear(&walk->name);
	append_name(walk, first);
	walk->at++;
	bool is_plain = true;
	while (is_sign(token(walk, 0), '.') && (token(walk, 1)->kind == TOKEN_WORD || token(walk, 1)->kind == TOKEN_QUOTED)) {
		buf_append_char(&walk->name, '.');
		append_name(walk, token(walk, 1));
		walk->at += 2;
		is_plain = false;
	}
	uint32_t id;
	bool is_own = is_plain && interner_find(walk->own_names, walk->name.data, walk->name.length, &id);
	bool is_function = is_sign(token(walk, 0), '(') && strcmp(operation, "select") == 0;
	if (!is_own && !is_function)
		walk->visit(walk->context, walk->name.data, operation);
}

static void skip_words(struct walk *walk, const char *const *words)
{
	while (is_one_of(token(walk, 0), words))
		walk->at++;
}

/* Behind FROM or JOIN: tables, with aliases, up to what is none. The parentheses of a join, or a subquery, are left to
 * the walk, which finds the words in them. */
static void take_list(struct walk *walk, const char *operation)
{
	static const char *const BEFORE[] = {"only", "lateral", NULL};
	for (;;) {
		skip_words(walk, BEFORE);
		while (is_sign(token(walk, 0), '(') && !is_word(token(walk, 1), "select") && !is_word(token(walk, 1), "with") &&
		       !is_word(token(walk, 1), "values") && token(walk, 1)->kind != TOKEN_END)
			walk->at++;
		take_table(walk, operation);
		if (is_word(token(walk, 0), "as"))
			walk->at++;
		if ((token(walk, 0)->kind == TOKEN_WORD || token(walk, 0)->kind == TOKEN_QUOTED) && !is_reserved(token(walk, 0)) &&
		    is_sign(token(walk, 1), ','))
			walk->at++;
		if (!is_sign(token(walk, 0), ','))
			return;
		walk->at++;
	}
}

/* WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (: the names it gives. Found anywhere: what stands before
 * "AS (" is a name of the statement's own. */
static void learn_own_names(struct walk *walk)
{
	for (size_t i = 0; i + 2 < walk->tokens.count; i++) {
		walk->at = i;
		bool is_behind_with = i > 0 && (is_word(&walk->tokens.rows[i - 1], "with") ||
						is_word(&walk->tokens.rows[i - 1], "recursive") || is_sign(&walk->tokens.rows[i - 1], ','));
		if (!is_behind_with || (token(walk, 0)->kind != TOKEN_WORD && token(walk, 0)->kind != TOKEN_QUOTED))
			continue;
		size_t next = 1;
		if (is_sign(token(walk, 1), '(')) {
			while (token(walk, next)->kind != TOKEN_END && !is_sign(token(walk, next), ')'))
				next++;
			next++;
		}
		if (!is_word(token(walk, next), "as"))
			continue;
		next++;
		while (is_word(token(walk, next), "not") || is_word(token(walk, next), "materialized"))
			next++;
		if (!is_sign(token(walk, next), '('))
			continue;
		buf_clear(&walk->name);
		append_name(walk, token(walk, 0));
		interner_add(walk->own_names, walk->name.data ? walk->name.data : "", walk->name.length);
	}
	walk->at = 0;
}

/* CREATE and DROP [TEMP ...] TABLE [IF [NOT] EXISTS] name; CREATE [UNIQUE] INDEX name ON table. */
static void take_definition(struct walk *walk, const char *operation)
{
	static const char *const BEFORE[] = {"temp", "temporary", "unlogged", "global", "local", "virtual", "foreign", "unique",
		"or", "replace", "recursive", "materialized", "concurrently", NULL};
	static const char *const IF[] = {"if", "not", "exists", NULL};
	walk->at++;
	skip_words(walk, BEFORE);
	if (is_word(token(walk, 0), "table")) {
		walk->at++;
		skip_words(walk, IF);
		take_table(walk, operation);
		while (strcmp(operation, "drop") == 0 && is_sign(token(walk, 0), ',')) {
			walk->at++;
			take_table(walk, operation);
		}
	} else if (is_word(token(walk, 0), "index") && strcmp(operation, "create") == 0) {
		while (token(walk, 0)->kind != TOKEN_END && !is_word(token(walk, 0), "on") && !is_sign(token(walk, 0), ';'))
			walk->at++;
		if (is_word(token(walk, 0), "on")) {
			walk->at++;
			take_table(walk, operation);
		}
	}
}

static void take_update(struct walk *walk)
{
	static const char *const BEFORE[] = {"or", "rollback", "abort", "replace", "fail", "ignore", "low_priority", "only", NULL};
	const struct token *before = walk->at ? &walk->tokens.rows[walk->at - 1] : NULL;
	/* ON UPDATE, FOR UPDATE, DO UPDATE SET, ON DUPLICATE KEY UPDATE, AFTER UPDATE OF */
	static const char *const NOT_BEHIND[] = {"on", "for", "do", "key", "after", "before", "or", "no", NULL};
	walk->at++;
	if (before && is_one_of(before, NOT_BEHIND))
		return;
	skip_words(walk, BEFORE);
	take_list(walk, "update");
}

/* Is the FROM at hand that of EXTRACT(x FROM y) and the like? */
static bool is_in_function(const struct walk *walk)
{
	static const char *const FUNCTIONS[] = {"extract", "substring", "trim", "overlay", "position", NULL};
	size_t depth = 0;
	for (size_t i = walk->at; i-- > 0 && walk->at - i < DEPTH_CEILING;) {
		const struct token *back = &walk->tokens.rows[i];
		if (is_sign(back, ')'))
			depth++;
		else if (is_sign(back, '(') && depth-- == 0)
			return i > 0 && is_one_of(&walk->tokens.rows[i - 1], FUNCTIONS);
	}
	return false;
}

static void walk_tokens(struct walk *walk)
{
	static const char *const DELETE[] = {"low_priority", "quick", "ignore", NULL};
	static const char *const INSERT[] = {"or", "rollback", "abort", "replace", "fail", "ignore", "low_priority", "delayed", NULL};
	static const char *const IF[] = {"table", "if", "exists", "only", NULL};
	while (token(walk, 0)->kind != TOKEN_END) {
		const struct token *now = token(walk, 0), *before = walk->at ? now - 1 : NULL;
		bool is_first = !before || is_sign(before, ';');
		if (is_word(now, "from") || is_word(now, "join")) {
			bool is_distinct = before && is_word(before, "distinct");
			bool skip = is_word(now, "from") && (is_distinct || is_in_function(walk));
			walk->at++;
			if (!skip)
				take_list(walk, "select");
		} else if (is_word(now, "delete") && !(before && is_word(before, "on"))) {
			walk->at++;
			skip_words(walk, DELETE);
			if (is_word(token(walk, 0), "from")) {
				walk->at++;
				take_list(walk, "delete");
			}
		} else if (is_word(now, "insert") || (is_word(now, "replace") && !is_sign(token(walk, 1), '('))) {
			walk->at++;
			skip_words(walk, INSERT);
			if (is_word(token(walk, 0), "into")) {
				walk->at++;
				take_table(walk, "insert");
			}
		} else if (is_word(now, "update")) {
			take_update(walk);
		} else if (is_word(now, "create") || is_word(now, "drop")) {
			take_definition(walk, is_word(now, "create") ? "create" : "drop");
		} else if (is_first && (is_word(now, "alter") || is_word(now, "truncate"))) {
			walk->at++;
			bool is_table = is_word(now, "truncate") || is_word(token(walk, 0), "table");
			skip_words(walk, IF);
			if (is_table)
				take_table(walk, is_word(now, "alter") ? "alter" : "truncate");
		} else {
			walk->at++;
		}
	}
}

void sql_tables(const char *text, size_t length, void (*visit)(void *context, const char *table, const char *operation),
		void *context)
{
	struct walk walk = {.own_names = interner_create(), .visit = visit, .context = context};
	buf_init(&walk.name, BUF_NO_CEILING);
	read_tokens(&walk.tokens, text, length);
	learn_own_names(&walk);
	walk_tokens(&walk);
	free(walk.tokens.rows);
	buf_finish(&walk.name);
	interner_destroy(walk.own_names);
}
