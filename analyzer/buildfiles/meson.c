/* SPDX-License-Identifier: GPL-3.0-or-later */
/* meson.build: install_headers, install_subdir and install_data into a folder for headers, files made by configure_file. Expressions
 * are evaluated to the words that may be in them: of a condition both sides, of a loop all turns. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "buildfiles/reading.h"

#define WORDS_BYTES ((size_t)256 << 10)

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_STRING, TOKEN_LINE, TOKEN_PLUS_IS, TOKEN_OTHER /* its own character */ };
struct token { enum token_kind kind; char character; const char *text; size_t length; uint32_t line; };

struct meson {
	struct place place;
	const char *text;
	size_t at;
	uint32_t line;
	struct token token;          /* at hand */
	bool skips_lines;            /* within brackets a line end is a blank */
};

/* ---- tokens ---- */

static void read_string(struct meson *meson)
{
	const char *text = meson->text;
	bool is_long = !strncmp(text + meson->at, "'''", 3);
	meson->at += is_long ? 3 : 1;
	meson->token = (struct token){TOKEN_STRING, 0, text + meson->at, 0, meson->line};
	while (text[meson->at] && (is_long ? strncmp(text + meson->at, "'''", 3) != 0 : text[meson->at] != '\'' && text[meson->at] != '\n')) {
		meson->line += text[meson->at] == '\n';
		meson->at += !is_long && text[meson->at] == '\\' && text[meson->at + 1] && text[meson->at + 1] != '\n' ? 2 : 1;
	}
	meson->token.length = meson->at - (size_t)(meson->token.text - text);
	if (text[meson->at] == '\'')
		meson->at += is_long ? 3 : 1;
}

static void next(struct meson *meson)
{
	const char *text = meson->text;
	for (;;) {
		while (text[meson->at] == ' ' || text[meson->at] == '\t' || (text[meson->at] == '\\' && text[meson->at + 1] == '\n')) {
			meson->line += text[meson->at] == '\\';
			meson->at += text[meson->at] == '\\' ? 2 : 1;
		}
		if (text[meson->at] == '#')
			meson->at += strcspn(text + meson->at, "\n");
		if (text[meson->at] != '\n' || !meson->skips_lines)
			break;
		meson->line++;
		meson->at++;
	}
	char c = text[meson->at];
	meson->token = (struct token){TOKEN_OTHER, c, text + meson->at, 1, meson->line};
	if (!c || !reading_spend(meson->place.reading, 1)) {
		meson->token.kind = TOKEN_END;
	} else if (c == '\n') {
		meson->token.kind = TOKEN_LINE;
		meson->line++;
		meson->at++;
	} else if (c == '\'') {
		read_string(meson);
	} else if (isalpha((unsigned char)c) || c == '_') {
		size_t start = meson->at;
		while (isalnum((unsigned char)text[meson->at]) || text[meson->at] == '_' ||
		       (text[meson->at] == '.' && !strncmp(text + start, "meson", 5)))
			meson->at++;
		meson->token.kind = TOKEN_NAME;
		meson->token.length = meson->at - start;
	} else if (c == '+' && text[meson->at + 1] == '=') {
		meson->token.kind = TOKEN_PLUS_IS;
		meson->at += 2;
	} else {
		meson->at++;
	}
}

static bool at_sign(const struct meson *meson, char character)
{
	return meson->token.kind == TOKEN_OTHER && meson->token.character == character;
}

static bool is_name(const struct token *token, const char *name)
{
	return token->kind == TOKEN_NAME && word_is(token->text, token->length, name);
}

/* ---- expressions ---- */

static void evaluate(struct meson *meson, struct buf *out, unsigned depth);

static void add_word(struct buf *out, const char *text, size_t length)
{
	if (length) {
		buf_append(out, text, length);
		buf_append_char(out, ' ');
	}
}

/* What a call is given: positional words, and those of the keywords that matter here. */
struct call { struct buf words, output, install_dir, subdir; bool installs; };

static void call_init(struct call *call)
{
	buf_init(&call->words, WORDS_BYTES);
	buf_init(&call->output, WORDS_BYTES);
	buf_init(&call->install_dir, WORDS_BYTES);
	buf_init(&call->subdir, WORDS_BYTES);
	call->installs = false;
}

static void call_finish(struct call *call)
{
	buf_finish(&call->words);
	buf_finish(&call->output);
	buf_finish(&call->install_dir);
	buf_finish(&call->subdir);
}

/* Is the name at hand a keyword, "name:"? */
static bool is_keyword(const struct meson *meson)
{
	const char *at = meson->text + meson->at;
	return meson->token.kind == TOKEN_NAME && at[strspn(at, " \t")] == ':';
}

