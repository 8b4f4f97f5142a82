/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/vcs_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define COMPLAINT_CEILING 65536

extern char **environ;

struct words { char **items; size_t count, capacity; };

static void add(struct words *words, const char *word)
{
	mem_grow(&words->items, &words->capacity, words->count + 2, sizeof *words->items);
	words->items[words->count++] = mem_strdup(word);
	words->items[words->count] = NULL;
}

static void words_finish(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

/* Ours without what a hook of git is told: it speaks of the repository that the hook runs in, by names that hold only there. */
static void add_environment(struct words *words, const char *const *more)
{
	static const char *const dropped[] = {"GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_PREFIX=", "GIT_EXTERNAL_DIFF=",
					      "GIT_TERMINAL_PROMPT=", "LC_ALL="};
	for (char **variable = environ; *variable; variable++) {
		bool keep = true;
		for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
			keep &= strncmp(*variable, dropped[i], strlen(dropped[i])) != 0;
		if (keep)
			add(words, *variable);
	}
	add(words, "GIT_TERMINAL_PROMPT=0");
	add(words, "LC_ALL=C.UTF-8"); /* its words are read */
	for (; more && *more; more++)
		add(words, *more);
}

/* Reads both pipes until they end. */
static void read_both(int fds[2], struct buf *buffers[2])
{
	struct pollfd polled[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
	char block[16384];
	while (polled[0].fd >= 0 || polled[1].fd >= 0) {
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			if (polled[i].fd < 0 || !polled[i].revents)
				continue;
			ssize_t got = read(polled[i].fd, block, sizeof block);
			if (got > 0 && buffers[i])
				buf_append(buffers[i], block, (size_t)got);
			if (got == 0 || (got < 0 && errno != EINTR))
				polled[i].fd = -1;
		}
	}
}

/* Runs; *status as from waitpid. Errors: it could not be started. */
static int spawn(char **words, char **environment, struct buf *out, struct buf *said, int *status)
{
	int out_pipe[2], said_pipe[2];
	posix_spawn_file_actions_t actions;
	pid_t child;
	if (pipe2(out_pipe, O_CLOEXEC))
		return errno;
	if (pipe2(said_pipe, O_CLOEXEC)) {
		int failed = errno;
		close(out_pipe[0]);
		close(out_pipe[1]);
		return failed;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out_pipe[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, said_pipe[1], STDERR_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	int failed = posix_spawnp(&child, "git", &actions, NULL, words, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(out_pipe[1]);
	close(said_pipe[1]);
	if (!failed)
		read_both((int[]){out_pipe[0], said_pipe[0]}, (struct buf *[]){out, said});
	close(out_pipe[0]);
	close(said_pipe[0]);
	while (!failed && waitpid(child, status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return failed;
}

/* The words that all calls begin with. */
static void begin(struct words *words, const char *folder)
{
	static const char *const settings[] = {"core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false",
					       "core.sparseCheckout=false", "core.splitIndex=false", "submodule.recurse=false",
					       "advice.detachedHead=false", "core.quotePath=false"};
	add(words, "git");
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		add(words, "-c");
		add(words, settings[i]);
	}
	add(words, "-C");
	add(words, folder);
}

/* Adds "-c filter.x.clean= ..." for each filter the configuration knows: comparing and checking out would run them. */
static void disarm_filters(struct words *words, char **environment, const char *folder)
{
	static const char *const ask[] = {"config", "--null", "--name-only", "--get-regexp", "^filter\\."};
	struct words question = {0};
	struct buf names;
	int status = 0;
	begin(&question, folder);
	for (size_t i = 0; i < sizeof ask / sizeof *ask; i++)
		add(&question, ask[i]);
	buf_init(&names, COMPLAINT_CEILING);
	if (spawn(question.items, environment, &names, NULL, &status) || status || names.overflow)
		buf_clear(&names);
	words_finish(&question);
	for (size_t at = 0; at < names.length; at += strlen(names.data + at) + 1) {
		const char *name = names.data + at, *last = strrchr(name, '.');
		struct buf setting;
		buf_init(&setting, BUF_NO_CEILING);
		buf_printf(&setting, "%s=%s", name, last && !strcmp(last, ".required") ? "false" : "");
		add(words, "-c");
		add(words, setting.data);
		buf_finish(&setting);
	}
	buf_finish(&names);
}

/* git's first complaint as one line. */
static const char *complaint_of(struct buf *said)
{
	if (!said->length)
		return "it says nothing";
	for (char *at = said->data; *at; at++)
		if (*at == '\n')
			*at = at[1] ? ' ' : 0;
	return said->data;
}

int vcs_run(const char *folder, const char *const *words, const char *const *environment, struct buf *out, struct err *err)
{
	struct words all = {0}, variables = {0};
	struct buf said;
	int status = 0, result = 0;
	buf_init(&said, COMPLAINT_CEILING);
	add_environment(&variables, environment);
	begin(&all, folder);
	disarm_filters(&all, variables.items, folder);
	size_t first = all.count;
	for (; *words; words++)
		add(&all, *words);
	int failed = spawn(all.items, variables.items, out, &said, &status);
	if (failed)
		result = err_errno(err, ERR_INPUT, failed, "git cannot be run");
	else if (status)
		result = err_set(err, ERR_INPUT, "git %s: %s", all.items[first], complaint_of(&said));
	else if (out && out->overflow)
		result = err_set(err, ERR_LIMIT, "git %s: its answer is longer than %zu MiB", all.items[first], out->ceiling >> 20);
	words_finish(&all);
	words_finish(&variables);
	buf_finish(&said);
	return result;
}

int vcs_line(const char *folder, const char *const *words, char **line, struct err *err)
{
	struct buf out;
	buf_init(&out, COMPLAINT_CEILING);
	int result = vcs_run(folder, words, NULL, &out, err);
	if (!result) {
		char *text = buf_take(&out, NULL);
		text[strcspn(text, "\n")] = 0;
		*line = text;
	}
	buf_finish(&out);
	return result;
}
