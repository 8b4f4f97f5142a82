/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where plans lie and how long: the agent writes one for each path of a program, and only replaces its own. */
#include "cmd/patch_plans.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define SECONDS_KEPT (90 * 24 * 3600L)
#define CROWD 2000 /* plans; builds in folders of their own leave one for each of their programs: then a week is enough */
#define SECONDS_KEPT_OF_CROWD (7 * 24 * 3600L)

static char *cache_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (cache && *cache == '/')
		return path_join(cache, "sightline");
	return home && *home == '/' ? path_join(home, ".cache/sightline") : NULL;
}

/* What the agent finds there decides how it changes programs. */
static bool is_ours_alone(const char *folder)
{
	struct stat status;
	return !lstat(folder, &status) && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	       !(status.st_mode & (S_IWGRP | S_IWOTH));
}

static long seconds_kept(DIR *folder)
{
	size_t count = 0;
	while (readdir(folder))
		count++;
	rewinddir(folder);
	return count > CROWD ? SECONDS_KEPT_OF_CROWD : SECONDS_KEPT;
}

static void remove_old(const char *path)
{
	DIR *folder = opendir(path);
	struct stat status;
	long kept = folder ? seconds_kept(folder) : 0;
	for (struct dirent *entry; folder && (entry = readdir(folder));)
		if (strstr(entry->d_name, ".plan") && !fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(status.st_mode) && status.st_mtime < time(NULL) - kept)
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
}

char *patch_plans_folder(void)
{
	char *parent = cache_folder(), *folder = parent ? path_join(parent, "plans") : NULL;
	struct err ignored = {0};
	bool is_made = parent && !dir_create(parent, &ignored) && (!mkdir(folder, 0700) || errno == EEXIST);
	free(parent);
	if (!is_made || !is_ours_alone(folder)) {
		free(folder);
		return NULL;
	}
	remove_old(folder);
	return folder;
}
