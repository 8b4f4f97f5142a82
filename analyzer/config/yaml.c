/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From libfyaml's events to our own tree: bounded in depth and size, silent on stderr, every node with its position.
 *
 * The tree is ours and not libfyaml's document, because the document expands aliases, limits nothing in total and
 * compares keys pairwise. Bytes are checked before libfyaml sees them: it has trouble with some that YAML forbids. */
#include "config/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* A byte of the text and the position that a person would call it. */
struct place {
	size_t offset;
	struct position at;
};

struct frame {
	struct yaml_node *node; /* the list or mapping being read */
	size_t first;           /* its first child in pending */
};

struct reader {
	const struct complaint *complaint;
	struct arena *arena;
	struct frame frames[YAML_MAX_DEPTH]; /* what is open, outermost first */
	size_t depth;
	struct yaml_node **pending;          /* finished children of the open frames, outermost first */
	size_t pending_count, pending_capacity;
	size_t nodes;                        /* read so far, aliases expanded */
	struct interner *anchors;            /* names */
	struct yaml_node **anchored;         /* by id: the latest node of that name */
	size_t anchored_capacity;
	const char *text;                    /* what libfyaml reads; its marks count bytes and characters from here */
	size_t length;
	struct place end;                    /* behind the latest token: where to look for what has no mark of its own */
	bool ended;                          /* a document is complete */
};

/* --- bytes --- */

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* place, one character on. */
static struct place place_next(const char *text, size_t length, struct place place)
{
	char c = text[place.offset];
	size_t step = text_utf8_length(text + place.offset, length - place.offset);
	place.offset += step ? step : 1;
	place.at.column++;
	if (c == '\n' || (c == '\r' && (place.offset == length || text[place.offset] != '\n')))
		place.at = (struct position){place.at.line + 1, 1};
	return place;
}

static struct position position_of(const char *text, size_t length, size_t offset)
{
	struct place place = {0, {1, 1}};
	while (place.offset < offset)
		place = place_next(text, length, place);
	return place.at;
}

/* libfyaml 0.7.12 frees a key twice where a tab stands between ":" and what opens a block. Whether text starts so. */
static bool is_tabbed_block(const char *text, size_t length)
{
	if (!length || text[0] != ':')
		return false;
	size_t at = 1;
	bool tab = false;
	for (; at < length && (text[at] == ' ' || text[at] == '\t'); at++)
		tab |= text[at] == '\t';
	if (!tab || at == length)
		return false;
	return strchr("?:|>", text[at]) || (text[at] == '-' && (at + 1 == length || strchr(" \t\r\n", text[at + 1])));
}

/* libfyaml looks ahead over these character by character, each time from the start: a long one takes minutes. */
#define MAX_RUN 1024

struct runs {
	size_t blanks; /* blanks and line breaks up to here */
	size_t tag;    /* bytes since the first "!" in this word */
};

static const char *runs_add(struct runs *runs, unsigned char byte)
{
	bool blank = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
	runs->blanks = blank ? runs->blanks + 1 : 0;
	runs->tag = !blank && (runs->tag || byte == '!') ? runs->tag + 1 : 0;
	if (runs->blanks > MAX_RUN)
		return "more than 1024 blanks in a row, remove them";
	return runs->tag > MAX_RUN ? "more than 1024 bytes after a \"!\", put a blank between" : NULL;
}

