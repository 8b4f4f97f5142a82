/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commits of the last years: found by one walk, read by several threads, put together in the order of the walk. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "history/internal.h"

#define DAY INT64_C(86400)
#define SLOP 500 /* the walk ends after so many commits in a row that are too old: clocks differ */
#define THREADS 16

struct reading {
	struct place place;
	struct read_commit *commits; size_t count, capacity;
	bool is_cut;
	const char *path;         /* of the repository, for the threads' own handles */
	atomic_size_t next, done;
	const struct progress *progress;
	/* what an earlier history says, by id of its commits */
	struct arena *arena;
	struct history before;
	struct map64 *known;      /* id -> commit in before */
	const struct history_commit **taken; /* per commit: the earlier one; NULL: it is read */
};

/* ---- the walk: newest first. libgit2's own refuses clones that lack older commits ---- */

struct waiting { int64_t time; git_oid oid; };
struct queue {
	struct waiting *items; size_t count, capacity; /* a heap, the newest on top */
	struct map64 *seen;
};

static bool is_newer(const struct waiting *a, const struct waiting *b)
{
	return a->time != b->time ? a->time > b->time : git_oid_cmp(&a->oid, &b->oid) < 0;
}

static void swap(struct waiting *a, struct waiting *b)
{
	struct waiting kept = *a;
	*a = *b;
	*b = kept;
}

