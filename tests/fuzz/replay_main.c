/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target once on every file of a folder, by name, for compilers without libFuzzer. A target that finds
 * something wrong ends the process; the name of the last file printed says on what. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat info;
	if (!file || fstat(fileno(file), &info) != 0) {
		perror(path);
		return -1;
	}
	/* A block of exactly the file's size, so that a sanitizer sees a read past its end. */
	size_t length = (size_t)info.st_size;
	uint8_t *bytes = malloc(length ? length : 1);
	if (!bytes || fread(bytes, 1, length, file) != length) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return -1;
	}
	fclose(file);
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, length);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	struct dirent **entries;
	int count = scandir(argv[1], &entries, NULL, alphasort), files = 0, failed = 0;
	if (count < 0) {
		perror(argv[1]);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		char path[4096];
		struct stat info;
		snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
		free(entries[i]);
		if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
			continue;
		failed |= replay(path);
		files++;
	}
	free(entries);
	if (!files)
		fprintf(stderr, "%s: no file in it\n", argv[1]);
	return failed || !files ? 1 : 0;
}
