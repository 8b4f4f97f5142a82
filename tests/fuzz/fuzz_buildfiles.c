/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as build files of each language; what comes out is lines that can be stored, and matches what is there. The first byte
 * says which language. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "buildfiles/installed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char *const NAMES[] = {"Makefile", "Makefile.am", "CMakeLists.txt", "meson.build"};
#define LANGUAGES (sizeof NAMES / sizeof *NAMES)

static char root[] = "/tmp/sightline-fuzz-XXXXXX";

static void remove_codebase(void)
{
	char path[sizeof root + 32];
	snprintf(path, sizeof path, "%s/a.h", root);
	unlink(path);
	rmdir(root);
}

static void write_file(const char *name, const uint8_t *bytes, size_t length)
{
	char path[sizeof root + 32];
	snprintf(path, sizeof path, "%s/%s", root, name);
	FILE *file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		abort();
}

static void make_codebase(void)
{
	static int is_made;
	if (is_made++)
		return;
	if (!mkdtemp(root))
		abort();
	atexit(remove_codebase);
	write_file("a.h", (const uint8_t *)"", 0);
}

static void visit(void *context, size_t header, const char *said_in, uint32_t line)
{
	unsigned *seen = context;
	(void)line;
	if (header > 2 || seen[header]++ || !*said_in)
		abort();
}

static void check_lines(const char *said)
{
	for (const char *line = said; *line; line = strchr(line, '\n') + 1) {
		size_t end = strcspn(line, "\n"), tabs = 0;
		for (size_t i = 0; i < end; i++) {
			tabs += line[i] == '\t';
			if ((unsigned char)line[i] < ' ' && line[i] != '\t')
				abort();
		}
		if ((*line != '=' && *line != '~') || tabs != 2 || line[1] == '/' || !strncmp(line + 1, "../", 3))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char *const headers[] = {"a.h", "include/b.h", "sub/a.h"};
	unsigned seen[3] = {0};
	char path[sizeof root + 32];
	struct buf said;
	if (!length)
		return 0;
	make_codebase();
	const char *name = NAMES[*bytes % LANGUAGES];
	write_file(name, bytes + 1, length - 1);
	buf_init(&said, BUF_NO_CEILING);
	buf_append_string(&said, "");
	installed_read(root, &said);
	if (!text_is_utf8(said.data, said.length) || strlen(said.data) != said.length)
		abort();
	check_lines(said.data);
	installed_match(said.data, headers, 3, visit, seen);
	buf_finish(&said);
	snprintf(path, sizeof path, "%s/%s", root, name);
	unlink(path);
	return 0;
}
