/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that fill the page's tables share. */
#ifndef SIGHTLINE_CMD_PAGE_INTERNAL_H
#define SIGHTLINE_CMD_PAGE_INTERNAL_H

#include "base/mem.h"
#include "cmd/page.h"

#define PAGE_FUNCTIONS 1000 /* a part ends with the file in which it gets this many */
#define PAGE_ENTRIES 32
#define PAGE_FINDINGS 400

struct page_file { uint32_t domain, first, functions, part; };
struct page {
	const struct session *session;
	char *base;                  /* NULL: none */
	page_sink sink; void *context;
	int stopped;                 /* what sink returned */
	struct interner *domains;    /* in order of the table: number = row */
	struct interner *paths;      /* likewise of files */
	struct page_file *files;
	struct map64 *functions;     /* function id -> number; past function_count: outside the codebase */
	uint32_t function_count, part_count;
	uint32_t *file_of;           /* per function */
	size_t file_of_capacity;
};

/* Each row of a query goes to visit; non-zero (an error) stops. */
typedef int (*page_visit)(void *context, const struct rows *rows, struct err *err);
int page_query(struct page *page, const char *query, page_visit visit, void *context, struct err *err);
/* A table that is what a query says. */
int page_plain(struct page *page, const char *name, const char *query, struct err *err);
/* Emits and finishes. */
void page_emit(struct page *page, struct page_table *table);

int page_put_files(struct page *page, struct err *err);     /* files; numbers them and the domains' parts */
int page_put_functions(struct page *page, struct err *err); /* functions.K, calls.K, names */
int page_put_flows(struct page *page, struct err *err);     /* entries, flows.K, sequence.N */
int page_put_source(struct page *page, struct err *err);    /* source.K */

#endif
