/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a run on disk. Knows their headers, not what is behind them. */
#include "cmd/traces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/trace_format.h"
#include "base/mem.h"
#include "base/text.h"
#include "ingest/pack.h"

#define MOST_FOLDERS 4 /* folders within folders that are looked into */

/* ---- making and removing ---- */

static int write_whole(int file, const void *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t written = write(file, (const char *)bytes + done, length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		done += (size_t)written;
	}
	return 0;
}

static int write_control(const char *folder, bool paused, const uint8_t run_id[16], struct err *err)
{
	struct trace_control control = {.magic = TRACE_MAGIC, .version = TRACE_CONTROL_VERSION};
	trace_control_pause(&control, paused);
	memcpy(control.run_id, run_id, sizeof control.run_id);
	char *path = path_join(folder, TRACE_CONTROL);
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), result = 0;
	if (file < 0 || write_whole(file, &control, sizeof control))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (file >= 0 && close(file) && !result)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	free(path);
	return result;
}

int traces_create(const char *parent, bool paused, struct traces *out, struct err *err)
{
	uint8_t id[16];
	struct traces traces = {.paused = paused};
	if (getrandom(id, sizeof id, 0) != sizeof id)
		return err_errno(err, ERR_INTERNAL, errno, "no random number for the run");
	for (size_t i = 0; i < sizeof id; i++)
		snprintf(traces.run_id + 2 * i, 3, "%02x", id[i]);
	int result = dir_create(parent, err);
	if (result)
		return result;
	char *real = realpath(parent, NULL);
	traces.folder = path_join(real ? real : parent, traces.run_id);
	free(real);
	if (mkdir(traces.folder, 0777))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be made", traces.folder);
	else
		result = write_control(traces.folder, paused, id, err);
	if (result) {
		traces_remove(&traces);
		traces_finish(&traces);
	} else {
		*out = traces;
	}
	return result;
}

void traces_finish(struct traces *traces)
{
	free(traces->folder);
	traces->folder = NULL;
}

static bool has_suffix(const char *name)
{
	size_t length = strlen(name), suffix = strlen(TRACES_SUFFIX);
	return length > suffix && !strcmp(name + length - suffix, TRACES_SUFFIX);
}

void traces_remove(const struct traces *traces)
{
	DIR *folder = opendir(traces->folder);
	for (struct dirent *entry; folder && (entry = readdir(folder));)
		if (has_suffix(entry->d_name) || !strcmp(entry->d_name, TRACE_CONTROL))
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	rmdir(traces->folder); /* with anything else in it, it stays */
}

/* ---- finding ---- */

static void add(struct trace_files *files, char *path)
{
	mem_grow(&files->paths, &files->capacity, files->count + 1, sizeof *files->paths);
	files->paths[files->count++] = path;
}

static void find_in(const char *path, unsigned depth, struct trace_files *out)
{
	DIR *folder = opendir(path);
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		struct stat status;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW))
			continue;
		char *inner = path_join(path, entry->d_name);
		if (S_ISREG(status.st_mode) && has_suffix(entry->d_name)) {
			add(out, inner);
			continue;
		}
		if (S_ISDIR(status.st_mode) && depth < MOST_FOLDERS)
			find_in(inner, depth + 1, out);
		free(inner);
	}
	if (folder)
		closedir(folder);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int trace_files_find(const char *path, struct trace_files *out, struct err *err)
{
	struct stat status;
	size_t before = out->count;
	if (stat(path, &status))
		return err_errno(err, ERR_INPUT, errno, "%s: cannot be read", path);
	if (!S_ISDIR(status.st_mode)) {
		add(out, mem_strdup(path));
		return 0;
	}
	find_in(path, 0, out);
	if (out->count == before)
		return err_set(err, ERR_INPUT, "%s: no trace in this folder (files that end in " TRACES_SUFFIX ")", path);
	qsort(out->paths + before, out->count - before, sizeof *out->paths, compare_paths);
	return 0;
}

void trace_files_finish(struct trace_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct trace_files){0};
}

/* ---- headers ---- */

static bool read_header(int file, struct trace_header *out)
{
	return pread(file, out, sizeof *out, 0) == sizeof *out && !memcmp(out->magic, TRACE_MAGIC, sizeof out->magic) &&
	       out->version == TRACE_VERSION;
}

static bool is_alive(pid_t process)
{
	return !kill(process, 0) || errno == EPERM;
}

/* A process that ended without telling, by a signal say, is gone all the same. One that only just starts has a file, named after
 * it, and no header yet. */
static bool is_running(const char *path, uint32_t *process)
{
	struct trace_header header;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool has_header = file >= 0 && read_header(file, &header);
	if (file >= 0)
		close(file);
	*process = has_header ? header.pid : (uint32_t)strtoul(path_basename(path), NULL, 10);
	return *process && *process <= INT32_MAX && (!has_header || header.state == TRACE_RUNNING) && is_alive((pid_t)*process);
}