/* Behind the '(' up to behind the ')'. */
static void read_call(struct meson *meson, struct call *call, unsigned depth)
{
	struct buf ignored;
	buf_init(&ignored, WORDS_BYTES);
	while (meson->token.kind != TOKEN_END && !at_sign(meson, ')')) {
		struct buf *into = &call->words;
		bool is_install = false;
		if (is_keyword(meson)) {
			into = is_name(&meson->token, "output") ? &call->output : is_name(&meson->token, "install_dir") ? &call->install_dir : &ignored;
			is_install = is_name(&meson->token, "install");
			next(meson);
			next(meson);
			if (is_install && is_name(&meson->token, "true"))
				call->installs = true;
		}
		size_t before = meson->at;
		evaluate(meson, into, depth + 1);
		buf_clear(&ignored);
		if (at_sign(meson, ',') || (meson->at == before && !at_sign(meson, ')')))
			next(meson);
	}
	buf_finish(&ignored);
}

static void join(const struct buf *left, const struct buf *right, struct buf *out)
{
	/* The last word on the left, the first on the right: paths are put together of single words. */
	size_t end = left->length, start;
	const char *word;
	size_t at = 0, length;
	while (end && left->data[end - 1] == ' ')
		end--;
	for (start = end; start && left->data[start - 1] != ' '; start--)
		;
	if (left->data)
		buf_append(out, left->data + start, end - start);
	buf_append_char(out, '/');
	if (right->data && word_next(right->data, &at, &word, &length))
		buf_append(out, word, length);
	buf_append_char(out, ' ');
}

/* What a call stands for, and what it says about headers. */
static void finish_call(struct meson *meson, const struct token *name, const struct call *call, struct buf *out)
{
	struct reading *reading = meson->place.reading;
	const char *words = call->words.data ? call->words.data : "", *folder = call->install_dir.data ? call->install_dir.data : "", *word;
	size_t at = 0, length, first = out->length;
	if (is_name(name, "install_headers")) {
		place_say_all(&meson->place, words, name->line, false);
	} else if ((is_name(name, "install_data") || is_name(name, "install_subdir")) && text_names_include_folder(folder)) {
		place_say_all(&meson->place, words, name->line, is_name(name, "install_subdir"));
	} else if (is_name(name, "files")) {
		while (word_next(words, &at, &word, &length)) {
			if (*word != TOP && *word != OPEN) {
				buf_append_string(out, place_mark(reading, meson->place.folder));
				buf_append_char(out, '/');
			}
			add_word(out, word, length);
		}
	} else if (is_name(name, "join_paths")) {
		while (word_next(words, &at, &word, &length)) {
			if (out->length > first)
				buf_append_char(out, '/');
			buf_append(out, word, length);
		}
		buf_append_char(out, ' ');
	} else if (is_name(name, "get_option")) {
		buf_append_char(out, OPEN);
		if (word_next(words, &at, &word, &length))
			buf_append(out, word, length);
		buf_append_char(out, OPEN);
		buf_append_char(out, ' ');
	} else if (is_name(name, "configure_file") || is_name(name, "custom_target")) {
		/* Made by the build: known by its name. */
		while (call->output.data && word_next(call->output.data, &at, &word, &length)) {
			struct buf made;
			buf_init(&made, WORDS_BYTES);
			buf_printf(&made, "%c%c", OPEN, OPEN);
			buf_append(&made, word, length);
			if (call->install_dir.length ? text_names_include_folder(folder) : call->installs && word_is_header(word, length))
				place_say(&meson->place, made.data, made.length, name->line, false);
			add_word(out, made.data, made.length);
			buf_finish(&made);
		}
	} else if (name->length > 6 && !memcmp(name->text, "meson.", 6)) {
		bool is_here = name->length >= 19 && !memcmp(name->text, "meson.current_", 14);
		add_word(out, place_mark(reading, is_here ? meson->place.folder : reading->top),
			 strlen(is_here ? meson->place.folder : reading->top) + 1);
	} else if (is_name(name, "subdir") && word_next(words, &at, &word, &length) && !memchr(word, OPEN, length)) {
		char *relative = mem_strndup(word, length);
		const char *below = reading_join(reading, meson->place.folder, relative), *path = below ? reading_join(reading, below, "meson.build") : NULL;
		if (path)
			read_meson(reading, meson->place.scope, path, meson->place.depth + 1);
		free(relative);
	}
}

