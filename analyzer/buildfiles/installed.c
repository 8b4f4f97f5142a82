/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "buildfiles/installed.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "buildfiles/reading.h"

#define BUDGET ((size_t)64 << 20)
#define SEARCH_DEPTH 2    /* folders below root in which build files are looked for where root has none */
#define FOLDERS 2000
#define STEPS ((size_t)50000000) /* patterns times headers */

/* ---- packages of Debian ---- */

/* "include/x.h usr/include/y": a source and where it goes; "usr/include/x.h": a file as another build file installs it. */
void read_debian(struct reading *reading, const char *path)
{
	char *text = reading_open(reading, path);
	struct place place = {.reading = reading, .folder = "", .file = path};
	uint32_t line = 0;
	for (char *at = text; at;) {
		char *end = strchr(at, '\n');
		const char *first, *second;
		size_t from = 0, first_length, second_length;
		if (end)
			*end = '\0';
		line++;
		if (*at != '#' && word_next(at, &from, &first, &first_length)) {
			bool goes = word_next(at, &from, &second, &second_length);
			char *target = mem_strndup(goes ? second : first, goes ? second_length : first_length);
			char *source = mem_strndup(first, first_length);
			bool is_installed = strstr(source, "usr/include") != NULL;
			if (strstr(target, "usr/include") && !is_installed)
				place_say(&place, first, first_length, line, true);
			else if (is_installed && word_is_header(first, first_length) && !strpbrk(source, "*?[")) {
				struct buf name;
				buf_init(&name, BUF_NO_CEILING);
				buf_printf(&name, "%c%c%s", OPEN, OPEN, path_basename(source));
				place_say(&place, name.data, name.length, line, false);
				buf_finish(&name);
			}
			free(target);
			free(source);
		}
		at = end ? end + 1 : NULL;
	}
	free(text);
}

/* ---- where to begin ---- */

static bool read_top(struct reading *reading, const char *folder)
{
	struct scope scope;
	bool found = false;
	reading->top = folder;
	const char *path = reading_join(reading, folder, "meson.build");
	if (path && reading_has(reading, path)) {
		found = true;
		scope_init(&scope);
		read_meson(reading, &scope, path, 0);
		scope_finish(&scope);
	}
	path = reading_join(reading, folder, "CMakeLists.txt");
	if (path && reading_has(reading, path)) {
		found = true;
		scope_init(&scope);
		read_cmake(reading, &scope, folder, path, 0);
		scope_finish(&scope);
	}
	found |= read_makefiles(reading, folder, 0);
	return found;
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN);
}

