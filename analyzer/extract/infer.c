/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands where none are recorded: every .c file, with the include folders that its #include lines ask for. A guess, and
 * told as one: conditional code is seen as without any -D. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/command_list.h"
#include "extract/includes.h"
#include "extract/sanitise.h"
#include "extract/toolchain.h"
#include "extract/tree.h"

#define SCANNED_BYTES ((size_t)16 << 20) /* of a file; larger ones are scanned no further */
#define FOLDERS_PER_UNIT 256
#define NAMED_IN_WARNING 5

/* One #include line of a file, resolved. */
struct edge {
	uint32_t target; /* file in the tree */
	uint32_t folder; /* id in folders: must be searched for it; TREE_NONE: found beside the including file */
	bool angle;
};

struct node {
	struct edge *edges;
	size_t count, capacity;
	bool scanned;
};

struct inference {
	struct command_list *list;
	struct tree *tree;
	struct node *nodes;          /* per file of the tree */
	struct interner *folders;
	struct interner *missing;    /* names found nowhere */
	struct interner *ambiguous;  /* names found in several places */
	glob_t system;               /* folders of system headers */
	uint32_t scanning;           /* the file that includes_scan is in */
};

static bool is_system_header(const struct inference *inference, const char *name)
{
	for (size_t i = 0; i < inference->system.gl_pathc; i++) {
		char *path = path_join(inference->system.gl_pathv[i], name);
		bool found = access(path, R_OK) == 0;
		free(path);
		if (found)
			return true;
	}
	return false;
}

static void find_system_folders(struct inference *inference)
{
	glob("/usr/local/include", 0, NULL, &inference->system);
	glob("/usr/include/*-linux-*", GLOB_APPEND, NULL, &inference->system);
	glob("/usr/include", GLOB_APPEND, NULL, &inference->system);
	const char *resources = toolchain_resource_dir();
	char *builtin = resources ? path_join(resources, "include") : NULL;
	if (builtin)
		glob(builtin, GLOB_APPEND | GLOB_NOCHECK, NULL, &inference->system);
	free(builtin);
}

/* How many leading components two paths have in common. */
static size_t kinship(const char *a, const char *b)
{
	size_t common = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		common += a[i] == '/';
	return common;
}

/* The file whose path ends with name that is nearest to the one that includes it. TREE_NONE where there is none. */
static uint32_t nearest(struct inference *inference, const char *from, const char *name)
{
	const uint32_t *candidates;
	size_t count, suffixes = 0, best_kinship = 0, name_length = strlen(name);
	uint32_t best = TREE_NONE;
	tree_named(inference->tree, path_basename(name), &candidates, &count);
	for (size_t i = 0; i < count; i++) {
		const char *path = tree_path(inference->tree, candidates[i]);
		size_t length = strlen(path);
		if (length < name_length || strcmp(path + length - name_length, name) != 0 ||
		    (length > name_length && path[length - name_length - 1] != '/'))
			continue;
		suffixes++;
		size_t common = kinship(path, from);
		if (best == TREE_NONE || common > best_kinship ||
		    (common == best_kinship && length < strlen(tree_path(inference->tree, best)))) {
			best = candidates[i];
			best_kinship = common;
		}
	}
	if (suffixes > 1)
		interner_add_string(inference->ambiguous, name);
	return best;
}

static void add_edge(struct node *node, struct edge edge)
{
	mem_grow(&node->edges, &node->capacity, node->count + 1, sizeof *node->edges);
	node->edges[node->count++] = edge;
}

static uint32_t beside(const struct inference *inference, const char *from, const char *name)
{
	char *up = path_join(from, "..");
	char *path = path_join(up, name);
	uint32_t file = tree_find(inference->tree, path);
	free(path);
	free(up);
	return file;
}

static bool resolve_line(void *context, const struct include_line *line)
{
	struct inference *inference = context;
	const char *from = tree_path(inference->tree, inference->scanning);
	struct node *node = &inference->nodes[inference->scanning];
	char *spelled = mem_strndup(line->name, line->length), *name = path_normalise(spelled);
	uint32_t target = line->angle ? TREE_NONE : beside(inference, from, name);
	if (target != TREE_NONE) {
		add_edge(node, (struct edge){target, TREE_NONE, false});
	} else if (name[0] != '/' && !(line->angle && is_system_header(inference, name))) {
		/* "../x.h" that is not beside: no folder can be told from it. */
		target = strncmp(name, "..", 2) == 0 ? TREE_NONE : nearest(inference, from, name);
		if (target != TREE_NONE) {
			const char *path = tree_path(inference->tree, target);
			size_t length = strlen(path) - strlen(name);
			uint32_t folder = interner_add(inference->folders, length ? path : ".", length ? length - 1 : 1);
			add_edge(node, (struct edge){target, folder, line->angle});
		} else if (line->angle || !is_system_header(inference, name)) {
			interner_add_string(inference->missing, name);
		}
	}
	free(name);
	free(spelled);
	return true;
}

