/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Temporary folders and their leftovers. Knows nothing of what is put there. */
#include "extract/prefix_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define FOLDER_START "sightline-prefix-"
#define LEFTOVER_SECONDS 60 /* a folder younger than this may be about to be locked */

static void empty_folder(int folder)
{
	int copy = dup(folder);
	DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
	for (struct dirent *entry; entries && (entry = readdir(entries));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(folder, entry->d_name, 0);
	if (entries)
		closedir(entries);
	else if (copy >= 0)
		close(copy);
}

static int open_folder(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void remove_leftovers(const char *parent)
{
	DIR *entries = opendir(parent);
	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		struct stat info;
		if (strncmp(entry->d_name, FOLDER_START, strlen(FOLDER_START)) != 0)
			continue;
		char *path = path_join(parent, entry->d_name);
		int folder = open_folder(path);
		if (folder >= 0 && fstat(folder, &info) == 0 && info.st_uid == geteuid() &&
		    info.st_mtime + LEFTOVER_SECONDS < time(NULL) && flock(folder, LOCK_EX | LOCK_NB) == 0) {
			empty_folder(folder);
			rmdir(path);
		}
		if (folder >= 0)
			close(folder);
		free(path);
	}
	if (entries)
		closedir(entries);
}

char *prefix_folder_create(int *lock)
{
	const char *parent = getenv("TMPDIR");
	if (!parent || parent[0] != '/')
		parent = "/tmp";
	remove_leftovers(parent);
	char *path = path_join(parent, FOLDER_START "XXXXXX");
	int folder = -1;
	if (mkdtemp(path) && (folder = open_folder(path)) >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0) {
		*lock = folder;
		return path;
	}
	if (folder >= 0)
		close(folder);
	rmdir(path);
	free(path);
	return NULL;
}

void prefix_folder_remove(const char *folder, int lock)
{
	empty_folder(lock);
	rmdir(folder);
	close(lock);
}
