/* SPDX-License-Identifier: MIT */
/* Owns the reading of .eh_frame_hdr and of as much of .eh_frame as tells functions from their parts. Knows nothing of
 * instructions but how linkage stubs begin. Trusts no offset: all reads stay in what is mapped. */
#include "functions.h"

#include <string.h>

#include "decode.h"

struct reader { const uint8_t *at, *end; }; /* at == NULL: read past the end */

size_t code_readable(const struct code_image *image, const void *address)
{
	const uint8_t *at = address;
	for (size_t i = 0; i < image->range_count; i++)
		if (at >= image->ranges[i].start && at < image->ranges[i].end)
			return (size_t)(image->ranges[i].end - at);
	return 0;
}

static uint64_t read_fixed(struct reader *reader, size_t size)
{
	uint64_t value = 0;
	if (!reader->at || (size_t)(reader->end - reader->at) < size) {
		reader->at = NULL;
		return 0;
	}
	__builtin_memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

static uint64_t read_leb(struct reader *reader)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte = read_fixed(reader, 1);
		value |= (byte & 127) << shift;
		if (!(byte & 128))
			return value;
	}
	reader->at = NULL;
	return 0;
}

static void skip_bytes(struct reader *reader, uint64_t size)
{
	if (reader->at && size <= (uint64_t)(reader->end - reader->at))
		reader->at += size;
	else
		reader->at = NULL;
}

/* Pointer encodings: the low four bits are a format, the next three what it is relative to. */
enum { ENCODING_POINTER = 0, ENCODING_U4 = 3, ENCODING_U8 = 4, ENCODING_S4 = 11, ENCODING_S8 = 12, ENCODING_PCREL = 0x10 };

static size_t encoded_size(uint8_t encoding)
{
	switch (encoding & 15) {
	case ENCODING_U4: case ENCODING_S4: return 4;
	case ENCODING_POINTER: case ENCODING_U8: case ENCODING_S8: return 8;
	default: return 0;
	}
}

static uint64_t read_encoded(struct reader *reader, uint8_t encoding)
{
	const uint8_t *place = reader->at;
	size_t size = encoded_size(encoding);
	if (!size || (encoding & 0x70 & ~ENCODING_PCREL) || encoding & 0x80) {
		reader->at = NULL;
		return 0;
	}
	uint64_t value = read_fixed(reader, size);
	if (size == 4 && (encoding & 15) == ENCODING_S4)
		value = (uint64_t)(int64_t)(int32_t)value;
	return encoding & ENCODING_PCREL ? value + (uintptr_t)place : value;
}

/* What of a CIE matters. */
struct common {
	const uint8_t *address; /* of the CIE that this is of */
	uint8_t encoding, exceptions_encoding; /* of addresses, and of the pointer to landing pads; 0xff: none */
	bool is_usable, has_augmentation, is_usual; /* is_usual: CFA = rsp + 8, return address below it */
};

static bool read_augmentation(struct reader *reader, const char *letters, struct common *out)
{
	uint64_t size = read_leb(reader);
	if (!reader->at || size > (uint64_t)(reader->end - reader->at))
		return false;
	struct reader data = {reader->at, reader->at + size};
	reader->at += size;
	for (; *letters && data.at; letters++) {
		switch (*letters) {
		case 'R': out->encoding = (uint8_t)read_fixed(&data, 1); break;
		case 'L': out->exceptions_encoding = (uint8_t)read_fixed(&data, 1); break;
		case 'P': {
			uint8_t encoding = (uint8_t)read_fixed(&data, 1);
			if (!encoded_size(encoding))
				return false;
			skip_bytes(&data, encoded_size(encoding));
			break;
		}
		case 'S': out->is_usual = false; break; /* a frame that a signal made */
		case 'B': break;
		default: return false;
		}
	}
	return data.at != NULL;
}

/* Opens the record at address: *body is what lies behind its length. */
static bool open_record(const struct code_image *image, const uint8_t *address, struct reader *body)
{
	size_t readable = code_readable(image, address);
	uint32_t length;
	if (readable < 8)
		return false;
	__builtin_memcpy(&length, address, sizeof length);
	if (length < 4 || length > readable - 4)
		return false;
	*body = (struct reader){address + 4, address + 4 + length};
	return true;
}