static void evaluate_value(struct meson *meson, struct buf *out, unsigned depth)
{
	struct token token = meson->token;
	bool skips_lines = meson->skips_lines;
	next(meson);
	if (token.kind == TOKEN_STRING) {
		add_word(out, token.text, token.length);
	} else if (token.kind == TOKEN_NAME && at_sign(meson, '(')) {
		struct call call;
		call_init(&call);
		meson->skips_lines = true;
		next(meson);
		read_call(meson, &call, depth);
		meson->skips_lines = skips_lines;
		if (meson->token.kind != TOKEN_END)
			next(meson);
		finish_call(meson, &token, &call, out);
		call_finish(&call);
	} else if (token.kind == TOKEN_NAME) {
		const char *value = scope_find(meson->place.scope, token.text, token.length);
		if (value && reading_spend(meson->place.reading, strlen(value)))
			add_word(out, value, strlen(value));
	} else if (token.kind == TOKEN_OTHER && strchr("[({", token.character)) {
		char close = token.character == '[' ? ']' : token.character == '(' ? ')' : '}';
		meson->skips_lines = true;
		if (meson->token.kind == TOKEN_LINE)
			next(meson);
		while (meson->token.kind != TOKEN_END && !at_sign(meson, close)) {
			size_t before = meson->at;
			evaluate(meson, out, depth + 1);
			if (meson->token.kind != TOKEN_END && !at_sign(meson, close) && (meson->at == before || strchr(",:", meson->token.character)))
				next(meson);
		}
		meson->skips_lines = skips_lines;
		if (meson->token.kind != TOKEN_END)
			next(meson);
	}
}

/* A value and what is joined to it, up to a comma, a bracket that closes or the end of the line. */
static void evaluate(struct meson *meson, struct buf *out, unsigned depth)
{
	if (depth > NESTING) {
		while (meson->token.kind != TOKEN_END && meson->token.kind != TOKEN_LINE && !(meson->token.kind == TOKEN_OTHER && strchr(",)]}", meson->token.character)))
			next(meson);
		return;
	}
	while (meson->token.kind == TOKEN_STRING || meson->token.kind == TOKEN_NAME || (meson->token.kind == TOKEN_OTHER && !strchr(",)]}:", meson->token.character))) {
		struct buf left, right;
		buf_init(&left, WORDS_BYTES);
		evaluate_value(meson, &left, depth);
		while (at_sign(meson, '.') || at_sign(meson, '/')) {
			bool is_method = at_sign(meson, '.');
			next(meson);
			buf_init(&right, WORDS_BYTES);
			evaluate_value(meson, &right, depth);
			if (!is_method) {
				struct buf whole;
				buf_init(&whole, WORDS_BYTES);
				join(&left, &right, &whole);
				buf_finish(&left);
				left = whole;
			}
			buf_finish(&right);
		}
		if (left.data)
			buf_append(out, left.data, left.length);
		buf_finish(&left);
	}
}

/* ---- statements ---- */

static void foreach(struct meson *meson)
{
	struct token names[2];
	size_t count = 0;
	struct buf values;
	while (meson->token.kind == TOKEN_NAME || at_sign(meson, ',')) {
		if (meson->token.kind == TOKEN_NAME && count < 2)
			names[count++] = meson->token;
		next(meson);
	}
	if (!at_sign(meson, ':'))
		return;
	next(meson);
	buf_init(&values, WORDS_BYTES);
	evaluate(meson, &values, 0);
	for (size_t i = 0; values.data && i < count; i++)
		scope_add(meson->place.reading, meson->place.scope, names[i].text, names[i].length, values.data);
	buf_finish(&values);
}

static void statement(struct meson *meson)
{
	struct token name = meson->token;
	size_t at = meson->at;
	const char *sign = meson->text + at + strspn(meson->text + at, " \t");
	bool is_assignment = name.kind == TOKEN_NAME && ((sign[0] == '=' && sign[1] != '=') || !strncmp(sign, "+=", 2));
	struct buf value;
	buf_init(&value, WORDS_BYTES);
	if (is_name(&name, "foreach")) {
		next(meson);
		foreach(meson);
	} else if (is_assignment) {
		next(meson);
		next(meson);
		evaluate(meson, &value, 0);
	} else {
		evaluate(meson, &value, 0);
		buf_clear(&value);
	}
	if (value.length)
		scope_add(meson->place.reading, meson->place.scope, name.text, name.length, value.data);
	buf_finish(&value);
	if (meson->at == at && meson->token.kind != TOKEN_END)
		next(meson);
}

void read_meson(struct reading *reading, struct scope *scope, const char *path, unsigned depth)
{
	char *text = depth > NESTING ? NULL : reading_open(reading, path);
	struct meson meson = {.place = {reading, scope, reading_folder(reading, path), path, depth}, .text = text, .line = 1};
	if (!text)
		return;
	for (next(&meson); meson.token.kind != TOKEN_END;) {
		if (meson.token.kind == TOKEN_LINE)
			next(&meson);
		else
			statement(&meson);
	}
	free(text);
}
