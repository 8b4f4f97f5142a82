/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: allocation that cannot fail (out of memory ends the process in one place), arenas, growing arrays. */
#ifndef SIGHTLINE_BASE_MEM_H
#define SIGHTLINE_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Each returns memory that the caller frees with free(); never NULL. Zeroed: mem_zalloc. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t count, size_t size);
void *mem_realloc(void *old, size_t size);
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t length);

/* Ensures room for need elements of element_size in *array, doubling. *capacity counts elements. */
void mem_grow(void *array, size_t *capacity, size_t need, size_t element_size);
/* The same; elements that come are zero. */
void mem_grow_zeroed(void *array, size_t *capacity, size_t need, size_t element_size);

/* The one place where the analyzer ends for want of memory; also for size overflow. Does not return. */
_Noreturn void mem_exhausted(size_t size);

/* An arena: many small objects, freed at once. */
struct arena;
struct arena *arena_create(void);
void arena_destroy(struct arena *arena);              /* NULL is legal */
void *arena_alloc(struct arena *arena, size_t size);  /* aligned to 16, not zeroed, dies with the arena */
void *arena_zalloc(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
size_t arena_size(const struct arena *arena);         /* bytes reserved */

#endif
