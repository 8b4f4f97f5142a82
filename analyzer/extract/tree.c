/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks a folder into a sorted list of files. Knows nothing of sources or headers. */
#include "extract/tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define TREE_FILES ((size_t)2000000)
#define TREE_DEPTH 128

struct tree {
	struct arena *arena;
	char *root;
	const char **paths;  /* sorted by bytes */
	size_t count, capacity;
	uint32_t *by_name;   /* file numbers, sorted by last component, then path */
};

struct walk {
	struct tree *tree;
	const char *const *skip;
	struct buf path; /* absolute, of the folder at hand */
	size_t root_length;
};

static bool is_skipped(const struct walk *walk, const char *relative)
{
	for (size_t i = 0; walk->skip && walk->skip[i]; i++)
		if (glob_match(walk->skip[i], relative))
			return true;
	return false;
}

static bool is_file_below(const struct walk *walk, const char *path)
{
	struct stat info;
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
		return false;
	char *real = realpath(path, NULL);
	bool below = real && path_below(real, walk->tree->root);
	free(real);
	return below;
}

static int walk_folder(struct walk *walk, int depth, struct err *err);

static int walk_entry(struct walk *walk, const struct dirent *entry, int depth, struct err *err)
{
	struct tree *tree = walk->tree;
	struct stat info;
	size_t length = walk->path.length;
	int result = 0;
	buf_append_char(&walk->path, '/');
	buf_append_string(&walk->path, entry->d_name);
	const char *path = walk->path.data, *relative = path + walk->root_length + 1;
	if (lstat(path, &info) == 0 && !is_skipped(walk, relative)) {
		if (S_ISDIR(info.st_mode) && depth < TREE_DEPTH) {
			result = walk_folder(walk, depth + 1, err);
		} else if (S_ISREG(info.st_mode) || (S_ISLNK(info.st_mode) && is_file_below(walk, path))) {
			if (tree->count >= TREE_FILES)
				result = err_set(err, ERR_LIMIT, "%s: more than %zu files", tree->root, TREE_FILES);
			mem_grow(&tree->paths, &tree->capacity, tree->count + 1, sizeof *tree->paths);
			tree->paths[tree->count++] = arena_strdup(tree->arena, relative);
		}
	}
	walk->path.length = length;
	walk->path.data[length] = '\0';
	return result;
}

static int walk_folder(struct walk *walk, int depth, struct err *err)
{
	DIR *folder = opendir(walk->path.data);
	if (!folder) /* an unreadable folder below root is none */
		return depth ? 0 : err_errno(err, ERR_IO, errno, "%s", walk->path.data);
	int result = 0;
	for (struct dirent *entry; result == 0 && (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			result = walk_entry(walk, entry, depth, err);
	closedir(folder);
	return result;
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int compare_names(const void *left, const void *right, void *context)
{
	const struct tree *tree = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = strcmp(path_basename(tree->paths[a]), path_basename(tree->paths[b]));
	return order ? order : a < b ? -1 : a > b;
}

int tree_create(const char *root, const char *const *skip, struct tree **out, struct err *err)
{
	struct tree *tree = mem_zalloc(1, sizeof *tree);
	struct walk walk = {.tree = tree, .skip = skip, .root_length = strcmp(root, "/") == 0 ? 0 : strlen(root)};
	tree->arena = arena_create();
	tree->root = mem_strdup(root);
	buf_init(&walk.path, BUF_NO_CEILING);
	buf_append(&walk.path, root, walk.root_length);
	if (!walk.root_length)
		buf_append_string(&walk.path, "");
	int result = walk_folder(&walk, 0, err);
	buf_finish(&walk.path);
	if (result != 0) {
		tree_destroy(tree);
		return result;
	}
	if (tree->count) /* qsort takes no NULL, even for nothing */
		qsort(tree->paths, tree->count, sizeof *tree->paths, compare_paths);
	tree->by_name = mem_alloc((tree->count + 1) * sizeof *tree->by_name);
	for (size_t i = 0; i < tree->count; i++)
		tree->by_name[i] = (uint32_t)i;
	qsort_r(tree->by_name, tree->count, sizeof *tree->by_name, compare_names, tree);
	*out = tree;
	return 0;
}

void tree_destroy(struct tree *tree)
{
	if (!tree)
		return;
	free(tree->paths);
	free(tree->by_name);
	free(tree->root);
	arena_destroy(tree->arena);
	free(tree);
}

uint32_t tree_count(const struct tree *tree)
{
	return (uint32_t)tree->count;
}

const char *tree_path(const struct tree *tree, uint32_t file)
{
	return tree->paths[file];
}

uint32_t tree_find(const struct tree *tree, const char *path)
{
	const char **found = tree->count ? bsearch(&path, tree->paths, tree->count, sizeof *tree->paths, compare_paths) : NULL;
	return found ? (uint32_t)(found - tree->paths) : TREE_NONE;
}

void tree_named(const struct tree *tree, const char *name, const uint32_t **first, size_t *count)
{
	size_t low = 0, high = tree->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(path_basename(tree->paths[tree->by_name[middle]]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < tree->count; high++)
		if (strcmp(path_basename(tree->paths[tree->by_name[high]]), name) != 0)
			break;
	*first = tree->by_name + low;
	*count = high - low;
}
