/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/git.h"

#include "base/mem.h"
#include "cmd/vcs_run.h"

void git_describe(const char *root, char **name, char **commit)
{
	static const char *const describe[] = {"describe", "--tags", "--always", "--dirty", NULL};
	static const char *const head[] = {"rev-parse", "HEAD", NULL};
	*name = *commit = NULL;
	if (!vcs_line(root, describe, name, NULL))
		vcs_line(root, head, commit, NULL);
	if (!*name)
		*name = mem_strdup("");
	if (!*commit)
		*commit = mem_strdup("");
}