/* The folder's own build files, or those of the folders below. */
static void search(struct reading *reading, const char *folder, unsigned depth, size_t *folders)
{
	struct dirent **entries;
	if (++*folders > FOLDERS || read_top(reading, folder) || depth == SEARCH_DEPTH)
		return;
	char *full = path_join(reading->root, *folder ? folder : ".");
	int count = scandir(full, &entries, is_shown, by_name);
	for (int i = 0; i < count; i++) {
		const char *below = entries[i]->d_type == DT_DIR ? reading_join(reading, folder, entries[i]->d_name) : NULL;
		if (below)
			search(reading, below, depth + 1, folders);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(full);
}

static void read_debian_folder(struct reading *reading)
{
	struct dirent **entries;
	char *full = path_join(reading->root, "debian");
	int count = scandir(full, &entries, is_shown, by_name);
	for (int i = 0; i < count; i++) {
		const char *dot = strrchr(entries[i]->d_name, '.'), *path = reading_join(reading, "debian", entries[i]->d_name);
		if (path && dot && !strcmp(dot, ".install"))
			read_debian(reading, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(full);
}

/* ---- what comes out ---- */

static int compare(const void *left, const void *right)
{
	const struct said *a = left, *b = right;
	int order = strcmp(a->path, b->path);
	order = order ? order : strcmp(a->file, b->file);
	if (order)
		return order;
	if (a->is_there != b->is_there)
		return a->is_there ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

void installed_read(const char *root, struct buf *out)
{
	struct reading reading = {.root = root, .top = "", .arena = arena_create(), .seen = interner_create(), .budget = BUDGET};
	size_t folders = 0;
	search(&reading, "", 0, &folders);
	reading.top = "";
	read_debian_folder(&reading);
	if (reading.count)
		qsort(reading.said, reading.count, sizeof *reading.said, compare);
	for (size_t i = 0; i < reading.count; i++) {
		const struct said *said = &reading.said[i];
		if (i && !strcmp(said[-1].path, said->path) && !strcmp(said[-1].file, said->file))
			continue;
		buf_append_char(out, said->is_there ? '=' : '~');
		text_append_utf8(out, said->path, strlen(said->path));
		buf_append_char(out, '\t');
		text_append_utf8(out, said->file, strlen(said->file));
		buf_printf(out, "\t%u\n", said->line);
	}
	free(reading.said);
	interner_destroy(reading.seen);
	arena_destroy(reading.arena);
}

/* ---- matching ---- */

struct matching { const char *const *headers; size_t count; bool *done; size_t steps; installed_visit visit; void *context; };

static int compare_path(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

static void give(struct matching *matching, size_t header, const char *said_in, uint32_t line)
{
	if (!matching->done[header])
		matching->visit(matching->context, header, said_in, line);
	matching->done[header] = true;
}

/* Whole folders of a build say that what lies in them is installed, not that it is for others. */
static bool is_private(const char *path)
{
	return strstr(path, "/private/") || strstr(path, "/internal/");
}

static void match_pattern(struct matching *matching, const char *pattern, const char *said_in, uint32_t line)
{
	/* With a slash before both, a pattern without one stays in its folder. */
	struct buf wanted, path;
	buf_init(&wanted, BUF_NO_CEILING);
	buf_printf(&wanted, "/%s", pattern);
	buf_init(&path, BUF_NO_CEILING);
	for (size_t i = 0; i < matching->count && matching->steps; i++, matching->steps--) {
		buf_clear(&path);
		buf_printf(&path, "/%s", matching->headers[i]);
		if (!matching->done[i] && !is_private(path.data) && glob_match(wanted.data, path.data))
			give(matching, i, said_in, line);
	}
	buf_finish(&wanted);
	buf_finish(&path);
}

/* How many folders at their ends two paths share. */
static size_t shared_folders(const char *a, const char *b)
{
	size_t i = strlen(a), j = strlen(b), shared = 0;
	for (; i && j && a[i - 1] == b[j - 1]; i--, j--)
		shared += a[i - 1] == '/';
	return shared + (!i || !j);
}

static void match_name(struct matching *matching, const char *name, const char *said_in, uint32_t line)
{
	size_t best = 0, best_shared = 0;
	bool is_one = false;
	for (size_t i = 0; i < matching->count && matching->steps; i++, matching->steps--) {
		if (strcmp(path_basename(matching->headers[i]), path_basename(name)) != 0)
			continue;
		size_t shared = 1 + shared_folders(matching->headers[i], name);
		is_one = shared > best_shared || (is_one && shared < best_shared);
		if (shared > best_shared) {
			best = i;
			best_shared = shared;
		}
	}
	if (is_one)
		give(matching, best, said_in, line);
}

/* What names a header comes before what means many. */
static void match_line(struct matching *matching, char *line, bool patterns)
{
	char *said_in = strchr(line, '\t'), *number = said_in ? strchr(said_in + 1, '\t') : NULL;
	if (!number || (*line != '=' && *line != '~') || (strpbrk(line, "*?[") != NULL && strpbrk(line, "*?[") < said_in) != patterns)
		return;
	*said_in++ = '\0';
	*number++ = '\0';
	uint32_t at = (uint32_t)strtoul(number, NULL, 10);
	const char *path = line + 1;
	const char *const *found = matching->count ? bsearch(path, matching->headers, matching->count, sizeof *matching->headers, compare_path) : NULL;
	if (found)
		give(matching, (size_t)(found - matching->headers), said_in, at);
	else if (*line == '=' && patterns)
		match_pattern(matching, path, said_in, at);
	else if (*line == '~' && !patterns)
		match_name(matching, path, said_in, at);
}

void installed_match(const char *text, const char *const *headers, size_t count, installed_visit visit, void *context)
{
	struct matching matching = {headers, count, mem_zalloc(count + 1, sizeof(bool)), STEPS, visit, context};
	for (unsigned pass = 0; pass < 2; pass++)
		for (const char *at = text; *at;) {
			size_t length = strcspn(at, "\n");
			char *line = mem_strndup(at, length);
			match_line(&matching, line, pass != 0);
			free(line);
			at += length + (at[length] == '\n');
		}
	free(matching.done);
}