/* Each commit once; one that is not in the repository ends its line. */
static void queue_add(struct queue *queue, git_repository *repository, const git_oid *oid)
{
	uint64_t id = commit_short_id(oid);
	uint32_t ignored;
	git_commit *commit = NULL;
	id = id == UINT64_MAX ? 0 : id;
	if (map64_get(queue->seen, id, &ignored))
		return;
	map64_put(queue->seen, id, 1);
	if (git_commit_lookup(&commit, repository, oid)) {
		git_error_clear();
		return;
	}
	mem_grow(&queue->items, &queue->capacity, queue->count + 1, sizeof *queue->items);
	size_t at = queue->count++;
	queue->items[at] = (struct waiting){git_commit_time(commit), *oid};
	for (; at && is_newer(&queue->items[at], &queue->items[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&queue->items[at], &queue->items[(at - 1) / 2]);
	git_commit_free(commit);
}

static struct waiting queue_take(struct queue *queue)
{
	struct waiting top = queue->items[0];
	queue->items[0] = queue->items[--queue->count];
	for (size_t at = 0, child; (child = 2 * at + 1) < queue->count; at = child) {
		if (child + 1 < queue->count && is_newer(&queue->items[child + 1], &queue->items[child]))
			child++;
		if (!is_newer(&queue->items[child], &queue->items[at]))
			break;
		swap(&queue->items[child], &queue->items[at]);
	}
	return top;
}

static void walk(struct reading *r)
{
	struct queue queue = {.seen = map64_create()};
	int64_t oldest = r->place.head_time - HISTORY_WINDOW_DAYS * DAY;
	unsigned old = 0;
	queue_add(&queue, r->place.repository, &r->place.head);
	while (queue.count && old < SLOP) {
		struct waiting next = queue_take(&queue);
		git_commit *commit = NULL;
		if (git_commit_lookup(&commit, r->place.repository, &next.oid))
			continue;
		unsigned parents = git_commit_parentcount(commit);
		old = next.time < oldest ? old + 1 : 0;
		for (unsigned p = 0; p < parents; p++)
			queue_add(&queue, r->place.repository, git_commit_parent_id(commit, p));
		git_commit_free(commit);
		if (next.time < oldest || parents > 1)
			continue;
		if (r->count == HISTORY_COMMITS) {
			r->is_cut = true;
			break;
		}
		mem_grow(&r->commits, &r->capacity, r->count + 1, sizeof *r->commits);
		r->commits[r->count++] = (struct read_commit){.oid = next.oid};
	}
	git_error_clear();
	free(queue.items);
	map64_destroy(queue.seen);
}

/* ---- reading ---- */

static void *read_some(void *context)
{
	struct reading *r = context;
	git_repository *repository = NULL;
	if (git_repository_open(&repository, r->path))
		return NULL; /* what it would have read stays unread, and is told as that */
	for (size_t i; (i = atomic_fetch_add(&r->next, 1)) < r->count;) {
		if (!r->taken[i])
			commit_read(repository, r->place.prefix, &r->commits[i]);
		atomic_fetch_add(&r->done, 1);
	}
	git_repository_free(repository);
	return NULL;
}

static void read_all(struct reading *r, unsigned threads)
{
	pthread_t started[THREADS];
	unsigned count = 0, wanted = threads < THREADS ? threads : THREADS;
	for (unsigned i = 1; i < wanted && r->count > 50; i++)
		count += !pthread_create(&started[count], NULL, read_some, r);
	read_some(r);
	for (unsigned i = 0; i < count; i++)
		pthread_join(started[i], NULL);
}

/* ---- what is known from before ---- */

static uint32_t place_hash(const char *prefix)
{
	return (uint32_t)hash_bytes64(prefix, strlen(prefix));
}

static void find_known(struct reading *r, const void *bytes, size_t length)
{
	struct err ignored = {0};
	r->taken = mem_zalloc(r->count + 1, sizeof *r->taken);
	if (!bytes || history_decode(bytes, length, r->arena, &r->before, &ignored) ||
	    r->before.place != place_hash(r->place.prefix))
		return;
	r->known = map64_create();
	for (uint32_t i = 0; i < r->before.commit_count; i++)
		map64_put(r->known, r->before.commits[i].id == UINT64_MAX ? 0 : r->before.commits[i].id, i);
	for (size_t i = 0; i < r->count; i++) {
		uint64_t id = commit_short_id(&r->commits[i].oid);
		uint32_t at;
		if (map64_get(r->known, id == UINT64_MAX ? 0 : id, &at) && r->before.commits[at].id == id)
			r->taken[i] = &r->before.commits[at];
	}
}

/* A commit as it was told before, in the words of one that is read now. */
static void take_known(const struct reading *r, size_t at)
{
	const struct history *before = &r->before;
	const struct history_commit *known = r->taken[at];
	struct read_commit *commit = &r->commits[at];
	commit->is_read = true;
	commit->time = known->time;
	commit->author = before->authors[known->author];
	commit->is_fix = known->is_fix;
	commit->files = known->files;
	for (uint32_t c = known->first; c < known->first + known->count; c++) {
		const struct history_change *change = &before->changes[c];
		mem_grow(&commit->changes, &commit->capacity, commit->count + 1, sizeof *commit->changes);
		commit->changes[commit->count++] = (struct read_change){
			mem_strdup(before->strings[change->path]),
			change->old_path == HISTORY_NONE ? NULL : mem_strdup(before->strings[change->old_path]), change->added,
			change->removed};
	}
}

/* ---- putting together ---- */

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static int compare_changes(const void *a, const void *b)
{
	const struct history_change *x = a, *y = b;
	return (x->path > y->path) - (x->path < y->path);
}

static void sort_strings(const struct reading *r, struct history *out)
{
	struct interner *names = interner_create();
	for (size_t i = 0; i < r->count; i++)
		for (size_t c = 0; c < r->commits[i].count; c++) {
			interner_add_string(names, r->commits[i].changes[c].path);
			if (r->commits[i].changes[c].old_path)
				interner_add_string(names, r->commits[i].changes[c].old_path);
		}
	uint32_t count = interner_count(names);
	const char **strings = arena_alloc(r->arena, ((size_t)count + 1) * sizeof *strings);
	for (uint32_t i = 0; i < count; i++)
		strings[i] = arena_strdup(r->arena, interner_text(names, i));
	qsort(strings, count, sizeof *strings, compare_text);
	interner_destroy(names);
	out->strings = strings;
	out->string_count = count;
}

static void sort_authors(const struct reading *r, struct history *out)
{
	uint32_t *authors = arena_alloc(r->arena, (r->count + 1) * sizeof *authors), kept = 0, count = 0;
	for (size_t i = 0; i < r->count; i++)
		if (r->commits[i].is_read)
			authors[count++] = r->commits[i].author;
	qsort(authors, count, sizeof *authors, compare_numbers);
	for (uint32_t i = 0; i < count; i++)
		if (!kept || authors[kept - 1] != authors[i])
			authors[kept++] = authors[i];
	out->authors = authors;
	out->author_count = kept;
}

static uint32_t string_of(const struct history *history, const char *text)
{
	const char **found = bsearch(&text, history->strings, history->string_count, sizeof *history->strings, compare_text);
	return (uint32_t)(found - history->strings);
}

static void put_together(const struct reading *r, struct history *out)
{
	size_t changes = 0;
	sort_strings(r, out);
	sort_authors(r, out);
	for (size_t i = 0; i < r->count; i++)
		changes += r->commits[i].count;
	struct history_commit *commits = arena_alloc(r->arena, (r->count + 1) * sizeof *commits);
	struct history_change *rows = arena_alloc(r->arena, (changes + 1) * sizeof *rows);
	for (size_t i = 0; i < r->count; i++) {
		const struct read_commit *read = &r->commits[i];
		if (!read->is_read) {
			/* At the edge of a shallow clone the parent is missing by design, which is_shallow tells. */
			out->unreadable += !out->is_shallow;
			continue;
		}
		const uint32_t *author = bsearch(&read->author, out->authors, out->author_count, sizeof *author, compare_numbers);
		struct history_commit *commit = &commits[out->commit_count++];
		*commit = (struct history_commit){.id = commit_short_id(&read->oid), .time = read->time,
			.author = (uint32_t)(author - out->authors), .is_fix = read->is_fix, .files = read->files, .first = out->change_count,
			.count = (uint32_t)read->count};
		for (size_t c = 0; c < read->count; c++) {
			const struct read_change *change = &read->changes[c];
			rows[out->change_count++] = (struct history_change){string_of(out, change->path),
				change->old_path ? string_of(out, change->old_path) : HISTORY_NONE, change->added, change->removed};
		}
		qsort(rows + commit->first, commit->count, sizeof *rows, compare_changes);
		/* Two paths that are one in UTF-8 are told once. */
		uint32_t kept = 0;
		for (uint32_t c = 0; c < commit->count; c++)
			if (!kept || rows[commit->first + c].path != rows[commit->first + kept - 1].path)
				rows[commit->first + kept++] = rows[commit->first + c];
		commit->count = kept;
		out->change_count = commit->first + kept;
	}
	out->commits = commits;
	out->changes = rows;
}

int history_read(const char *root, const char *revision, const void *before, size_t before_length, unsigned threads,
		 const struct progress *progress, struct buf *out, struct err *err)
{
	struct reading r = {.progress = progress, .arena = arena_create()};
	int result = place_open(root, revision, &r.place, err);
	progress_report(progress, "reading history", 0, 0, NULL);
	if (!result) {
		r.path = git_repository_path(r.place.repository);
		walk(&r);
		struct history history = {.head_time = r.place.head_time, .window_days = HISTORY_WINDOW_DAYS,
			.place = place_hash(r.place.prefix), .is_shallow = r.place.is_shallow, .is_cut = r.is_cut};
		find_known(&r, before, before_length);
		read_all(&r, threads);
		for (size_t i = 0; i < r.count; i++)
			if (r.taken[i])
				take_known(&r, i);
		put_together(&r, &history);
		history_encode(&history, out);
	}
	for (size_t i = 0; i < r.count; i++)
		read_commit_finish(&r.commits[i]);
	free(r.commits);
	free(r.taken);
	map64_destroy(r.known);
	arena_destroy(r.arena);
	place_close(&r.place);
	return result;
}
