/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/file_history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define YEAR 31536000.0
#define HOPS 16 /* renames one after the other that are followed where the order of commits does not tell */

/* ---- renames ---- */

struct binding {
	const struct history *history;
	uint32_t *file_of;   /* string -> file of that name; HISTORY_NONE: no file has it now */
	uint32_t *alias;     /* string -> file that has come out of what bears it, as seen so far from now on back */
	uint32_t *successor; /* string -> what it was renamed to, lately */
};

static int compare_path(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static void begin_binding(struct binding *b, const char *const *paths, uint32_t count)
{
	const struct history *history = b->history;
	size_t bytes = ((size_t)history->string_count + 1) * sizeof(uint32_t);
	b->file_of = mem_alloc(bytes);
	b->alias = mem_alloc(bytes);
	b->successor = mem_alloc(bytes);
	memset(b->alias, 0xff, bytes);
	memset(b->successor, 0xff, bytes);
	for (uint32_t s = 0; s < history->string_count; s++) {
		const char *const *found = bsearch(history->strings[s], paths, count, sizeof *paths, compare_path);
		b->file_of[s] = found ? (uint32_t)(found - paths) : HISTORY_NONE;
	}
	for (uint32_t c = 0; c < history->change_count; c++) {
		const struct history_change *change = &history->changes[c];
		if (change->old_path != HISTORY_NONE && b->successor[change->old_path] == HISTORY_NONE)
			b->successor[change->old_path] = change->path;
	}
}

static uint32_t file_of(const struct binding *b, uint32_t string)
{
	for (int hop = 0; string != HISTORY_NONE && hop < HOPS; hop++) {
		if (b->alias[string] != HISTORY_NONE)
			return b->alias[string];
		if (b->file_of[string] != HISTORY_NONE)
			return b->file_of[string];
		string = b->successor[string]; /* commits on branches are not told in the order of their trees */
	}
	return HISTORY_NONE;
}

static int compare_changes(const void *a, const void *b)
{
	const struct file_change *x = a, *y = b;
	if (x->commit != y->commit)
		return x->commit < y->commit ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

void file_history_bind(const struct history *history, const char *const *paths, uint32_t count, struct file_history *out)
{
	struct binding b = {.history = history};
	*out = (struct file_history){mem_alloc(((size_t)history->change_count + 1) * sizeof *out->changes), 0};
	begin_binding(&b, paths, count);
	for (uint32_t i = 0; i < history->commit_count; i++) {
		const struct history_commit *commit = &history->commits[i];
		for (uint32_t c = commit->first; c < commit->first + commit->count; c++) {
			uint32_t file = file_of(&b, history->changes[c].path);
			if (file != HISTORY_NONE)
				out->changes[out->count++] =
					(struct file_change){i, file, history->changes[c].added, history->changes[c].removed};
		}
		/* What came before this commit bore the old name. */
		for (uint32_t c = commit->first; c < commit->first + commit->count; c++) {
			const struct history_change *change = &history->changes[c];
			if (change->old_path != HISTORY_NONE)
				b.alias[change->old_path] = file_of(&b, change->path);
		}
	}
	if (out->count)
		qsort(out->changes, out->count, sizeof *out->changes, compare_changes);
	size_t kept = 0;
	for (size_t i = 0; i < out->count; i++) {
		if (kept && !compare_changes(&out->changes[kept - 1], &out->changes[i])) {
			out->changes[kept - 1].added += out->changes[i].added;
			out->changes[kept - 1].removed += out->changes[i].removed;
		} else {
			out->changes[kept++] = out->changes[i];
		}
	}
	out->count = kept;
	free(b.file_of);
	free(b.alias);
	free(b.successor);
}

void file_history_finish(struct file_history *history)
{
	free(history->changes);
	*history = (struct file_history){0};
}

/* ---- sums ---- */

static void count(struct past *past, const struct history_commit *commit, double years, uint32_t lines, bool is_across)
{
	past->recent += pow(0.5, years) * (commit->is_fix ? 2 : 1);
	if (years > 1)
		return;
	past->commits++;
	past->fixes += commit->is_fix;
	past->lines_changed += lines;
	past->across += is_across;
}

static int compare_pairs(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void count_authors(const struct history *history, const struct file_history *changes, const uint32_t *domain_of,
			  struct past *of)
{
	uint64_t *pairs = mem_alloc((changes->count + 1) * sizeof *pairs);
	size_t n = 0;
	for (size_t i = 0; i < changes->count; i++) {
		const struct history_commit *commit = &history->commits[changes->changes[i].commit];
		uint32_t file = changes->changes[i].file;
		if (commit->count <= HISTORY_BULK)
			pairs[n++] = (uint64_t)(domain_of ? domain_of[file] : file) << 32 | commit->author;
	}
	qsort(pairs, n, sizeof *pairs, compare_pairs);
	for (size_t i = 0; i < n; i++)
		if (!i || pairs[i] != pairs[i - 1])
			of[pairs[i] >> 32].authors++;
	free(pairs);
}

void file_history_sum(const struct history *history, const struct file_history *changes, const uint32_t *domain_of,
		      uint32_t file_count, uint32_t domain_count, struct past *of_file, struct past *of_domain)
{
	memset(of_file, 0, file_count * sizeof *of_file);
	memset(of_domain, 0, domain_count * sizeof *of_domain);
	for (size_t i = 0, end; i < changes->count; i = end) {
		const struct history_commit *commit = &history->commits[changes->changes[i].commit];
		double years = (double)(history->head_time - commit->time) / YEAR;
		uint32_t domain = domain_of[changes->changes[i].file];
		bool is_across = false;
		for (end = i; end < changes->count && changes->changes[end].commit == changes->changes[i].commit; end++)
			is_across |= domain_of[changes->changes[end].file] != domain;
		if (commit->count > HISTORY_BULK)
			continue;
		for (size_t c = i; c < end; c++) {
			const struct file_change *change = &changes->changes[c];
			bool is_first = true;
			domain = domain_of[change->file];
			count(&of_file[change->file], commit, years, change->added + change->removed, is_across);
			for (size_t before = i; before < c && is_first; before++)
				is_first = domain_of[changes->changes[before].file] != domain;
			if (is_first)
				count(&of_domain[domain], commit, years, 0, is_across);
			if (years <= 1)
				of_domain[domain].lines_changed += change->added + change->removed;
		}
	}
	count_authors(history, changes, NULL, of_file);
	count_authors(history, changes, domain_of, of_domain);
}
