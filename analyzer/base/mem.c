/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation with one exit for "out of memory", and arenas made of doubling blocks. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_FIRST_BLOCK ((size_t)1 << 10)
#define ARENA_LARGEST_BLOCK ((size_t)4 << 20)

struct arena_block {
	struct arena_block *next;
	size_t size; /* of payload */
	_Alignas(16) unsigned char payload[];
};

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* in the newest block */
	size_t next_size;
	size_t reserved;
};

_Noreturn void mem_exhausted(size_t size)
{
	/* No allocation and no stdio here: there may be nothing left to allocate. */
	char text[128];
	int length = snprintf(text, sizeof text, "sightline: out of memory (asked for %zu bytes)\n", size);
	if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0)
		_exit(3);
	_exit(3);
}

void *mem_alloc(size_t size)
{
	void *memory = malloc(size ? size : 1);
	if (!memory)
		mem_exhausted(size);
	return memory;
}

void *mem_zalloc(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		mem_exhausted(SIZE_MAX);
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		mem_exhausted(count * size);
	return memory;
}

void *mem_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);
	if (!memory)
		mem_exhausted(size);
	return memory;
}

char *mem_strdup(const char *text)
{
	return mem_strndup(text, strlen(text));
}

char *mem_strndup(const char *text, size_t length)
{
	char *copy = mem_alloc(length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void mem_grow(void *array, size_t *capacity, size_t need, size_t element_size)
{
	if (need <= *capacity)
		return;
	size_t grown = *capacity ? *capacity : 16;
	while (grown < need) {
		if (grown > SIZE_MAX / 2 / element_size)
			mem_exhausted(SIZE_MAX);
		grown *= 2;
	}
	void *old;
	memcpy(&old, array, sizeof old); /* array is a T **, whatever T is */
	void *memory = mem_realloc(old, grown * element_size);
	memcpy(array, &memory, sizeof memory);
	*capacity = grown;
}

void mem_grow_zeroed(void *array, size_t *capacity, size_t need, size_t element_size)
{
	size_t before = *capacity;
	mem_grow(array, capacity, need, element_size);
	char *memory;
	memcpy(&memory, array, sizeof memory);
	if (*capacity > before)
		memset(memory + before * element_size, 0, (*capacity - before) * element_size);
}

struct arena *arena_create(void)
{
	struct arena *arena = mem_zalloc(1, sizeof *arena);
	arena->next_size = ARENA_FIRST_BLOCK;
	return arena;
}

void arena_destroy(struct arena *arena)
{
	if (!arena)
		return;
	for (struct arena_block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX - 64)
		mem_exhausted(size);
	size_t rounded = (size + 15) & ~(size_t)15;
	if (!arena->blocks || arena->blocks->size - arena->used < rounded) {
		size_t payload = rounded > arena->next_size ? rounded : arena->next_size;
		struct arena_block *block = mem_alloc(sizeof *block + payload);
		block->next = arena->blocks;
		block->size = payload;
		arena->blocks = block;
		arena->used = 0;
		arena->reserved += payload;
		if (arena->next_size < ARENA_LARGEST_BLOCK)
			arena->next_size *= 2;
	}
	void *memory = arena->blocks->payload + arena->used;
	arena->used += rounded;
	return memory;
}

void *arena_zalloc(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		mem_exhausted(SIZE_MAX);
	return memset(arena_alloc(arena, count * size), 0, count * size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

size_t arena_size(const struct arena *arena)
{
	return arena->reserved;
}
