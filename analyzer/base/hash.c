/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XXH3 behind our own names, and the two hash tables that everything else is built on. */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"

struct hash128 hash_bytes(const void *bytes, size_t length)
{
	XXH128_hash_t hash = XXH3_128bits(bytes, length);
	return (struct hash128){hash.high64, hash.low64};
}

uint64_t hash_bytes64(const void *bytes, size_t length)
{
	return XXH3_64bits(bytes, length);
}

bool hash_equal(struct hash128 a, struct hash128 b)
{
	return a.high == b.high && a.low == b.low;
}

int hash_compare(struct hash128 a, struct hash128 b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

void hash_hex(struct hash128 hash, char out[HASH_HEX_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < 16; i++) {
		out[i] = digits[(hash.high >> (60 - 4 * i)) & 15];
		out[16 + i] = digits[(hash.low >> (60 - 4 * i)) & 15];
	}
	out[HASH_HEX_LENGTH] = '\0';
}

bool hash_from_hex(const char *hex, struct hash128 *out)
{
	uint64_t parts[2] = {0, 0};
	for (int i = 0; i < HASH_HEX_LENGTH; i++) {
		unsigned digit;
		if (hex[i] >= '0' && hex[i] <= '9')
			digit = (unsigned)(hex[i] - '0');
		else if (hex[i] >= 'a' && hex[i] <= 'f')
			digit = (unsigned)(hex[i] - 'a') + 10;
		else
			return false;
		parts[i / 16] = parts[i / 16] << 4 | digit;
	}
	if (hex[HASH_HEX_LENGTH])
		return false;
	*out = (struct hash128){parts[0], parts[1]};
	return true;
}

struct hasher {
	XXH3_state_t *state;
};

struct hasher *hasher_create(void)
{
	struct hasher *hasher = mem_alloc(sizeof *hasher);
	hasher->state = XXH3_createState();
	if (!hasher->state)
		mem_exhausted(sizeof *hasher);
	XXH3_128bits_reset(hasher->state);
	return hasher;
}

void hasher_destroy(struct hasher *hasher)
{
	if (!hasher)
		return;
	XXH3_freeState(hasher->state);
	free(hasher);
}

void hasher_add(struct hasher *hasher, const void *bytes, size_t length)
{
	uint64_t prefix = length;
	XXH3_128bits_update(hasher->state, &prefix, sizeof prefix);
	if (length)
		XXH3_128bits_update(hasher->state, bytes, length);
}

void hasher_add_string(struct hasher *hasher, const char *text)
{
	hasher_add(hasher, text, strlen(text));
}

struct hash128 hasher_result(const struct hasher *hasher)
{
	XXH128_hash_t hash = XXH3_128bits_digest(hasher->state);
	return (struct hash128){hash.high64, hash.low64};
}

struct map64 {
	uint64_t *keys;
	uint32_t *values;
	size_t slots; /* a power of two */
	size_t count;
};

#define MAP_EMPTY UINT64_MAX

static size_t map64_slot(const struct map64 *map, uint64_t key)
{
	uint64_t mixed = (key ^ key >> 32) * 0x9E3779B97F4A7C15u;
	size_t slot = (size_t)(mixed >> 20) & (map->slots - 1);
	while (map->keys[slot] != MAP_EMPTY && map->keys[slot] != key)
		slot = (slot + 1) & (map->slots - 1);
	return slot;
}

static void map64_allocate(struct map64 *map, size_t slots)
{
	map->slots = slots;
	map->keys = mem_alloc(slots * sizeof *map->keys);
	map->values = mem_alloc(slots * sizeof *map->values);
	memset(map->keys, 0xff, slots * sizeof *map->keys);
}

struct map64 *map64_create(void)
{
	struct map64 *map = mem_zalloc(1, sizeof *map);
	map64_allocate(map, 64);
	return map;
}

void map64_destroy(struct map64 *map)
{
	if (!map)
		return;
	free(map->keys);
	free(map->values);
	free(map);
}

void map64_put(struct map64 *map, uint64_t key, uint32_t value)
{
	if ((map->count + 1) * 4 > map->slots * 3) {
		struct map64 old = *map;
		map64_allocate(map, old.slots * 2);
		for (size_t i = 0; i < old.slots; i++) {
			if (old.keys[i] == MAP_EMPTY)
				continue;
			size_t slot = map64_slot(map, old.keys[i]);
			map->keys[slot] = old.keys[i];
			map->values[slot] = old.values[i];
		}
		free(old.keys);
		free(old.values);
	}
	size_t slot = map64_slot(map, key);
	if (map->keys[slot] == MAP_EMPTY) {
		map->keys[slot] = key;
		map->count++;
	}
	map->values[slot] = value;
}

bool map64_get(const struct map64 *map, uint64_t key, uint32_t *value)
{
	size_t slot = map64_slot(map, key);
	if (map->keys[slot] == MAP_EMPTY)
		return false;
	if (value)
		*value = map->values[slot];
	return true;
}

size_t map64_count(const struct map64 *map)
{
	return map->count;
}

struct interned {
	const char *text;
	uint32_t length;
	uint32_t hash;
};

struct interner {
	struct arena *arena;
	struct interned *strings;
	size_t capacity;
	uint32_t count;
	uint32_t *table; /* id + 1; 0 = free */
	uint32_t slots;  /* a power of two */
};

struct interner *interner_create(void)
{
	struct interner *interner = mem_zalloc(1, sizeof *interner);
	interner->arena = arena_create();
	interner->slots = 64;
	interner->table = mem_zalloc(interner->slots, sizeof *interner->table);
	return interner;
}

void interner_destroy(struct interner *interner)
{
	if (!interner)
		return;
	arena_destroy(interner->arena);
	free(interner->strings);
	free(interner->table);
	free(interner);
}

static uint32_t interner_slot(const struct interner *interner, const char *text, size_t length, uint32_t hash)
{
	uint32_t slot = hash & (interner->slots - 1);
	while (interner->table[slot]) {
		const struct interned *entry = &interner->strings[interner->table[slot] - 1];
		if (entry->hash == hash && entry->length == length && memcmp(entry->text, text, length) == 0)
			break;
		slot = (slot + 1) & (interner->slots - 1);
	}
	return slot;
}

static uint32_t interner_hash(const char *text, size_t length)
{
	return (uint32_t)XXH3_64bits(text, length);
}

static uint32_t interner_add_hashed(struct interner *interner, const char *text, size_t length, uint32_t hash)
{
	uint32_t slot = interner_slot(interner, text, length, hash);
	if (interner->table[slot])
		return interner->table[slot] - 1;
	if (length > UINT32_MAX || interner->count >= UINT32_MAX / 4)
		mem_exhausted(length);
	mem_grow(&interner->strings, &interner->capacity, interner->count + 1, sizeof *interner->strings);
	uint32_t id = interner->count++;
	interner->strings[id] =
		(struct interned){arena_strndup(interner->arena, text, length), (uint32_t)length, hash};
	interner->table[slot] = id + 1;
	if (interner->count * 4ull > interner->slots * 3ull) {
		free(interner->table);
		interner->slots *= 2;
		interner->table = mem_zalloc(interner->slots, sizeof *interner->table);
		for (uint32_t i = 0; i < interner->count; i++) {
			const struct interned *entry = &interner->strings[i];
			interner->table[interner_slot(interner, entry->text, entry->length, entry->hash)] = i + 1;
		}
	}
	return id;
}

uint32_t interner_add(struct interner *interner, const char *text, size_t length)
{
	return interner_add_hashed(interner, text, length, interner_hash(text, length));
}

/* Fetched while others are looked at, where one after the other would wait for memory three times each: for its slot, for what is
 * known of the text in it, and for that text. */
void interner_add_many(struct interner *interner, const char *const *texts, const size_t *lengths, size_t count, uint32_t *ids)
{
	enum { AHEAD = 16 };
	for (size_t first = 0; first < count; first += AHEAD) {
		size_t here = count - first < AHEAD ? count - first : AHEAD;
		uint32_t hashes[AHEAD], *slots[AHEAD];
		for (size_t i = 0; i < here; i++) {
			hashes[i] = interner_hash(texts[first + i], lengths[first + i]);
			slots[i] = &interner->table[hashes[i] & (interner->slots - 1)];
			__builtin_prefetch(slots[i]);
		}
		for (size_t i = 0; i < here; i++)
			if (*slots[i])
				__builtin_prefetch(&interner->strings[*slots[i] - 1]);
		for (size_t i = 0; i < here; i++)
			if (*slots[i])
				__builtin_prefetch(interner->strings[*slots[i] - 1].text);
		for (size_t i = 0; i < here; i++)
			ids[first + i] = interner_add_hashed(interner, texts[first + i], lengths[first + i], hashes[i]);
	}
}

uint32_t interner_add_string(struct interner *interner, const char *text)
{
	return interner_add(interner, text, strlen(text));
}

bool interner_find(const struct interner *interner, const char *text, size_t length, uint32_t *id)
{
	uint32_t slot = interner_slot(interner, text, length, interner_hash(text, length));
	if (!interner->table[slot])
		return false;
	*id = interner->table[slot] - 1;
	return true;
}

const char *interner_text(const struct interner *interner, uint32_t id)
{
	return interner->strings[id].text;
}

uint32_t interner_length(const struct interner *interner, uint32_t id)
{
	return interner->strings[id].length;
}

uint32_t interner_count(const struct interner *interner)
{
	return interner->count;
}
