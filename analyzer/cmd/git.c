/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/git.h"

#include <string.h>

#include "base/mem.h"
#include "cmd/vcs_run.h"

#define OUTPUT_CEILING (16u << 20)

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

/* A commit as we stored it: nothing that could be taken for an option or a range. */
static bool is_commit(const char *text)
{
	return strlen(text) >= 40 && strspn(text, "0123456789abcdef") == strlen(text);
}

char *git_renames(const char *root, const char *old, const char *new, size_t *length)
{
	const char *const question[] = {"diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", "--relative", old, new, NULL};
	struct buf pairs, said;
	size_t at = 0;
	buf_init(&pairs, OUTPUT_CEILING);
	buf_init(&said, OUTPUT_CEILING);
	/* Where git knows neither commit, or has more to say than that, content and names tell of renames alone. */
	if (is_commit(old) && is_commit(new) && !vcs_run(root, question, NULL, &said, NULL)) {
		while (at < said.length) { /* "R095\0old\0new\0" */
			const char *end = said.data + said.length, *from = said.data + at + strlen(said.data + at) + 1;
			const char *to = from < end ? from + strlen(from) + 1 : end;
			if (to >= end)
				break;
			buf_append(&pairs, from, strlen(from) + 1);
			buf_append(&pairs, to, strlen(to) + 1);
			at = (size_t)(to - said.data) + strlen(to) + 1;
		}
	}
	buf_finish(&said);
	return buf_take(&pairs, length);
}
