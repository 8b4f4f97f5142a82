/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/git.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define OUTPUT_CEILING 65536

extern char **environ;

struct words { char **items; size_t count, capacity; };

static void add(struct words *words, char *word)
{
	mem_grow(&words->items, &words->capacity, words->count + 2, sizeof *words->items);
	words->items[words->count++] = word;
	words->items[words->count] = NULL;
}

static void words_finish(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
	*words = (struct words){0};
}

/* Runs git with these words; its output, "" where it failed. stderr is dropped: no git is no error. */
static char *run(const struct words *words, size_t *length)
{
	struct buf out;
	buf_init(&out, OUTPUT_CEILING);
	int pipes[2];
	posix_spawn_file_actions_t actions;
	pid_t child;
	*length = 0;
	if (pipe2(pipes, O_CLOEXEC))
		return mem_strdup("");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	int failed = posix_spawnp(&child, "git", &actions, NULL, words->items, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	char block[4096];
	ssize_t got;
	while (!failed && (got = read(pipes[0], block, sizeof block)) > 0)
		buf_append(&out, block, (size_t)got);
	close(pipes[0]);
	int status = 1;
	if (!failed)
		waitpid(child, &status, 0);
	if (failed || status || out.overflow)
		buf_clear(&out);
	return buf_take(&out, length);
}

static void begin(struct words *words, const char *root)
{
	static const char *const fixed[] = {"git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		add(words, mem_strdup(fixed[i]));
	add(words, mem_strdup(root));
}

/* Adds "-c filter.x.clean= ..." for each filter the configuration knows: comparing files would run them. */
static void disarm_filters(struct words *words, const char *root)
{
	static const char *const ask[] = {"config", "--null", "--name-only", "--get-regexp", "^filter\\."};
	struct words question = {0};
	size_t length;
	begin(&question, root);
	for (size_t i = 0; i < sizeof ask / sizeof *ask; i++)
		add(&question, mem_strdup(ask[i]));
	char *names = run(&question, &length);
	words_finish(&question);
	for (size_t at = 0; at < length; at += strlen(names + at) + 1) {
		struct buf setting;
		buf_init(&setting, BUF_NO_CEILING);
		const char *name = names + at, *last = strrchr(name, '.');
		buf_printf(&setting, "%s=%s", name, last && !strcmp(last, ".required") ? "false" : "");
		add(words, mem_strdup("-c"));
		add(words, buf_take(&setting, NULL));
	}
	free(names);
}

static char *ask_line(const char *root, const char *const *question, size_t count)
{
	struct words words = {0};
	size_t length;
	add(&words, mem_strdup("git"));
	disarm_filters(&words, root);
	struct words rest = {0};
	begin(&rest, root);
	for (size_t i = 1; i < rest.count; i++)
		add(&words, mem_strdup(rest.items[i]));
	words_finish(&rest);
	for (size_t i = 0; i < count; i++)
		add(&words, mem_strdup(question[i]));
	char *line = run(&words, &length);
	words_finish(&words);
	line[strcspn(line, "\n")] = 0;
	return line;
}

void git_describe(const char *root, char **name, char **commit)
{
	static const char *const describe[] = {"describe", "--tags", "--always", "--dirty"};
	static const char *const head[] = {"rev-parse", "HEAD"};
	*name = ask_line(root, describe, 4);
	*commit = **name ? ask_line(root, head, 2) : mem_strdup("");
}
