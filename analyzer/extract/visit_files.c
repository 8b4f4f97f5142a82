/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a unit: which belong to the codebase, their lines, what each includes, what the unit read. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "extract/visit_internal.h"

char *visit_text(struct visit *visit, CXString text)
{
	const char *bytes = clang_getCString(text);
	char *copy = arena_strdup(visit->arena, bytes ? bytes : "");
	clang_disposeString(text);
	return copy;
}

static char *real_path_of(CXFile handle, const char *directory)
{
	CXString real = clang_File_tryGetRealPathName(handle);
	const char *text = clang_getCString(real);
	char *path = text && text[0] ? path_join(directory, text) : NULL;
	clang_disposeString(real);
	if (path)
		return path;
	CXString name = clang_getFileName(handle);
	text = clang_getCString(name);
	path = path_join(directory, text ? text : "");
	clang_disposeString(name);
	char *resolved = realpath(path, NULL);
	if (!resolved)
		return path;
	free(path);
	return resolved;
}

uint32_t visit_file_id(struct visit *visit, CXFile handle)
{
	if (!handle)
		return FILE_NONE;
	if (handle == visit->last_file)
		return visit->last_file_id;
	uint32_t id;
	if (!map64_get(visit->file_ids, (uint64_t)(uintptr_t)handle, &id)) {
		char *real = real_path_of(handle, visit->tree->directory);
		/* One file under two names (symlinks) is one file. */
		id = interner_add_string(visit->real_paths, real);
		if (id == visit->file_count) {
			mem_grow(&visit->files, &visit->file_capacity, visit->file_count + 1, sizeof *visit->files);
			visit->file_count++;
			struct source_file *file = &visit->files[id];
			*file = (struct source_file){.handle = handle, .real_path = real};
			file->path = path_below(real, visit->tree->root);
			if (file->path && !file->path[0])
				file->path = NULL;
			if (file->path)
				file->text = clang_getFileContents(visit->unit, handle, &file->text_length);
			if (file->path && visit->known && visit->known->is_known)
				file->is_known = visit->known->is_known(visit->known->context, handle);
		} else {
			free(real);
		}
		map64_put(visit->file_ids, (uint64_t)(uintptr_t)handle, id);
	}
	visit->last_file = handle;
	visit->last_file_id = id;
	return id;
}

uint32_t visit_known_file_id(struct visit *visit, const char *real_path)
{
	uint32_t id = interner_add_string(visit->real_paths, real_path);
	if (id < visit->file_count)
		return id;
	mem_grow(&visit->files, &visit->file_capacity, visit->file_count + 1, sizeof *visit->files);
	visit->file_count++;
	struct source_file *file = &visit->files[id];
	*file = (struct source_file){.real_path = mem_strdup(real_path)};
	file->path = path_below(file->real_path, visit->tree->root);
	file->is_known = true;
	return id;
}

struct facts_builder *visit_builder(struct visit *visit, uint32_t id)
{
	struct source_file *file = &visit->files[id];
	if (!file->builder) {
		file->builder = facts_builder_create();
		file->symbol_ids = map64_create();
		file->used_files = map64_create();
	}
	return file->builder;
}

uint32_t visit_intern(struct visit *visit, uint32_t file, const char *text)
{
	return facts_builder_string(visit_builder(visit, file), text, strlen(text));
}

void visit_location(struct visit *visit, CXCursor cursor, uint32_t *file, uint32_t *line, uint32_t *offset)
{
	CXFile handle;
	unsigned at_line = 0, at_offset = 0;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), &handle, &at_line, NULL, &at_offset);
	*file = visit_file_id(visit, handle);
	*line = at_line;
	*offset = at_offset;
}

uint32_t visit_line(struct visit *visit, CXCursor cursor)
{
	uint32_t file, line, offset;
	visit_location(visit, cursor, &file, &line, &offset);
	if (file == visit->file || !visit->node_count)
		return line;
	/* Text included in the midst of the declaration: what counts is the line that includes it. */
	unsigned first, last;
	CXSourceRange extent = clang_getCursorExtent(visit->nodes[0].cursor);
	clang_getExpansionLocation(clang_getRangeStart(extent), NULL, &first, NULL, NULL);
	clang_getExpansionLocation(clang_getRangeEnd(extent), NULL, &last, NULL, NULL);
	for (size_t i = 0; i < visit->include_count; i++) {
		const struct include_edge *edge = &visit->includes[i];
		if (edge->from == visit->file && edge->to == file && edge->line >= first && edge->line <= last)
			return edge->line;
	}
	visit_location(visit, visit->nodes[0].cursor, &file, &line, &offset);
	return file == visit->file ? line : first;
}

/* ---- lines ---- */

enum scan_state { SCAN_CODE, SCAN_LINE_COMMENT, SCAN_BLOCK_COMMENT, SCAN_STRING, SCAN_CHARACTER };

