/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the repository that a codebase lies in, and names the history it stands on. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "history/internal.h"

#define CACHED_TREE_BYTES (1 << 18)
#define SHALLOW_BYTES ((size_t)1 << 20)

static int fail(struct err *err, const char *root, const char *doing)
{
	const git_error *cause = git_error_last();
	return err_set(err, ERR_NOT_FOUND, "%s: %s%s%s", root, doing, cause ? ": " : "", cause ? cause->message : "");
}

/* Both paths without symbolic links. */
static int find_prefix(const char *root, const char *workdir, char **out, struct err *err)
{
	char *inner = realpath(root, NULL), *outer = realpath(workdir, NULL);
	const char *below = inner && outer ? path_below(inner, outer) : NULL;
	int result = 0;
	if (!below) {
		result = err_set(err, ERR_NOT_FOUND, "%s: it does not lie below its repository's working tree", root);
	} else {
		size_t length = strlen(below);
		*out = mem_alloc(length + 2);
		memcpy(*out, below, length);
		strcpy(*out + length, length ? "/" : "");
	}
	free(inner);
	free(outer);
	return result;
}

static int find_head(const char *root, const char *revision, struct place *place, struct err *err)
{
	git_commit *commit = NULL;
	if (revision ? git_oid_fromstr(&place->head, revision) : git_reference_name_to_id(&place->head, place->repository, "HEAD"))
		return fail(err, root, revision ? "this names no commit" : "the repository has no commit yet");
	if (git_commit_lookup(&commit, place->repository, &place->head))
		return fail(err, root, revision ? "cannot read the commit" : "cannot read the commit that is checked out");
	place->head_time = git_commit_time(commit);
	/* A tree that was unpacked within somebody else's repository has no part in its history. */
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	char *folder = mem_strndup(place->prefix, strlen(place->prefix) - (*place->prefix != 0));
	bool is_part = !git_commit_tree(&tree, commit) && (!*folder || !git_tree_entry_bypath(&entry, tree, folder));
	free(folder);
	git_tree_entry_free(entry);
	git_tree_free(tree);
	git_commit_free(commit);
	return is_part ? 0 : err_set(err, ERR_NOT_FOUND, "%s: the git repository around it does not have it", root);
}

int place_open(const char *root, const char *revision, struct place *out, struct err *err)
{
	struct place place = {0};
	git_libgit2_init();
	/* Objects are not hashed again to see whether they are whole, and trees are kept: reading takes a fraction of the time. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)CACHED_TREE_BYTES);
	*out = place;
	int code = git_repository_open_ext(&place.repository, root, 0, getenv("GIT_CEILING_DIRECTORIES"));
	if (code == GIT_ENOTFOUND)
		return err_set(err, ERR_NOT_FOUND, "%s: it lies in no git repository", root);
	if (code)
		return fail(err, root, "cannot open its git repository");
	*out = place;
	if (git_repository_is_bare(place.repository))
		return err_set(err, ERR_NOT_FOUND, "%s: its git repository has no working tree", root);
	int result = find_prefix(root, git_repository_workdir(place.repository), &place.prefix, err);
	if (!result)
		result = find_head(root, revision, &place, err);
	place.is_shallow = git_repository_is_shallow(place.repository) == 1;
	*out = place;
	return result;
}

void place_close(struct place *place)
{
	git_repository_free(place->repository);
	free(place->prefix);
	*place = (struct place){0};
	git_libgit2_shutdown();
}

int history_identify(const char *root, const char *revision, struct hash128 *id, struct err *err)
{
	struct place place;
	int result = place_open(root, revision, &place, err);
	if (!result) {
		static const unsigned how[] = {HISTORY_FORMAT_VERSION, HISTORY_WINDOW_DAYS, HISTORY_COMMITS, HISTORY_BULK_FILES};
		struct hasher *hasher = hasher_create();
		hasher_add_string(hasher, "history");
		hasher_add(hasher, how, sizeof how);
		hasher_add(hasher, place.head.id, GIT_OID_RAWSZ);
		hasher_add_string(hasher, place.prefix);
		if (place.is_shallow) {
			/* A clone that is deepened later has more to tell. */
			char *path = path_join(git_repository_commondir(place.repository), "shallow"), *text = NULL;
			size_t length = 0;
			if (!file_read(path, SHALLOW_BYTES, &text, &length, NULL))
				hasher_add(hasher, text, length);
			free(text);
			free(path);
		}
		*id = hasher_result(hasher);
		hasher_destroy(hasher);
	}
	place_close(&place);
	return result;
}
