/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input keys: is what a unit read still what it was? Hashes contents, never trusts times; each file once per scan. */
#include "extract/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/toolchain.h"
#include "facts/facts.h"

/* What is known of one path. */
struct known_file {
	struct hash128 content; /* of the content; all zero where there is no such file */
	uint64_t path;          /* hash of the path as given */
	bool exists;
	bool hashed;            /* content is set; only exists, where not */
};

struct input_checker {
	const char *tool_version;
	char *root;
	int root_fd;              /* relative paths are opened from here; -1 where root is gone */
	struct interner *paths;   /* id = index into files */
	struct known_file *files;
	size_t capacity;
	struct timespec since;    /* a file changed after it may differ from what was parsed; {0, 0} = off */
	uint64_t unstable;        /* counts such files: makes their keys like no other */
	struct buf content, key;  /* scratch */
};

struct input_checker *input_checker_create(const char *root, const char *tool_version)
{
	struct input_checker *checker = mem_zalloc(1, sizeof *checker);
	checker->root = mem_strdup(root);
	checker->tool_version = tool_version;
	checker->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	checker->paths = interner_create();
	buf_init(&checker->content, BUF_NO_CEILING);
	buf_init(&checker->key, BUF_NO_CEILING);
	return checker;
}

void input_checker_destroy(struct input_checker *checker)
{
	if (!checker)
		return;
	if (checker->root_fd >= 0)
		close(checker->root_fd);
	interner_destroy(checker->paths);
	free(checker->files);
	free(checker->root);
	buf_finish(&checker->content);
	buf_finish(&checker->key);
	free(checker);
}

void input_checker_distrust_after(struct input_checker *checker, struct timespec since)
{
	checker->since = since;
}

static bool is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* Reads all of fd into the scratch buffer. */
static bool read_content(struct input_checker *checker, int fd, size_t expected)
{
	struct buf *content = &checker->content;
	mem_grow(&content->data, &content->capacity, expected + 4096, 1);
	content->length = 0;
	for (;;) {
		mem_grow(&content->data, &content->capacity, content->length + 4096, 1);
		ssize_t got = read(fd, content->data + content->length, content->capacity - content->length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		content->length += (size_t)got;
	}
}

static void hash_file(struct input_checker *checker, const char *path, struct known_file *file)
{
	struct stat info;
	int fd = openat(checker->root_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	file->hashed = true;
	file->exists = fd >= 0;
	if (fd < 0)
		return;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && read_content(checker, fd, (size_t)info.st_size)) {
		file->content = hash_bytes(checker->content.data, checker->content.length);
		/* Written while we scanned: the parser may have read something else. Its key must match nothing. */
		struct timespec now;
		clock_gettime(CLOCK_REALTIME, &now);
		if (checker->since.tv_sec && is_later(info.st_mtim, checker->since) && !is_later(info.st_mtim, now)) {
			uint64_t salt[3] = {++checker->unstable, (uint64_t)now.tv_sec, (uint64_t)now.tv_nsec};
			file->content = hash_bytes(salt, sizeof salt);
		}
	}
	close(fd);
}

static struct known_file *look_up(struct input_checker *checker, const char *path)
{
	uint32_t id = interner_add_string(checker->paths, path);
	mem_grow_zeroed(&checker->files, &checker->capacity, (size_t)id + 1, sizeof *checker->files);
	struct known_file *file = &checker->files[id];
	if (!file->path)
		file->path = hash_bytes64(path, strlen(path)) | 1;
	return file;
}

static const struct known_file *read_file(struct input_checker *checker, const char *path)
{
	struct known_file *file = look_up(checker, path);
	if (!file->hashed)
		hash_file(checker, path, file);
	return file;
}

void input_checker_read(struct input_checker *checker, const char *path)
{
	(void)read_file(checker, path);
}

static void add_file(struct input_checker *checker, const char *path)
{
	const struct known_file *file = read_file(checker, path);
	buf_append(&checker->key, &file->path, sizeof file->path);
	buf_append(&checker->key, &file->content, sizeof file->content);
}

/* Only what has appeared enters the key: with all places empty, as when parsed, they add nothing. */
static void add_absent(struct input_checker *checker, const char *path)
{
	struct known_file *file = look_up(checker, path);
	if (!file->hashed) {
		file->exists = faccessat(checker->root_fd, path, F_OK, 0) == 0;
		file->hashed = !file->exists;
	}
	if (file->exists) {
		buf_append(&checker->key, "appeared", 8);
		buf_append(&checker->key, &file->path, sizeof file->path);
	}
}

static void add_text(struct buf *key, const char *text)
{
	buf_append(key, text, strlen(text) + 1);
}

struct hash128 input_checker_key(struct input_checker *checker, const struct command *command,
				 const struct unit_inputs *inputs)
{
	struct buf *key = &checker->key;
	buf_clear(key);
	add_text(key, checker->tool_version);
	uint32_t format = FACTS_FORMAT_VERSION;
	buf_append(key, &format, sizeof format);
	add_text(key, extract_clang_version());
	/* Of the command, what is the same wherever the tree lies: another checkout of it shares what is known. The
	 * environment that is added to every command follows from the versions above, and from where clang's headers are. */
	add_text(key, toolchain_resource_dir() ? toolchain_resource_dir() : "");
	buf_append(key, &command->command_hash, sizeof command->command_hash);
	uint64_t count = inputs->file_count;
	buf_append(key, &count, sizeof count);
	for (size_t i = 0; i < inputs->file_count; i++)
		add_file(checker, inputs->files[i]);
	for (size_t i = 0; i < inputs->absent_count; i++)
		add_absent(checker, inputs->absent[i]);
	return hash_bytes(key->data, key->length);
}
