/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page shows of a release, table by table. Functions and files are numbered from 0 in order of file, line and name: tables
 * name them by their numbers. Tables that grow with the codebase are cut into parts, so that a view reads only what it shows:
 *
 *   meta, trend, coverage, domains, edges, files, names, findings, tasks, resources, resource_uses, entries, sequences
 *   functions.K, calls.K    the functions of part K (file_functions.part), and the calls from and to them
 *   deps.D                  dependencies of files with an end in domain D (its row in domains)
 *   symbols.D               what files of domain D name of other files
 *   flows.K, sequence.N     domains and resources that entry points 32 K .. reach; what was seen on threads of entry N
 *   source.K                source lines around the findings 400 K ..
 *   events, drift_domains, drift_edges, drift_files, drift_functions, drift_dependencies    against an older release
 *   drift_symbols.D         what came and went of symbols.D; with one more part for files of domains that are gone
 *
 * Each can be had alone: it is queried when it is asked for. The model is read by one thread at a time. */
#ifndef SIGHTLINE_CMD_PAGE_H
#define SIGHTLINE_CMD_PAGE_H

#include "cmd/page_table.h"
#include "cmd/session.h"

struct page;

/* Reads next to nothing. The session is to outlive the page. base: the older release to compare with; NULL: the one before, if any.
 * ERR_NOT_FOUND. */
int page_create(const struct session *session, const char *base, struct page **out, struct err *err);
void page_destroy(struct page *page);
const char *page_base(const struct page *page); /* NULL: none */

/* Hands all tables to sink, the small ones that the first view needs first. Stops where sink returns non-zero: then *stopped is that
 * and the result 0. */
int page_tables(struct page *page, page_sink sink, void *context, int *stopped, struct err *err);

/* The same for the table of that name alone, and those that are made along with it. *found: whether there is one. */
int page_table(struct page *page, const char *name, page_sink sink, void *context, bool *found, int *stopped, struct err *err);

#endif