size_t trace_files_running(const struct trace_files *files, char *ids, size_t size)
{
	size_t running = 0, length = 0;
	*ids = 0;
	for (size_t i = 0; i < files->count; i++) {
		uint32_t process;
		if (!is_running(files->paths[i], &process))
			continue;
		if (running++ < 5 && length < size)
			length += (size_t)snprintf(ids + length, size - length, "%s%u", length ? ", " : "", process);
	}
	if (running > 5 && length < size)
		snprintf(ids + length, size - length, " ...");
	return running;
}

/* ---- compacting ---- */

#define SMALLEST_HOLE 65536 /* a file of many small pieces takes ten times as long to make and to remove */

static const char zeroes[TRACE_PAGE];

static int free_empty_pages(int file, off_t size)
{
	_Alignas(8) char page[TRACE_PAGE];
	off_t hole = -1;
	for (off_t at = 0; at <= size; at += TRACE_PAGE) {
		bool is_empty = at + (off_t)TRACE_PAGE <= size && pread(file, page, TRACE_PAGE, at) == TRACE_PAGE &&
				!memcmp(page, zeroes, TRACE_PAGE);
		if (is_empty && hole < 0)
			hole = at;
		if (is_empty || hole < 0)
			continue;
		if (at - hole >= SMALLEST_HOLE && fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, hole, at - hole))
			return -1;
		hole = -1;
	}
	return 0;
}

/* Nobody maps it any more: its process said that it ends, and is gone. One that was killed did not say so, and might live
 * where its number means another process; its file is left alone. */
static bool is_left(int file)
{
	struct trace_header header;
	return read_header(file, &header) && (header.state == TRACE_EXITED || header.state == TRACE_EXECED) &&
	       kill((pid_t)header.pid, 0) && errno == ESRCH;
}

void traces_compact(const struct traces *traces, struct interner *done)
{
	DIR *folder = opendir(traces->folder);
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		struct stat status;
		uint32_t ignored;
		if (!has_suffix(entry->d_name) || interner_find(done, entry->d_name, strlen(entry->d_name), &ignored))
			continue;
		int file = openat(dirfd(folder), entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (file >= 0 && !fstat(file, &status) && is_left(file)) {
			free_empty_pages(file, status.st_size); /* where the file system cannot, they stay */
			interner_add_string(done, entry->d_name);
		}
		if (file >= 0)
			close(file);
	}
	if (folder)
		closedir(folder);
}

/* ---- joining ---- */

/* All traces of a file. What is none of them is left out: a process that was only just starting has no header yet. */
static int append_traces(const char *path, int to, bool is_snapshot, struct err *err)
{
	struct trace_file file;
	struct trace_place place;
	struct buf packed;
	int result = trace_file_open(path, &file, err), found;
	if (result)
		return result;
	buf_init(&packed, BUF_NO_CEILING);
	while (!result && (found = trace_file_next(&file, &place, err)) != 0) {
		struct trace trace;
		if (found < 0 && found != ERR_INPUT)
			result = found;
		if (found < 0 || (result = trace_load(&file, &place, &trace, err)))
			continue;
		buf_clear(&packed);
		trace_pack(&trace, is_snapshot ? TRACE_SNAPSHOT : 0, &packed);
		trace_finish(&trace);
		if (write_whole(to, packed.data, packed.length))
			result = err_errno(err, ERR_IO, errno, "cannot be written");
	}
	buf_finish(&packed);
	trace_file_close(&file);
	return result;
}

int trace_files_join(const struct trace_files *files, const char *path, bool is_snapshot, struct err *err)
{
	struct buf temporary;
	int result = 0;
	buf_init(&temporary, BUF_NO_CEILING);
	buf_printf(&temporary, "%s.%ld.tmp", path, (long)getpid());
	int to = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (to < 0)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	for (size_t i = 0; !result && i < files->count; i++) {
		result = append_traces(files->paths[i], to, is_snapshot, err);
		if (result)
			err_prefix(err, "%s: ", path);
	}
	if (to >= 0 && close(to) && !result)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (!result && rename(temporary.data, path))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (result && to >= 0)
		unlink(temporary.data);
	buf_finish(&temporary);
	return result;
}

/* ---- control ---- */

int traces_pause(const char *folder, bool paused, struct err *err)
{
	struct trace_control control, wanted = {0};
	trace_control_pause(&wanted, paused);
	char *path = path_join(folder, TRACE_CONTROL);
	int file = open(path, O_RDWR | O_CLOEXEC), result = 0;
	if (file < 0)
		result = err_errno(err, ERR_INPUT, errno, "%s: is not the folder of a run that goes on", folder);
	else if (pread(file, &control, sizeof control, 0) != sizeof control || memcmp(control.magic, TRACE_MAGIC, sizeof control.magic) ||
		 control.version != TRACE_CONTROL_VERSION)
		result = err_set(err, ERR_INPUT, "%s: is no control file of a run", path);
	else if (pwrite(file, (const void *)&wanted.paused, sizeof wanted.paused, offsetof(struct trace_control, paused)) != sizeof wanted.paused ||
		 pwrite(file, (const void *)&wanted.factor, sizeof wanted.factor, offsetof(struct trace_control, factor)) != sizeof wanted.factor)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (file >= 0)
		close(file);
	free(path);
	return result;
}
