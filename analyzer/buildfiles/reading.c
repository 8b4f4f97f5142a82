/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "buildfiles/reading.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"

#define FILE_BYTES ((size_t)4 << 20)
#define VALUE_BYTES ((size_t)256 << 10)
#define PATH_BYTES 1024
#define SAID 100000

bool reading_spend(struct reading *reading, size_t amount)
{
	if (reading->budget < amount) {
		reading->budget = 0;
		return false;
	}
	reading->budget -= amount;
	return true;
}

/* ---- files ---- */

const char *reading_join(struct reading *reading, const char *folder, const char *path)
{
	while (*path == '/')
		path++;
	char *joined = path_join(*folder ? folder : ".", *path ? path : ".");
	const char *kept = NULL;
	if (!strcmp(joined, "."))
		kept = "";
	else if (strcmp(joined, "..") && strncmp(joined, "../", 3) && *joined != '/')
		kept = arena_strdup(reading->arena, joined);
	free(joined);
	return kept;
}

const char *reading_folder(struct reading *reading, const char *path)
{
	const char *name = path_basename(path);
	return name == path ? "" : arena_strndup(reading->arena, path, (size_t)(name - path) - 1);
}

/* 'f' a regular file, 'd' a folder, else 0. Links that lead out of the codebase are followed by nobody. */
static char kind_of(const struct reading *reading, const char *path)
{
	struct stat info;
	char *full = path_join(reading->root, *path ? path : "."), *real = realpath(full, NULL);
	char kind = 0;
	if (real && path_below(real, reading->root) && !stat(real, &info))
		kind = S_ISREG(info.st_mode) ? 'f' : S_ISDIR(info.st_mode) ? 'd' : 0;
	free(real);
	free(full);
	return kind;
}

bool reading_has(const struct reading *reading, const char *path)
{
	return kind_of(reading, path) == 'f';
}

