/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans shared prefixes: groups units, makes a trie of their leading includes, and picks the nodes that pay. Parses
 * nothing; whether a prefix really holds for a unit is verified where it is used (prefix.c). */
#include "extract/prefix_plan.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/includes.h"
#include "extract/prefix_folder.h"
#include "extract/words.h"

#define HEAD_BYTES ((size_t)64 << 10) /* of a main file: where its leading includes are looked for */
#define HEADER_BYTES ((size_t)4 << 20)
#define LEADING_INCLUDES 48
#define LEAST_USERS 4
#define MOST_PREFIXES 64

/* The cost model counts in bytes of header text parsed. */
#define SYSTEM_HEADER_COST 60000.0 /* what a header that we do not find brings along */
#define USE_COST 60000.0           /* loading a prefix for one unit */
#define BUILD_FACTOR 1.7           /* parsing, writing and visiting it once */
#define BUILD_COST 300000.0

/* ---- how much text an include brings along ---- */

struct header {
	double bytes;
	uint32_t *includes; /* headers */
	size_t count, capacity;
	bool scanned;
};

/* The headers that one group's search path leads to. */
struct header_map {
	const struct command *command;
	struct interner *paths; /* id = index into headers; a name in "<>" was not found */
	struct header *headers;
	size_t capacity;
	uint32_t scanning;
};

static uint32_t header_at(struct header_map *map, const char *path)
{
	uint32_t id = interner_add_string(map->paths, path);
	mem_grow_zeroed(&map->headers, &map->capacity, (size_t)id + 1, sizeof *map->headers);
	return id;
}