static int check_bytes(const char *text, size_t length, const struct complaint *complaint)
{
	if (length > YAML_MAX_BYTES)
		return complaint_set(complaint, (struct position){1, 1},
				     "larger than %zu bytes, keep a configuration below that", YAML_MAX_BYTES);
	struct runs runs = {0, 0};
	for (size_t i = 0; i < length;) {
		unsigned char byte = (unsigned char)text[i];
		size_t valid = text_utf8_length(text + i, length - i);
		const char *run = runs_add(&runs, byte);
		if (run)
			return complaint_set(complaint, position_of(text, length, i), "%s", run);
		if (!valid)
			return complaint_set(complaint, position_of(text, length, i),
					     "byte 0x%02x is not UTF-8, save the file as UTF-8", byte);
		if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f)
			return complaint_set(complaint, position_of(text, length, i),
					     "control byte 0x%02x, remove it or save the file as UTF-8 text", byte);
		if (length - i >= 3 && memcmp(text + i, byte_order_mark, 3) == 0)
			return complaint_set(complaint, position_of(text, length, i),
					     "a byte order mark inside the file, remove it");
		if (is_tabbed_block(text + i, length - i))
			return complaint_set(complaint, position_of(text, length, i),
					     "a tab after \":\" and before a nested value, write a space");
		/* libfyaml takes minutes for a long one, and there is none that means something to us. */
		if (byte == '%' && (!i || text[i - 1] == '\n' || text[i - 1] == '\r'))
			return complaint_set(complaint, position_of(text, length, i),
					     "a YAML directive, remove the line or indent it");
		i += valid;
	}
	return 0;
}

/* --- positions and tokens --- */

/* Moves reader->end to where the next thing starts that is neither blank, comment, nor the end of a key or of a quoted
 * value; returns that. For what libfyaml marks wrongly (block scalars) or not at all (nothing where a value could be). */
static struct position next_position(struct reader *reader)
{
	bool comment = false;
	for (struct place place = reader->end; place.offset < reader->length;) {
		char c = reader->text[place.offset];
		if (c == '\n' || c == '\r') {
			comment = false;
		} else if (c == '#') {
			comment = true;
		} else if (!comment && !strchr(" \t:,\"'", c)) {
			reader->end = place;
			break;
		}
		place = place_next(reader->text, reader->length, place);
	}
	return reader->end.at;
}

/* Where token starts, its quotation mark or star included (opened); remembers where it ends. */
static struct position token_position(struct reader *reader, struct fy_token *token, bool opened)
{
	const struct fy_mark *start = token ? fy_token_start_mark(token) : NULL;
	const struct fy_mark *end = token ? fy_token_end_mark(token) : NULL;
	struct position at;
	if (start && start->line >= 0 && start->column >= 0) {
		at = (struct position){(unsigned)start->line + 1, (unsigned)start->column + 1};
		if (opened && at.column > 1)
			at.column--;
	} else {
		at = next_position(reader);
	}
	if (end && end->line >= 0 && end->column >= 0 && end->input_pos <= reader->length &&
	    end->input_pos > reader->end.offset)
		reader->end = (struct place){end->input_pos, {(unsigned)end->line + 1, (unsigned)end->column + 1}};
	return at;
}

static struct position scalar_position(struct reader *reader, struct fy_token *value)
{
	enum fy_scalar_style style = value ? fy_token_scalar_style(value) : FYSS_PLAIN;
	struct position at;
	if (style == FYSS_LITERAL || style == FYSS_FOLDED) {
		at = next_position(reader);
		token_position(reader, value, false);
	} else if (value) {
		at = token_position(reader, value, style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED);
	} else if (reader->depth && reader->frames[reader->depth - 1].node->kind == YAML_MAPPING &&
		   reader->pending_count > reader->frames[reader->depth - 1].first) {
		at = reader->pending[reader->pending_count - 1]->at; /* its key */
	} else {
		at = next_position(reader); /* the dash of an empty item; the next empty item has another */
		if (reader->end.offset < reader->length)
			reader->end = place_next(reader->text, reader->length, reader->end);
	}
	return at;
}

static int check_tag(struct reader *reader, struct fy_token *tag)
{
	if (!tag)
		return 0;
	return complaint_set(reader->complaint, token_position(reader, tag, false),
			     "a tag has no meaning here, quote a value that starts with \"!\"");
}

/* --- nodes --- */

static int node_push(struct reader *reader, struct yaml_node *node, struct position at)
{
	if (node->size > YAML_MAX_NODES - reader->nodes)
		return complaint_set(reader->complaint, at, "more than %zu values, shorten the lists or the aliases",
				     YAML_MAX_NODES);
	reader->nodes += node->size;
	mem_grow(&reader->pending, &reader->pending_capacity, reader->pending_count + 1, sizeof *reader->pending);
	reader->pending[reader->pending_count++] = node;
	return 0;
}

