/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines as lists of words. Knows nothing of compilers: what a word means is sanitise.c's matter. */
#include "extract/words.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"

#define RESPONSE_DEPTH 8
#define RESPONSE_BYTES ((size_t)16 << 20)
#define RESPONSE_FILES 256 /* read for one word: nesting must not multiply */
#define WORDS_LIMIT ((size_t)1 << 20)

void words_add(struct words *words, const char *word)
{
	mem_grow(&words->items, &words->capacity, words->count + 2, sizeof *words->items);
	words->items[words->count++] = word;
	words->items[words->count] = NULL;
}

void words_finish(struct words *words)
{
	free(words->items);
	*words = (struct words){0};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* Reads one word at *at into word. Returns false on an open quote. */
static bool read_word(const char **at, struct buf *word)
{
	const char *c = *at;
	char quote = 0;
	buf_clear(word);
	for (; *c && (quote || !is_blank(*c)); c++) {
		if (quote == '\'') {
			if (*c == '\'')
				quote = 0;
			else
				buf_append_char(word, *c);
		} else if (*c == '\\' && c[1]) {
			c++;
			if (*c == '\n')
				continue; /* a continued line */
			if (quote && !strchr("\"\\$`", *c))
				buf_append_char(word, '\\');
			buf_append_char(word, *c);
		} else if (*c == '"' || (*c == '\'' && !quote)) {
			quote = quote ? 0 : *c;
		} else {
			buf_append_char(word, *c);
		}
	}
	*at = c;
	return !quote;
}

int words_split(struct words *words, struct arena *arena, const char *text, struct err *err)
{
	struct buf word;
	int result = 0;
	buf_init(&word, BUF_NO_CEILING);
	for (const char *at = text;;) {
		while (is_blank(*at) || (*at == '\\' && at[1] == '\n'))
			at++;
		if (!*at)
			break;
		if (words->count >= WORDS_LIMIT) {
			result = err_set(err, ERR_LIMIT, "more than %zu words", WORDS_LIMIT);
			goto out;
		}
		if (!read_word(&at, &word)) {
			result = err_set(err, ERR_INPUT, "a quote is not closed");
			goto out;
		}
		words_add(words, arena_strndup(arena, word.data ? word.data : "", word.length));
	}
out:
	buf_finish(&word);
	return result;
}

/* The words in the response file that word names. ERR_NOT_FOUND where there is none. */
static int read_response(struct words *words, struct arena *arena, const char *directory, const char *word,
			 struct err *err)
{
	char *path = path_join(directory, word + 1);
	char *text = NULL;
	size_t length = 0;
	struct stat info;
	int result = ERR_NOT_FOUND;
	/* Only plain files: a FIFO or a device named in a database must not block or feed us. */
	if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
		result = file_read(path, RESPONSE_BYTES, &text, &length, err);
	if (result == 0)
		result = words_split(words, arena, text, err);
	if (result == ERR_LIMIT || result == ERR_INPUT)
		err_prefix(err, "%s", path);
	free(text);
	free(path);
	return result;
}

static int add_expanded(struct words *words, struct arena *arena, const char *directory, const char *word, int depth,
			unsigned *files_left, struct err *err)
{
	if (word[0] != '@' || !word[1]) {
		words_add(words, word);
		return words->count < WORDS_LIMIT ? 0 : err_set(err, ERR_LIMIT, "more than %zu words", WORDS_LIMIT);
	}
	if (depth >= RESPONSE_DEPTH)
		return err_set(err, ERR_LIMIT, "%s: response files nested more than %d deep", word, RESPONSE_DEPTH);
	if (!*files_left)
		return err_set(err, ERR_LIMIT, "%s: more than %d response files", word, RESPONSE_FILES);
	--*files_left;
	struct words inner = {0};
	int result = read_response(&inner, arena, directory, word, err);
	if (result == ERR_NOT_FOUND || result == ERR_IO) {
		words_add(words, word);
		result = 0;
	} else {
		for (size_t i = 0; result == 0 && i < inner.count; i++)
			result = add_expanded(words, arena, directory, inner.items[i], depth + 1, files_left, err);
	}
	words_finish(&inner);
	return result;
}

int words_add_expanded(struct words *words, struct arena *arena, const char *directory, const char *word,
		       struct err *err)
{
	unsigned files_left = RESPONSE_FILES;
	return add_expanded(words, arena, directory, word, 0, &files_left, err);
}