static void scan_file(struct inference *inference, uint32_t file)
{
	struct node *node = &inference->nodes[file];
	if (node->scanned)
		return;
	node->scanned = true;
	char *path = path_join(inference->list->root, tree_path(inference->tree, file)), *text = NULL;
	size_t length = 0;
	if (file_read(path, SCANNED_BYTES, &text, &length, NULL) == 0) {
		inference->scanning = file;
		includes_scan(text, length, false, resolve_line, inference);
	}
	free(text);
	free(path);
}

/* What the units of one folder need, in order of first use. */
struct needs {
	uint32_t *folders;      /* ids */
	bool *angles;           /* by position: asked for with <> */
	size_t count;
	struct map64 *positions; /* folder id -> position */
	bool config;            /* config.h is among the files */
};

static void need_folder(struct needs *needs, uint32_t folder, bool angle)
{
	uint32_t position;
	if (map64_get(needs->positions, folder, &position)) {
		needs->angles[position] |= angle;
	} else if (needs->count < FOLDERS_PER_UNIT) {
		map64_put(needs->positions, folder, (uint32_t)needs->count);
		needs->folders[needs->count] = folder;
		needs->angles[needs->count++] = angle;
	}
}

/* Follows the #include lines from file through the tree. seen: files that this folder's units have reached. */
static void follow(struct inference *inference, uint32_t file, struct map64 *seen, struct needs *needs)
{
	uint32_t *queue = NULL, ignored;
	size_t count = 0, capacity = 0;
	mem_grow(&queue, &capacity, 1, sizeof *queue);
	queue[count++] = file;
	map64_put(seen, file, 1);
	for (size_t next = 0; next < count; next++) {
		scan_file(inference, queue[next]);
		const struct node *node = &inference->nodes[queue[next]];
		for (size_t i = 0; i < node->count; i++) {
			const struct edge *edge = &node->edges[i];
			if (edge->folder != TREE_NONE)
				need_folder(needs, edge->folder, edge->angle);
			if (strcmp(path_basename(tree_path(inference->tree, edge->target)), "config.h") == 0)
				needs->config = true;
			if (map64_get(seen, edge->target, &ignored))
				continue;
			map64_put(seen, edge->target, 1);
			mem_grow(&queue, &capacity, count + 1, sizeof *queue);
			queue[count++] = edge->target;
		}
	}
	free(queue);
}

/* The flags of the nearest compile_flags.txt at or above folder (relative; "." = root), one word a line. */
static void add_written_flags(struct inference *inference, const char *folder, struct words *arguments)
{
	struct command_list *list = inference->list;
	for (char *at = mem_strdup(folder);;) {
		char *name = path_join(at, "compile_flags.txt"), *path = path_join(list->root, name), *text = NULL;
		size_t length = 0;
		bool found = tree_find(inference->tree, name) != TREE_NONE && file_read(path, 1 << 20, &text, &length, NULL) == 0;
		free(path);
		free(name);
		if (found) {
			struct words words = {0};
			words_add(&words, "cc");
			char *copy = arena_strdup(list->arena, text);
			for (char *line; (line = strsep(&copy, "\r\n"));)
				if (*line)
					words_add(&words, line);
			sanitise_command(&words, "x.c", list->arena, arguments);
			words_finish(&words);
		}
		free(text);
		bool top = strcmp(at, ".") == 0;
		char *up = top ? NULL : path_join(at, "..");
		free(at);
		at = up;
		if (found || top) {
			free(at);
			return;
		}
	}
}

static void make_arguments(struct inference *inference, const char *folder, const struct needs *needs,
			   struct words *arguments)
{
	struct arena *arena = inference->list->arena;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	add_written_flags(inference, folder, arguments);
	if (needs->config)
		words_add(arguments, "-DHAVE_CONFIG_H");
	for (size_t i = 0; i < needs->count; i++) {
		const char *name = interner_text(inference->folders, needs->folders[i]);
		buf_clear(&text);
		/* -iquote where "" alone asks for it: a folder with a string.h of its own must not hide the system's. */
		buf_printf(&text, "%s%s", needs->angles[i] ? "-I" : "-iquote", name);
		words_add(arguments, arena_strdup(arena, text.data));
	}
	buf_finish(&text);
}

