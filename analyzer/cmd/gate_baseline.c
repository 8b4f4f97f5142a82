/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/gate_baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/target.h"
#include "cmd/vcs_run.h"
#include "cmd/verdicts.h"

#define BASELINE_BEFORE_BYTES (16u << 20)

static const char HEAD[] = "# What is accepted: a fingerprint of a finding or of a change, or a task's key, and why. 'sightline gate --update-baseline' adds\n"
			   "# what is new and takes out what accepts nothing any more.\n";

struct line { const char *text; size_t length, key; };

/* The next line at *at; false at the end. key: length of what accepts, 0 for a comment or a blank line. */
static bool next_line(const char **at, struct line *out)
{
	if (!*at || !**at)
		return false;
	size_t length = strcspn(*at, "\r\n");
	*out = (struct line){*at, length, strcspn(*at, " \t\r\n#")};
	*at += length;
	*at += strspn(*at, "\r\n") ? 1 + (**at == '\r' && (*at)[1] == '\n') : 0;
	return true;
}

int gate_baseline_read(const char *path, struct gate_baseline *out, struct err *err)
{
	struct gate_baseline baseline = {.path = path ? mem_strdup(path) : NULL, .keys = interner_create(), .renamed = interner_create()};
	struct line line;
	int result = verdicts_read_baseline(path, &baseline.text, err);
	for (const char *at = baseline.text; !result && next_line(&at, &line);)
		if (line.key)
			interner_add(baseline.keys, line.text, line.key);
	if (result)
		gate_baseline_finish(&baseline);
	else
		*out = baseline;
	return result;
}

void gate_baseline_finish(struct gate_baseline *baseline)
{
	free(baseline->path);
	free(baseline->text);
	interner_destroy(baseline->keys);
	interner_destroy(baseline->renamed);
	free(baseline->now);
	free(baseline->renamed_key);
	memset(baseline, 0, sizeof *baseline);
}

void gate_baseline_rename(struct gate_baseline *baseline, const struct drift *drift)
{
	baseline->now = mem_zalloc((size_t)interner_count(baseline->keys) + 1, sizeof *baseline->now);
	baseline->renamed_key = mem_zalloc(drift->alias_count + 1, sizeof *baseline->renamed_key);
	for (size_t i = 0; i < drift->alias_count; i++) {
		const struct drift_alias *alias = &drift->aliases[i];
		uint32_t key, next = interner_count(baseline->renamed);
		if (!interner_find(baseline->keys, alias->before, strlen(alias->before), &key) || baseline->now[key] ||
		    interner_add_string(baseline->renamed, alias->now) != next)
			continue;
		baseline->renamed_key[next] = key;
		baseline->now[key] = alias->now;
	}
}

/* The key that accepts it, by itself or since it was renamed. */
static bool find_key(const struct gate_baseline *baseline, const char *fingerprint, uint32_t *key, bool *is_renamed)
{
	uint32_t at;
	*is_renamed = false;
	if (interner_find(baseline->keys, fingerprint, strlen(fingerprint), key))
		return true;
	*is_renamed = interner_find(baseline->renamed, fingerprint, strlen(fingerprint), &at);
	if (*is_renamed)
		*key = baseline->renamed_key[at];
	return *is_renamed;
}

bool gate_baseline_accepts(const struct gate_baseline *baseline, const char *fingerprint)
{
	uint32_t key;
	bool is_renamed;
	return find_key(baseline, fingerprint, &key, &is_renamed);
}

static void mark(struct gate_baseline *baseline, const char *fingerprint, bool *used)
{
	uint32_t key;
	bool is_renamed;
	if (!find_key(baseline, fingerprint, &key, &is_renamed))
		return;
	used[key] = true;
	if (!is_renamed && baseline->now)
		baseline->now[key] = NULL;
}

int gate_baseline_stale(struct gate_baseline *baseline, struct model *model, const char *head, const struct gate_report *report,
			struct arena *arena, const char *const **out, size_t *count, struct err *err)
{
	uint32_t keys = interner_count(baseline->keys);
	bool *used = mem_zalloc((size_t)keys + 1, sizeof *used);
	const char **stale = arena_zalloc(arena, (size_t)keys + 1, sizeof *stale);
	struct rows *rows = NULL;
	bool has_row;
	*count = 0;
	int result = keys ? model_query_named(model, "gate_keys", &head, 1, &rows, err) : 0;
	while (keys && !result && !(result = rows_next(rows, &has_row, err)) && has_row)
		mark(baseline, rows_text(rows, 0, NULL), used);
	rows_close(rows);
	for (size_t i = 0; i < report->row_count; i++)
		if (report->rows[i].status == GATE_KNOWN)
			mark(baseline, report->rows[i].fingerprint, used);
	for (uint32_t i = 0; i < keys; i++)
		if (!used[i])
			stale[(*count)++] = interner_text(baseline->keys, i);
	*out = stale;
	free(used);
	return result;
}

static char *commit_of(struct model *model, const char *release)
{
	struct rows *rows = NULL;
	struct err ignored = {0};
	bool has_row = false;
	char *commit = NULL;
	if (!model_query_named(model, "export_commit", &release, 1, &rows, &ignored) && !rows_next(rows, &has_row, &ignored) && has_row &&
	    rows_type(rows, 0) != VALUE_NULL)
		commit = mem_strdup(rows_text(rows, 0, NULL));
	rows_close(rows);
	return commit;
}

