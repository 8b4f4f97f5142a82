/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's own bytes, put together from reports/html/ by the build (reports/html/embed.py). */
#ifndef SIGHTLINE_REPORTS_PAGE_ASSETS_H
#define SIGHTLINE_REPORTS_PAGE_ASSETS_H

#include <stddef.h>

struct page_asset { const unsigned char *bytes; size_t length; };
extern const struct page_asset page_before_title, page_before_data, page_after_data;

#endif