static uint8_t directive_of(const char *text, size_t length)
{
	static const struct { const char *word; uint8_t kind; } words[] = {
		{"ifdef", DIRECTIVE_IF}, {"ifndef", DIRECTIVE_IF}, {"if", DIRECTIVE_IF}, {"elif", DIRECTIVE_ELSE},
		{"elifdef", DIRECTIVE_ELSE}, {"elifndef", DIRECTIVE_ELSE}, {"else", DIRECTIVE_ELSE}, {"endif", DIRECTIVE_ENDIF},
	};
	size_t start = 0, end;
	while (start < length && (text[start] == ' ' || text[start] == '\t'))
		start++;
	for (end = start; end < length && text[end] >= 'a' && text[end] <= 'z';)
		end++;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i].word) == end - start && !strncmp(words[i].word, text + start, end - start))
			return words[i].kind;
	return DIRECTIVE_NONE;
}

/* Which lines hold something else than blanks and comments. A lexer of comments and literals, nothing more. */
void visit_scan_lines(struct visit *visit, struct source_file *file)
{
	if (file->line_starts)
		return;
	const char *text = file->text ? file->text : "";
	size_t length = file->text ? file->text_length : 0;
	uint32_t lines = 0;
	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	if (length && text[length - 1] != '\n')
		lines++;
	file->lines = lines;
	file->line_starts = arena_alloc(visit->arena, ((size_t)lines + 2) * sizeof *file->line_starts);
	file->code_before = arena_zalloc(visit->arena, (size_t)lines + 2, sizeof *file->code_before);
	file->directives = arena_zalloc(visit->arena, (size_t)lines + 2, sizeof *file->directives);
	enum scan_state state = SCAN_CODE;
	uint32_t line = 1;
	bool code = false, continues = false;
	file->line_starts[0] = file->line_starts[1] = 0;
	for (size_t i = 0; i < length; i++) {
		char c = text[i], next = i + 1 < length ? text[i + 1] : '\0';
		if (c == '\n') {
			bool continued = i && (text[i - 1] == '\\' || (text[i - 1] == '\r' && i > 1 && text[i - 2] == '\\'));
			file->code_before[line] = file->code_before[line - 1] + code;
			if (line < lines)
				file->line_starts[++line] = (uint32_t)(i + 1);
			code = false;
			continues = continued;
			if (state == SCAN_LINE_COMMENT && !continued)
				state = SCAN_CODE;
			if ((state == SCAN_STRING || state == SCAN_CHARACTER) && !continued)
				state = SCAN_CODE;
			continue;
		}
		switch (state) {
		case SCAN_CODE:
			if (c == '/' && next == '/') {
				state = SCAN_LINE_COMMENT;
				i++;
			} else if (c == '/' && next == '*') {
				state = SCAN_BLOCK_COMMENT;
				i++;
			} else if (c != ' ' && c != '\t' && c != '\r' && c != '\f' && c != '\v') {
				if (c == '#' && !code && !continues)
					file->directives[line] = directive_of(text + i + 1, length - i - 1);
				code = true;
				if (c == '"')
					state = SCAN_STRING;
				/* 1'000 does not occur in C17; an apostrophe opens a character */
				if (c == '\'')
					state = SCAN_CHARACTER;
			}
			break;
		case SCAN_LINE_COMMENT:
			break;
		case SCAN_BLOCK_COMMENT:
			if (c == '*' && next == '/') {
				state = SCAN_CODE;
				i++;
			}
			break;
		case SCAN_STRING:
		case SCAN_CHARACTER:
			code = true;
			if (c == '\\' && next && next != '\n')
				i++;
			else if (c == (state == SCAN_STRING ? '"' : '\''))
				state = SCAN_CODE;
			break;
		}
	}
	if (lines && length && text[length - 1] != '\n')
		file->code_before[line] = file->code_before[line - 1] + code;
	file->code_lines = lines ? file->code_before[lines] : 0;
}

uint32_t visit_code_lines(const struct source_file *file, uint32_t first, uint32_t last)
{
	if (!file->code_before || !first || last < first || last > file->lines)
		return 0;
	return file->code_before[last] - file->code_before[first - 1];
}

/* ---- regions ---- */