size_t gate_baseline_grown(const struct gate_baseline *baseline, struct model *model, const char *root, const char *base)
{
	char *absolute = baseline->path ? realpath(baseline->path, NULL) : NULL, *commit = absolute ? commit_of(model, base) : NULL;
	const char *below = absolute ? path_below(absolute, root) : NULL;
	size_t grown = 0;
	struct buf object, before;
	buf_init(&object, BUF_NO_CEILING);
	buf_init(&before, BASELINE_BEFORE_BYTES);
	if (commit && *commit && below) {
		buf_printf(&object, "%s:./%s", commit, below);
		const char *const words[] = {"show", object.data, NULL};
		/* Where the commit has no such file, or is not there, there is nothing to compare with. */
		if (!vcs_run(root, words, NULL, &before, NULL)) {
			struct interner *keys = interner_create();
			struct line line;
			uint32_t ignored;
			for (const char *at = before.data; next_line(&at, &line);)
				if (line.key)
					interner_add(keys, line.text, line.key);
			for (uint32_t i = 0; i < interner_count(baseline->keys); i++) {
				const char *key = interner_text(baseline->keys, i);
				grown += !interner_find(keys, key, strlen(key), &ignored);
			}
			interner_destroy(keys);
		}
	}
	buf_finish(&object);
	buf_finish(&before);
	free(commit);
	free(absolute);
	return grown;
}

/* ---- updating ---- */

struct lines { char **items; size_t count, capacity; };

static void add_line(struct lines *lines, char *text)
{
	mem_grow(&lines->items, &lines->capacity, lines->count + 1, sizeof *lines->items);
	lines->items[lines->count++] = text;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_stale(const struct gate_report *report, const struct line *line)
{
	for (size_t i = 0; i < report->stale_count; i++)
		if (strlen(report->stale[i]) == line->key && !strncmp(report->stale[i], line->text, line->key))
			return true;
	return false;
}

/* "FINGERPRINT kind: subject", on one line: a name may hold anything. */
static char *line_of(const struct gate_row *row)
{
	struct buf line;
	buf_init(&line, BUF_NO_CEILING);
	buf_printf(&line, "%s %s: ", row->fingerprint, row->kind);
	for (const char *c = row->subject; *c; c++)
		buf_append_char(&line, (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
	return buf_take(&line, NULL);
}

/* The line, with the key that what it accepts goes by now. Heap. */
static char *renamed_line(const struct gate_baseline *baseline, const struct line *line)
{
	uint32_t key;
	const char *now = interner_find(baseline->keys, line->text, line->key, &key) && baseline->now ? baseline->now[key] : NULL;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_append(&text, now ? now : line->text, now ? strlen(now) : line->key);
	buf_append(&text, line->text + line->key, line->length - line->key);
	return buf_take(&text, NULL);
}

/* Comments and blank lines before the first entry stay; those between entries go with sorting to the top as well. */
static void keep_lines(const struct gate_baseline *baseline, const struct gate_report *report, struct buf *head, struct lines *lines,
		       size_t *removed)
{
	struct line line;
	for (const char *at = baseline->text; next_line(&at, &line);) {
		if (!line.key && line.length) {
			buf_append(head, line.text, line.length);
			buf_append_char(head, '\n');
		} else if (line.key && is_stale(report, &line)) {
			++*removed;
		} else if (line.key) {
			add_line(lines, renamed_line(baseline, &line));
		}
	}
	if (!baseline->text)
		buf_append_string(head, HEAD);
}

static int write_all(const char *path, const struct buf *head, const struct lines *lines, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	bool failed = head->length && fwrite(head->data, 1, head->length, target.stream) != head->length;
	for (size_t i = 0; i < lines->count; i++)
		failed |= (!i || strcmp(lines->items[i], lines->items[i - 1])) && fprintf(target.stream, "%s\n", lines->items[i]) < 0;
	if (failed || fflush(target.stream))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	return target_close(&target, result, err);
}

int gate_baseline_update(const struct gate_baseline *baseline, const struct gate_report *report, size_t *added, size_t *removed,
			 struct err *err)
{
	struct buf head;
	struct lines lines = {0};
	buf_init(&head, BUF_NO_CEILING);
	*added = *removed = 0;
	keep_lines(baseline, report, &head, &lines, removed);
	struct interner *seen = interner_create();
	for (size_t i = 0; i < report->row_count; i++) {
		uint32_t known = interner_count(seen);
		if (report->rows[i].status != GATE_NEW || interner_add_string(seen, report->rows[i].fingerprint) != known)
			continue;
		add_line(&lines, line_of(&report->rows[i]));
		++*added;
	}
	interner_destroy(seen);
	if (lines.count)
		qsort(lines.items, lines.count, sizeof *lines.items, compare_lines);
	int result = write_all(baseline->path, &head, &lines, err);
	for (size_t i = 0; i < lines.count; i++)
		free(lines.items[i]);
	free(lines.items);
	buf_finish(&head);
	return result;
}
