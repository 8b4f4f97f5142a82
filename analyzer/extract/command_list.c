/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of commands as a container: order, identity, memory. Knows nothing of JSON or compilers. */
#include "extract/command_list.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "extract/relocate.h"
#include "extract/sanitise.h"

void warnings_tell(const struct warnings *warnings, const char *format, ...)
{
	if (!warnings || !warnings->warn)
		return;
	char line[4096];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	/* Names in it come from outside: one line it stays, valid and without orders to a terminal. */
	struct buf clean;
	buf_init(&clean, BUF_NO_CEILING);
	for (size_t i = 0, length = strlen(line), step; i < length; i += step) {
		bool control = (unsigned char)line[i] < 0x20 || line[i] == 0x7f;
		size_t valid = control ? 0 : text_utf8_length(line + i, length - i);
		step = valid ? valid : 1;
		if (valid)
			buf_append(&clean, line + i, valid);
		else
			buf_printf(&clean, "\\x%02x", (unsigned char)line[i]);
	}
	warnings->warn(warnings->context, clean.data ? clean.data : "");
	buf_finish(&clean);
}

int command_list_create(const char *root, struct command_list **out, struct err *err)
{
	char *real = realpath(root, NULL);
	if (!real)
		return err_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_INPUT, errno, "%s", root);
	struct stat info;
	int result = 0;
	if (stat(real, &info) != 0) {
		result = err_errno(err, ERR_INPUT, errno, "%s", root);
	} else if (!S_ISDIR(info.st_mode)) {
		result = err_set(err, ERR_INPUT, "%s: is not a folder; give the folder of the codebase", root);
	} else {
		struct command_list *list = mem_zalloc(1, sizeof *list);
		list->arena = arena_create();
		list->root = arena_strdup(list->arena, real);
		*out = list;
	}
	free(real);
	return result;
}

void command_list_destroy(struct command_list *list)
{
	if (!list)
		return;
	free(list->commands);
	arena_destroy(list->arena);
	free(list);
}

void command_list_add(struct command_list *list, const char *directory, const char *file,
		      const struct words *arguments, bool inferred)
{
	struct arena *arena = list->arena;
	/* Doubling by the count itself: the struct is public and has no capacity. */
	if ((list->count & (list->count - 1)) == 0)
		list->commands = mem_realloc(list->commands,
					     (list->count ? 2 * list->count : 1) * sizeof *list->commands);
	struct command *command = &list->commands[list->count++];
	*command = (struct command){.inferred = inferred};
	command->directory = arena_strdup(arena, directory);
	command->file = arena_strdup(arena, file);
	struct buf path;
	buf_init(&path, BUF_NO_CEILING);
	const char *below = path_below(file, list->root);
	text_append_utf8(&path, below, strlen(below));
	command->path = arena_strndup(arena, path.data ? path.data : "", path.length);
	buf_finish(&path);
	command->command_hash = relocate_hash(arguments, directory, list->root);

	struct words all = {0};
	for (size_t i = 0; i < arguments->count; i++)
		words_add(&all, arguments->items[i]);
	sanitise_add_environment(&all, arena, command->directory);
	command->argument_count = all.count;
	command->arguments = arena_alloc(arena, (all.count + 1) * sizeof *command->arguments);
	memcpy(command->arguments, all.items, (all.count + 1) * sizeof *command->arguments);
	words_finish(&all);
}

static int compare_commands(const void *left, const void *right)
{
	const struct command *a = left, *b = right;
	int order = strcmp(a->path, b->path);
	return order ? order : hash_compare(a->command_hash, b->command_hash);
}

void command_list_finish(struct command_list *list)
{
	if (!list->count)
		return;
	qsort(list->commands, list->count, sizeof *list->commands, compare_commands);
	size_t kept = 1;
	for (size_t i = 1; i < list->count; i++)
		if (compare_commands(&list->commands[kept - 1], &list->commands[i]) != 0)
			list->commands[kept++] = list->commands[i];
	list->count = kept;
}
