/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that fill the page's tables share. */
#ifndef SIGHTLINE_CMD_PAGE_INTERNAL_H
#define SIGHTLINE_CMD_PAGE_INTERNAL_H

#include "base/mem.h"
#include "cmd/page.h"

#define PAGE_FUNCTIONS 1000 /* a part ends with the file in which it gets this many */
#define PAGE_ENTRIES 32
#define PAGE_FINDINGS 400
#define PAGE_ALL UINT32_MAX /* parts: every one */

struct page_file { uint32_t domain, lines, first, functions, part; };
struct page_part { uint32_t first, count, first_file, last_file; }; /* functions, and the files that they are in */
struct page_entry { int64_t id; char *domain; /* "": outside */ };
struct page {
	const struct session *session;
	char *base;                  /* NULL: none */
	page_sink sink; void *context;
	int stopped;                 /* what sink returned */
	/* How things are numbered: see page_index.c, which reads each when it is needed. */
	struct interner *domains;    /* in order of the table: number = row; NULL: not read yet */
	struct interner *paths;      /* likewise of files */
	struct page_file *files; size_t file_capacity;
	struct map64 *functions;     /* function id -> number; past function_count: outside the codebase */
	uint32_t *file_of; size_t file_of_capacity; /* per function */
	struct page_part *parts; size_t part_capacity;
	uint32_t function_count, part_count;
	bool has_outside;
	struct page_entry *entries; size_t entry_count, entry_capacity;
	bool has_entries;
};

/* Each row of a query goes to visit; non-zero (an error) stops. Parameters: the release, then up to two given ones. */
typedef int (*page_visit)(void *context, const struct rows *rows, struct err *err);
int page_query(struct page *page, const char *query, const char *second, const char *third, page_visit visit, void *context, struct err *err);
/* Emits and finishes; where result says that something failed, only finishes. Returns result. */
int page_emit(struct page *page, struct page_table *table, int result);

/* The parts of a table that are wanted, filled side by side. */
struct page_parts { struct page *page; struct page_table *tables; uint32_t first, count; };
/* part: the one that is wanted; PAGE_ALL: each of count. */
void page_parts_init(struct page_parts *parts, struct page *page, const char *name, uint32_t part, uint32_t count,
		     const char *const *columns);
struct page_table *page_parts_find(const struct page_parts *parts, uint32_t part); /* NULL: not wanted; part may be UINT32_MAX */
int page_parts_emit(struct page_parts *parts, int result); /* each as page_emit does */

/* ---- page_index.c: numbers; read once ---- */
int page_need_domains(struct page *page, struct err *err);
int page_need_files(struct page *page, struct err *err);     /* and domains */
int page_need_functions(struct page *page, struct err *err); /* and files */
int page_need_outside(struct page *page, struct err *err);   /* and functions */
int page_need_entries(struct page *page, struct err *err);
uint32_t page_number(const struct interner *names, const char *name); /* UINT32_MAX: none of that name */

/* ---- tables; part: that one alone, or PAGE_ALL ---- */
int page_put_functions(struct page *page, uint32_t part, struct err *err);
int page_put_calls(struct page *page, uint32_t part, struct err *err);
int page_put_names(struct page *page, struct err *err);
int page_put_file_functions(struct page *page, struct err *err);
int page_put_deps(struct page *page, uint32_t domain, struct err *err);
int page_put_symbols(struct page *page, uint32_t domain, struct err *err);
int page_put_drift_symbols(struct page *page, struct err *err); /* all parts */
int page_put_entries(struct page *page, struct err *err);       /* and which of them have a sequence */
int page_put_flows(struct page *page, uint32_t part, struct err *err);
int page_put_sequence(struct page *page, uint32_t entry, struct err *err);
int page_put_source(struct page *page, uint32_t part, struct err *err);

#endif
