/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the page numbers domains, files, functions and entry points. Each is read once, when the first table needs it. */
#include <stdlib.h>
#include <string.h>

#include "cmd/page_internal.h"

uint32_t page_number(const struct interner *names, const char *name)
{
	uint32_t number;
	return interner_find(names, name, strlen(name), &number) ? number : UINT32_MAX;
}

static int add_domain(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = context;
	(void)err;
	interner_add_string(page->domains, rows_text(rows, 0, NULL));
	return 0;
}

int page_need_domains(struct page *page, struct err *err)
{
	if (page->domains)
		return 0;
	page->domains = interner_create();
	int result = page_query(page, "page_domain_names", NULL, NULL, add_domain, page, err);
	if (result) {
		interner_destroy(page->domains);
		page->domains = NULL;
	}
	return result;
}

/* Rows: path, domain, lines. */
static int add_file(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = context;
	uint32_t number = interner_count(page->paths);
	(void)err;
	if (interner_add_string(page->paths, rows_text(rows, 0, NULL)) != number)
		return 0;
	mem_grow(&page->files, &page->file_capacity, (size_t)number + 1, sizeof *page->files);
	page->files[number] = (struct page_file){.domain = page_number(page->domains, rows_text(rows, 1, NULL)),
						 .lines = (uint32_t)rows_integer(rows, 2)};
	return 0;
}

int page_need_files(struct page *page, struct err *err)
{
	int result = page_need_domains(page, err);
	if (result || page->paths)
		return result;
	page->paths = interner_create();
	result = page_query(page, "page_file_names", NULL, NULL, add_file, page, err);
	if (result) {
		interner_destroy(page->paths);
		page->paths = NULL;
	}
	return result;
}

static void begin_part(struct page *page, uint32_t file)
{
	mem_grow(&page->parts, &page->part_capacity, (size_t)page->part_count + 1, sizeof *page->parts);
	page->parts[page->part_count++] = (struct page_part){.first = page->function_count, .first_file = file};
}

/* Rows: id, name, path; by path. */
static int add_function(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = context;
	uint32_t number = page->function_count, file = page_number(page->paths, rows_text(rows, 2, NULL));
	(void)err;
	if (file == UINT32_MAX)
		return 0; /* nothing is told of a file that the release does not have */
	const struct page_part *last = page->part_count ? &page->parts[page->part_count - 1] : NULL;
	if (!last || (file != last->last_file && last->count >= PAGE_FUNCTIONS))
		begin_part(page, file);
	struct page_part *part = &page->parts[page->part_count - 1];
	part->last_file = file;
	part->count++;
	mem_grow(&page->file_of, &page->file_of_capacity, (size_t)number + 1, sizeof *page->file_of);
	page->file_of[number] = file;
	map64_put(page->functions, (uint64_t)rows_integer(rows, 0), number);
	struct page_file *of = &page->files[file];
	if (!of->functions++) {
		of->first = number;
		of->part = page->part_count - 1;
	}
	page->function_count++;
	return 0;
}

int page_need_functions(struct page *page, struct err *err)
{
	int result = page_need_files(page, err);
	if (result || page->functions)
		return result;
	page->functions = map64_create();
	page->function_count = page->part_count = 0;
	result = page_query(page, "page_function_names", NULL, NULL, add_function, page, err);
	if (result) {
		for (uint32_t i = 0; i < interner_count(page->paths); i++)
			page->files[i].functions = 0;
		map64_destroy(page->functions);
		page->functions = NULL;
	}
	return result;
}

/* Rows: id, name. */
static int add_outside(void *context, const struct rows *rows, struct err *err)
{
	uint32_t *next = ((void **)context)[1], known;
	struct page *page = ((void **)context)[0];
	(void)err;
	if (!map64_get(page->functions, (uint64_t)rows_integer(rows, 0), &known))
		map64_put(page->functions, (uint64_t)rows_integer(rows, 0), (*next)++);
	return 0;
}

int page_need_outside(struct page *page, struct err *err)
{
	int result = page_need_functions(page, err);
	if (result || page->has_outside)
		return result;
	uint32_t next = page->function_count;
	void *both[] = {page, &next};
	result = page_query(page, "page_outside_names", NULL, NULL, add_outside, both, err);
	page->has_outside = !result;
	return result;
}

/* Rows as in page_entries.sql. */
static int add_entry(void *context, const struct rows *rows, struct err *err)
{
	struct page *page = context;
	(void)err;
	mem_grow(&page->entries, &page->entry_capacity, page->entry_count + 1, sizeof *page->entries);
	page->entries[page->entry_count++] = (struct page_entry){rows_integer(rows, 0), mem_strdup(rows_text(rows, 4, NULL))};
	return 0;
}

int page_need_entries(struct page *page, struct err *err)
{
	int result = page_need_functions(page, err);
	if (result || page->has_entries)
		return result;
	for (; page->entry_count; page->entry_count--)
		free(page->entries[page->entry_count - 1].domain);
	result = page_query(page, "page_entries", NULL, NULL, add_entry, page, err);
	page->has_entries = !result;
	return result;
}