/* The condition of the directive in a line: without '#' and comment, white space folded. */
static void fold_condition(const struct source_file *file, uint32_t line, struct buf *out)
{
	const char *text = file->text + file->line_starts[line];
	size_t length = file->text_length - file->line_starts[line], start = out->length;
	bool space = false, hash = false;
	for (size_t i = 0; i < length && out->length < start + 512; i++) {
		if (text[i] == '\n' && !(i && (text[i - 1] == '\\' || (text[i - 1] == '\r' && i > 1 && text[i - 2] == '\\'))))
			break;
		if (text[i] == '/' && i + 1 < length && text[i + 1] == '*') {
			const char *end = memmem(text + i + 2, length - i - 2, "*/", 2);
			i = end ? (size_t)(end - text) + 1 : length;
			space = out->length > start;
			continue;
		}
		if (text[i] == '/' && i + 1 < length && text[i + 1] == '/')
			break;
		if (strchr(" \t\r\n\\", text[i])) {
			space = out->length > start;
			continue;
		}
		if (text[i] == '#' && !hash) {
			hash = true;
			continue;
		}
		if (space)
			buf_append_char(out, ' ');
		space = false;
		buf_append_char(out, text[i]);
	}
}

static uint32_t opening_line(const struct source_file *file, uint32_t line)
{
	uint32_t depth = 0;
	while (--line > 0) {
		if (file->directives[line] == DIRECTIVE_ENDIF)
			depth++;
		else if (file->directives[line] == DIRECTIVE_IF && !depth--)
			return line;
	}
	return 0;
}

static bool is_continued(const struct source_file *file, uint32_t line)
{
	if (line >= file->lines)
		return false;
	const char *end = file->text + file->line_starts[line + 1] - 1; /* the newline */
	if (end > file->text && end[-1] == '\r')
		end--;
	return end > file->text && end[-1] == '\\';
}

/* The lines between the directives in lines first and last, which are not compiled. */
static void add_region(struct visit *visit, uint32_t id, uint32_t first, uint32_t last)
{
	const struct source_file *file = &visit->files[id];
	uint32_t start = first;
	while (is_continued(file, start))
		start++;
	if (last <= start + 1)
		return;
	struct buf condition;
	buf_init(&condition, 2048);
	fold_condition(file, first, &condition);
	uint32_t opening = file->directives[first] == DIRECTIVE_ELSE ? opening_line(file, first) : 0;
	if (opening) {
		buf_printf(&condition, " of ");
		fold_condition(file, opening, &condition);
	}
	struct facts_region row = {
		.line = start + 1, .end_line = last - 1,
		.condition_string = visit_intern(visit, id, condition.data ? condition.data : ""),
	};
	buf_finish(&condition);
	facts_builder_add(visit_builder(visit, id), FACTS_TABLE_regions, &row);
}

void visit_regions(struct visit *visit)
{
	CXSourceRangeList *ranges = clang_getAllSkippedRanges(visit->unit);
	for (unsigned i = 0; ranges && i < ranges->count; i++) {
		CXFile handle;
		unsigned first, last;
		clang_getExpansionLocation(clang_getRangeStart(ranges->ranges[i]), &handle, &first, NULL, NULL);
		clang_getExpansionLocation(clang_getRangeEnd(ranges->ranges[i]), NULL, &last, NULL, NULL);
		uint32_t id = visit_file_id(visit, handle);
		if (id == FILE_NONE || !visit->files[id].path || visit->files[id].is_known || !visit->files[id].text)
			continue;
		struct source_file *file = &visit->files[id];
		visit_scan_lines(visit, file);
		if (!first || last > file->lines)
			continue;
		/* clang gives one range for "#if 0 .. #elif 0 .. #else": a region for each branch. */
		uint32_t depth = 0, start = first;
		for (uint32_t line = first + 1; line < last; line++) {
			uint8_t directive = file->directives[line];
			if (directive == DIRECTIVE_ELSE && !depth) {
				add_region(visit, id, start, line);
				start = line;
			}
			depth += directive == DIRECTIVE_IF;
			depth -= directive == DIRECTIVE_ENDIF && depth;
		}
		add_region(visit, id, start, last);
	}
	clang_disposeSourceRangeList(ranges);
}

/* ---- what the unit read ---- */

struct inclusions {
	struct visit *visit;
	size_t capacity;
	struct map64 *seen;
};

static const char *input_name(struct visit *visit, const struct source_file *file)
{
	return arena_strdup(visit->summary->arena, file->path ? file->path : file->real_path);
}

static void add_inclusion(CXFile included, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	(void)stack;
	(void)depth;
	struct inclusions *inclusions = data;
	struct visit *visit = inclusions->visit;
	uint32_t id = visit_file_id(visit, included);
	if (id == FILE_NONE || map64_get(inclusions->seen, id, NULL))
		return;
	map64_put(inclusions->seen, id, 1);
	struct unit_inputs *inputs = &visit->summary->inputs;
	mem_grow(&inputs->files, &inclusions->capacity, inputs->file_count + 1, sizeof *inputs->files);
	inputs->files[inputs->file_count++] = input_name(visit, &visit->files[id]);
}

struct absent {
	struct visit *visit;
	struct interner *seen;
	size_t capacity;
};