static struct yaml_node *node_create(struct reader *reader, enum yaml_kind kind, struct position at,
				     struct fy_token *anchor)
{
	struct yaml_node *node = arena_zalloc(reader->arena, 1, sizeof *node);
	node->kind = kind;
	node->at = at;
	node->text = "";
	size_t length = 0;
	const char *name = anchor ? fy_token_get_text(anchor, &length) : NULL;
	if (name) {
		uint32_t id = interner_add(reader->anchors, name, length);
		mem_grow(&reader->anchored, &reader->anchored_capacity, (size_t)id + 1, sizeof *reader->anchored);
		reader->anchored[id] = node;
	}
	return node;
}

/* Of a single-quoted value on one line; NULL: it is on several. Not libfyaml's, which makes three quotation marks of two
 * doubled ones. */
static const char *single_quoted_text(struct reader *reader, struct fy_token *value, size_t *length)
{
	const struct fy_mark *start = fy_token_start_mark(value), *end = fy_token_end_mark(value);
	if (!start || !end || start->line != end->line || start->input_pos > end->input_pos ||
	    end->input_pos > reader->length)
		return NULL;
	char *copy = arena_alloc(reader->arena, end->input_pos - start->input_pos + 1);
	size_t used = 0;
	for (size_t i = start->input_pos; i < end->input_pos; i++) {
		copy[used++] = reader->text[i];
		if (reader->text[i] == '\'')
			i++;
	}
	copy[used] = '\0';
	*length = used;
	return copy;
}

/* In the arena; NULL: libfyaml failed. Piece by piece, because fy_token_get_text takes the room it needs from an estimate
 * that is wrong for some single-quoted values, and then returns other bytes or nothing. */
static const char *scalar_text(struct reader *reader, struct fy_token *value, size_t *length)
{
	*length = 0;
	if (!value)
		return "";
	struct fy_token_iter *iterator = fy_token_iter_create(value);
	if (!iterator)
		mem_exhausted(sizeof iterator);
	struct buf text;
	buf_init(&text, YAML_MAX_BYTES);
	const struct fy_iter_chunk *chunk = NULL;
	int failed = 0;
	while ((chunk = fy_token_iter_chunk_next(iterator, chunk, &failed)))
		buf_append(&text, chunk->str, chunk->len);
	fy_token_iter_destroy(iterator);
	const char *copy = NULL;
	if (!failed && !text.overflow) {
		copy = arena_strndup(reader->arena, text.data ? text.data : "", text.length);
		*length = text.length;
	}
	buf_finish(&text);
	return copy;
}

static int read_scalar(struct reader *reader, const struct fy_event_scalar_data *event)
{
	int result = check_tag(reader, event->tag);
	if (result)
		return result;
	struct position at = scalar_position(reader, event->value);
	struct yaml_node *node = node_create(reader, YAML_SCALAR, at, event->anchor);
	size_t length = 0;
	bool single = event->value && fy_token_scalar_style(event->value) == FYSS_SINGLE_QUOTED;
	const char *text = single ? single_quoted_text(reader, event->value, &length) :
				    scalar_text(reader, event->value, &length);
	if (!text && single)
		return complaint_set(reader->complaint, at, "a line break inside a value, write it on one line");
	if (!text)
		return complaint_set(reader->complaint, at, "a value that cannot be read, write it in double quotes");
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte == '\n')
			return complaint_set(reader->complaint, at, "a line break inside a value, write it on one line");
		if (byte < 0x20 || byte == 0x7f)
			return complaint_set(reader->complaint, at, "control byte 0x%02x inside a value, remove it", byte);
	}
	if (!text_is_utf8(text, length))
		return complaint_set(reader->complaint, at, "an escape that stands for no character, remove it");
	node->text = text;
	node->length = length;
	node->plain = !event->value || fy_token_scalar_style(event->value) == FYSS_PLAIN;
	node->size = 1;
	return node_push(reader, node, at);
}

