/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page shows of a release, table by table. Functions and files are numbered from 0 in order of file, line and name: tables
 * name them by their numbers. Tables that grow with the codebase are cut into parts, so that a view reads only what it shows:
 *
 *   meta, trend, coverage, domains, edges, files, names, findings, tasks, resources, resource_uses, entries
 *   functions.K, calls.K    the functions of part K (files.part), and the calls from and to them
 *   deps.D                  dependencies of files with an end in domain D (its row in domains)
 *   symbols.D               what domain D names of other domains
 *   flows.K, sequence.N     domains and resources that entry points 32 K .. reach; what was seen on threads of entry N
 *   source.K                source lines around the findings 400 K ..
 *   events, drift_domains, drift_edges, drift_files, drift_functions    against an older release */
#ifndef SIGHTLINE_CMD_PAGE_H
#define SIGHTLINE_CMD_PAGE_H

#include "cmd/page_table.h"
#include "cmd/session.h"

struct page;

/* base: the older release to compare with; NULL: the one before, if any. ERR_NOT_FOUND. */
int page_create(const struct session *session, const char *base, struct page **out, struct err *err);
void page_destroy(struct page *page);

/* Hands all tables to sink, the small ones that the first view needs first. Stops where sink returns non-zero: then *stopped is that
 * and the result 0. */
int page_tables(struct page *page, page_sink sink, void *context, int *stopped, struct err *err);

#endif
