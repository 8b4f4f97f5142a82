/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the page as they are sent, compressed, so that one that is asked for again is not queried again. Bounded: what was not
 * asked for longest goes first. Not for several threads at once. */
#ifndef SIGHTLINE_CMD_PAGE_CACHE_H
#define SIGHTLINE_CMD_PAGE_CACHE_H

#include <stdbool.h>
#include <stddef.h>

struct page_cache;
struct page_cache *page_cache_create(size_t ceiling /* bytes */);
void page_cache_destroy(struct page_cache *cache);

/* Takes bytes (heap). One of that name is replaced; what is larger than the ceiling is not kept. */
void page_cache_put(struct page_cache *cache, const char *name, char *bytes_take, size_t length);
/* Borrowed until the next put. */
bool page_cache_get(struct page_cache *cache, const char *name, const char **bytes, size_t *length);

size_t page_cache_bytes(const struct page_cache *cache); /* what is kept, with what keeping it costs */

#endif
