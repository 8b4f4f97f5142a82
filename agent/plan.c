/* SPDX-License-Identifier: MIT */
/* Owns the files of the cache that option "cache" names. To find out what can be patched all code must be read: 20 ms for
 * git. That is done once for each program: the plan says what was found.
 *
 * A plan decides where code is changed, so it is not believed easily: it must have been written by the user who runs the
 * program, whom nobody else can write for; and by this very agent, for a text that has the same build id, length and hash.
 * It is whole if its own hash says so; it gets its name when it has been written. Whatever is wrong with it, it is left
 * alone and made anew. One file for each path of a program: what is built again takes the old one's place. */
#include "plan.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core.h"

#define MAGIC "SLPLAN1"
#define LARGEST (16u << 20)

struct plan_file {
	char magic[8];
	uint64_t hash;        /* of all that follows */
	uint64_t text_size, text_hash;
	uint8_t build_id[32], maker_id[32];
	struct patch_result result;
	uint32_t count;       /* of struct plan_function, which follow */
	uint32_t reserved;
};
static_assert(sizeof(struct plan_file) == 104 + sizeof(struct patch_result), "struct plan_file has a hole");
static_assert(sizeof(struct plan_function) == 8, "struct plan_function changed size");

static inline void mix(uint64_t lanes[4], const uint64_t words[4])
{
	for (int i = 0; i < 4; i++) {
		lanes[i] = (lanes[i] ^ words[i]) * TRACE_EDGE_FACTOR;
		lanes[i] ^= lanes[i] >> 29;
	}
}

/* Four sums side by side, since a multiplication takes its time. */
static uint64_t hash_bytes(const void *bytes, size_t size)
{
	uint64_t lanes[4] = {size, 1, 2, 3}, words[4] = {0};
	const uint8_t *at = bytes, *end = at + size;
	for (; (size_t)(end - at) >= sizeof words; at += sizeof words) {
		__builtin_memcpy(words, at, sizeof words);
		mix(lanes, words);
	}
	zero_bytes(words, sizeof words);
	copy_bytes(words, at, (size_t)(end - at));
	mix(lanes, words);
	for (int i = 1; i < 4; i++)
		lanes[0] = (lanes[0] ^ lanes[i]) * TRACE_EDGE_FACTOR, lanes[0] ^= lanes[0] >> 32;
	return lanes[0];
}

static void take_build_id(const struct module *module, uint8_t id[32])
{
	zero_bytes(id, 32);
	if (module && module->record)
		copy_bytes(id, module->record->build_id, module->record->build_id_length);
}

void plan_find(struct plan *plan, const struct module *module, const struct code_image *image)
{
	static const uint8_t none[32];
	uint64_t name = hash_bytes(module->path, text_length(module->path));
	size_t length = 0;
	plan->path[0] = 0;
	plan->memory = NULL;
	take_build_id(module, plan->build_id);
	take_build_id(module_of((uintptr_t)plan_find), plan->maker_id);
	/* Without an id nobody could tell whose rules a plan was made by. */
	if (!agent_options.cache[0] || same_bytes(plan->maker_id, none, sizeof none))
		return;
	plan->text_hash = hash_bytes(image->text, image->text_size);
	text_append(plan->path, sizeof plan->path, &length, agent_options.cache);
	text_append(plan->path, sizeof plan->path, &length, "/");
	text_append_hex(plan->path, sizeof plan->path, &length, (const uint8_t *)&name, sizeof name);
	if (!text_append(plan->path, sizeof plan->path, &length, ".plan"))
		plan->path[0] = 0;
}

