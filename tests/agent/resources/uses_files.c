/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, directories and streams, each in the ways that there are: uses_files FOLDER */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int __open_2(const char *path, int flags);
ssize_t __read_chk(int descriptor, void *buffer, size_t size, size_t room);

static void descriptors(void)
{
	char buffer[64] = "0123456789";
	struct iovec parts[2] = {{buffer, 4}, {buffer + 4, 6}};
	int one = open("one", O_RDWR | O_CREAT | O_TRUNC, 0640), two, other;
	struct stat state;

	assert(one >= 0 && fstat(one, &state) == 0 && (state.st_mode & 0777) == (0640 & ~umask(umask(0))));
	assert(write(one, buffer, 10) == 10 && pwrite(one, buffer, 5, 10) == 5 && writev(one, parts, 2) == 10);
	assert(lseek(one, 0, SEEK_SET) == 0 && read(one, buffer, 7) == 7 && pread(one, buffer, 64, 0) == 20 && readv(one, parts, 2) == 10);
	assert(__read_chk(one, buffer, 1, sizeof(buffer)) == 1);
	assert(ftruncate(one, 5000) == 0 && fchmod(one, 0600) == 0 && flock(one, LOCK_EX) == 0);
	void *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, one, 0);
	assert(mapped != MAP_FAILED && mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	two = dup(one);
	assert(two >= 0 && write(two, "x", 1) == 1 && close(two) == 0);
	two = fcntl(one, F_DUPFD, 100);
	assert(two >= 100 && write(two, "xy", 2) == 2 && close(two) == 0);
	other = openat(AT_FDCWD, ".//./other", O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert(other >= 0 && dup2(one, other) == other && write(other, "xyz", 3) == 3 && close(other) == 0);
	assert(dup2(one, one) == one && close(one) == 0);
	/* the same number again, for another file */
	other = open("other", O_RDONLY);
	assert(other == one && read(other, buffer, 10) == 0 && close(other) == 0);
	errno = 0;
	assert(open("missing", O_RDONLY) == -1 && errno == ENOENT && __open_2("missing", O_RDONLY) == -1);
	errno = 0;
	assert(close(other) == -1 && errno == EBADF && read(other, buffer, 1) == -1 && errno == EBADF);
	assert(read(-1, buffer, 1) == -1 && close(-1) == -1);
	one = open("one", O_RDONLY);
	other = creat("copy", 0600);
	assert(one >= 0 && other >= 0 && sendfile(other, one, NULL, 100) == 100 && close(one) == 0 && close(other) == 0);
}

static void names(void)
{
	char name[] = "made-XXXXXX", folder[] = "folder-XXXXXX";
	int descriptor = mkstemp(name), directory;

	assert(descriptor >= 0 && close(descriptor) == 0 && rename(name, "renamed") == 0 && truncate("renamed", 3) == 0);
	assert(chmod("renamed", 0644) == 0 && link("renamed", "linked") == 0 && symlink("renamed", "soft") == 0);
	assert(unlink("soft") == 0 && unlink("linked") == 0 && remove("renamed") == 0 && unlink("renamed") == -1);
	assert(mkdir("deep", 0755) == 0);
	directory = open("deep", O_RDONLY | O_DIRECTORY);
	descriptor = openat(directory, "inside", O_WRONLY | O_CREAT, 0600);
	assert(directory >= 0 && descriptor >= 0 && write(descriptor, "deep", 4) == 4 && close(descriptor) == 0);
	assert(renameat(directory, "inside", AT_FDCWD, "outside") == 0 && unlinkat(AT_FDCWD, "outside", 0) == 0 && close(directory) == 0);
	assert(mkdtemp(folder) && rmdir(folder) == 0);
	assert(chdir("deep") == 0);
	descriptor = open("after-chdir", O_WRONLY | O_CREAT, 0600);
	assert(descriptor >= 0 && close(descriptor) == 0 && unlink("after-chdir") == 0 && chdir("..") == 0 && rmdir("deep") == 0);
}

static void streams(void)
{
	char line[100], *grown = NULL;
	size_t size = 0;
	FILE *stream = fopen("stream", "w");

	assert(stream && fwrite("abc\n", 1, 4, stream) == 4 && fputs("def\n", stream) >= 0 && fprintf(stream, "%s %d\n", "ghi", 7) == 6);
	assert(fclose(stream) == 0);
	stream = fopen("stream", "r");
	assert(stream && fgets(line, sizeof(line), stream) == line && getline(&grown, &size, stream) == 4);
	assert(fread(line, 1, 6, stream) == 6 && fread(line, 1, 1, stream) == 0 && feof(stream));
	stream = freopen("stream", "r", stream);
	assert(stream && fread(line, 1, 3, stream) == 3 && fclose(stream) == 0);
	assert(!fopen("missing", "r") && errno == ENOENT);
	free(grown);
	stream = fmemopen(line, sizeof(line), "w");
	assert(stream && fprintf(stream, "memory") == 6 && fclose(stream) == 0);
	printf("printed %d\n", 42);
	puts("put");
	fflush(stdout);
}

static void directories(void)
{
	unsigned count = 0;
	DIR *stream = opendir(".");

	assert(stream);
	for (errno = 0; readdir(stream);)
		count++;
	assert(errno == 0 && count >= 4 && closedir(stream) == 0);
	assert(!opendir("missing"));
	printf("%u entries\n", count);
}

int main(int count, char **arguments)
{
	assert(count == 2 && chdir(arguments[1]) == 0);
	descriptors();
	names();
	streams();
	directories();
	return 7;
}
