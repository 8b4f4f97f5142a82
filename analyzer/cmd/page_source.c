/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source lines around findings, as the tree on disk has them: only of files that still have as many lines as the release says,
 * lie within the codebase, and are regular. What is left out is simply not there. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/page_internal.h"

#define LINES_AROUND 4
#define LINE_BYTES 240         /* of a line are shown */
#define FILE_CEILING (16u << 20)

struct source {
	struct page *page;
	char *path;          /* of the file at hand; NULL: none */
	char *data;          /* NULL: not to be shown */
	const char **lines; size_t line_count, capacity;
	struct page_table part;
	uint32_t part_number, rows; /* rows: findings so far, with those of earlier parts */
	char *root;          /* real path of the codebase; NULL: not there */
};

static bool is_within(const struct source *source, const char *path)
{
	char *real = realpath(path, NULL);
	bool within = real && path_below(real, source->root);
	struct stat status;
	within = within && !stat(real, &status) && S_ISREG(status.st_mode);
	free(real);
	return within;
}

static void split(struct source *source, size_t length)
{
	source->line_count = 0;
	for (char *at = source->data, *end = source->data + length; at < end;) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		mem_grow(&source->lines, &source->capacity, source->line_count + 1, sizeof *source->lines);
		source->lines[source->line_count++] = at;
		if (!stop)
			break;
		*stop = 0;
		if (stop > at && stop[-1] == '\r')
			stop[-1] = 0;
		at = stop + 1;
	}
}

static void read_file(struct source *source, const char *path)
{
	size_t length = 0;
	struct err ignored; /* a file that cannot be read is not shown */
	free(source->path);
	free(source->data);
	source->path = mem_strdup(path);
	source->data = NULL;
	uint32_t number = page_number(source->page->paths, path);
	if (!source->root || *path == '/' || number == UINT32_MAX)
		return;
	char *full = path_join(source->root, path);
	if (is_within(source, full) && !file_read(full, FILE_CEILING, &source->data, &length, &ignored)) {
		split(source, length);
		if (source->line_count != source->page->files[number].lines) {
			free(source->data);
			source->data = NULL;
		}
	}
	free(full);
}

static void begin_part(struct source *source)
{
	static const char *const columns[] = {"finding", "line", "text", NULL};
	page_table_init_part(&source->part, "source", source->part_number++, columns);
}

static void put_line(struct source *source, int64_t finding, size_t line)
{
	struct buf text;
	size_t length = strlen(source->lines[line - 1]);
	buf_init(&text, BUF_NO_CEILING);
	text_append_utf8(&text, source->lines[line - 1], length < LINE_BYTES ? length : LINE_BYTES);
	page_table_integer(&source->part, finding);
	page_table_integer(&source->part, (int64_t)line);
	page_table_text(&source->part, text.data ? text.data : "");
	buf_finish(&text);
}

/* Rows as in page_findings.sql. */
static int add_finding(void *context, const struct rows *rows, struct err *err)
{
	struct source *source = context;
	const char *path = rows_text(rows, 5, NULL);
	int64_t line = rows_integer(rows, 6), number = source->rows++;
	(void)err;
	if (number / PAGE_FINDINGS >= source->part_number) {
		page_emit(source->page, &source->part, 0);
		begin_part(source);
	}
	if (!*path || line < 1)
		return 0;
	if (!source->path || strcmp(source->path, path))
		read_file(source, path);
	if (!source->data || (uint64_t)line > source->line_count)
		return 0;
	size_t first = line > LINES_AROUND ? (size_t)line - LINES_AROUND : 1, last = (size_t)line + LINES_AROUND;
	for (size_t i = first; i <= last && i <= source->line_count; i++)
		put_line(source, number, i);
	return 0;
}

int page_put_source(struct page *page, uint32_t part, struct err *err)
{
	char count[16], skipped[16];
	int result = page_need_files(page, err);
	if (result)
		return result;
	struct source source = {.page = page, .root = realpath(page->session->root, NULL), .part_number = part == PAGE_ALL ? 0 : part};
	source.rows = source.part_number * PAGE_FINDINGS;
	snprintf(count, sizeof count, "%d", part == PAGE_ALL ? -1 : PAGE_FINDINGS);
	snprintf(skipped, sizeof skipped, "%u", source.rows);
	begin_part(&source);
	result = page_query(page, "page_findings", count, skipped, add_finding, &source, err);
	page_emit(page, &source.part, result);
	free(source.lines);
	free(source.path);
	free(source.data);
	free(source.root);
	return result;
}
