/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes trace files for tests, by the contract of agent/trace_format.h alone: a buffer that grows a segment at a time. */
#ifndef SIGHTLINE_TESTS_TRACE_WRITER_H
#define SIGHTLINE_TESTS_TRACE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/trace_format.h"
#include "base/buf.h"

struct trace_writer {
	struct buf bytes;
	uint32_t modules, resources;
};

void trace_writer_init(struct trace_writer *writer, uint8_t run, uint8_t trace);
void trace_writer_finish(struct trace_writer *writer);
struct trace_header *trace_writer_header(struct trace_writer *writer);

/* A segment with these records; returns its offset. */
uint64_t trace_writer_segment(struct trace_writer *writer, enum trace_segment_kind kind, uint32_t entry, uint32_t flags,
			      const void *records, uint32_t record_size, uint32_t count);
trace_ref trace_writer_string(struct trace_writer *writer, const char *text);
uint64_t trace_writer_stack(struct trace_writer *writer, const uint64_t *addresses, uint32_t count);

/* A module at bias, its ELF file's executable segments and build id as they are on disk. */
void trace_writer_module(struct trace_writer *writer, const char *path, uint64_t bias, enum trace_mode mode);
void trace_writer_main_thread(struct trace_writer *writer);

void trace_writer_save(struct trace_writer *writer, const char *path);

#endif
