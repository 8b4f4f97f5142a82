/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace reader: places, loads and walks traces. Every offset, length and count is checked here. */
#include "ingest/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any process of ours can make; a hole of that size costs nothing, real bytes are the file's own. */
#define TRACE_CEILING ((uint64_t)64 << 30)
#define STACK_CEILING 4096 /* addresses in one stack */

static const uint32_t RECORD_SIZES[TRACE_SEGMENT_KINDS] = {
	[TRACE_MODULES] = sizeof(struct trace_module), [TRACE_THREADS] = sizeof(struct trace_thread),
	[TRACE_EDGES] = sizeof(struct trace_edge),     [TRACE_RESOURCES] = sizeof(struct trace_resource),
	[TRACE_USES] = sizeof(struct trace_use),       [TRACE_ORDERS] = sizeof(struct trace_order),
	[TRACE_TIMES] = sizeof(struct trace_time),
};

int trace_file_open(const char *path, struct trace_file *file, struct err *err)
{
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s: cannot be opened", path);
	struct stat info;
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		close(fd);
		return err_set(err, ERR_INPUT, "%s: no regular file", path);
	}
	*file = (struct trace_file){.fd = fd, .size = (uint64_t)info.st_size};
	return 0;
}

void trace_file_close(struct trace_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static int read_fully(int fd, void *into, uint64_t length, uint64_t offset, struct err *err)
{
	unsigned char *at = into;
	while (length) {
		ssize_t got = pread(fd, at, length < (1u << 30) ? length : 1u << 30, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, ERR_IO, errno, "trace: cannot be read");
		if (got == 0)
			return 0; /* cut meanwhile: the rest stays zero */
		at += got, offset += (uint64_t)got, length -= (uint64_t)got;
	}
	return 0;
}

int trace_file_next(struct trace_file *file, struct trace_place *place, struct err *err)
{
	for (; file->at < file->size && file->size - file->at >= sizeof(struct trace_header); file->at += TRACE_PAGE) {
		struct trace_header header;
		memset(&header, 0, sizeof header);
		int result = read_fully(file->fd, &header, sizeof header, file->at, err);
		if (result)
			return result;
		if (memcmp(header.magic, TRACE_MAGIC, sizeof header.magic) != 0) {
			file->skipped++;
			continue;
		}
		uint64_t offset = file->at;
		if (header.version != TRACE_VERSION || header.byte_order != TRACE_BYTE_ORDER) {
			file->at += TRACE_PAGE;
			return err_set(err, ERR_INPUT, "trace of version %u, byte order %08x; this sightline reads version %u, %08x",
				       header.version, header.byte_order, TRACE_VERSION, TRACE_BYTE_ORDER);
		}
		if (header.header_size < sizeof header || header.header_size > TRACE_PAGE || header.file_size < TRACE_PAGE ||
		    header.file_size % TRACE_PAGE || header.file_size > TRACE_CEILING) {
			file->at += TRACE_PAGE;
			return err_set(err, ERR_INPUT, "trace with a header that makes no sense");
		}
		uint64_t left = file->size - offset;
		*place = (struct trace_place){header, offset, header.file_size < left ? header.file_size : left,
					      header.file_size > left};
		file->at = offset + (place->size + TRACE_PAGE - 1) / TRACE_PAGE * TRACE_PAGE;
		return 1;
	}
	return 0;
}

/* Holes are skipped: a trace may be a sparse file. */
static int read_sparse(const struct trace_file *file, const struct trace_place *place, unsigned char *bytes,
		       struct err *err)
{
	uint64_t at = place->offset, end = place->offset + place->size;
	while (at < end) {
		off_t data = lseek(file->fd, (off_t)at, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			return 0;
		uint64_t from = data < 0 ? at : (uint64_t)data, to = end;
		off_t hole = data < 0 ? -1 : lseek(file->fd, data, SEEK_HOLE);
		if (hole >= 0 && (uint64_t)hole < end)
			to = (uint64_t)hole;
		if (from >= end)
			return 0;
		int result = read_fully(file->fd, bytes + (from - place->offset), to - from, from, err);
		if (result)
			return result;
		at = to > from ? to : end;
	}
	return 0;
}

/* The segment at an offset, if one is there and whole; *next: where to look on. */
static const struct trace_segment *segment_at(const struct trace *trace, uint64_t offset, uint64_t *next, bool *is_damaged)
{
	*next = offset + TRACE_PAGE;
	*is_damaged = false;
	if (trace->size - offset < sizeof(struct trace_segment))
		return NULL;
	const struct trace_segment *segment = (const void *)(trace->bytes + offset);
	if (segment->magic != TRACE_SEGMENT_MAGIC)
		return NULL;
	*is_damaged = true;
	if (segment->size < TRACE_PAGE || segment->size % TRACE_PAGE || segment->kind >= TRACE_SEGMENT_KINDS)
		return NULL;
	if (RECORD_SIZES[segment->kind] && (segment->record_size < RECORD_SIZES[segment->kind] || segment->record_size % 8))
		return NULL;
	/* Cut at the end of the file: what is left of it counts. */
	bool is_cut = segment->size > trace->size - offset;
	*is_damaged = is_cut;
	*next = is_cut ? trace->size : offset + segment->size;
	return segment;
}

int trace_load(const struct trace_file *file, const struct trace_place *place, struct trace *trace, struct err *err)
{
	uint64_t size = place->size;
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		return err_errno(err, ERR_IO, errno, "trace: no memory for its %llu bytes", (unsigned long long)size);
	int result = read_sparse(file, place, bytes, err);
	if (result) {
		munmap(bytes, size);
		return result;
	}
	*trace = (struct trace){.bytes = bytes, .size = size, .header = bytes};
	memcpy(bytes, &place->header, sizeof place->header); /* as it was checked */
	uint64_t next;
	for (uint64_t at = TRACE_PAGE; at < size; at = next) {
		bool is_damaged;
		segment_at(trace, at, &next, &is_damaged);
		trace->damaged += is_damaged;
	}
	return 0;
}

void trace_finish(struct trace *trace)
{
	if (trace->bytes)
		munmap(trace->bytes, trace->size);
	trace->bytes = NULL;
}

bool trace_rows_next(const struct trace *trace, enum trace_segment_kind kind, uint64_t *at, struct trace_rows *rows)
{
	if (*at < TRACE_PAGE)
		*at = TRACE_PAGE;
	while (*at < trace->size) {
		uint64_t offset = *at;
		bool is_damaged;
		const struct trace_segment *segment = segment_at(trace, offset, at, &is_damaged);
		if (!segment || segment->kind != (uint32_t)kind || !RECORD_SIZES[kind])
			continue;
		uint64_t room = *at - offset - sizeof *segment;
		bool is_list = kind == TRACE_MODULES || kind == TRACE_THREADS || kind == TRACE_RESOURCES;
		if (is_list && segment->used < room)
			room = segment->used;
		*rows = (struct trace_rows){segment, (const unsigned char *)(segment + 1), room / segment->record_size,
					    segment->record_size};
		return true;
	}
	return false;
}

const void *trace_row(const struct trace_rows *rows, uint64_t index)
{
	return rows->first + index * rows->size;
}

const char *trace_text(const struct trace *trace, trace_ref reference, size_t *length)
{
	const size_t head = offsetof(struct trace_string, bytes);
	if (reference < TRACE_PAGE || reference % 8 || reference > trace->size || trace->size - reference < head)
		return NULL;
	const struct trace_string *string = (const void *)(trace->bytes + reference);
	if (string->length > trace->size - reference - head)
		return NULL;
	*length = string->length;
	return (const char *)string + head;
}

const struct trace_stack *trace_stack_at(const struct trace *trace, trace_ref reference)
{
	if (reference < TRACE_PAGE || reference % 8 || reference > trace->size ||
	    trace->size - reference < sizeof(struct trace_stack))
		return NULL;
	const struct trace_stack *stack = (const void *)(trace->bytes + reference);
	uint64_t room = (trace->size - reference - sizeof *stack) / sizeof *stack->addresses;
	return stack->count <= room && stack->count <= STACK_CEILING ? stack : NULL;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - 1 - b ? UINT64_MAX - 1 : a + b;
}

uint64_t trace_events(const struct trace *trace)
{
	uint64_t sum = 0;
	struct trace_rows rows;
	for (uint64_t at = 0; trace_rows_next(trace, TRACE_EDGES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_edge *edge = trace_row(&rows, i);
			sum = edge->from && edge->key ? add(sum, edge->count) : sum;
		}
	for (uint64_t at = 0; trace_rows_next(trace, TRACE_USES, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++) {
			const struct trace_use *use = trace_row(&rows, i);
			sum = use->from ? add(sum, use->count) : sum;
		}
	return sum;
}
