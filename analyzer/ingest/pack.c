/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of what is packed: header, texts, stacks, lists, tables. Texts and stacks come first in the file, and are
 * collected while what refers to them is packed. */
#include "ingest/pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define SEGMENT_HEAD sizeof(struct trace_segment)

struct pack {
	const struct trace *trace;
	struct buf texts, stacks;     /* behind their segments' heads */
	struct map64 *known_texts, *known_stacks; /* offset there by old reference */
	uint64_t stacks_at;           /* of the stacks' segment, from the header */
	struct buf records[TRACE_SEGMENT_KINDS]; /* whole segments */
};

static void append_zeroes(struct buf *out, size_t count)
{
	static const char zeroes[TRACE_PAGE];
	for (; count; count -= count < sizeof zeroes ? count : sizeof zeroes)
		buf_append(out, zeroes, count < sizeof zeroes ? count : sizeof zeroes);
}

static uint64_t page_up(uint64_t size)
{
	return (size + TRACE_PAGE - 1) / TRACE_PAGE * TRACE_PAGE;
}

/* A segment with that content; nothing where there is none. */
static void append_segment(struct buf *out, struct trace_segment head, const struct buf *content)
{
	if (!content->length)
		return;
	head.magic = TRACE_SEGMENT_MAGIC;
	head.size = page_up(SEGMENT_HEAD + content->length);
	buf_append(out, &head, sizeof head);
	buf_append(out, content->data, content->length);
	append_zeroes(out, head.size - SEGMENT_HEAD - content->length);
}

/* ---- references ---- */

static trace_ref pack_text(struct pack *pack, trace_ref old)
{
	size_t length;
	uint32_t at;
	const char *text = old ? trace_text(pack->trace, old, &length) : NULL;
	if (!text)
		return old ? UINT64_MAX - 7 : 0; /* names nothing, here as there */
	if (!map64_get(pack->known_texts, old, &at)) {
		uint32_t count = (uint32_t)length;
		at = (uint32_t)pack->texts.length;
		map64_put(pack->known_texts, old, at);
		buf_append(&pack->texts, &count, sizeof count);
		buf_append(&pack->texts, text, length);
		/* At least a whole struct trace_string, and the next one at a multiple of 8. */
		append_zeroes(&pack->texts, length < 4 ? 4 - length : 0);
		append_zeroes(&pack->texts, (8 - pack->texts.length % 8) % 8);
	}
	return TRACE_PAGE + SEGMENT_HEAD + at;
}

static uint64_t pack_stack(struct pack *pack, uint64_t old)
{
	uint32_t at;
	const struct trace_stack *stack = old ? trace_stack_at(pack->trace, old) : NULL;
	if (!stack)
		return 0;
	if (!map64_get(pack->known_stacks, old, &at)) {
		at = (uint32_t)pack->stacks.length;
		map64_put(pack->known_stacks, old, at);
		buf_append(&pack->stacks, stack, sizeof *stack + stack->count * sizeof *stack->addresses);
	}
	return pack->stacks_at + SEGMENT_HEAD + at;
}

/* ---- records ---- */

/* Does a record of a table count? */
static bool is_live(enum trace_segment_kind kind, const void *record)
{
	const uint64_t *words = record;
	if (kind == TRACE_EDGES) {
		const struct trace_edge *edge = record;
		return edge->from && edge->key && edge->count;
	}
	return words[0] != 0; /* the key of all others */
}

static void append_record(struct pack *pack, enum trace_segment_kind kind, const void *record, struct buf *out)
{
	union {
		struct trace_module module;
		struct trace_thread thread;
		struct trace_resource resource;
		struct trace_use use;
	} copy;
	switch (kind) {
	case TRACE_MODULES:
		memcpy(&copy.module, record, sizeof copy.module);
		copy.module.path = pack_text(pack, copy.module.path);
		buf_append(out, &copy.module, sizeof copy.module);
		break;
	case TRACE_THREADS:
		memcpy(&copy.thread, record, sizeof copy.thread);
		copy.thread.name = pack_text(pack, copy.thread.name);
		buf_append(out, &copy.thread, sizeof copy.thread);
		break;
	case TRACE_RESOURCES:
		memcpy(&copy.resource, record, sizeof copy.resource);
		copy.resource.name = pack_text(pack, copy.resource.name);
		copy.resource.type = pack_text(pack, copy.resource.type);
		buf_append(out, &copy.resource, sizeof copy.resource);
		break;
	case TRACE_USES:
		memcpy(&copy.use, record, sizeof copy.use);
		copy.use.stack = pack_stack(pack, copy.use.stack);
		buf_append(out, &copy.use, sizeof copy.use);
		break;
	case TRACE_EDGES: buf_append(out, record, sizeof(struct trace_edge)); break;
	case TRACE_ORDERS: buf_append(out, record, sizeof(struct trace_order)); break;
	case TRACE_TIMES: buf_append(out, record, sizeof(struct trace_time)); break;
	default: break;
	}
}

static const uint32_t SIZES[TRACE_SEGMENT_KINDS] = {
	[TRACE_MODULES] = sizeof(struct trace_module), [TRACE_THREADS] = sizeof(struct trace_thread),
	[TRACE_EDGES] = sizeof(struct trace_edge), [TRACE_RESOURCES] = sizeof(struct trace_resource),
	[TRACE_USES] = sizeof(struct trace_use), [TRACE_ORDERS] = sizeof(struct trace_order),
	[TRACE_TIMES] = sizeof(struct trace_time)};

