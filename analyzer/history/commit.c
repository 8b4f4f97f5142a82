/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one commit changed: its tree against its parent's. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "history/internal.h"

#define COMPARED_BYTES ((git_off_t)1 << 20) /* of larger files no lines are counted */
#define RENAMES 200                         /* candidates on each side; commits with more are not searched for renames */

uint64_t commit_short_id(const git_oid *oid)
{
	uint64_t id = 0;
	for (int i = 0; i < 8; i++)
		id = id << 8 | oid->id[i];
	return id;
}

/* C, and what C files include. */
static bool is_source(const char *path)
{
	static const char *const endings[] = {"c", "h", "inc", "def", "tbl", "y", "l", "ic", "ci", "x"};
	const char *dot = strrchr(path, '.');
	if (!dot || strchr(dot, '/'))
		return false;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (!strcmp(dot + 1, endings[i]))
			return true;
	return false;
}

/* The part of a path below the codebase; NULL: it is outside, or no source. */
static const char *inside(const char *prefix, const char *path)
{
	size_t length = strlen(prefix);
	return path && !strncmp(path, prefix, length) && is_source(path) ? path + length : NULL;
}

static char *as_utf8(const char *path)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	text_append_utf8(&text, path, strlen(path));
	return buf_take(&text, NULL);
}

static uint32_t author_of(const git_commit *commit)
{
	const git_signature *signature = git_commit_author(commit);
	char *address = mem_strdup(signature && signature->email ? signature->email : "");
	for (char *c = address; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	uint32_t hash = (uint32_t)hash_bytes64(address, strlen(address));
	free(address);
	return hash;
}

/* A commit's own diff, renames found where files both came and went. NULL: something is missing. */
static git_diff *diff_of(git_repository *repository, const git_commit *commit)
{
	git_commit *parent = NULL;
	git_tree *before = NULL, *after = NULL;
	git_diff *diff = NULL;
	git_diff_options options;
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_SKIP_BINARY_CHECK;
	options.context_lines = 0;
	options.max_size = COMPARED_BYTES;
	bool failed = git_commit_tree(&after, commit) != 0;
	if (!failed && git_commit_parentcount(commit))
		failed = git_commit_parent(&parent, commit, 0) || git_commit_tree(&before, parent);
	if (!failed)
		failed = git_diff_tree_to_tree(&diff, repository, before, after, &options) != 0;
	git_tree_free(before);
	git_tree_free(after);
	git_commit_free(parent);
	if (failed)
		return NULL;
	size_t added = git_diff_num_deltas_of_type(diff, GIT_DELTA_ADDED), gone = git_diff_num_deltas_of_type(diff, GIT_DELTA_DELETED);
	if (added && gone && added <= RENAMES && gone <= RENAMES) {
		git_diff_find_options find;
		git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
		find.flags = GIT_DIFF_FIND_RENAMES;
		find.rename_limit = RENAMES;
		/* What cannot be compared is no rename. */
		if (git_diff_find_similar(diff, &find))
			git_error_clear();
	}
	return diff;
}

static void count_lines(git_diff *diff, size_t index, struct read_change *change)
{
	git_patch *patch = NULL;
	size_t added = 0, removed = 0;
	if (git_patch_from_diff(&patch, diff, index)) {
		git_error_clear();
		return;
	}
	if (patch && !git_patch_line_stats(NULL, &added, &removed, patch)) {
		change->added = (uint32_t)added;
		change->removed = (uint32_t)removed;
	}
	git_patch_free(patch);
}

static void take_changes(git_diff *diff, const char *prefix, struct read_commit *commit)
{
	size_t count = git_diff_num_deltas(diff), sources = 0;
	for (size_t i = 0; i < count; i++)
		sources += inside(prefix, git_diff_get_delta(diff, i)->new_file.path) != NULL;
	commit->files = (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		const git_diff_delta *delta = git_diff_get_delta(diff, i);
		const char *path = inside(prefix, delta->new_file.path), *old = inside(prefix, delta->old_file.path);
		if (!path)
			continue;
		mem_grow(&commit->changes, &commit->capacity, commit->count + 1, sizeof *commit->changes);
		struct read_change *change = &commit->changes[commit->count++];
		*change = (struct read_change){.path = as_utf8(path)};
		if (delta->status == GIT_DELTA_RENAMED && old && strcmp(old, path) != 0)
			change->old_path = as_utf8(old);
		if (sources <= HISTORY_BULK_FILES)
			count_lines(diff, i, change);
	}
}

void commit_read(git_repository *repository, const char *prefix, struct read_commit *out)
{
	git_commit *commit = NULL;
	git_diff *diff = NULL;
	if (!git_commit_lookup(&commit, repository, &out->oid) && (diff = diff_of(repository, commit))) {
		const char *message = git_commit_message(commit);
		out->is_read = true;
		out->time = git_commit_time(commit);
		out->author = author_of(commit);
		out->is_fix = history_is_fix(message ? message : "");
		take_changes(diff, prefix, out);
	}
	git_error_clear();
	git_diff_free(diff);
	git_commit_free(commit);
}

void read_commit_finish(struct read_commit *commit)
{
	for (size_t i = 0; i < commit->count; i++) {
		free(commit->changes[i].path);
		free(commit->changes[i].old_path);
	}
	free(commit->changes);
}
