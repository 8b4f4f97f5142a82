/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/place.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define PLACES 64    /* at once, beside one model */
#define REMOVALS 50  /* tries, five a second */

/* ---- removing ---- */

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	if (kind == FTW_DNR || (kind == FTW_DP && where->level))
		chmod(path, 0700); /* a tree may hold folders that nobody may write to */
	if (where->level && remove(path) && errno != ENOENT)
		return -1;
	return 0;
}

/* A folder without the right to write in it keeps its entries: given before they are visited. */
static int open_up(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)where;
	if (kind == FTW_D && (info->st_mode & 0700) != 0700)
		chmod(path, 0700);
	return 0;
}

int place_empty(const char *folder, struct err *err)
{
	nftw(folder, open_up, 32, FTW_PHYS);
	if (nftw(folder, remove_entry, 32, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return err_errno(err, ERR_IO, errno, "%s: cannot be emptied", folder);
	return 0;
}

static void remove_all(const char *folder)
{
	place_empty(folder, NULL);
	rmdir(folder);
}

/* ---- taking ---- */

/* Opens and locks "<parent>/N.lock"; -1 where somebody has it. */
static int lock_number(const char *parent, unsigned number, char **folder)
{
	char name[32];
	snprintf(name, sizeof name, "%u.lock", number);
	char *path = path_join(parent, name);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	free(path);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB)) {
		close(lock);
		lock = -1;
	}
	snprintf(name, sizeof name, "%u", number);
	*folder = path_join(parent, name);
	return lock;
}

/* Removes what killed runs left. */
static void remove_leftovers(const char *parent)
{
	for (unsigned number = 0; number < PLACES; number++) {
		char name[32], *folder;
		snprintf(name, sizeof name, "%u", number);
		char *path = path_join(parent, name);
		bool is_there = !access(path, F_OK);
		free(path);
		if (!is_there)
			continue;
		int lock = lock_number(parent, number, &folder);
		if (lock >= 0) {
			remove_all(folder);
			close(lock);
		}
		free(folder);
	}
}

/* The child that removes the folder once nobody holds the other end of the pipe. It has the lock as long as we or it. ready: what is
 * closed as soon as it is out of reach of whatever may end us. */
static _Noreturn void be_janitor(int wait_for, int ready, const char *folder, int lock)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
	char byte;
	setsid();
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd); /* whoever reads our output must not wait for this */
	close(ready);
	int low = wait_for < lock ? wait_for : lock, high = wait_for < lock ? lock : wait_for;
	close_range(3, (unsigned)low - 1, 0);
	if (high - low > 1)
		close_range((unsigned)low + 1, (unsigned)high - 1, 0);
	close_range((unsigned)high + 1, ~0U, 0);
	if (chdir("/"))
		_exit(1);
	for (ssize_t got; (got = read(wait_for, &byte, 1)) > 0 || (got < 0 && errno == EINTR);)
		;
	/* What we started (git, a build) may outlive us for a moment and go on writing. */
	for (int tries = 0; tries < REMOVALS; tries++) {
		remove_all(folder);
		if (access(folder, F_OK))
			break;
		nanosleep(&(struct timespec){0, 200000000}, NULL);
	}
	_exit(0);
}

static int start_janitor(struct place *place, struct err *err)
{
	int ends[2], ready[2];
	char byte;
	if (pipe2(ends, O_CLOEXEC))
		return err_errno(err, ERR_IO, errno, "cannot make a pipe");
	if (pipe2(ready, O_CLOEXEC)) {
		int failed = errno;
		close(ends[0]);
		close(ends[1]);
		return err_errno(err, ERR_IO, failed, "cannot make a pipe");
	}
	fflush(NULL);
	pid_t child = fork();
	int failed = errno;
	if (!child) {
		close(ends[1]);
		close(ready[0]);
		be_janitor(ends[0], ready[1], place->folder, place->lock);
	}
	close(ends[0]);
	close(ready[1]);
	while (child > 0 && read(ready[0], &byte, 1) < 0 && errno == EINTR)
		;
	close(ready[0]);
	if (child < 0) {
		close(ends[1]);
		return err_errno(err, ERR_INTERNAL, failed, "cannot start a process");
	}
	place->pipe = ends[1];
	place->janitor = child;
	return 0;
}

