/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/vcs.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/vcs_run.h"

#define LIST_CEILING ((size_t)1 << 30) /* of names of files */

#define HOW_TO_DEEPEN "'git fetch --unshallow' brings the rest (GitHub Actions: 'fetch-depth: 0' for actions/checkout; GitLab CI: " \
	"the variable GIT_DEPTH: 0)"

int vcs_top(const char *root, char **top, struct err *err)
{
	static const char *const words[] = {"rev-parse", "--show-toplevel", NULL};
	char *line = NULL;
	int result = vcs_line(root, words, &line, err);
	if (result)
		return err_prefix(err, "%s: not in a git working tree", root);
	char *real = realpath(line, NULL);
	/* A repository may name any folder as its working tree. */
	if (!real || !path_below(root, real))
		result = err_set(err, ERR_INPUT, "%s: the repository here has its working tree elsewhere, in %s", root, line);
	else
		*top = real;
	if (result)
		free(real);
	free(line);
	return result;
}

static bool is_shallow(const char *top)
{
	static const char *const words[] = {"rev-parse", "--is-shallow-repository", NULL};
	char *line = NULL;
	bool shallow = !vcs_line(top, words, &line, NULL) && !strcmp(line, "true");
	free(line);
	return shallow;
}

int vcs_commit(const char *top, const char *revision, char **commit, struct err *err)
{
	struct buf wanted;
	buf_init(&wanted, BUF_NO_CEILING);
	buf_printf(&wanted, "%s^{commit}", revision);
	const char *const words[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", wanted.data, NULL};
	int result = vcs_line(top, words, commit, NULL);
	buf_finish(&wanted);
	if (!result)
		return 0;
	const char *slash = strchr(revision, '/');
	if (is_shallow(top))
		return err_set(err, ERR_INPUT, "%s: no such revision in this clone, which is shallow: %s", revision, HOW_TO_DEEPEN);
	if (slash)
		return err_set(err, ERR_INPUT, "%s: no such revision here; was it fetched? 'git fetch %.*s' brings the branches of a remote",
			       revision, (int)(slash - revision), revision);
	return err_set(err, ERR_INPUT, "%s: no such revision here; 'git branch -a' and 'git tag' list what there is", revision);
}

int vcs_merge_base(const char *top, const char *a, const char *b, char **commit, struct err *err)
{
	const char *const words[] = {"merge-base", a, b, NULL};
	if (!vcs_line(top, words, commit, NULL))
		return 0;
	if (is_shallow(top))
		return err_set(err, ERR_INPUT, "%s: this clone is shallow and does not reach back to where the branch began: %s; or compare "
			       "with the revision itself: --exact", top, HOW_TO_DEEPEN);
	return err_set(err, ERR_NOT_FOUND, "%s: %.12s and %.12s have no history in common", top, a, b);
}

int vcs_commit_time(const char *top, const char *commit, int64_t *when, struct err *err)
{
	const char *const words[] = {"show", "--no-patch", "--format=%ct", commit, NULL};
	char *line = NULL;
	int result = vcs_line(top, words, &line, err);
	if (!result)
		*when = strtoll(line, NULL, 10);
	free(line);
	return result;
}

/* ---- lists ---- */

/* A NUL-separated answer. *bytes: heap, ended by one NUL more. */
static int ask_list(const char *top, const char *const *words, char **bytes, size_t *length, struct err *err)
{
	struct buf out;
	buf_init(&out, LIST_CEILING);
	int result = vcs_run(top, words, NULL, &out, err);
	if (!result)
		*bytes = buf_take(&out, length);
	buf_finish(&out);
	return result;
}

int vcs_tags(const char *top, const char *glob, struct vcs_tag **tags, size_t *count, struct err *err)
{
	/* Of an annotated tag what it points at, of a light one the commit itself. */
	static const char format[] = "--format=%(refname:strip=2)%09%(if)%(*objectname)%(then)%(*objectname)%09%(*committerdate:unix)%(else)"
				     "%(objectname)%09%(committerdate:unix)%(end)";
	struct buf pattern, out;
	buf_init(&pattern, BUF_NO_CEILING);
	buf_init(&out, LIST_CEILING);
	buf_printf(&pattern, "refs/tags/%s", glob);
	/* What follows a "-" is before the version itself, not after it. */
	const char *const words[] = {"-c", "versionsort.suffix=-", "-c", "versionsort.suffix=rc", "for-each-ref", "--sort=version:refname", format,
				     pattern.data, NULL};
	int result = vcs_run(top, words, NULL, &out, err);
	buf_finish(&pattern);
	if (result) {
		buf_finish(&out);
		return result;
	}
	size_t lines = 0, kept = 0;
	for (size_t i = 0; i < out.length; i++)
		lines += out.data[i] == '\n';
	struct vcs_tag *list = mem_alloc((lines + 1) * sizeof *list + out.length + 1);
	char *text = memcpy(list + lines + 1, out.data ? out.data : "", out.length);
	text[out.length] = 0;
	for (char *line = text, *next; *line; line = next) {
		char *end = strchrnul(line, '\n');
		next = *end ? end + 1 : end;
		*end = 0;
		char *commit = strchr(line, '\t'), *when = commit ? strchr(commit + 1, '\t') : NULL;
		if (!when || !when[1]) /* a tag of something that is no commit */
			continue;
		*commit++ = *when++ = 0;
		list[kept++] = (struct vcs_tag){line, commit, strtoll(when, NULL, 10)};
	}
	buf_finish(&out);
	*tags = list;
	*count = kept;
	return 0;
}

static int add_list(const char *top, const char *const *words, struct interner *paths, struct err *err)
{
	char *bytes;
	size_t length;
	int result = ask_list(top, words, &bytes, &length, err);
	if (result)
		return result;
	for (size_t at = 0; at < length; at += strlen(bytes + at) + 1)
		interner_add_string(paths, bytes + at);
	free(bytes);
	return 0;
}

int vcs_tracked(const char *top, struct interner *paths, struct err *err)
{
	static const char *const words[] = {"ls-files", "--cached", "-z", NULL};
	return add_list(top, words, paths, err);
}

int vcs_untracked(const char *top, struct interner *paths, struct err *err)
{
	static const char *const words[] = {"ls-files", "--others", "--exclude-standard", "-z", NULL};
	return add_list(top, words, paths, err);
}

/* "MODE TYPE COMMIT\tPATH" each. */
static int list_tree(const char *top, const char *commit, char **bytes, size_t *length, struct err *err)
{
	const char *const words[] = {"ls-tree", "-r", "-z", "--full-tree", commit, NULL};
	return ask_list(top, words, bytes, length, err);
}

int vcs_submodules(const char *top, const char *commit, struct vcs_submodule **out, size_t *count, struct err *err)
{
	char *bytes;
	size_t length, found = 0, names = 0;
	int result = list_tree(top, commit, &bytes, &length, err);
	if (result)
		return result;
	for (size_t at = 0; at < length; at += strlen(bytes + at) + 1)
		if (!strncmp(bytes + at, "160000 ", 7)) {
			found++;
			names += strlen(bytes + at) + 1;
		}
	struct vcs_submodule *list = mem_alloc((found + 1) * sizeof *list + names);
	char *text = (char *)(list + found + 1);
	found = 0;
	for (size_t at = 0; at < length; at += strlen(bytes + at) + 1) {
		if (strncmp(bytes + at, "160000 ", 7) != 0)
			continue;
		char *copy = strcpy(text, bytes + at), *path = strchr(copy, '\t'), *id = strchr(copy + 7, ' ');
		text += strlen(copy) + 1;
		if (!path || !id || id > path)
			continue;
		*path++ = 0;
		list[found++] = (struct vcs_submodule){path, id + 1};
	}
	free(bytes);
	*out = list;
	*count = found;
	return 0;
}

int vcs_gone_files(const char *top, const char *commit, const char *other, vcs_gone gone, void *context, struct err *err)
{
	const char *const words[] = {"diff", "--no-ext-diff", "--no-textconv", "--find-renames", "--ignore-submodules", "--diff-filter=RD",
				     "--name-status", "-z", commit, other ? other : "--", other ? "--" : NULL, NULL};
	char *bytes;
	size_t length;
	int result = ask_list(top, words, &bytes, &length, err);
	if (result)
		return result;
	for (size_t at = 0; at < length;) {
		bool renamed = bytes[at] == 'R';
		const char *path = bytes + at + strlen(bytes + at) + 1;
		if (path >= bytes + length)
			break;
		const char *next = path + strlen(path) + 1;
		gone(context, path, renamed && next < bytes + length ? next : NULL);
		at = (size_t)(next - bytes) + (renamed ? strlen(next) + 1 : 0);
	}
	free(bytes);
	return 0;
}

int vcs_write_tree(const char *top, const char *commit, const char *folder, const char *index, struct err *err)
{
	struct buf index_variable, tree_variable;
	buf_init(&index_variable, BUF_NO_CEILING);
	buf_init(&tree_variable, BUF_NO_CEILING);
	buf_printf(&index_variable, "GIT_INDEX_FILE=%s", index);
	buf_printf(&tree_variable, "GIT_WORK_TREE=%s", folder);
	const char *const environment[] = {index_variable.data, tree_variable.data, NULL};
	const char *const words[] = {"-c", "core.bare=false", "read-tree", "--reset", "-u", commit, NULL};
	int result = vcs_run(top, words, environment, NULL, err);
	buf_finish(&index_variable);
	buf_finish(&tree_variable);
	return result;
}