static void read_common(const struct code_image *image, const uint8_t *address, struct common *out)
{
	static const uint8_t usual[] = {0x0c, 7, 8, 0x90, 1}; /* def_cfa rsp 8; offset rip at cfa-8 */
	struct reader reader;
	*out = (struct common){.address = address, .exceptions_encoding = 0xff, .is_usual = true};
	if (!open_record(image, address, &reader) || read_fixed(&reader, 4) != 0)
		return;
	uint64_t version = read_fixed(&reader, 1);
	const char *letters = (const char *)reader.at;
	size_t length = reader.at ? strnlen(letters, (size_t)(reader.end - reader.at)) : 0;
	skip_bytes(&reader, length + 1);
	if (!reader.at || (version != 1 && version != 3))
		return;
	read_leb(&reader); /* code alignment */
	uint64_t data_alignment = read_leb(&reader);
	uint64_t return_register = version == 1 ? read_fixed(&reader, 1) : read_leb(&reader);
	if (letters[0] == 'z') {
		out->has_augmentation = true;
		if (!read_augmentation(&reader, letters + 1, out))
			return;
	} else if (letters[0]) {
		return;
	}
	out->is_usable = reader.at != NULL;
	if (!reader.at || data_alignment != 0x78 /* -8 */ || return_register != 16 ||
	    (size_t)(reader.end - reader.at) < sizeof usual || __builtin_memcmp(reader.at, usual, sizeof usual) != 0)
		out->is_usual = false;
}

/* Whether nothing but no-ops fill size bytes. */
static bool is_idle(const uint8_t *code, size_t size)
{
	struct instruction instruction;
	for (size_t at = 0; at < size; at += instruction.length)
		if (!decode_instruction(code + at, size - at, &instruction) || instruction.kind != INSTRUCTION_NOP)
			return false;
	return true;
}

/* Flags by what a function's CFI says of its first byte. A part that begins with a landing pad has a no-op in front
 * of it, since landing pads at a distance of 0 are none: what is said behind no-ops counts for the first byte too. */
static uint8_t flags_at_entry(struct reader reader, const uint8_t *code, size_t size)
{
	size_t at = 0;
	while (reader.at && reader.at < reader.end) {
		uint64_t operation = read_fixed(&reader, 1), rule = operation & 0xc0;
		if (rule == 0x40) {
			at += operation & 63;
			if (at > size || !is_idle(code, at))
				return 0;
			continue;
		}
		if (operation >= 1 && operation <= 4)
			return 0;
		if (rule == 0x80)
			return CODE_IS_PART; /* a register is saved already */
		if (rule == 0xc0)
			continue;
		switch (operation) {
		case 0x00: case 0x0a: case 0x0b: break; /* nop, remember, restore */
		case 0x06: case 0x08: case 0x2e: read_leb(&reader); break; /* restore, same value, size of arguments */
		case 0x07: return read_leb(&reader) == 16 ? CODE_IS_ROOT : CODE_IS_PART;
		case 0x0c: /* def_cfa: register and offset */
			if (read_leb(&reader) != 7 || read_leb(&reader) != 8)
				return CODE_IS_PART;
			break;
		case 0x0e:
			if (read_leb(&reader) != 8)
				return CODE_IS_PART;
			break;
		case 0x05: case 0x09: case 0x0d: return CODE_IS_PART;
		case 0x0f: return CODE_IS_PLT;
		default: return CODE_IS_ROOT;
		}
	}
	return 0;
}

/* .plt: what it begins with pushes a slot and jumps through the next. .plt.got and .plt.sec: a jump through a slot and
 * padding, which a compiler leaves out of the size. */
static bool is_stub(const uint8_t *code, size_t size)
{
	struct instruction jump, padding;
	size_t at = 0;
	if (size % 8 != 0)
		return false;
	if (size >= 16 && code[0] == 0xff && code[1] == 0x35) {
		at = 6;
		if (code[at] == 0xf2)
			at++;
		return code[at] == 0xff && code[at + 1] == 0x25;
	}
	if (decode_instruction(code, size, &jump) && jump.is_endbr)
		at = jump.length;
	if (!decode_instruction(code + at, size - at, &jump) || jump.kind != INSTRUCTION_JUMP_INDIRECT || !jump.rip_at)
		return false;
	at += jump.length;
	return at < size && decode_instruction(code + at, size - at, &padding) && padding.kind == INSTRUCTION_NOP;
}