int place_take(const char *database, struct place *out, struct err *err)
{
	struct place place = {.lock = -1, .pipe = -1};
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s-revisions", database);
	int result = dir_create(text.data, err);
	char *parent = result ? NULL : realpath(text.data, NULL);
	if (!result && !parent)
		result = err_errno(err, ERR_IO, errno, "%s", text.data);
	buf_finish(&text);
	if (!result)
		remove_leftovers(parent);
	for (unsigned number = 0; !result && place.lock < 0 && number < PLACES; number++) {
		free(place.folder);
		place.lock = lock_number(parent, number, &place.folder);
	}
	if (!result && place.lock < 0)
		result = err_set(err, ERR_IO, "%s: no folder in it can be locked; is it writable?", parent);
	/* Before there is anything to remove: we may be killed at any time. */
	if (!result)
		result = start_janitor(&place, err);
	if (!result) {
		remove_all(place.folder);
		if (mkdir(place.folder, 0777)) {
			result = err_errno(err, ERR_IO, errno, "%s", place.folder);
			place_give_up(&place);
			place.lock = -1;
		}
	}
	free(parent);
	if (result) {
		if (place.lock >= 0)
			close(place.lock);
		free(place.folder);
		return result;
	}
	*out = place;
	return 0;
}

void place_give_up(struct place *place)
{
	if (!place->folder)
		return;
	close(place->pipe);
	while (waitpid(place->janitor, NULL, 0) < 0 && errno == EINTR)
		;
	/* The lock file stays: removing it would let two have the same number. */
	close(place->lock);
	free(place->folder);
	*place = (struct place){0};
}

/* ---- writing below a folder that holds foreign files ---- */

/* Opens the folder at path below folder, step by step, without following links; makes what is not there. -1: errno. */
static int open_below(const char *folder, const char *path)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *copy = mem_strdup(path), *rest = copy;
	for (char *name; at >= 0 && (name = strsep(&rest, "/"));) {
		if (!*name || !strcmp(name, "."))
			continue;
		if (!strcmp(name, "..")) {
			close(at);
			at = -1;
			errno = EINVAL;
			break;
		}
		mkdirat(at, name, 0777);
		int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), failed = errno;
		close(at);
		errno = failed;
		at = next;
	}
	int failed = errno;
	free(copy);
	errno = failed;
	return at;
}

int place_make_folder(const char *folder, const char *path, struct err *err)
{
	int at = open_below(folder, path);
	if (at < 0)
		return err_errno(err, errno == ENOTDIR || errno == ELOOP ? ERR_INPUT : ERR_IO, errno, "%s/%s: no folder can be made", folder, path);
	close(at);
	return 0;
}

static int copy_bytes(int from, int to)
{
	for (;;) {
		ssize_t sent = sendfile(to, from, NULL, (size_t)1 << 30);
		if (sent == 0)
			return 0;
		if (sent < 0 && errno != EINTR)
			return -1;
	}
}

int place_copy(const char *folder, const char *path, const char *from, struct err *err)
{
	const char *name = path_basename(path);
	char *parent = mem_strndup(path, (size_t)(name - path));
	struct stat info;
	int source = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), at = -1, target = -1, result = 0;
	if (source < 0 || fstat(source, &info))
		result = err_errno(err, ERR_IO, errno, "%s", from);
	else if (!S_ISREG(info.st_mode))
		result = err_set(err, ERR_INPUT, "%s: is no regular file", from);
	if (!result && (at = open_below(folder, parent)) >= 0)
		target = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (!result && target < 0)
		result = err_errno(err, errno == ENOTDIR || errno == ELOOP ? ERR_INPUT : ERR_IO, errno, "%s/%s: cannot be written", folder, path);
	if (!result && copy_bytes(source, target))
		result = err_errno(err, ERR_IO, errno, "%s/%s: cannot be written", folder, path);
	if (target >= 0 && close(target) && !result)
		result = err_errno(err, ERR_IO, errno, "%s/%s: cannot be written", folder, path);
	if (source >= 0)
		close(source);
	if (at >= 0)
		close(at);
	free(parent);
	return result;
}
