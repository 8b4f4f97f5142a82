/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded commands: finds the database, resolves its paths, and makes commands of its entries. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "extract/command_list.h"
#include "extract/commands.h"
#include "extract/database.h"
#include "extract/relocate.h"
#include "extract/sanitise.h"

#define DATABASE_CEILING ((size_t)1 << 30)
#define WARNINGS_PER_KIND 10
#define DATABASE_NAME "compile_commands.json"

/* ---- finding the database ---- */

struct newest {
	char *path;
	struct timespec time;
};

static void consider(struct newest *newest, const char *folder)
{
	char *path = path_join(folder, DATABASE_NAME);
	struct stat info;
	if (stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
	    (!newest->path || info.st_mtim.tv_sec > newest->time.tv_sec ||
	     (info.st_mtim.tv_sec == newest->time.tv_sec && info.st_mtim.tv_nsec > newest->time.tv_nsec))) {
		free(newest->path);
		newest->path = path;
		newest->time = info.st_mtim;
		path = NULL;
	}
	free(path);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Looks into the folders of parent whose name matches the pattern. */
static void consider_children(struct newest *newest, const char *parent, const char *pattern)
{
	struct dirent **entries = NULL;
	int count = scandir(parent, &entries, NULL, by_name);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && fnmatch(pattern, name, 0) == 0) {
			char *folder = path_join(parent, name);
			consider(newest, folder);
			free(folder);
		}
		free(entries[i]);
	}
	free(entries);
}

static int find_explicit(const char *explicit_path, char **path, struct err *err)
{
	struct stat info;
	if (stat(explicit_path, &info) != 0)
		return err_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, errno, "%s",
				 explicit_path);
	if (!S_ISDIR(info.st_mode)) {
		*path = mem_strdup(explicit_path);
		return 0;
	}
	struct newest newest = {0};
	consider(&newest, explicit_path);
	if (!newest.path)
		return err_set(err, ERR_NOT_FOUND, "%s: no %s in it", explicit_path, DATABASE_NAME);
	*path = newest.path;
	return 0;
}

int commands_find(const char *root, const char *explicit_path, char **path, struct err *err)
{
	if (explicit_path)
		return find_explicit(explicit_path, path, err);
	struct newest newest = {0};
	consider(&newest, root);
	static const char *const PATTERNS[] = {"build*", "out", "_build", "cmake-build-*", ".build", ".sightline", "obj", "debug",
					       "release"};
	for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++)
		consider_children(&newest, root, PATTERNS[i]);
	static const char *const PARENTS[] = {"out", "build"};
	for (size_t i = 0; i < sizeof PARENTS / sizeof *PARENTS; i++) {
		char *parent = path_join(root, PARENTS[i]);
		consider_children(&newest, parent, "*");
		free(parent);
	}
	if (!newest.path)
		return err_set(err, ERR_NOT_FOUND, "%s: no %s in it or in its build folders", root, DATABASE_NAME);
	*path = newest.path;
	return 0;
}

/* ---- entries -> commands ---- */

struct loading {
	struct command_list *list;
	const struct warnings *warnings;
	const char *name;    /* of the database, for messages */
	const char *folder;  /* absolute folder of the database: relative directories start here */
	const struct commands_move *move; /* NULL: the tree is where the database says */
	size_t entries;
};

/* Told in full for the first few of a kind; the sums come at the end. */
static void tell_entry(const struct loading *loading, const struct database_entry *entry, size_t told, const char *what,
		       const char *detail)
{
	if (told <= WARNINGS_PER_KIND)
		warnings_tell(loading->warnings, "%s:%zu: entry %zu %s%s%s", loading->name, entry->line,
			      entry->index + 1, what, detail ? ": " : "", detail ? detail : "");
}

/* The absolute name of file below root: as written, or, where symbolic links lead there, as resolved. NULL where it is
 * outside. Heap. */
static char *locate(const char *directory, const char *file, const char *root)
{
	char *written = path_join(directory, file);
	struct stat info;
	if (path_below(written, root) && stat(written, &info) == 0)
		return written;
	/* The folder's links are resolved, the file's own are not: a link to a source outside keeps its place here. */
	char *slash = strrchr(written, '/');
	char *folder = slash ? mem_strndup(written, slash == written ? 1 : (size_t)(slash - written)) : NULL;
	char *real = folder ? realpath(folder, NULL) : NULL;
	char *resolved = real ? path_join(real, path_basename(written)) : NULL;
	free(folder);
	free(real);
	if (resolved && path_below(resolved, root)) {
		free(written);
		return resolved;
	}
	free(resolved);
	if (path_below(written, root))
		return written; /* missing, but here is where it should be */
	free(written);
	return NULL;
}