static void pack_list(struct pack *pack, enum trace_segment_kind kind)
{
	struct trace_rows rows;
	struct buf content;
	buf_init(&content, BUF_NO_CEILING);
	for (uint64_t at = 0; trace_rows_next(pack->trace, kind, &at, &rows);)
		for (uint64_t i = 0; i < rows.count; i++)
			append_record(pack, kind, trace_row(&rows, i), &content);
	append_segment(&pack->records[kind], (struct trace_segment){.kind = kind, .record_size = SIZES[kind], .entry = TRACE_NONE,
		       .used = content.length}, &content);
	buf_finish(&content);
}

/* One segment for all tables of one entry with one set of flags. */
static void pack_tables(struct pack *pack, enum trace_segment_kind kind)
{
	struct map64 *numbers = map64_create();
	struct trace_rows rows;
	struct buf *contents = NULL;
	struct trace_segment *heads = NULL;
	size_t count = 0, capacity = 0, head_capacity = 0;
	for (uint64_t at = 0; trace_rows_next(pack->trace, kind, &at, &rows);) {
		uint64_t key = (uint64_t)rows.segment->flags << 32 | rows.segment->entry;
		uint32_t number;
		if (!map64_get(numbers, key, &number)) {
			number = (uint32_t)count++;
			map64_put(numbers, key, number);
			mem_grow(&contents, &capacity, count, sizeof *contents);
			mem_grow(&heads, &head_capacity, count, sizeof *heads);
			buf_init(&contents[number], BUF_NO_CEILING);
			heads[number] = (struct trace_segment){.kind = kind, .record_size = SIZES[kind], .entry = rows.segment->entry,
							       .flags = rows.segment->flags};
		}
		for (uint64_t i = 0; i < rows.count; i++)
			if (is_live(kind, trace_row(&rows, i)))
				append_record(pack, kind, trace_row(&rows, i), &contents[number]);
	}
	for (size_t i = 0; i < count; i++) {
		append_segment(&pack->records[kind], heads[i], &contents[i]);
		buf_finish(&contents[i]);
	}
	free(contents);
	free(heads);
	map64_destroy(numbers);
}

/* ---- a trace ---- */

static void append_whole(const struct trace *trace, uint32_t flags, struct buf *out)
{
	size_t start = out->length;
	buf_append(out, trace->bytes, trace->size);
	append_zeroes(out, page_up(trace->size) - trace->size);
	struct trace_header *header = (void *)(out->data + start);
	header->flags |= flags;
}

static void append_packed(struct pack *pack, struct trace_header header, struct buf *out)
{
	static const enum trace_segment_kind kinds[] = {TRACE_MODULES, TRACE_THREADS, TRACE_RESOURCES, TRACE_USES, TRACE_EDGES,
							TRACE_ORDERS, TRACE_TIMES};
	size_t start = out->length;
	append_zeroes(out, TRACE_PAGE);
	append_segment(out, (struct trace_segment){.kind = TRACE_STRINGS, .entry = TRACE_NONE, .used = pack->texts.length},
		       &pack->texts);
	append_segment(out, (struct trace_segment){.kind = TRACE_STACKS, .entry = TRACE_NONE, .used = pack->stacks.length},
		       &pack->stacks);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (pack->records[kinds[i]].length)
			buf_append(out, pack->records[kinds[i]].data, pack->records[kinds[i]].length);
	header.header_size = sizeof header;
	header.file_size = out->length - start;
	memcpy(out->data + start, &header, sizeof header);
}

void trace_pack(const struct trace *trace, uint32_t flags, struct buf *out)
{
	struct pack pack = {.trace = trace, .known_texts = map64_create(), .known_stacks = map64_create()};
	struct trace_header header = *trace->header;
	buf_init(&pack.texts, BUF_NO_CEILING);
	buf_init(&pack.stacks, BUF_NO_CEILING);
	for (int i = 0; i < TRACE_SEGMENT_KINDS; i++)
		buf_init(&pack.records[i], BUF_NO_CEILING);
	header.flags |= flags;
	header.program = pack_text(&pack, header.program);
	header.arguments = pack_text(&pack, header.arguments);
	header.directory = pack_text(&pack, header.directory);
	pack_list(&pack, TRACE_MODULES);
	pack_list(&pack, TRACE_THREADS);
	pack_list(&pack, TRACE_RESOURCES);
	pack.stacks_at = TRACE_PAGE + (pack.texts.length ? page_up(SEGMENT_HEAD + pack.texts.length) : 0);
	for (enum trace_segment_kind kind = TRACE_STRINGS; kind < TRACE_SEGMENT_KINDS; kind++)
		if (kind == TRACE_EDGES || kind == TRACE_USES || kind == TRACE_ORDERS || kind == TRACE_TIMES)
			pack_tables(&pack, kind);
	/* What is damaged stays so, and is told by whoever reads it. */
	if (trace->damaged || trace->header->file_size != trace->size || pack.texts.length > UINT32_MAX || pack.stacks.length > UINT32_MAX)
		append_whole(trace, flags, out);
	else
		append_packed(&pack, header, out);
	for (int i = 0; i < TRACE_SEGMENT_KINDS; i++)
		buf_finish(&pack.records[i]);
	buf_finish(&pack.texts);
	buf_finish(&pack.stacks);
	map64_destroy(pack.known_texts);
	map64_destroy(pack.known_stacks);
}
