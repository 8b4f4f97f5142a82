/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The traced program's process: everything it inherits is as if it had been started without us. */
#include "cmd/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/trace_format.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

extern char **environ;

#define MEANWHILE_MILLISECONDS 1000

static void (*pipe_signal)(int) = SIG_DFL;
static volatile sig_atomic_t child_id; /* 0: none */

void launch_remember_pipe_signal(void (*handler)(int))
{
	pipe_signal = handler == SIG_IGN ? SIG_IGN : SIG_DFL;
}

/* ---- environment ---- */

/* The sanitizer first, then the agent, then what was preloaded before, without an agent of an outer trace. */
static char *preload_value(const struct launch *launch)
{
	const char *before = getenv("LD_PRELOAD");
	struct buf value;
	buf_init(&value, BUF_NO_CEILING);
	if (launch->program->sanitizer)
		buf_printf(&value, "%s:", launch->program->sanitizer);
	buf_append_string(&value, launch->agent);
	for (const char *at = before ? before : ""; *at;) {
		size_t length = strcspn(at, ": ");
		char *library = mem_strndup(at, length);
		if (length && strcmp(path_basename(library), path_basename(launch->agent)))
			buf_printf(&value, ":%s", library);
		free(library);
		at += length + (at[length] != 0);
	}
	return buf_take(&value, NULL);
}

static char *assignment(const char *name, const char *value)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s=%s", name, value);
	return buf_take(&text, NULL);
}

static bool is_variable(const char *text, const char *name)
{
	size_t length = strlen(name);
	return !strncmp(text, name, length) && text[length] == '=';
}

/* NULL-terminated; the first two are heap. */
static char **make_environment(const struct launch *launch)
{
	size_t count = 0, at = 2;
	while (environ[count])
		count++;
	char **list = mem_zalloc(count + 3, sizeof *list);
	char *preload = preload_value(launch);
	list[0] = assignment("LD_PRELOAD", preload);
	list[1] = assignment(TRACE_VARIABLE, launch->options);
	for (size_t i = 0; i < count; i++)
		if (!is_variable(environ[i], "LD_PRELOAD") && !is_variable(environ[i], TRACE_VARIABLE))
			list[at++] = environ[i];
	free(preload);
	return list;
}

/* ---- signals ---- */

static void pass_on(int number)
{
	int saved = errno;
	if (child_id)
		kill((pid_t)child_id, number);
	errno = saved;
}

/* Keys reach the whole foreground group: the program decides what they mean, and we stay to read its trace. */
static const struct { int number; void (*handler)(int); } WHILE_WAITING[] = {
	{SIGINT, SIG_IGN}, {SIGQUIT, SIG_IGN}, {SIGTERM, pass_on}, {SIGHUP, pass_on}, {SIGCHLD, SIG_DFL}};
#define SIGNALS (sizeof WHILE_WAITING / sizeof *WHILE_WAITING)

static void take_signals(struct sigaction *before)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		struct sigaction action = {.sa_handler = WHILE_WAITING[i].handler, .sa_flags = SA_RESTART};
		sigemptyset(&action.sa_mask);
		sigaction(WHILE_WAITING[i].number, NULL, &before[i]);
		/* What we were told to ignore stays ignored, but for the end of children: the kernel would tell no status. */
		if (before[i].sa_handler != SIG_IGN || WHILE_WAITING[i].number == SIGCHLD)
			sigaction(WHILE_WAITING[i].number, &action, NULL);
	}
}

static void give_signals_back(const struct sigaction *before)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(WHILE_WAITING[i].number, &before[i], NULL);
}

/* ---- the process ---- */

static _Noreturn void become(const struct launch *launch, char **environment, const struct sigaction *before, const sigset_t *mask,
			     int told)
{
	give_signals_back(before);
	signal(SIGPIPE, pipe_signal);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execve(launch->program->path, (char *const *)launch->arguments, environment);
	int why = errno;
	ssize_t written = write(told, &why, sizeof why);
	(void)written;
	_exit(127);
}

/* Until it has ended; without pidfd_open nothing is done meanwhile. */
static void wait_meanwhile(const struct launch *launch, pid_t child, int *status)
{
	struct pollfd end = {(int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0};
	while (end.fd >= 0) {
		int ready = poll(&end, 1, MEANWHILE_MILLISECONDS);
		if (ready > 0 || (ready < 0 && errno != EINTR))
			break;
		if (!ready)
			launch->meanwhile(launch->context);
	}
	if (end.fd >= 0)
		close(end.fd);
	while (waitpid(child, status, 0) < 0 && errno == EINTR)
		;
}

int launch_run(const struct launch *launch, int *status, struct err *err)
{
	struct sigaction before[SIGNALS];
	sigset_t all, mask;
	int told[2], why = 0, result = 0;
	if (pipe2(told, O_CLOEXEC))
		return err_errno(err, ERR_INTERNAL, errno, "cannot start %s", launch->program->path);
	char **environment = make_environment(launch);
	/* No signal may find us between having a child and knowing it. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	child_id = 0;
	take_signals(before);
	pid_t child = fork();
	if (!child)
		become(launch, environment, before, &mask, told[1]);
	int fork_error = errno;
	child_id = child > 0 ? child : 0;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(told[1]);
	if (child < 0) {
		result = err_errno(err, ERR_INTERNAL, fork_error, "cannot start %s", launch->program->path);
	} else {
		ssize_t got;
		while ((got = read(told[0], &why, sizeof why)) < 0 && errno == EINTR)
			;
		wait_meanwhile(launch, child, status);
		if (got == sizeof why)
			result = err_errno(err, ERR_INPUT, why, "%s: cannot be executed", launch->program->path);
	}
	child_id = 0;
	give_signals_back(before);
	close(told[0]);
	free(environment[0]);
	free(environment[1]);
	free(environment);
	return result;
}

int launch_exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