/* What a build system writes into its build folder to try the compiler out is recorded like the rest. path: below the
 * root of the codebase. */
static bool is_trial(const char *path)
{
	static const char *const CMAKE_TRIALS[] = {"/CompilerIdC/", "/CMakeScratch/", "/CMakeTmp/", NULL};
	char *whole = path_join("/", path);
	const char *within = strstr(whole, "/CMakeFiles/");
	bool found = strstr(whole, "/meson-private/") != NULL;
	for (size_t i = 0; within && CMAKE_TRIALS[i]; i++)
		found |= strstr(within, CMAKE_TRIALS[i]) != NULL;
	free(whole);
	return found;
}

/* The words of the entry's command. Errors make the entry a broken one. */
static int entry_words(const struct loading *loading, const struct database_entry *entry, const char *directory,
		       struct words *words, struct err *err)
{
	struct arena *arena = loading->list->arena;
	struct words split = {0};
	const struct words *source = entry->arguments;
	int result = 0;
	if (!source || !source->count) {
		result = words_split(&split, arena, entry->command, err);
		source = &split;
	}
	for (size_t i = 0; result == 0 && i < source->count; i++)
		result = words_add_expanded(words, arena, directory, source->items[i], err);
	words_finish(&split);
	return result;
}

/* arguments: sanitised. file: absolute, where the database says; place: where it lies. */
static void add_command(struct loading *loading, const char *directory, const char *place, const struct words *arguments, bool borrowed)
{
	struct command_list *list = loading->list;
	const struct commands_move *move = loading->move;
	if (!move) {
		command_list_add(list, directory, place, arguments, false);
		return;
	}
	struct words moved = {0};
	relocate_words(arguments, directory, move->from, move->to, list->arena, &moved);
	const char *below = path_below(directory, move->from);
	char *folder = below ? path_join(move->to, *below ? below : ".") : NULL;
	command_list_add(list, folder ? folder : directory, place, &moved, borrowed);
	list->commands[list->count - 1].command_hash = relocate_hash(arguments, directory, move->codebase);
	words_finish(&moved);
	free(folder);
}

/* The file of the other revision that takes the place of one that the database names, if there is one. Heap. */
static char *moved_file(const struct commands_move *move, const char *below)
{
	struct stat info;
	char *place = path_join(move->to, below);
	if (stat(place, &info) == 0 && S_ISREG(info.st_mode))
		return place;
	free(place);
	return NULL;
}

static void add_moved(struct loading *loading, const char *directory, const char *file, const struct words *arguments)
{
	const struct commands_move *move = loading->move;
	const char *below = path_below(file, move->from);
	char *place = moved_file(move, below);
	if (place)
		add_command(loading, directory, place, arguments, false);
	else
		loading->list->missing++;
	free(place);
	for (size_t i = 0; i < move->borrowed_count; i++) {
		if (strcmp(move->borrowed[i].of, below) != 0 || !(place = moved_file(move, move->borrowed[i].file)))
			continue;
		add_command(loading, directory, place, arguments, true);
		free(place);
	}
}

static int add_entry(struct loading *loading, const struct database_entry *entry, const char *directory,
		     const char *file)
{
	struct command_list *list = loading->list;
	struct words words = {0}, arguments = {0};
	struct err problem = {0};
	if (entry_words(loading, entry, directory, &words, &problem) != 0) {
		tell_entry(loading, entry, ++list->broken, "is left out", problem.text);
	} else if (sanitise_command(&words, file, list->arena, &arguments) == LANGUAGE_FOREIGN) {
		list->foreign++;
	} else {
		/* Words of an "arguments" entry die with it; the list's live on. */
		for (size_t i = 0; i < arguments.count; i++)
			arguments.items[i] = arena_strdup(list->arena, arguments.items[i]);
		if (loading->move)
			add_moved(loading, directory, file, &arguments);
		else
			add_command(loading, directory, file, &arguments, false);
	}
	words_finish(&words);
	words_finish(&arguments);
	return 0;
}

