/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/page_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct kept { char *name, *bytes; size_t length; uint64_t asked; /* when last, in turns */ };
struct page_cache {
	struct kept *items; size_t count, capacity;
	size_t bytes, ceiling;
	uint64_t turn;
};

struct page_cache *page_cache_create(size_t ceiling)
{
	struct page_cache *cache = mem_zalloc(1, sizeof *cache);
	cache->ceiling = ceiling;
	return cache;
}

static size_t cost_of(const struct kept *item)
{
	return item->length + strlen(item->name) + 1 + sizeof *item;
}

static void drop(struct page_cache *cache, size_t at)
{
	cache->bytes -= cost_of(&cache->items[at]);
	free(cache->items[at].name);
	free(cache->items[at].bytes);
	cache->items[at] = cache->items[--cache->count];
}

void page_cache_destroy(struct page_cache *cache)
{
	if (!cache)
		return;
	while (cache->count)
		drop(cache, cache->count - 1);
	free(cache->items);
	free(cache);
}

static struct kept *find(const struct page_cache *cache, const char *name)
{
	for (size_t i = 0; i < cache->count; i++)
		if (!strcmp(cache->items[i].name, name))
			return &cache->items[i];
	return NULL;
}

static void drop_oldest(struct page_cache *cache)
{
	size_t oldest = 0;
	for (size_t i = 1; i < cache->count; i++)
		if (cache->items[i].asked < cache->items[oldest].asked)
			oldest = i;
	drop(cache, oldest);
}

void page_cache_put(struct page_cache *cache, const char *name, char *bytes_take, size_t length)
{
	struct kept *old = find(cache, name);
	if (old)
		drop(cache, (size_t)(old - cache->items));
	mem_grow(&cache->items, &cache->capacity, cache->count + 1, sizeof *cache->items);
	struct kept *item = &cache->items[cache->count++];
	*item = (struct kept){mem_strdup(name), bytes_take, length, ++cache->turn};
	cache->bytes += cost_of(item);
	while (cache->bytes > cache->ceiling)
		drop_oldest(cache);
}

bool page_cache_get(struct page_cache *cache, const char *name, const char **bytes, size_t *length)
{
	struct kept *item = find(cache, name);
	if (!item)
		return false;
	item->asked = ++cache->turn;
	*bytes = item->bytes;
	*length = item->length;
	return true;
}

size_t page_cache_bytes(const struct page_cache *cache)
{
	return cache->bytes;
}