/* Units of one folder share their arguments. files: count numbers, all in folder. */
static void add_folder(struct inference *inference, const char *folder, const uint32_t *files, size_t count)
{
	struct needs needs = {.folders = mem_alloc(FOLDERS_PER_UNIT * sizeof *needs.folders),
			      .angles = mem_alloc(FOLDERS_PER_UNIT * sizeof *needs.angles),
			      .positions = map64_create()};
	struct map64 *seen = map64_create();
	struct words arguments = {0};
	for (size_t i = 0; i < count; i++)
		follow(inference, files[i], seen, &needs);
	make_arguments(inference, folder, &needs, &arguments);
	for (size_t i = 0; i < count; i++) {
		char *file = path_join(inference->list->root, tree_path(inference->tree, files[i]));
		command_list_add(inference->list, inference->list->root, file, &arguments, true);
		free(file);
	}
	words_finish(&arguments);
	map64_destroy(seen);
	map64_destroy(needs.positions);
	free(needs.folders);
	free(needs.angles);
}

/* The files of each folder follow one another only per level: gathers them by folder. */
static void add_folders(struct inference *inference)
{
	struct interner *folders = interner_create();
	uint32_t files = tree_count(inference->tree), *sources = mem_alloc(files * sizeof *sources),
		 *owners = mem_alloc(files * sizeof *owners), *group = mem_alloc(files * sizeof *group);
	size_t count = 0;
	for (uint32_t file = 0; file < files; file++) {
		const char *path = tree_path(inference->tree, file), *slash = strrchr(path, '/');
		size_t length = strlen(path);
		if (length < 2 || strcmp(path + length - 2, ".c") != 0)
			continue;
		owners[count] = interner_add(folders, slash ? path : ".", slash ? (size_t)(slash - path) : 1);
		sources[count++] = file;
	}
	/* Few folders have sources that do not stand together: a folder's own, around those of its children. */
	for (uint32_t folder = 0; folder < interner_count(folders); folder++) {
		size_t grouped = 0;
		for (size_t i = 0; i < count; i++)
			if (owners[i] == folder)
				group[grouped++] = sources[i];
		add_folder(inference, interner_text(folders, folder), group, grouped);
	}
	free(sources);
	free(owners);
	free(group);
	interner_destroy(folders);
}

static void append_names(struct buf *line, const struct interner *names)
{
	for (uint32_t i = 0; i < interner_count(names) && i < NAMED_IN_WARNING; i++)
		buf_printf(line, "%s%s", i ? ", " : ": ", interner_text(names, i));
	if (interner_count(names) > NAMED_IN_WARNING)
		buf_append_string(line, ", ...");
}

static void tell_trust(const struct inference *inference, const struct warnings *warnings)
{
	const struct command_list *list = inference->list;
	struct buf line;
	buf_init(&line, BUF_NO_CEILING);
	warnings_tell(warnings, "%s: no recorded commands: include folders of %zu units are inferred, macros that the build "
		      "would define (-D) are unknown, and every .c file counts, built or not; record a build with "
		      "--build 'make' for exact facts", list->root, list->count);
	if (interner_count(inference->missing)) {
		buf_printf(&line, "%u header names were found nowhere (generated, or of libraries that are not installed)",
			   interner_count(inference->missing));
		append_names(&line, inference->missing);
		warnings_tell(warnings, "%s", line.data);
	}
	if (interner_count(inference->ambiguous)) {
		buf_clear(&line);
		buf_printf(&line, "%u header names exist more than once; the nearest was taken",
			   interner_count(inference->ambiguous));
		append_names(&line, inference->ambiguous);
		warnings_tell(warnings, "%s", line.data);
	}
	buf_finish(&line);
}

int commands_infer(const char *root, const char *const *skip, const struct warnings *warnings,
		   struct command_list **out, struct err *err)
{
	struct inference inference = {0};
	int result = command_list_create(root, &inference.list, err);
	if (result != 0)
		return result;
	inference.list->inferred = true;
	result = tree_create(inference.list->root, skip, &inference.tree, err);
	if (result == 0) {
		inference.nodes = mem_zalloc(tree_count(inference.tree), sizeof *inference.nodes);
		inference.folders = interner_create();
		inference.missing = interner_create();
		inference.ambiguous = interner_create();
		find_system_folders(&inference);
		add_folders(&inference);
		command_list_finish(inference.list);
		if (inference.list->count)
			tell_trust(&inference, warnings);
		else
			result = err_set(err, ERR_INPUT, "%s: no .c file below it; give the folder of a C codebase",
					 inference.list->root);
		globfree(&inference.system);
		for (uint32_t i = 0; i < tree_count(inference.tree); i++)
			free(inference.nodes[i].edges);
		interner_destroy(inference.folders);
		interner_destroy(inference.missing);
		interner_destroy(inference.ambiguous);
	}
	free(inference.nodes);
	tree_destroy(inference.tree);
	if (result == 0)
		*out = inference.list;
	else
		command_list_destroy(inference.list);
	return result;
}