static int load_entry(void *context, const struct database_entry *entry, struct err *err)
{
	struct loading *loading = context;
	struct command_list *list = loading->list;
	/* Where the database's words lead, and the part of it that is ours. */
	const char *tree = loading->move ? loading->move->from : list->root;
	const char *root = loading->move ? loading->move->codebase : list->root;
	(void)err;
	loading->entries++;
	if (entry->problem) {
		tell_entry(loading, entry, ++list->broken, entry->problem, NULL);
		return 0;
	}
	char *joined = path_join(loading->folder, entry->directory ? entry->directory : ".");
	/* The folder below the resolved root, where links lead there; as written where it is gone. */
	char *real = path_below(joined, tree) ? NULL : realpath(joined, NULL);
	const char *directory = real && path_below(real, tree) ? real : joined;
	char *file = locate(directory, entry->file, root);
	struct stat info;
	if (!file) {
		tell_entry(loading, entry, ++list->outside, "is left out: its file is outside the codebase", entry->file);
	} else if (!loading->move && (stat(file, &info) != 0 || !S_ISREG(info.st_mode))) {
		tell_entry(loading, entry, ++list->missing, "is left out: its file does not exist", file);
	} else if (is_trial(path_below(file, root))) {
		tell_entry(loading, entry, ++list->outside, "is left out: it only tries the compiler out", file);
	} else {
		add_entry(loading, entry, directory, file);
	}
	free(file);
	free(real);
	free(joined);
	return 0;
}

static void tell_sums(const struct loading *loading)
{
	const struct command_list *list = loading->list;
	const struct {
		size_t count;
		const char *what;
	} sums[] = {{list->broken, "unusable"}, {list->missing, "for files that do not exist"},
		    {list->outside, "for files outside the codebase"}, {list->foreign, "in other languages than C"}};
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		if (sums[i].count)
			warnings_tell(loading->warnings, "%s: %zu of %zu entries left out: %s", loading->name,
				      sums[i].count, loading->entries, sums[i].what);
}

/* A source that was to borrow a command and turns out to have one of its own: the database is older than the tree. */
static void drop_needless(struct command_list *list)
{
	size_t kept = 0;
	for (size_t first = 0, end; first < list->count; first = end) {
		bool has_own = false;
		for (end = first; end < list->count && !strcmp(list->commands[end].path, list->commands[first].path); end++)
			has_own |= !list->commands[end].inferred;
		for (size_t i = first; i < end; i++)
			if (!has_own || !list->commands[i].inferred)
				list->commands[kept++] = list->commands[i];
	}
	list->count = kept;
}

static int parse(const char *root, const char *json_path, const char *bytes, size_t length, const struct commands_move *move,
		 const struct warnings *warnings, struct command_list **out, struct err *err)
{
	struct loading loading = {.warnings = warnings, .name = json_path, .move = move};
	int result = command_list_create(root, &loading.list, err);
	if (result != 0)
		return result;
	char *folder = path_join(json_path, "..");
	char *real = realpath(folder, NULL);
	loading.folder = real ? real : loading.list->root;
	result = database_read(json_path, bytes, length, load_entry, &loading, err);
	if (result == 0) {
		tell_sums(&loading);
		command_list_finish(loading.list);
		if (move)
			drop_needless(loading.list);
		if (!loading.list->count)
			result = err_set(err, ERR_INPUT, "%s: no usable C command among its %zu entries; rebuild it, or "
					 "record a build with --build 'make'", json_path, loading.entries);
	}
	free(real);
	free(folder);
	if (result == 0)
		*out = loading.list;
	else
		command_list_destroy(loading.list);
	return result;
}

int commands_parse(const char *root, const char *json_path, const char *bytes, size_t length,
		   const struct warnings *warnings, struct command_list **out, struct err *err)
{
	return parse(root, json_path, bytes, length, NULL, warnings, out, err);
}

int commands_load_moved(const char *json_path, const struct commands_move *move, const struct warnings *warnings,
			struct command_list **out, struct err *err)
{
	char *bytes = NULL, *root = path_join(move->to, *path_below(move->codebase, move->from) ? path_below(move->codebase, move->from) : ".");
	size_t length = 0;
	int result = file_read(json_path, DATABASE_CEILING, &bytes, &length, err);
	if (result == 0)
		result = parse(root, json_path, bytes, length, move, warnings, out, err);
	free(bytes);
	free(root);
	return result;
}

int commands_load(const char *root, const char *json_path, const struct warnings *warnings, struct command_list **out,
		  struct err *err)
{
	char *bytes = NULL;
	size_t length = 0;
	int result = file_read(json_path, DATABASE_CEILING, &bytes, &length, err);
	if (result == 0)
		result = commands_parse(root, json_path, bytes, length, warnings, out, err);
	free(bytes);
	return result;
}
