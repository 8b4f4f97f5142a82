/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace_writer.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void pad(struct trace_writer *writer)
{
	while (writer->bytes.length % TRACE_PAGE)
		buf_append_char(&writer->bytes, '\0');
}

struct trace_header *trace_writer_header(struct trace_writer *writer)
{
	return (struct trace_header *)(void *)writer->bytes.data;
}

void trace_writer_init(struct trace_writer *writer, uint8_t run, uint8_t trace)
{
	struct trace_header header = {
		.magic = TRACE_MAGIC, .version = TRACE_VERSION, .byte_order = TRACE_BYTE_ORDER, .header_size = sizeof header,
		.machine = EM_X86_64, .file_size = TRACE_PAGE, .pid = 4711, .parent_pid = 1, .state = TRACE_EXITED,
		.started_at = (uint64_t)4000000000u * 1000000000u, .order = 1000,
	};
	memset(header.run_id, run, sizeof header.run_id);
	memset(header.trace_id, trace, sizeof header.trace_id);
	*writer = (struct trace_writer){0};
	buf_init(&writer->bytes, BUF_NO_CEILING);
	buf_append(&writer->bytes, &header, sizeof header);
	pad(writer);
}

void trace_writer_finish(struct trace_writer *writer)
{
	buf_finish(&writer->bytes);
}

uint64_t trace_writer_segment(struct trace_writer *writer, enum trace_segment_kind kind, uint32_t entry, uint32_t flags,
			      const void *records, uint32_t record_size, uint32_t count)
{
	uint64_t offset = writer->bytes.length, bytes = (uint64_t)record_size * count;
	struct trace_segment segment = {
		.magic = TRACE_SEGMENT_MAGIC, .kind = kind,
		.record_size = kind == TRACE_STRINGS || kind == TRACE_STACKS ? 0 : record_size, .entry = entry, .flags = flags,
		.used = bytes, .size = (sizeof segment + bytes + TRACE_PAGE - 1) / TRACE_PAGE * TRACE_PAGE,
	};
	buf_append(&writer->bytes, &segment, sizeof segment);
	if (bytes)
		buf_append(&writer->bytes, records, bytes);
	pad(writer);
	trace_writer_header(writer)->file_size = writer->bytes.length;
	return offset;
}

trace_ref trace_writer_string(struct trace_writer *writer, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);
	char *record = calloc(1, length + 16);
	memcpy(record, &length, sizeof length);
	memcpy(record + 4, text, length);
	uint64_t offset = trace_writer_segment(writer, TRACE_STRINGS, TRACE_NONE, 0, record, (length + 4 + 7) / 8 * 8, 1);
	free(record);
	return offset + sizeof(struct trace_segment);
}

uint64_t trace_writer_stack(struct trace_writer *writer, const uint64_t *addresses, uint32_t count)
{
	uint64_t *record = calloc(count + 2, sizeof *record);
	struct trace_stack *stack = (void *)record;
	stack->hash = 1;
	stack->count = count;
	memcpy(stack->addresses, addresses, count * sizeof *addresses);
	uint64_t offset = trace_writer_segment(writer, TRACE_STACKS, TRACE_NONE, 0, record, (count + 2) * 8, 1);
	free(record);
	return offset + sizeof(struct trace_segment);
}

static void read_elf(const char *path, struct trace_module *module)
{
	char *bytes;
	size_t length;
	struct err err = {0};
	if (file_read(path, 1 << 30, &bytes, &length, &err) != 0 || length < sizeof(Elf64_Ehdr)) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		abort();
	}
	const Elf64_Ehdr *elf = (const void *)bytes;
	uint64_t low = UINT64_MAX, high = 0;
	for (int i = 0; i < elf->e_phnum; i++) {
		const Elf64_Phdr *part = (const void *)(bytes + elf->e_phoff + (size_t)i * sizeof *part);
		if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
			low = part->p_vaddr < low ? part->p_vaddr : low;
			high = part->p_vaddr + part->p_memsz > high ? part->p_vaddr + part->p_memsz : high;
		}
		for (uint64_t at = part->p_offset; part->p_type == PT_NOTE && at + 12 < part->p_offset + part->p_filesz;) {
			const Elf64_Nhdr *note = (const void *)(bytes + at);
			uint64_t name = at + sizeof *note, value = name + (note->n_namesz + 3) / 4 * 4;
			if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz <= sizeof module->build_id) {
				module->build_id_length = note->n_descsz;
				memcpy(module->build_id, bytes + value, note->n_descsz);
			}
			at = value + (note->n_descsz + 3) / 4 * 4;
		}
	}
	module->start = module->bias + low;
	module->end = module->bias + high;
	free(bytes);
}

void trace_writer_module(struct trace_writer *writer, const char *path, uint64_t bias, enum trace_mode mode)
{
	struct trace_module module = {.id = writer->modules++, .mode = mode, .bias = bias, .first = 1};
	read_elf(path, &module);
	module.path = trace_writer_string(writer, path);
	if (!trace_writer_header(writer)->program)
		trace_writer_header(writer)->program = module.path;
	trace_writer_segment(writer, TRACE_MODULES, TRACE_NONE, 0, &module, sizeof module, 1);
}

void trace_writer_main_thread(struct trace_writer *writer)
{
	struct trace_thread thread = {.tid = 4711, .first = 1};
	trace_writer_segment(writer, TRACE_THREADS, TRACE_NONE, 0, &thread, sizeof thread, 1);
}

void trace_writer_save(struct trace_writer *writer, const char *path)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(writer->bytes.data, 1, writer->bytes.length, file) != writer->bytes.length || fclose(file) != 0)
		abort();
}
