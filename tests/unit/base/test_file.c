/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files and folders on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static char folder[] = "/tmp/sightline-file-XXXXXX";
static char path[256];

static const char *in_folder(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static const char *write_file(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(in_folder(name), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
	return path;
}

static void test_reads_whole_files(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 4094, 4095, 4096, 4097, 100000};
	struct err err = {0};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *bytes = malloc(sizes[i] + 1), *data = NULL;
		size_t length = 99;
		for (size_t j = 0; j < sizes[i]; j++)
			bytes[j] = (char)(j * 31);
		write_file("f", bytes, sizes[i]);
		assert_int_equal(file_read(path, sizes[i], &data, &length, &err), 0); /* the ceiling itself is allowed */
		assert_int_equal(length, sizes[i]);
		assert_memory_equal(data, bytes, sizes[i]);
		assert_int_equal(data[length], 0);
		free(data);
		assert_int_equal(file_read(path, SIZE_MAX, &data, &length, &err), 0);
		free(data);
		free(bytes);
	}
}

static void check_refused(const char *name, size_t ceiling, int code)
{
	struct err err = {0};
	char *data = (char *)&err;
	size_t length = 99;
	assert_int_equal(file_read(name, ceiling, &data, &length, &err), code);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, name));
	assert_ptr_equal(data, &err); /* out parameters untouched */
	assert_int_equal(length, 99);
}

static void test_refuses(void **state)
{
	(void)state;
	check_refused(in_folder("none"), 10, ERR_NOT_FOUND);
	write_file("f", "12345678901", 11);
	check_refused(in_folder("f/below"), 10, ERR_NOT_FOUND);
	check_refused(in_folder("f"), 10, ERR_LIMIT);
	check_refused(in_folder("f"), 0, ERR_LIMIT);
	check_refused(folder, 10, ERR_IO);
	if (geteuid() != 0) {
		chmod(in_folder("f"), 0);
		check_refused(path, 100, ERR_IO);
	}
	check_refused("/dev/zero", 1000, ERR_LIMIT); /* its size says nothing */
}

static void test_creates_folders(void **state)
{
	(void)state;
	struct err err = {0};
	struct stat info;
	assert_int_equal(dir_create(in_folder("a/b//c"), &err), 0);
	assert_int_equal(stat(in_folder("a/b/c"), &info), 0);
	assert_true(S_ISDIR(info.st_mode));
	assert_int_equal(dir_create(path, &err), 0); /* again */
	assert_int_equal(dir_create(in_folder("d/"), &err), 0);
	assert_int_equal(dir_create("/", &err), 0);
	assert_int_equal(dir_create(".", &err), 0);
	write_file("file", "", 0);
	assert_int_equal(dir_create(in_folder("file/x"), &err), ERR_IO);
	err = (struct err){0};
	assert_int_equal(dir_create(in_folder("file"), &err), ERR_IO); /* there is something, but no folder */
	assert_int_equal(err.code, ERR_IO);
	assert_int_equal(symlink("a", in_folder("link")), 0);
	assert_int_equal(dir_create(in_folder("link"), &err), 0);
	assert_int_equal(dir_create(in_folder("link/new"), &err), 0);
	assert_int_equal(stat(in_folder("a/new"), &info), 0);
	assert_int_equal(dir_create("", &err), ERR_IO);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_whole_files),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_creates_folders),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
