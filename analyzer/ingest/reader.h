/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace files as bytes of any origin: what holds in them is found and checked here, and only here. Knows nothing of
 * programs and symbols. A trace is read into memory of our own first, so that a process that still writes it, or somebody
 * who cuts it, cannot change it under us. */
#ifndef SIGHTLINE_INGEST_READER_H
#define SIGHTLINE_INGEST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/trace_format.h"
#include "base/err.h"

struct trace_file {
	int fd;
	uint64_t size;
	uint64_t at;      /* where the next trace may begin */
	uint64_t skipped; /* pages that belong to no trace */
};

/* Where one trace lies in a file, and its header as it was then. */
struct trace_place {
	struct trace_header header;
	uint64_t offset, size; /* size: as far as the file really goes */
	bool is_cut;           /* header.file_size is more */
};

/* Errors: ERR_IO, ERR_NOT_FOUND, ERR_INPUT (no regular file). */
int trace_file_open(const char *path, struct trace_file *file, struct err *err);
void trace_file_close(struct trace_file *file);
/* The next trace in it. 1: found; 0: no more; ERR_INPUT: a trace of another version or byte order; ERR_IO. After ERR_INPUT
 * it may be called again. */
int trace_file_next(struct trace_file *file, struct trace_place *place, struct err *err);

struct trace {
	unsigned char *bytes; /* 8-aligned; starts with the header; holes of the file are zero */
	uint64_t size;
	const struct trace_header *header;
	uint64_t damaged;     /* segments that make no sense; counted by trace_load */
};
int trace_load(const struct trace_file *file, const struct trace_place *place, struct trace *trace, struct err *err);
void trace_finish(struct trace *trace);

/* The records of one segment. */
struct trace_rows {
	const struct trace_segment *segment;
	const unsigned char *first;
	uint64_t count;
	uint32_t size; /* from one record to the next; at least that of the struct we know */
};
/* The next segment of that kind at or behind *at (0 at first); false: no more. */
bool trace_rows_next(const struct trace *trace, enum trace_segment_kind kind, uint64_t *at, struct trace_rows *rows);
const void *trace_row(const struct trace_rows *rows, uint64_t index);

/* What a reference names, or NULL where it names nothing whole. Borrowed from the trace; text is not NUL-terminated. */
const char *trace_text(const struct trace *trace, trace_ref reference, size_t *length);
const struct trace_stack *trace_stack_at(const struct trace *trace, trace_ref reference);

/* Sum of all counts in it: grows as long as the process runs. */
uint64_t trace_events(const struct trace *trace);

#endif
