/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a compile_commands.json, and as one command line. "@ROOT@" in them stands for a codebase with a file a.c
 * in it, so that a corpus on disk can name it; no argument that makes libclang load or write a file may come out. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/commands.h"
#include "extract/relocate.h"
#include "extract/sanitise.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static char root[] = "/tmp/sightline-fuzz-XXXXXX";
static char json_path[sizeof root + sizeof "/compile_commands.json"];

static void remove_codebase(void)
{
	char path[sizeof root + 8];
	snprintf(path, sizeof path, "%s/a.c", root);
	unlink(path);
	snprintf(path, sizeof path, "%s/f", root);
	unlink(path);
	rmdir(root);
}

static void write_file(const char *name, const char *text)
{
	char path[sizeof root + 8];
	snprintf(path, sizeof path, "%s/%s", root, name);
	FILE *file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

static void make_codebase(void)
{
	if (json_path[0])
		return;
	if (!mkdtemp(root))
		abort();
	atexit(remove_codebase);
	write_file("a.c", "int a;\n");
	write_file("f", "-DFROM_FILE 'quoted word' @f");
	snprintf(json_path, sizeof json_path, "%s/compile_commands.json", root);
}

/* bytes with @ROOT@ replaced. Heap, NUL behind it. */
static char *place(const uint8_t *bytes, size_t length, size_t *placed_length)
{
	static const char MARK[] = "@ROOT@";
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	for (size_t i = 0; i < length;) {
		if (length - i >= sizeof MARK - 1 && memcmp(bytes + i, MARK, sizeof MARK - 1) == 0) {
			buf_append_string(&out, root);
			i += sizeof MARK - 1;
		} else {
			buf_append(&out, bytes + i++, 1);
		}
	}
	return buf_take(&out, placed_length);
}

/* Words that are options here, and never values of the option before them. */
static void check_arguments(const char *const *arguments, size_t count)
{
	static const char *const WITH_VALUE[] = {
		"-I", "-D", "-U", "-F", "-include", "--include", "-imacros", "-isystem", "-isystem-after", "-iquote", "-idirafter",
		"-iprefix", "-iwithprefix", "-iwithprefixbefore", "-isysroot", "-iwithsysroot", "-iframework",
		"-iframeworkwithsysroot", "--sysroot", "-target", "-x", "-working-directory", "-resource-dir", "-mthread-model",
		"-meabi", "--include-directory", "--include-directory-after", "--include-prefix", "--include-with-prefix",
		"--include-with-prefix-after", "--include-with-prefix-before", "--imacros", "--define-macro",
		"--undefine-macro", "--std", NULL,
	};
	static const char *const NEVER[] = {"-c", "-S", "-E", "-load", "-mllvm", "-serialize-diagnostics", "--output", NULL};
	static const char *const NEVER_BEGINS[] = {"-o", "-M", "-X", "-fplugin", "-fpass-plugin", "-W", "-mllvm=", "--output=",
						   "-save-temps", "-cc1", "-emit-", NULL};
	for (size_t i = 0; i < count; i++) {
		const char *argument = arguments[i];
		if (argument[0] != '-')
			abort(); /* an input, or the value of something we do not know */
		for (size_t n = 0; NEVER[n]; n++)
			if (strcmp(argument, NEVER[n]) == 0)
				abort();
		for (size_t n = 0; NEVER_BEGINS[n]; n++)
			if (strncmp(argument, NEVER_BEGINS[n], strlen(NEVER_BEGINS[n])) == 0 &&
			    strncmp(argument, "-Wno-error=", strlen("-Wno-error=")) != 0)
				abort();
		for (size_t w = 0; WITH_VALUE[w]; w++) {
			if (strcmp(argument, WITH_VALUE[w]) == 0) {
				if (++i >= count)
					abort();
				break;
			}
		}
	}
}

static void check_list(const struct command_list *list)
{
	if (!list->count)
		abort();
	for (size_t i = 0; i < list->count; i++) {
		const struct command *command = &list->commands[i];
		if (!path_below(command->file, list->root) || command->directory[0] != '/' ||
		    command->arguments[command->argument_count] || !text_is_utf8(command->path, strlen(command->path)))
			abort();
		if (i && strcmp(command[-1].path, command->path) > 0)
			abort();
		check_arguments(command->arguments, command->argument_count);
	}
}

static void warn(void *context, const char *line)
{
	(void)context;
	if (strchr(line, '\n') || !text_is_utf8(line, strlen(line)))
		abort();
}

static void as_database(const char *text, size_t length)
{
	const struct warnings warnings = {.warn = warn};
	struct command_list *list = NULL;
	struct err err = {0};
	int result = commands_parse(root, json_path, text, length, &warnings, &list, &err);
	if (result == 0)
		check_list(list);
	else if (result != ERR_INPUT || !err.text[0] || list)
		abort();
	command_list_destroy(list);
}

static void as_command_line(const char *text)
{
	struct arena *arena = arena_create();
	struct words split = {0}, expanded = {0}, out = {0};
	struct err err = {0};
	int result = words_split(&split, arena, text, &err);
	for (size_t i = 0; result == 0 && i < split.count; i++)
		result = words_add_expanded(&expanded, arena, root, split.items[i], &err);
	if (result == 0) {
		if (sanitise_command(&expanded, "a.c", arena, &out) == LANGUAGE_C)
			check_arguments(out.items, out.count);
		relocate_hash(&out, root, root);
	} else if (result != ERR_INPUT && result != ERR_LIMIT) {
		abort();
	}
	words_finish(&split);
	words_finish(&expanded);
	words_finish(&out);
	arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	make_codebase();
	size_t placed_length;
	char *text = place(bytes, length, &placed_length);
	as_database(text, placed_length);
	as_command_line(text);
	free(text);
	return 0;
}
