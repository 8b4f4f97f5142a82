/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/ci.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/vcs.h"
#include "cmd/vcs_run.h"
#include "cmd/terminal.h"

static const struct { const char *what, *file, *path, *todo; } kinds[] = {
	{"github", "github.yml", ".github/workflows/architecture.yml", "set BUILD and SIGHTLINE_SOURCE in it, and commit it"},
	{"gitlab", "gitlab.yml", ".gitlab/architecture.yml",
	 "set BUILD and SIGHTLINE_SOURCE in it, and put 'include: {local: .gitlab/architecture.yml}' into .gitlab-ci.yml"},
	{"hook", "pre-push", NULL, "it runs before each 'git push'"},
};

/* Hooks lie where git says: elsewhere in a linked working tree, or where core.hooksPath is set. Heap. */
static int hook_path(const char *top, char **path, struct err *err)
{
	static const char *const words[] = {"rev-parse", "--git-common-dir", NULL};
	char *folder = NULL, *joined;
	/* vcs_line switches hooks off by a setting on the command line; asked for is the one in the files. */
	static const char *const local[] = {"config", "--local", "--path", "--get", "core.hooksPath", NULL};
	static const char *const global[] = {"config", "--global", "--path", "--get", "core.hooksPath", NULL};
	if (!vcs_line(top, local, &folder, NULL) || !vcs_line(top, global, &folder, NULL)) {
		joined = path_join(top, folder);
	} else {
		int result = vcs_line(top, words, &folder, err);
		if (result)
			return result;
		char *common = path_join(top, folder);
		joined = path_join(common, "hooks");
		free(common);
	}
	*path = path_join(joined, "pre-push");
	free(folder);
	free(joined);
	return 0;
}

static int write_new(const char *path, const char *text, mode_t mode, struct err *err)
{
	char *folder = path_join(path, "..");
	int result = dir_create(folder, err);
	free(folder);
	if (result)
		return result;
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (file < 0)
		return errno == EEXIST ? err_set(err, ERR_INPUT, "%s: is there already and is not overwritten; move it away first", path)
				       : err_errno(err, ERR_INPUT, errno, "%s: cannot be written", path);
	size_t length = strlen(text), done = 0;
	while (!result && done < length) {
		ssize_t written = write(file, text + done, length - done);
		if (written < 0 && errno != EINTR)
			result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
		done += written > 0 ? (size_t)written : 0;
	}
	if (close(file) && !result)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (result)
		unlink(path);
	return result;
}

int ci_write(const char *root, const char *what, bool quiet, struct err *err)
{
	size_t kind = 0, kind_count = sizeof kinds / sizeof *kinds;
	const struct embedded_text *embedded = embedded_text;
	char *top = NULL, *path = NULL;
	while (kind < kind_count && strcmp(kinds[kind].what, what))
		kind++;
	if (kind == kind_count)
		return err_set(err, ERR_INPUT, "--ci %s: there is github, gitlab and hook", what);
	while (embedded->name && strcmp(embedded->name, kinds[kind].file))
		embedded++;
	if (!embedded->name)
		return err_set(err, ERR_INTERNAL, "%s is not part of this program", kinds[kind].file);
	int result = vcs_top(root, &top, err);
	if (!result && kinds[kind].path)
		path = path_join(top, kinds[kind].path);
	else if (!result)
		result = hook_path(top, &path, err);
	if (!result)
		result = write_new(path, embedded->text, kinds[kind].path ? 0666 : 0777, err);
	if (!result && !quiet) {
		terminal_print(stderr, "sightline: wrote ", path, "; ");
		fprintf(stderr, "%s\n", kinds[kind].todo);
	}
	free(top);
	free(path);
	return result;
}
