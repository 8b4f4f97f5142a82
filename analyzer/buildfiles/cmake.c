/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CMakeLists.txt: install(FILES|DIRECTORY ...) into a folder for headers, and headers that a target calls public. Conditions are not
 * judged, loops are read once with all their values. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "buildfiles/reading.h"

#define ARGUMENT_BYTES ((size_t)256 << 10)

struct cmake { struct place place; const char *text; size_t at; uint32_t line; };

static void expand_name(const struct cmake *cmake, const char *name, size_t length, struct buf *out)
{
	struct reading *reading = cmake->place.reading;
	const char *value = scope_find(cmake->place.scope, name, length);
	if (word_ends(name, length, "CURRENT_SOURCE_DIR") || word_ends(name, length, "CURRENT_BINARY_DIR") ||
	    word_ends(name, length, "CURRENT_LIST_DIR"))
		buf_append_string(out, place_mark(reading, cmake->place.folder));
	else if (word_ends(name, length, "SOURCE_DIR") || word_ends(name, length, "BINARY_DIR"))
		buf_append_string(out, place_mark(reading, reading->top));
	else if (value) {
		if (reading_spend(reading, strlen(value)))
			buf_append_string(out, value); /* expanded when it was set */
	} else {
		buf_append_char(out, OPEN);
		buf_append(out, name, length);
		buf_append_char(out, OPEN);
	}
}

/* Lists are words; what a generator yields is not known. */
static void expand(const struct cmake *cmake, const char *text, size_t length, struct buf *out)
{
	if (!reading_spend(cmake->place.reading, length + 1))
		return;
	for (size_t i = 0; i < length && !out->overflow; i++) {
		if (text[i] == '$' && i + 1 < length && text[i + 1] == '{') {
			const char *end = memchr(text + i, '}', length - i);
			const char *inner = end ? memrchr(text + i, '{', (size_t)(end - text) - i) : NULL;
			if (!end)
				return;
			expand_name(cmake, inner + 1, (size_t)(end - inner) - 1, out);
			i = (size_t)(end - text);
		} else {
			buf_append_char(out, text[i] == ';' ? ' ' : text[i]);
		}
	}
}

/* ---- commands ---- */

static void skip_blanks(struct cmake *cmake)
{
	for (;; cmake->at++) {
		char c = cmake->text[cmake->at];
		if (c == '#')
			while (cmake->text[cmake->at] && cmake->text[cmake->at] != '\n')
				cmake->at++;
		c = cmake->text[cmake->at];
		cmake->line += c == '\n';
		if (!c || !isspace((unsigned char)c))
			return;
	}
}

/* Up to the bracket that closes the command; parentheses within are dropped. Heap. */
static char *read_arguments(struct cmake *cmake)
{
	struct buf raw, out;
	size_t depth = 1;
	bool quoted = false;
	buf_init(&raw, ARGUMENT_BYTES);
	for (; cmake->text[cmake->at] && depth; cmake->at++) {
		char c = cmake->text[cmake->at];
		cmake->line += c == '\n';
		if (c == '\\' && cmake->text[cmake->at + 1]) {
			buf_append_char(&raw, cmake->text[++cmake->at]);
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '#' && !quoted) {
			while (cmake->text[cmake->at + 1] && cmake->text[cmake->at + 1] != '\n')
				cmake->at++;
		} else if (!quoted && (c == '(' || c == ')')) {
			depth = c == '(' ? depth + 1 : depth - 1;
			buf_append_char(&raw, ' ');
		} else {
			buf_append_char(&raw, c);
		}
	}
	buf_init(&out, ARGUMENT_BYTES);
	if (raw.data)
		expand(cmake, raw.data, raw.length, &out);
	buf_finish(&raw);
	return buf_take(&out, NULL);
}

/* Words of CMake's own are written in capitals. */
static bool is_keyword(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isupper((unsigned char)word[i]) && word[i] != '_')
			return false;
	return length > 3;
}

/* A variable's values, as words of the folder where they were set, so that another folder's list file may use them. */
static void set(struct cmake *cmake, const char *arguments, size_t skip, bool as_paths)
{
	bool recurses = as_paths && strstr(arguments, "GLOB_RECURSE");
	const char *name, *word;
	size_t at = 0, name_length, length;
	struct buf value;
	for (size_t i = 0; i <= skip; i++)
		if (!word_next(arguments, &at, &name, &name_length))
			return;
	buf_init(&value, ARGUMENT_BYTES);
	while (word_next(arguments, &at, &word, &length)) {
		if (word_is(word, length, "CACHE") || word_is(word, length, "PARENT_SCOPE"))
			break;
		if (as_paths && is_keyword(word, length))
			continue;
		if ((as_paths || word_is_header(word, length)) && *word != TOP && *word != '/' && !memchr(word, OPEN, length)) {
			buf_append_string(&value, place_mark(cmake->place.reading, cmake->place.folder));
			buf_append_char(&value, '/');
		}
		const char *slash = recurses ? memrchr(word, '/', length) : NULL;
		size_t folder = slash ? (size_t)(slash + 1 - word) : 0;
		buf_append(&value, word, folder);
		buf_append_string(&value, recurses ? "**/" : "");
		buf_append(&value, word + folder, length - folder);
		buf_append_char(&value, ' ');
	}
	if (value.data)
		scope_add(cmake->place.reading, cmake->place.scope, name, name_length, value.data);
	buf_finish(&value);
}

