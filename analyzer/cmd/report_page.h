/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page into a file: tables of page.h through the writer of reports/page.h. */
#ifndef SIGHTLINE_CMD_REPORT_PAGE_H
#define SIGHTLINE_CMD_REPORT_PAGE_H

#include "cmd/session.h"

/* base: as in page_create. path NULL or "-": standard output. */
int report_page_write(const struct session *session, const char *base, const char *title, const char *path, struct err *err);

#endif