static int read_alias(struct reader *reader, struct fy_token *anchor)
{
	struct position at = token_position(reader, anchor, true);
	size_t length = 0;
	uint32_t id;
	const char *name = anchor ? fy_token_get_text(anchor, &length) : NULL;
	if (!name)
		name = "", length = 0;
	if (!interner_find(reader->anchors, name, length, &id)) {
		struct complaint_quote quote = complaint_quote(name, length);
		/* The quote opens with its mark; what the user wrote is a star and then the name. */
		return complaint_set(reader->complaint, at,
				     "no anchor %s to repeat, quote a value that starts with a star: \"*%s",
				     quote.text, quote.text + 1);
	}
	struct yaml_node *node = reader->anchored[id];
	if (!node->size)
		return complaint_set(reader->complaint, at, "alias %s inside its own anchor, write the value out",
				     complaint_quote(name, length).text);
	return node_push(reader, node, at);
}

static int collection_open(struct reader *reader, enum yaml_kind kind, struct fy_token *start, struct fy_token *anchor,
			   struct fy_token *tag)
{
	int result = check_tag(reader, tag);
	if (result)
		return result;
	struct position at = token_position(reader, start, false);
	if (reader->depth == YAML_MAX_DEPTH)
		return complaint_set(reader->complaint, at, "more than %d levels of nesting, a configuration needs 3",
				     YAML_MAX_DEPTH);
	struct yaml_node *node = node_create(reader, kind, at, anchor);
	reader->frames[reader->depth++] = (struct frame){node, reader->pending_count};
	return 0;
}

static int collection_close(struct reader *reader)
{
	struct frame frame = reader->frames[--reader->depth];
	struct yaml_node *node = frame.node;
	size_t step = node->kind == YAML_MAPPING ? 2 : 1, size = 0;
	node->count = (reader->pending_count - frame.first) / step;
	node->items = arena_zalloc(reader->arena, node->count, sizeof(struct yaml_node *));
	if (step == 2)
		node->keys = arena_zalloc(reader->arena, node->count, sizeof(struct yaml_node *));
	for (size_t i = 0; i < node->count; i++) {
		if (step == 2)
			node->keys[i] = reader->pending[frame.first + step * i];
		node->items[i] = reader->pending[frame.first + step * i + step - 1];
		size += node->items[i]->size + (step == 2 ? node->keys[i]->size : 0);
	}
	/* The children leave the count with the list and come back with its size. */
	reader->nodes -= size;
	reader->pending_count = frame.first;
	node->size = size + 1;
	return node_push(reader, node, node->at);
}

/* --- the stream --- */

static int read_event(struct reader *reader, const struct fy_event *event)
{
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (reader->ended)
			return complaint_set(reader->complaint, token_position(reader, event->document_start.document_start, false),
					     "a second document, keep everything in one");
		return 0;
	case FYET_DOCUMENT_END:
		token_position(reader, event->document_end.document_end, false);
		reader->ended = true;
		return 0;
	case FYET_SCALAR:
		return read_scalar(reader, &event->scalar);
	case FYET_ALIAS:
		return read_alias(reader, event->alias.anchor);
	case FYET_SEQUENCE_START:
		return collection_open(reader, YAML_LIST, event->sequence_start.sequence_start,
				       event->sequence_start.anchor, event->sequence_start.tag);
	case FYET_MAPPING_START:
		return collection_open(reader, YAML_MAPPING, event->mapping_start.mapping_start,
				       event->mapping_start.anchor, event->mapping_start.tag);
	case FYET_SEQUENCE_END:
		token_position(reader, event->sequence_end.sequence_end, false);
		return collection_close(reader);
	case FYET_MAPPING_END:
		token_position(reader, event->mapping_end.mapping_end, false);
		return collection_close(reader);
	default:
		return 0;
	}
}

static void discard(struct fy_diag *diag, void *user, const char *bytes, size_t length)
{
	(void)diag, (void)user, (void)bytes, (void)length;
}