/* Into memory of ours: a file could change while it is looked at. */
static bool read_whole(struct plan *plan)
{
	struct stat status;
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, plan->path,
				      (long)(O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
	if (descriptor < 0)
		return false;
	bool is_ours = system_call(SYS_fstat, descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
		       status.st_uid == (uid_t)system_call(SYS_geteuid) && !(status.st_mode & (S_IWGRP | S_IWOTH)) &&
		       status.st_size >= (off_t)sizeof(struct plan_file) && status.st_size <= (off_t)LARGEST;
	long address = !is_ours ? -1 : system_call(SYS_mmap, NULL, status.st_size, (long)(PROT_READ | PROT_WRITE),
						   (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);
	if (address >= 0 || address < -4095) {
		plan->memory = (uint8_t *)address;
		plan->memory_size = (size_t)status.st_size;
	}
	bool is_read = plan->memory && system_call(SYS_pread64, descriptor, plan->memory, plan->memory_size, 0L) ==
					       (long)plan->memory_size;
	system_call(SYS_close, descriptor);
	return is_read;
}

static bool is_sound(const struct plan *plan, const struct code_image *image)
{
	const struct plan_file *file = (const struct plan_file *)(const void *)plan->memory;
	const struct plan_function *functions = (const struct plan_function *)(file + 1);
	size_t head = sizeof file->magic + sizeof file->hash;
	if (!same_bytes(file->magic, MAGIC, sizeof file->magic) ||
	    plan->memory_size != sizeof *file + file->count * sizeof *functions ||
	    file->hash != hash_bytes(plan->memory + head, plan->memory_size - head) ||
	    file->text_size != image->text_size || file->text_hash != plan->text_hash ||
	    !same_bytes(file->build_id, plan->build_id, sizeof plan->build_id) ||
	    !same_bytes(file->maker_id, plan->maker_id, sizeof plan->maker_id))
		return false;
	uint64_t end = 0;
	for (uint32_t i = 0; i < file->count; i++) {
		if (functions[i].start < end || functions[i].start + (uint64_t)functions[i].size > image->text_size)
			return false;
		end = functions[i].start + (uint64_t)functions[i].size;
	}
	return file->count > 0;
}

const struct plan_function *plan_read(struct plan *plan, const struct code_image *image, size_t *count,
				      struct patch_result *result)
{
	if (!plan->path[0] || !read_whole(plan) || !is_sound(plan, image))
		return NULL;
	const struct plan_file *file = (const struct plan_file *)(const void *)plan->memory;
	*count = file->count;
	*result = file->result;
	return (const struct plan_function *)(file + 1);
}

static bool write_whole(const char *path, const void *bytes, size_t size)
{
	long descriptor = system_call(SYS_openat, (long)AT_FDCWD, path,
				      (long)(O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW), 0600L);
	if (descriptor < 0)
		return false;
	long written = system_call(SYS_write, descriptor, bytes, size);
	system_call(SYS_close, descriptor);
	return written == (long)size;
}

/* Filled in memory, and written under a name that no other process takes. */
static void write_file(const struct plan *plan, struct plan_file *file, size_t size)
{
	char temporary[sizeof plan->path + 16];
	size_t length = 0;
	size_t head = sizeof file->magic + sizeof file->hash;
	copy_bytes(file->magic, MAGIC, sizeof file->magic);
	file->hash = hash_bytes((uint8_t *)file + head, size - head);
	text_append(temporary, sizeof temporary, &length, plan->path);
	text_append(temporary, sizeof temporary, &length, ".");
	text_append_number(temporary, sizeof temporary, &length, (uint64_t)system_call(SYS_getpid));
	bool is_written = write_whole(temporary, file, size) &&
			  system_call(SYS_renameat, (long)AT_FDCWD, temporary, (long)AT_FDCWD, plan->path) == 0;
	if (!is_written)
		system_call(SYS_unlinkat, (long)AT_FDCWD, temporary, 0L);
}

void plan_write(const struct plan *plan, const struct code_image *image, const struct code_function *functions, size_t count,
		const struct patch_result *result)
{
	size_t size = sizeof(struct plan_file) + result->recorded * sizeof(struct plan_function);
	/* What was out of reach this time need not be the next time. */
	if (!plan->path[0] || size > LARGEST || result->skipped[TRACE_SKIP_MEMORY] || !pool_file_may_have(size))
		return;
	long address = system_call(SYS_mmap, NULL, size, (long)(PROT_READ | PROT_WRITE),
				   (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);
	if (address < 0 && address > -4096)
		return;
	struct plan_file *file = (struct plan_file *)address;
	struct plan_function *taken = (struct plan_function *)(file + 1);
	file->text_size = image->text_size;
	file->text_hash = plan->text_hash;
	copy_bytes(file->build_id, plan->build_id, sizeof file->build_id);
	copy_bytes(file->maker_id, plan->maker_id, sizeof file->maker_id);
	file->result = *result;
	for (size_t i = 0; i < count; i++)
		if (functions[i].skip == CODE_TAKEN && file->count < result->recorded)
			taken[file->count++] = (struct plan_function){functions[i].start, functions[i].size};
	write_file(plan, file, size);
	system_call(SYS_munmap, file, size);
}

void plan_close(struct plan *plan)
{
	if (plan->memory)
		system_call(SYS_munmap, plan->memory, plan->memory_size);
	plan->memory = NULL;
}
