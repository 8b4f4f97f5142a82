/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maps an ELF file as the loader would, but for relocations, and says what patch mode makes of it:
 *   patch_plan [--list] FILE...
 * One line per file: functions, how many are taken, how many are skipped by reason, milliseconds. --list adds a line
 * "start size reason" per function that is not taken. */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/branches.h"
#include "agent/move.h"
#include "agent/trace_format.h"

static const char *const reasons[] = {"short", "target", "instruction", "cold", "system", "memory", "other"};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void add_segment(struct code_image *image, uint8_t *base, const uint8_t *file, const Elf64_Phdr *segment)
{
	memcpy(base + segment->p_vaddr, file + segment->p_offset, segment->p_filesz);
	if (image->range_count < CODE_RANGES) {
		image->ranges[image->range_count].start = base + segment->p_vaddr;
		image->ranges[image->range_count++].end = base + segment->p_vaddr + segment->p_memsz;
	}
	if (segment->p_flags & PF_X) {
		image->text = base + segment->p_vaddr;
		image->text_size = segment->p_memsz;
	}
}

static bool open_image(const char *path, struct code_image *image)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	if (descriptor < 0 || fstat(descriptor, &status) < 0)
		return false;
	const uint8_t *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	close(descriptor);
	if (file == MAP_FAILED || memcmp(file, ELFMAG, SELFMAG) != 0)
		return false;
	const Elf64_Ehdr *header = (const void *)file;
	const Elf64_Phdr *segments = (const void *)(file + header->e_phoff);
	uint64_t size = 0;
	for (size_t i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr + segments[i].p_memsz > size)
			size = segments[i].p_vaddr + segments[i].p_memsz;
	*image = (struct code_image){.is_fixed = header->e_type == ET_EXEC};
	uint8_t *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return false;
	for (size_t i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD) {
			add_segment(image, base, file, &segments[i]);
		} else if (segments[i].p_type == PT_GNU_EH_FRAME) {
			image->eh_frame_header = base + segments[i].p_vaddr;
			image->eh_frame_header_size = segments[i].p_memsz;
		}
	}
	image->entry = base + header->e_entry;
	return image->text != NULL;
}

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);
	if (!memory)
		abort();
	return memory;
}

static void report(const char *path, const struct code_image *image, bool is_list)
{
	double started = now();
	size_t room = functions_count(image), words = branches_map_words(image), skipped[8] = {0}, taken = 0;
	struct code_function *functions = allocate((room + 1) * sizeof *functions);
	struct branches branches = {.called = allocate(words * 8), .jumped = allocate(words * 8),
				    .jumped_if = allocate(words * 8)};
	size_t count = functions_find(image, functions, room), moved_bytes = 0;
	double found = now();
	branches_scan(image, functions, count, &branches);
	double scanned = now();
	for (size_t i = 0; i < count; i++) {
		struct move move;
		uint64_t next = i + 1 < count ? functions[i + 1].start : image->text_size;
		uint8_t skip = move_plan(image, &branches, &functions[i], next, &move);
		if (skip == CODE_TAKEN) {
			taken++;
			moved_bytes += move.size;
			continue;
		}
		skipped[skip]++;
		if (is_list)
			printf("%zx %x %s\n", (size_t)(image->text - image->ranges[0].start) + functions[i].start,
			       functions[i].size, reasons[skip]);
	}
	double planned = now();
	size_t whole = count - skipped[TRACE_SKIP_COLD];
	printf("%s: functions %zu taken %zu (%.2f %%)", path, whole, taken, 100.0 * (double)taken / (double)whole);
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		printf(" %s %zu", reasons[i], skipped[i]);
	printf(" bytes %zu; ms: find %.2f scan %.2f plan %.2f\n", moved_bytes, found - started, scanned - found, planned - scanned);
}

int main(int argc, char **argv)
{
	bool is_list = argc > 1 && strcmp(argv[1], "--list") == 0;
	for (int i = 1 + is_list; i < argc; i++) {
		struct code_image image;
		if (!open_image(argv[i], &image)) {
			fprintf(stderr, "patch_plan: %s cannot be read\n", argv[i]);
			return 2;
		}
		report(argv[i], &image, is_list);
	}
	return 0;
}