/* foreach(V A B), foreach(V IN LISTS L) */
static void loop(struct cmake *cmake, const char *arguments)
{
	const char *name, *word;
	size_t at = 0, name_length, length;
	bool lists = false;
	struct buf values;
	if (!word_next(arguments, &at, &name, &name_length))
		return;
	buf_init(&values, ARGUMENT_BYTES);
	while (word_next(arguments, &at, &word, &length)) {
		const char *value = lists ? scope_find(cmake->place.scope, word, length) : NULL;
		if (word_is(word, length, "LISTS") || word_is(word, length, "ITEMS"))
			lists = *word == 'L';
		else if (value)
			buf_append_string(&values, value);
		else if (!word_is(word, length, "IN") && !lists)
			buf_append(&values, word, length);
		buf_append_char(&values, ' ');
	}
	if (values.data)
		scope_add(cmake->place.reading, cmake->place.scope, name, name_length, values.data);
	buf_finish(&values);
}

static void install(const struct cmake *cmake, const char *arguments, uint32_t line)
{
	const char *word, *start = NULL;
	size_t at = 0, length, end = 0;
	bool folders = false, goes_in = false;
	while (word_next(arguments, &at, &word, &length)) {
		bool is_files = word_is(word, length, "FILES") || word_is(word, length, "PROGRAMS"), is_folder = word_is(word, length, "DIRECTORY");
		if (!start && (is_files || is_folder)) {
			folders = is_folder;
			start = arguments + at;
			end = 0;
		} else if (start && !end && is_keyword(word, length)) {
			end = (size_t)(word - start);
		}
		if ((word_is(word, length, "DESTINATION") || word_is(word, length, "TYPE")) && word_next(arguments, &at, &word, &length)) {
			char *destination = mem_strndup(word, length);
			goes_in |= text_names_include_folder(destination);
			free(destination);
		}
	}
	if (!start || !goes_in)
		return;
	char *words = mem_strndup(start, end ? end : strlen(start));
	place_say_all(&cmake->place, words, line, folders);
	free(words);
}

/* Headers behind a keyword: PUBLIC_HEADER of a property, FILES of a target's set of headers. */
static void say_behind(const struct cmake *cmake, const char *arguments, const char *keyword, uint32_t line)
{
	const char *word;
	size_t at = 0, length;
	bool is_behind = false;
	while (word_next(arguments, &at, &word, &length)) {
		if (is_keyword(word, length))
			is_behind = word_is(word, length, keyword);
		else if (is_behind && word_is_header(word, length))
			place_say(&cmake->place, word, length, line, false);
	}
}

static void go_to(struct cmake *cmake, const char *arguments, bool is_folder)
{
	struct reading *reading = cmake->place.reading;
	const char *word;
	size_t at = 0, length;
	if (!word_next(arguments, &at, &word, &length) || memchr(word, OPEN, length))
		return;
	char *name = mem_strndup(word, length);
	const char *base = *name == TOP ? "" : cmake->place.folder, *path = reading_join(reading, base, *name == TOP ? strrchr(name, TOP) + 1 : name);
	if (path && is_folder) {
		const char *list = reading_join(reading, path, "CMakeLists.txt");
		read_cmake(reading, cmake->place.scope, path, list, cmake->place.depth + 1);
	} else if (path && word_ends(name, length, ".cmake")) {
		read_cmake(reading, cmake->place.scope, cmake->place.folder, path, cmake->place.depth + 1);
	}
	free(name);
}

static void run(struct cmake *cmake, const char *name, size_t length, const char *arguments, uint32_t line)
{
	char *command = mem_strndup(name, length);
	const char *word;
	size_t at = 0, word_length;
	for (char *c = command; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	bool has_word = word_next(arguments, &at, &word, &word_length);
	if (!strcmp(command, "set"))
		set(cmake, arguments, 0, false);
	else if (!strcmp(command, "list") && has_word && (word_is(word, word_length, "APPEND") || word_is(word, word_length, "PREPEND")))
		set(cmake, arguments, 1, false);
	else if (!strcmp(command, "file") && has_word && word_length >= 4 && !memcmp(word, "GLOB", 4))
		set(cmake, arguments, 1, true);
	else if (!strcmp(command, "foreach"))
		loop(cmake, arguments);
	else if (!strcmp(command, "add_subdirectory"))
		go_to(cmake, arguments, true);
	else if (!strcmp(command, "include"))
		go_to(cmake, arguments, false);
	else if (!strcmp(command, "set_target_properties") || !strcmp(command, "set_property"))
		say_behind(cmake, arguments, "PUBLIC_HEADER", line);
	else if (!strcmp(command, "target_sources") && strstr(arguments, "FILE_SET") && !strstr(arguments, "PRIVATE"))
		say_behind(cmake, arguments, "FILES", line);
	else if (strstr(command, "install"))
		install(cmake, arguments, line);
	free(command);
}

void read_cmake(struct reading *reading, struct scope *scope, const char *folder, const char *path, unsigned depth)
{
	char *text = depth > NESTING || !path ? NULL : reading_open(reading, path);
	struct cmake cmake = {.place = {reading, scope, folder, path, depth}, .text = text, .line = 1};
	if (!text)
		return;
	for (skip_blanks(&cmake); text[cmake.at]; skip_blanks(&cmake)) {
		size_t start = cmake.at, end;
		uint32_t line = cmake.line;
		while (isalnum((unsigned char)text[cmake.at]) || text[cmake.at] == '_')
			cmake.at++;
		end = cmake.at;
		skip_blanks(&cmake);
		if (end == start || text[cmake.at] != '(') {
			cmake.at += end == start && text[cmake.at] != '\0';
			continue;
		}
		cmake.at++;
		char *arguments = read_arguments(&cmake);
		run(&cmake, text + start, end - start, arguments, line);
		free(arguments);
	}
	free(text);
}