char *reading_open(struct reading *reading, const char *path)
{
	uint32_t known = interner_count(reading->seen);
	char *text = NULL;
	size_t length = 0;
	if (interner_add_string(reading->seen, path) != known || !reading_spend(reading, 1000) || !reading_has(reading, path))
		return NULL;
	char *full = path_join(reading->root, path);
	if (file_read(full, FILE_BYTES, &text, &length, NULL) || !reading_spend(reading, length)) {
		free(text);
		text = NULL;
	}
	for (size_t i = 0; text && i < length; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\t' && text[i] != '\n')
			text[i] = ' ';
	free(full);
	return text;
}

/* ---- variables ---- */

void scope_init(struct scope *scope)
{
	*scope = (struct scope){.names = interner_create()};
}

void scope_finish(struct scope *scope)
{
	for (uint32_t i = 0; i < interner_count(scope->names); i++)
		free(scope->items[i].value);
	free(scope->items);
	interner_destroy(scope->names);
}

void scope_add(struct reading *reading, struct scope *scope, const char *name, size_t length, const char *text)
{
	uint32_t known = interner_count(scope->names), id = interner_add(scope->names, name, length);
	if (id == known) {
		mem_grow(&scope->items, &scope->capacity, (size_t)id + 1, sizeof *scope->items);
		scope->items[id] = (struct variable){mem_strdup(""), false};
	}
	struct variable *variable = &scope->items[id];
	size_t before = strlen(variable->value), more = strlen(text);
	if (!reading_spend(reading, before + more + 1) || before + more + 2 > VALUE_BYTES)
		return;
	variable->value = mem_realloc(variable->value, before + more + 2);
	if (before)
		variable->value[before++] = ' ';
	memcpy(variable->value + before, text, more + 1);
}

static struct variable *find(const struct scope *scope, const char *name, size_t length)
{
	uint32_t id;
	return interner_find(scope->names, name, length, &id) ? &scope->items[id] : NULL;
}

const char *scope_find(const struct scope *scope, const char *name, size_t length)
{
	const struct variable *variable = find(scope, name, length);
	return variable ? variable->value : NULL;
}

struct variable *scope_take(struct scope *scope, const char *name, size_t length)
{
	struct variable *variable = find(scope, name, length);
	if (!variable || variable->busy)
		return NULL;
	variable->busy = true;
	return variable;
}

const char *place_mark(struct reading *reading, const char *folder)
{
	size_t length = strlen(folder);
	char *mark = arena_alloc(reading->arena, length + 2);
	mark[0] = TOP;
	memcpy(mark + 1, folder, length + 1);
	return mark;
}

/* ---- words ---- */

bool word_next(const char *text, size_t *at, const char **word, size_t *length)
{
	while (text[*at] && isspace((unsigned char)text[*at]))
		++*at;
	size_t start = *at;
	while (text[*at] && !isspace((unsigned char)text[*at]))
		++*at;
	size_t end = *at;
	bool found = end > start;
	while (end > start && strchr("\"'", text[start]))
		start++;
	while (end > start && strchr("\"'", text[end - 1]))
		end--;
	*word = text + start;
	*length = end - start;
	return found;
}

bool word_is(const char *word, size_t length, const char *expected)
{
	return strlen(expected) == length && !memcmp(word, expected, length);
}

bool word_ends(const char *word, size_t length, const char *tail)
{
	size_t tail_length = strlen(tail);
	return length >= tail_length && !memcmp(word + length - tail_length, tail, tail_length);
}

bool word_is_header(const char *word, size_t length)
{
	static const char *const endings[] = {".h", ".hh", ".hpp", ".hxx"};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (length > strlen(endings[i]) && word_ends(word, length, endings[i]))
			return true;
	return false;
}

bool text_has(const char *text, const char *lower_case)
{
	return strcasestr(text, lower_case) != NULL;
}

bool text_names_include_folder(const char *text)
{
	static const char *const names[] = {"include", "incdir", "inc_dir", "_inc", "headerdir"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_has(text, names[i]))
			return true;
	return false;
}

/* ---- what is said ---- */

static bool has_star(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

static void say(const struct place *place, const char *path, bool is_there, uint32_t line)
{
	struct reading *reading = place->reading;
	if (reading->count >= SAID || !reading_spend(reading, strlen(path) + 100))
		return;
	mem_grow(&reading->said, &reading->capacity, reading->count + 1, sizeof *reading->said);
	reading->said[reading->count++] = (struct said){path, is_there, place->file, line};
}

void place_say(const struct place *place, const char *word, size_t length, uint32_t line, bool folders)
{
	struct reading *reading = place->reading;
	const char *folder = place->folder, *open = memrchr(word, OPEN, length), *top = memrchr(word, TOP, length);
	char text[PATH_BYTES];
	if (!length || length >= sizeof text || *word == '-')
		return;
	/* What stands before a folder or a thing unknown is no part of the path. */
	const char *start = open ? open + 1 : top ? top + 1 : word;
	if (top && top >= start)
		start = top + 1;
	bool is_known = !open || (top && top > open);
	memcpy(text, start, length - (size_t)(start - word));
	text[length - (size_t)(start - word)] = '\0';
	if (is_known && !top && *text == '/')
		return; /* of the machine, not of the codebase */
	const char *path = reading_join(reading, is_known && top ? "" : folder, text);
	if (!path && (path = reading_join(reading, "", path_basename(text))))
		is_known = false;
	if (!path || !*path)
		return;
	if (word_is_header(path, strlen(path))) {
		say(place, path, has_star(path) || (is_known && reading_has(reading, path)), line);
	} else if (folders && is_known && !has_star(path) && kind_of(reading, path) == 'd') {
		const char *all = reading_join(reading, path, "**");
		if (all)
			say(place, all, true, line);
	} else if (folders && is_known && has_star(path)) {
		say(place, path, true, line);
	}
}

void place_say_all(const struct place *place, const char *words, uint32_t line, bool folders)
{
	const char *word;
	size_t at = 0, length;
	while (word_next(words, &at, &word, &length) && reading_spend(place->reading, 1))
		place_say(place, word, length, line, folders);
}
