/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void become(const char *command, const char *folder, int input)
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	if (chdir(folder) || dup2(input, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		_exit(126);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Until all is written, the reader has gone, or it is too late. */
static void write_all(int output, const char *bytes, size_t length, int64_t until)
{
	while (length) {
		struct pollfd polled = {output, POLLOUT, 0};
		int64_t left = until - now_ms();
		if (left <= 0 || (poll(&polled, 1, (int)left) < 0 && errno != EINTR))
			return;
		ssize_t written = write(output, bytes, length);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
}

/* Waits for it; false where it is too late. */
static bool ends_by(pid_t child, int64_t until, int *status)
{
	int handle = (int)syscall(SYS_pidfd_open, child, 0);
	for (;;) {
		int64_t left = until - now_ms();
		struct pollfd polled = {handle, POLLIN, 0};
		if (waitpid(child, status, WNOHANG) == child)
			break;
		if (left <= 0) {
			if (handle >= 0)
				close(handle);
			return false;
		}
		/* Without such a handle (an old kernel): look again ten times a second. */
		poll(&polled, handle >= 0, handle >= 0 ? (int)left : left < 100 ? (int)left : 100);
	}
	if (handle >= 0)
		close(handle);
	return true;
}

int feed_command(const char *command, const char *folder, const void *bytes, size_t length, unsigned seconds, struct err *err)
{
	int ends[2], status = 0;
	int64_t until = now_ms() + (int64_t)seconds * 1000;
	if (pipe2(ends, O_CLOEXEC))
		return err_errno(err, ERR_INTERNAL, errno, "cannot make a pipe");
	pid_t child = fork();
	if (child < 0) {
		int failed = errno;
		close(ends[0]);
		close(ends[1]);
		return err_errno(err, ERR_INTERNAL, failed, "cannot start a process");
	}
	if (!child)
		become(command, folder, ends[0]);
	setpgid(child, child); /* whoever comes first: it must be so before anything is killed */
	close(ends[0]);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	write_all(ends[1], bytes, length, until);
	close(ends[1]);
	bool ended = ends_by(child, until, &status);
	if (!ended) {
		kill(-child, SIGKILL);
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		return err_set(err, ERR_INPUT, "the command did not end within %u s", seconds);
	}
	if (WIFSIGNALED(status))
		return err_set(err, ERR_INPUT, "the command was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return err_set(err, ERR_INPUT, "the command ended with exit code %d%s", WEXITSTATUS(status),
			       WEXITSTATUS(status) == 127 ? " (not found)" : "");
	return 0;
}