static bool read_function(const struct code_image *image, const uint8_t *address, struct common *common,
			  struct code_function *out)
{
	struct reader reader;
	if (!open_record(image, address, &reader))
		return false;
	const uint8_t *place = reader.at;
	uint64_t offset = read_fixed(&reader, 4);
	if (!offset)
		return false;
	if (common->address != place - offset)
		read_common(image, place - offset, common);
	if (!common->is_usable)
		return false;
	uint64_t start = read_encoded(&reader, common->encoding);
	uint64_t size = read_encoded(&reader, common->encoding & 15), from = start - (uintptr_t)image->text;
	uint64_t exceptions = 0;
	if (common->has_augmentation) {
		uint64_t length = read_leb(&reader);
		struct reader data = reader;
		skip_bytes(&reader, length);
		/* A pointer of value 0 means none, whatever it is relative to. */
		if (common->exceptions_encoding != 0xff && data.at && reader.at) {
			size_t width = encoded_size(common->exceptions_encoding);
			struct reader value = data;
			if (length < width || !width)
				return false;
			if (read_fixed(&value, width))
				exceptions = read_encoded(&data, common->exceptions_encoding);
			if (!data.at)
				return false;
		}
	}
	if (!reader.at || from >= image->text_size || size > image->text_size - from || !size)
		return false;
	*out = (struct code_function){.start = (uint32_t)from, .size = (uint32_t)size};
	out->flags = common->is_usual ? flags_at_entry(reader, image->text + from, size) : CODE_IS_ROOT;
	if (exceptions && code_readable(image, (const void *)(uintptr_t)exceptions))
		out->exceptions = (int32_t)(exceptions - (uintptr_t)image->eh_frame_header);
	if (image->entry == image->text + from)
		out->flags |= CODE_IS_ROOT;
	if (is_stub(image->text + from, size))
		out->flags |= CODE_IS_PLT;
	return true;
}

size_t functions_count(const struct code_image *image)
{
	const uint8_t *header = image->eh_frame_header;
	uint32_t count;
	/* Version 1, a table of 4-byte offsets from the header, as every linker writes it. */
	if (image->eh_frame_header_size < 12 || code_readable(image, header) < image->eh_frame_header_size || header[0] != 1 ||
	    encoded_size(header[1]) != 4 || header[2] != ENCODING_U4 || header[3] != 0x3b)
		return 0;
	__builtin_memcpy(&count, header + 8, sizeof count);
	return count <= (image->eh_frame_header_size - 12) / 8 ? count : 0;
}

size_t functions_find(const struct code_image *image, struct code_function *functions, size_t count)
{
	struct common common = {0};
	size_t found = 0;
	uint64_t end = 0;
	for (size_t i = 0; i < count; i++) {
		int32_t offset;
		__builtin_memcpy(&offset, image->eh_frame_header + 12 + i * 8 + 4, sizeof offset);
		struct code_function *function = &functions[found];
		if (!read_function(image, image->eh_frame_header + offset, &common, function) || function->start < end)
			continue;
		end = (uint64_t)function->start + function->size;
		if (!(function->flags & CODE_IS_PLT))
			found++;
	}
	return found;
}

/* A number of the call-site table: LEB or fixed width. */
static uint64_t read_site(struct reader *reader, uint8_t encoding)
{
	return encoding == 1 ? read_leb(reader) : read_encoded(reader, encoding);
}

void functions_landing_pads(const struct code_image *image, const struct code_function *function,
			    void (*visit)(uint64_t target, void *context), void *context)
{
	if (!function->exceptions)
		return;
	const uint8_t *table = image->eh_frame_header + function->exceptions;
	struct reader reader = {table, table + code_readable(image, table)};
	uint8_t encoding = (uint8_t)read_fixed(&reader, 1);
	uint64_t base = function->start;
	if (encoding != 0xff)
		base = read_encoded(&reader, encoding) - (uintptr_t)image->text;
	if ((uint8_t)read_fixed(&reader, 1) != 0xff) /* types: of no interest but for the distance to them */
		read_leb(&reader);
	encoding = (uint8_t)read_fixed(&reader, 1);
	uint64_t length = read_leb(&reader);
	if (reader.at && length < (uint64_t)(reader.end - reader.at))
		reader.end = reader.at + length;
	while (reader.at && reader.at < reader.end) {
		read_site(&reader, encoding);
		read_site(&reader, encoding);
		uint64_t pad = read_site(&reader, encoding);
		read_leb(&reader);
		if (reader.at && pad)
			visit(base + pad, context);
	}
}