static struct fy_diag *diag_create(void)
{
	struct fy_diag_cfg settings;
	fy_diag_cfg_default(&settings);
	settings.fp = NULL;
	settings.output_fn = discard;
	settings.level = FYET_ERROR;
	settings.colorize = false;
	struct fy_diag *diag = fy_diag_create(&settings);
	if (!diag)
		mem_exhausted(sizeof settings);
	/* Collected errors are not rendered with their source line, which reads past the input in some versions. */
	fy_diag_set_collect_errors(diag, true);
	return diag;
}

/* The character at or right before a position, if it is one that a plain value must not start with; else 0. Globs are
 * written without quotes easily, and what libfyaml then says does not help. */
static char indicator_at(const struct reader *reader, struct position at)
{
	struct place place = {0, {1, 1}};
	char before = 0;
	while (place.offset < reader->length && place.at.line <= at.line) {
		char c = reader->text[place.offset];
		if (place.at.line == at.line && place.at.column == at.column)
			return strchr("@`%", c) ? c : before == '*' || before == '&' ? before : 0;
		before = c;
		place = place_next(reader->text, reader->length, place);
	}
	return 0;
}

/* libfyaml's first error, at its own position. */
static int stream_error(struct reader *reader, struct fy_diag *diag)
{
	void *iterator = NULL;
	struct fy_diag_error *error;
	while ((error = fy_diag_errors_iterate(diag, &iterator))) {
		if (error->type != FYET_ERROR || !error->msg)
			continue;
		struct position at = reader->end.at;
		if (error->line > 0 && error->column > 0)
			at = (struct position){(unsigned)error->line, (unsigned)error->column};
		/* Some messages repeat the input, which is cut and made fit for one line then. */
		size_t length = strlen(error->msg);
		struct complaint_quote quote = complaint_quote(error->msg, length);
		const char *message = length <= 100 && text_is_utf8(error->msg, length) ? error->msg : quote.text;
		char indicator = indicator_at(reader, at);
		if (indicator)
			return complaint_set(reader->complaint, at, "bad YAML (%s), quote a value that starts with \"%c\"",
					     message, indicator);
		return complaint_set(reader->complaint, at, "bad YAML (%s), correct the syntax", message);
	}
	return complaint_set(reader->complaint, reader->end.at, "bad YAML, correct the syntax near here");
}

static int read_stream(struct reader *reader, struct fy_parser *parser, struct fy_diag *diag)
{
	struct fy_event *event;
	int result = 0;
	while (!result && (event = fy_parser_parse(parser))) {
		result = read_event(reader, event);
		fy_parser_event_free(parser, event);
	}
	if (!result && (fy_parser_get_stream_error(parser) || fy_diag_got_error(diag)))
		result = stream_error(reader, diag);
	return result;
}

int yaml_parse(const char *text, size_t length, struct arena *arena, const struct complaint *complaint,
	       struct yaml_node **root)
{
	if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0)
		text += 3, length -= 3;
	int result = check_bytes(text, length, complaint);
	if (result)
		return result;
	if (length && text[length - 1] == '\\') {
		/* libfyaml asserts that something follows a backslash. */
		char *ended = arena_alloc(arena, length + 1);
		memcpy(ended, text, length);
		ended[length++] = '\n';
		text = ended;
	}
	struct reader reader = {.complaint = complaint, .arena = arena, .text = text, .length = length};
	reader.end.at = (struct position){1, 1};
	reader.anchors = interner_create();
	struct fy_diag *diag = diag_create();
	struct fy_parse_cfg settings = {
		.search_path = "",
		.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
		.diag = diag,
	};
	struct fy_parser *parser = fy_parser_create(&settings);
	if (!parser)
		mem_exhausted(sizeof settings);
	if (!length)
		goto out;
	if (fy_parser_set_string(parser, text, length) != 0)
		result = err_set(complaint->err, ERR_INTERNAL, "%s: the YAML parser would not start", complaint->name);
	else
		result = read_stream(&reader, parser, diag);
out:
	if (!result)
		*root = reader.pending_count ? reader.pending[0] : NULL;
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	interner_destroy(reader.anchors);
	free(reader.anchored);
	free(reader.pending);
	return result;
}