static void add_absent(struct absent *absent, const char *directory, const char *spelled)
{
	struct visit *visit = absent->visit;
	char *place = path_join(directory, spelled);
	const char *below = path_below(place, visit->tree->root);
	if (below && below[0]) {
		uint32_t before = interner_count(absent->seen);
		interner_add_string(absent->seen, below);
		if (interner_count(absent->seen) > before) {
			struct unit_inputs *inputs = &visit->summary->inputs;
			mem_grow(&inputs->absent, &absent->capacity, inputs->absent_count + 1, sizeof *inputs->absent);
			inputs->absent[inputs->absent_count++] = arena_strdup(visit->summary->arena, below);
		}
	}
	free(place);
}

/* The folders searched before a header was found, in clang's order: the includer's own (quotes only), -iquote, -I,
 * -isystem, -idirafter. A header that appears in one of them later changes what the unit means. */
static void absent_of_include(struct absent *absent, const struct include_edge *edge)
{
	struct visit *visit = absent->visit;
	static const char *const passes[] = {"-iquote", "-I", "-isystem", "-idirafter"};
	const char *found = edge->to == FILE_NONE ? NULL : visit->files[edge->to].real_path;
	bool angle = edge->flags & INCLUDE_ANGLE;
	if (edge->spelled[0] == '/')
		return;
	char *own = mem_strdup(visit->files[edge->from].real_path);
	char *slash = strrchr(own, '/');
	if (slash)
		*slash = '\0';
	bool done = false;
	if (!angle) {
		char *place = path_join(own, edge->spelled);
		done = found && !strcmp(place, found);
		if (!done)
			add_absent(absent, own, edge->spelled);
		free(place);
	}
	free(own);
	for (size_t pass = angle ? 1 : 0; pass < sizeof passes / sizeof *passes && !done; pass++) {
		size_t length = strlen(passes[pass]);
		for (size_t i = 0; i < visit->command->argument_count && !done; i++) {
			const char *argument = visit->command->arguments[i];
			if (strncmp(argument, passes[pass], length) != 0)
				continue;
			const char *value = argument + length;
			if (!*value && i + 1 < visit->command->argument_count)
				value = visit->command->arguments[i + 1];
			if (!*value)
				continue;
			char *directory = path_join(visit->command->directory, value);
			char *place = path_join(directory, edge->spelled);
			char *real = realpath(place, NULL);
			done = found && real && !strcmp(real, found);
			if (!done)
				add_absent(absent, directory, edge->spelled);
			free(real);
			free(place);
			free(directory);
		}
	}
}

static int compare_edges(const void *a, const void *b)
{
	const struct include_edge *x = a, *y = b;
	int order = strcmp(x->spelled, y->spelled);
	if (order)
		return order;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return 0;
}

void visit_collect_inputs(struct visit *visit)
{
	struct inclusions inclusions = {.visit = visit, .seen = map64_create()};
	clang_getInclusions(visit->unit, add_inclusion, &inclusions);
	for (size_t i = 0; i < visit->include_count; i++)
		if (visit->includes[i].to != FILE_NONE)
			add_inclusion(visit->files[visit->includes[i].to].handle, NULL, 0, &inclusions);
	map64_destroy(inclusions.seen);

	/* Distinct (spelling, includer) pairs only: the search is the same for all of them. */
	struct absent absent = {.visit = visit, .seen = interner_create()};
	struct include_edge *sorted = mem_alloc((visit->include_count + 1) * sizeof *sorted);
	if (visit->include_count)
		memcpy(sorted, visit->includes, visit->include_count * sizeof *sorted);
	qsort(sorted, visit->include_count, sizeof *sorted, compare_edges);
	for (size_t i = 0; i < visit->include_count; i++)
		if (!i || compare_edges(&sorted[i - 1], &sorted[i]) != 0)
			absent_of_include(&absent, &sorted[i]);
	free(sorted);
	interner_destroy(absent.seen);

	/* Heap arrays move into the summary's arena, so that one thing owns all. */
	struct unit_inputs *inputs = &visit->summary->inputs;
	const char **files = arena_alloc(visit->summary->arena, (inputs->file_count + 1) * sizeof *files);
	const char **places = arena_alloc(visit->summary->arena, (inputs->absent_count + 1) * sizeof *places);
	if (inputs->file_count)
		memcpy(files, inputs->files, inputs->file_count * sizeof *files);
	if (inputs->absent_count)
		memcpy(places, inputs->absent, inputs->absent_count * sizeof *places);
	free(inputs->files);
	free(inputs->absent);
	inputs->files = files;
	inputs->absent = places;
}

void visit_files_finish(struct visit *visit)
{
	for (size_t i = 0; i < visit->file_count; i++) {
		struct source_file *file = &visit->files[i];
		free(file->real_path);
		free(file->intervals);
		facts_builder_destroy(file->builder);
		map64_destroy(file->used_files);
		map64_destroy(file->symbol_ids);
	}
	free(visit->files);
}