static bool is_file(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Where name is found from a file in folder: approximately, for weighing only. */
static uint32_t find_header(struct header_map *map, const char *folder, const char *name, bool angle)
{
	const struct command *command = map->command;
	char *path = angle ? NULL : path_join(folder, name);
	bool found = path && is_file(path);
	for (size_t i = 0; i < command->argument_count && !found; i++) {
		const char *argument = command->arguments[i], *value = NULL;
		static const char *const SEARCH[] = {"-I", "-iquote", "-isystem", "-idirafter"};
		for (size_t s = 0; s < sizeof SEARCH / sizeof *SEARCH && !value; s++) {
			size_t length = strlen(SEARCH[s]);
			if (strncmp(argument, SEARCH[s], length) == 0)
				value = argument[length] ? argument + length
					: i + 1 < command->argument_count ? command->arguments[i + 1] : NULL;
		}
		if (!value)
			continue;
		char *searched = path_join(command->directory, value);
		free(path);
		path = path_join(searched, name);
		free(searched);
		found = is_file(path);
	}
	uint32_t header;
	if (found) {
		header = header_at(map, path);
	} else {
		struct buf unknown;
		buf_init(&unknown, BUF_NO_CEILING);
		buf_printf(&unknown, "<%s>", name);
		header = header_at(map, unknown.data);
		map->headers[header].bytes = SYSTEM_HEADER_COST;
		map->headers[header].scanned = true;
		buf_finish(&unknown);
	}
	free(path);
	return header;
}

static bool note_include(void *context, const struct include_line *line)
{
	struct header_map *map = context;
	char *folder = path_join(interner_text(map->paths, map->scanning), "..");
	char *name = mem_strndup(line->name, line->length);
	uint32_t included = find_header(map, folder, name, line->angle);
	struct header *header = &map->headers[map->scanning];
	mem_grow(&header->includes, &header->capacity, header->count + 1, sizeof *header->includes);
	header->includes[header->count++] = included;
	free(name);
	free(folder);
	return true;
}

static void scan_header(struct header_map *map, uint32_t id)
{
	char *text = NULL;
	size_t length = 0;
	if (map->headers[id].scanned)
		return;
	map->headers[id].scanned = true;
	if (file_read(interner_text(map->paths, id), HEADER_BYTES, &text, &length, NULL) == 0) {
		map->headers[id].bytes = (double)length;
		map->scanning = id;
		includes_scan(text, length, false, note_include, map);
	}
	free(text);
}

/* Adds what id brings along to seen; returns the bytes that were not there yet. */
static double add_closure(struct header_map *map, uint32_t id, struct map64 *seen)
{
	uint32_t *queue = NULL, ignored;
	size_t count = 0, capacity = 0;
	double bytes = 0;
	mem_grow(&queue, &capacity, 1, sizeof *queue);
	queue[count++] = id;
	for (size_t next = 0; next < count; next++) {
		uint32_t at = queue[next];
		if (map64_get(seen, at, &ignored))
			continue;
		map64_put(seen, at, 1);
		scan_header(map, at);
		const struct header *header = &map->headers[at];
		bytes += header->bytes;
		for (size_t i = 0; i < header->count; i++) {
			mem_grow(&queue, &capacity, count + 1, sizeof *queue);
			queue[count++] = header->includes[i];
		}
	}
	free(queue);
	return bytes;
}

/* ---- the trie of one group ---- */

struct node {
	uint32_t parent, first_child, next_sibling; /* UINT32_MAX: none */
	uint32_t line;     /* the include line, as spelled: id in lines */
	uint32_t depth;    /* includes up to here */
	uint32_t own;      /* units whose leading includes end here */
	uint32_t total;    /* and those below */
	uint32_t example;  /* a command that passes through */
	double bytes;      /* of the whole prefix */
	double *best;      /* by depth of the nearest chosen ancestor (0: none): least cost below; < 0 is a gain */
	bool *take;        /* what gives it */
	uint32_t prefix;   /* its number once planned */
};

struct trie {
	struct node *nodes;
	size_t count, capacity;
	struct interner *lines;
};

static uint32_t add_node(struct trie *trie, uint32_t parent, uint32_t line, uint32_t command)
{
	mem_grow(&trie->nodes, &trie->capacity, trie->count + 1, sizeof *trie->nodes);
	uint32_t id = (uint32_t)trie->count++;
	trie->nodes[id] = (struct node){.parent = parent, .first_child = UINT32_MAX, .next_sibling = UINT32_MAX,
					.line = line, .example = command, .prefix = PREFIX_NONE};
	if (parent != UINT32_MAX) {
		trie->nodes[id].depth = trie->nodes[parent].depth + 1;
		trie->nodes[id].next_sibling = trie->nodes[parent].first_child;
		trie->nodes[parent].first_child = id;
	}
	return id;
}

static uint32_t find_child(const struct trie *trie, uint32_t parent, uint32_t line)
{
	for (uint32_t child = trie->nodes[parent].first_child; child != UINT32_MAX; child = trie->nodes[child].next_sibling)
		if (trie->nodes[child].line == line)
			return child;
	return UINT32_MAX;
}

struct leading {
	struct interner *lines;
	uint32_t ids[LEADING_INCLUDES];
	size_t count;
};

static bool note_leading(void *context, const struct include_line *line)
{
	struct leading *leading = context;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_append_char(&text, line->angle ? '<' : '"');
	buf_append(&text, line->name, line->length);
	buf_append_char(&text, line->angle ? '>' : '"');
	leading->ids[leading->count++] = interner_add(leading->lines, text.data, text.length);
	buf_finish(&text);
	return leading->count < LEADING_INCLUDES;
}

static void read_leading(const char *file, struct leading *leading)
{
	char *head = mem_alloc(HEAD_BYTES);
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length = fd >= 0 ? read(fd, head, HEAD_BYTES) : 0;
	if (length > 0)
		includes_scan(head, (size_t)length, true, note_leading, leading);
	if (fd >= 0)
		close(fd);
	free(head);
}

static uint32_t add_unit(struct trie *trie, const struct leading *leading, uint32_t command)
{
	uint32_t at = 0;
	for (size_t i = 0; i < leading->count; i++) {
		trie->nodes[at].total++;
		uint32_t child = find_child(trie, at, leading->ids[i]);
		at = child != UINT32_MAX ? child : add_node(trie, at, leading->ids[i], command);
	}
	trie->nodes[at].total++;
	trie->nodes[at].own++;
	return at;
}

/* Bytes of every node's prefix: the union of what its includes bring along. */
static void weigh_nodes(struct trie *trie, const struct command *command)
{
	struct header_map map = {.command = command, .paths = interner_create()};
	char *folder = path_join(command->file, "..");
	for (size_t i = 1; i < trie->count; i++) {
		struct map64 *seen = map64_create();
		uint32_t path[LEADING_INCLUDES];
		size_t depth = 0;
		if (trie->nodes[i].total >= LEAST_USERS)
			for (uint32_t at = (uint32_t)i; at != 0; at = trie->nodes[at].parent)
				path[depth++] = trie->nodes[at].line;
		while (depth > 0) {
			const char *line = interner_text(trie->lines, path[--depth]);
			char *name = mem_strndup(line + 1, strlen(line) - 2);
			uint32_t header = find_header(&map, folder, name, line[0] == '<');
			trie->nodes[i].bytes += add_closure(&map, header, seen);
			free(name);
		}
		map64_destroy(seen);
	}
	for (uint32_t i = 0; i < interner_count(map.paths); i++)
		free(map.headers[i].includes);
	free(map.headers);
	interner_destroy(map.paths);
	free(folder);
}

static double saving(const struct node *node)
{
	return node->depth && node->bytes > USE_COST ? node->bytes - USE_COST : 0;
}

/* Children have higher numbers than their parents: from the last node to the first, all below is known. */
static void choose_nodes(struct trie *trie)
{
	for (size_t i = trie->count; i-- > 0;) {
		struct node *node = &trie->nodes[i];
		uint32_t ancestors[LEADING_INCLUDES + 1] = {0};
		node->best = mem_zalloc(node->depth + 1, sizeof *node->best);
		node->take = mem_zalloc(node->depth + 1, sizeof *node->take);
		for (uint32_t at = (uint32_t)i; at != UINT32_MAX; at = trie->nodes[at].parent)
			ancestors[trie->nodes[at].depth] = at;
		double taken = BUILD_COST + BUILD_FACTOR * node->bytes - node->own * saving(node);
		for (uint32_t child = node->first_child; child != UINT32_MAX; child = trie->nodes[child].next_sibling)
			taken += trie->nodes[child].best[node->depth];
		for (uint32_t depth = 0; depth <= node->depth; depth++) {
			/* depth == own depth only for the root's "none". */
			double left = -(node->own * saving(&trie->nodes[ancestors[depth]]));
			for (uint32_t child = node->first_child; child != UINT32_MAX; child = trie->nodes[child].next_sibling)
				left += trie->nodes[child].best[depth];
			node->take[depth] = i > 0 && node->total >= LEAST_USERS && taken < left;
			node->best[depth] = node->take[depth] ? taken : left;
		}
	}
}

static char *prefix_text(const struct trie *trie, uint32_t node, struct arena *arena)
{
	uint32_t lines[LEADING_INCLUDES];
	size_t depth = 0;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	for (uint32_t at = node; at != 0; at = trie->nodes[at].parent)
		lines[depth++] = trie->nodes[at].line;
	while (depth > 0)
		buf_printf(&text, "#include %s\n", interner_text(trie->lines, lines[--depth]));
	char *copy = arena_strndup(arena, text.data, text.length);
	buf_finish(&text);
	return copy;
}

static void plan_prefix(struct prefix_plan *plan, struct trie *trie, uint32_t id, const struct command_list *list)
{
	struct node *node = &trie->nodes[id];
	char *folder = path_join(list->commands[node->example].file, "..");
	struct buf source;
	buf_init(&source, BUF_NO_CEILING);
	buf_printf(&source, "%s/.sightline-prefix-%zu.h", folder, plan->count);
	node->prefix = (uint32_t)plan->count;
	plan->prefixes[plan->count++] = (struct planned_prefix){.command = node->example, .includes = node->depth,
								.text = prefix_text(trie, id, plan->arena),
								.source = arena_strdup(plan->arena, source.data)};
	buf_finish(&source);
	free(folder);
}

/* From the root down: which prefix, if any, units at each node use. */
static void plan_chosen(struct prefix_plan *plan, struct trie *trie, const struct command_list *list)
{
	uint32_t *nearest = mem_zalloc(trie->count, sizeof *nearest); /* depth of the chosen ancestor; 0: none */
	for (size_t i = 1; i < trie->count; i++) {
		struct node *node = &trie->nodes[i];
		uint32_t above = nearest[node->parent];
		nearest[i] = above;
		node->prefix = trie->nodes[node->parent].prefix;
		if (node->take[above] && plan->count < MOST_PREFIXES) {
			plan_prefix(plan, trie, (uint32_t)i, list);
			nearest[i] = node->depth;
		}
	}
	free(nearest);
}

/* ---- groups ---- */

/* What must agree for units to share: arguments, working directory, and the folder that "" names start from. */
static bool group_key(const struct command *command, struct hash128 *key)
{
	static const char *const UNSHARED[] = {"-include", "--include", "-imacros", "-x"};
	struct hasher *hasher = hasher_create();
	bool shared = true;
	const char *slash = strrchr(command->file, '/');
	hasher_add_string(hasher, command->directory);
	hasher_add(hasher, command->file, slash ? (size_t)(slash - command->file) : 0);
	for (size_t i = 0; i < command->argument_count; i++) {
		/* Text that comes before the prefix; languages but plain C. */
		for (size_t u = 0; u < sizeof UNSHARED / sizeof *UNSHARED; u++)
			if (strncmp(command->arguments[i], UNSHARED[u], strlen(UNSHARED[u])) == 0)
				shared = false;
		hasher_add_string(hasher, command->arguments[i]);
	}
	*key = hasher_result(hasher);
	hasher_destroy(hasher);
	size_t length = strlen(command->file);
	return shared && length > 2 && strcmp(command->file + length - 2, ".c") == 0;
}

static void plan_group(struct prefix_plan *plan, const struct command_list *list, const uint32_t *commands, size_t count)
{
	struct trie trie = {.lines = interner_create()};
	uint32_t *nodes = mem_alloc(count * sizeof *nodes);
	add_node(&trie, UINT32_MAX, UINT32_MAX, commands[0]);
	for (size_t i = 0; i < count; i++) {
		struct leading leading = {.lines = trie.lines};
		read_leading(list->commands[commands[i]].file, &leading);
		nodes[i] = add_unit(&trie, &leading, commands[i]);
	}
	weigh_nodes(&trie, &list->commands[commands[0]]);
	choose_nodes(&trie);
	plan_chosen(plan, &trie, list);
	for (size_t i = 0; i < count; i++) {
		uint32_t prefix = trie.nodes[nodes[i]].prefix;
		plan->of_command[commands[i]] = prefix;
		if (prefix != PREFIX_NONE)
			plan->prefixes[prefix].users++;
	}
	for (size_t i = 0; i < trie.count; i++) {
		free(trie.nodes[i].best);
		free(trie.nodes[i].take);
	}
	free(trie.nodes);
	free(nodes);
	interner_destroy(trie.lines);
}

static void plan_groups(struct prefix_plan *plan, const struct command_list *list, const size_t *indices, size_t count)
{
	struct interner *keys = interner_create();
	uint32_t *group = mem_alloc(count * sizeof *group), *members = mem_alloc(count * sizeof *members);
	uint32_t *sizes = mem_zalloc(count, sizeof *sizes);
	for (size_t i = 0; i < count; i++) {
		struct hash128 key;
		group[i] = UINT32_MAX;
		if (!group_key(&list->commands[indices[i]], &key))
			continue;
		group[i] = interner_add(keys, (const char *)&key, sizeof key);
		sizes[group[i]]++;
	}
	for (uint32_t at = 0; at < interner_count(keys); at++) {
		size_t found = 0;
		if (sizes[at] < LEAST_USERS)
			continue;
		for (size_t i = 0; i < count; i++)
			if (group[i] == at)
				members[found++] = (uint32_t)indices[i];
		plan_group(plan, list, members, found);
	}
	free(sizes);
	free(group);
	free(members);
	interner_destroy(keys);
}

struct prefix_plan *prefix_plan_create(const struct command_list *list, const size_t *indices, size_t count)
{
	struct prefix_plan *plan = mem_zalloc(1, sizeof *plan);
	plan->lock = -1;
	plan->arena = arena_create();
	plan->prefixes = mem_zalloc(MOST_PREFIXES, sizeof *plan->prefixes);
	plan->of_command = mem_alloc(list->count * sizeof *plan->of_command);
	memset(plan->of_command, 0xff, list->count * sizeof *plan->of_command);
	plan_groups(plan, list, indices, count);
	char *folder = plan->count ? prefix_folder_create(&plan->lock) : NULL;
	if (!folder) {
		prefix_plan_destroy(plan);
		return NULL;
	}
	plan->folder = arena_strdup(plan->arena, folder);
	free(folder);
	return plan;
}

void prefix_plan_destroy(struct prefix_plan *plan)
{
	if (!plan)
		return;
	if (plan->folder)
		prefix_folder_remove(plan->folder, plan->lock);
	free(plan->prefixes);
	free(plan->of_command);
	arena_destroy(plan->arena);
	free(plan);
}

char *prefix_plan_path(const struct prefix_plan *plan, uint32_t prefix, const char *suffix)
{
	struct buf name;
	buf_init(&name, BUF_NO_CEILING);
	buf_printf(&name, "%s/%u%s", plan->folder, prefix, suffix);
	return buf_take(&name, NULL);
}
