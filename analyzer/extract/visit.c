/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parsed unit -> chunks: walks the top level, hands each declaration of the codebase on, and adds what belongs to
 * files as a whole: macros, includes, regions left out, line counts, diagnostics. */
#include "extract/visit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "extract/visit_internal.h"

#define CHUNK_CEILING ((size_t)64 << 20)
#define DIAGNOSTICS_MAX 50

/* ---- preprocessing ---- */

static uint64_t macro_key(uint32_t file, const char *name, size_t length)
{
	return (hash_bytes64(name, length) ^ (uint64_t)file * 0x9e3779b97f4a7c15u) >> 1;
}

static void macro_definition(struct visit *visit, CXCursor cursor, uint32_t file)
{
	uint32_t entity = visit_macro_entity(visit, cursor);
	if (entity == NODE_NONE || visit->entities[entity].outside)
		return;
	uint32_t at, line, offset;
	visit_location(visit, cursor, &at, &line, &offset);
	unsigned end;
	clang_getExpansionLocation(clang_getRangeEnd(clang_getCursorExtent(cursor)), NULL, &end, NULL, NULL);
	/* clang_Cursor_isMacroFunctionLike forgets macros that are undefined later. */
	const struct source_file *source = &visit->files[file];
	size_t behind = offset + strlen(visit->entities[entity].name);
	bool function_like = source->text && behind < source->text_length && source->text[behind] == '(';
	struct facts_macro row = {
		.symbol = visit_symbol(visit, file, entity), .line = line, .end_line = end,
		.flags = function_like ? MACRO_FUNCTION_LIKE : 0,
	};
	facts_builder_add(visit_builder(visit, file), FACTS_TABLE_macros, &row);
	clang_getExpansionLocation(clang_getRangeEnd(clang_getCursorExtent(cursor)), NULL, NULL, NULL, &end);
	mem_grow(&visit->bodies, &visit->body_capacity, visit->body_count + 1, sizeof *visit->bodies);
	visit->bodies[visit->body_count++] = (struct macro_body){
		.file = file, .entity = entity, .line = line, .start = (uint32_t)behind, .end = end, .function_like = function_like,
	};
	map64_put(visit->macro_names, macro_key(file, visit->entities[entity].name, strlen(visit->entities[entity].name)), entity);
}

/* ---- macros used by macros ---- */

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The next name in text, which is past strings, characters, numbers and comments. */
static bool next_name(const char *text, size_t length, size_t *at, size_t *name_length)
{
	for (size_t i = *at; i < length; i++) {
		char c = text[i];
		if (c == '"' || c == '\'') {
			for (i++; i < length && text[i] != c; i++)
				i += text[i] == '\\';
		} else if (c == '/' && i + 1 < length && text[i + 1] == '*') {
			const char *end = memmem(text + i + 2, length - i - 2, "*/", 2);
			i = end ? (size_t)(end - text) + 1 : length;
		} else if (is_name_start(c) || is_digit(c)) {
			size_t end = i;
			while (end < length && (is_name_start(text[end]) || is_digit(text[end]) || (is_digit(c) && text[end] == '.')))
				end++;
			if (!is_digit(c)) {
				*at = i;
				*name_length = end - i;
				return true;
			}
			i = end - 1;
		}
	}
	return false;
}

static bool is_pasted(const char *text, size_t length, size_t start, size_t end)
{
	while (start && (text[start - 1] == ' ' || text[start - 1] == '\t'))
		start--;
	while (end < length && (text[end] == ' ' || text[end] == '\t'))
		end++;
	return (start > 1 && text[start - 1] == '#') || (end + 1 < length && text[end] == '#' && text[end + 1] == '#');
}

static bool is_parameter(const char *list, size_t length, const char *name, size_t name_length)
{
	size_t found;
	for (size_t at = 0; next_name(list, length, &at, &found); at += found)
		if (found == name_length && !strncmp(list + at, name, found))
			return true;
	return false;
}

/* clang reports no expansions within a macro's body, which is only expanded elsewhere. Names that the same file defines
 * as macros are taken; others might mean something else to each unit. */
static void macros_of_macros(struct visit *visit)
{
	for (size_t i = 0; i < visit->body_count; i++) {
		const struct macro_body *body = &visit->bodies[i];
		const struct source_file *file = &visit->files[body->file];
		if (!file->text || body->end > file->text_length || body->start > body->end)
			continue;
		const char *text = file->text + body->start, *list = text;
		size_t length = body->end - body->start, list_length = 0, name_length;
		if (body->function_like) {
			const char *close = memchr(text, ')', length);
			list_length = close ? (size_t)(close - text) : length;
		}
		visit->file = body->file;
		for (size_t at = list_length; next_name(text, length, &at, &name_length); at += name_length) {
			uint32_t entity;
			if (!map64_get(visit->macro_names, macro_key(body->file, text + at, name_length), &entity) ||
			    entity == body->entity || is_pasted(text, length, at, at + name_length) ||
			    is_parameter(list, list_length, text + at, name_length))
				continue;
			visit_reference_add(visit, visit_symbol(visit, body->file, body->entity),
					    visit_symbol(visit, body->file, entity), REF_MACRO, 0, body->line);
		}
	}
}

static void macro_expansion(struct visit *visit, CXCursor cursor, uint32_t file)
{
	CXSourceRange extent = clang_getCursorExtent(cursor);
	unsigned start, end, line;
	clang_getExpansionLocation(clang_getRangeStart(extent), NULL, &line, NULL, &start);
	clang_getExpansionLocation(clang_getRangeEnd(extent), NULL, NULL, NULL, &end);
	mem_grow(&visit->expansions, &visit->expansion_capacity, visit->expansion_count + 1, sizeof *visit->expansions);
	visit->expansions[visit->expansion_count++] = (struct expansion){
		.file = file, .start = start, .end = end, .line = line,
		.entity = visit_macro_entity(visit, clang_getCursorReferenced(cursor)),
	};
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t length = strlen(text), suffix_length = strlen(suffix);
	return length > suffix_length && !strcmp(text + length - suffix_length, suffix);
}

static void inclusion(struct visit *visit, CXCursor cursor, uint32_t file)
{
	uint32_t at, line, offset;
	visit_location(visit, cursor, &at, &line, &offset);
	uint32_t target = visit_file_id(visit, clang_getIncludedFile(cursor));
	uint32_t flags = 0;
	const struct source_file *from = &visit->files[file];
	for (size_t i = offset; from->text && i < from->text_length && from->text[i] != '\n' && from->text[i] != '"'; i++)
		if (from->text[i] == '<') {
			flags |= INCLUDE_ANGLE;
			break;
		}
	if (target == FILE_NONE)
		flags |= INCLUDE_MISSING;
	else if (!visit->files[target].path)
		flags |= INCLUDE_OUTSIDE;
	if (target != FILE_NONE && visit->files[file].is_main && has_suffix(visit->files[target].real_path, ".c"))
		visit->files[target].is_main = true; /* a unity build: as if it were a unit */
	mem_grow(&visit->includes, &visit->include_capacity, visit->include_count + 1, sizeof *visit->includes);
	visit->includes[visit->include_count++] = (struct include_edge){
		.from = file, .to = target, .line = line, .offset = offset, .flags = flags,
		.spelled = visit_text(visit, clang_getCursorSpelling(cursor)),
	};
}

static enum CXChildVisitResult visit_preprocessing(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct visit *visit = data;
	enum CXCursorKind kind = clang_getCursorKind(cursor);
	if (!clang_isPreprocessing(kind))
		return CXChildVisit_Break; /* preprocessing entities come first */
	CXFile handle;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), &handle, NULL, NULL, NULL);
	uint32_t file = visit_file_id(visit, handle);
	if (file == FILE_NONE)
		return CXChildVisit_Continue;
	/* Includes of files outside and of shared prefixes too: who reaches what needs the whole graph. */
	if (kind == CXCursor_InclusionDirective) {
		inclusion(visit, cursor, file);
		return CXChildVisit_Continue;
	}
	if (!visit->files[file].path || visit->files[file].is_known)
		return CXChildVisit_Continue;
	if (kind == CXCursor_MacroDefinition)
		macro_definition(visit, cursor, file);
	else if (kind == CXCursor_MacroExpansion)
		macro_expansion(visit, cursor, file);
	return CXChildVisit_Continue;
}

static int compare_expansions(const void *a, const void *b)
{
	const struct expansion *x = a, *y = b;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end < y->end) - (x->end > y->end); /* the outermost first */
}

static int compare_intervals(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;
	return (x->start > y->start) - (x->start < y->start);
}

static uint32_t interval_at(const struct source_file *file, uint32_t offset)
{
	size_t low = 0, high = file->interval_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (file->intervals[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	/* Several declarators share a start ("int a, b;"): any that covers the place will do, the last is nearest. */
	for (size_t i = low; i-- > 0 && low - i < 8;)
		if (offset <= file->intervals[i].end)
			return file->intervals[i].entity;
	return NODE_NONE;
}

static void macro_references(struct visit *visit)
{
	for (size_t i = 0; i < visit->expansion_count; i++) {
		const struct expansion *at = &visit->expansions[i];
		if (at->entity == NODE_NONE)
			continue;
		visit_mark_used(visit, at->file, at->entity);
		if (visit->entities[at->entity].outside)
			continue;
		visit->file = at->file;
		uint32_t owner = interval_at(&visit->files[at->file], at->start);
		visit_reference_add(visit, owner == NODE_NONE ? FACTS_NONE : visit_definition_symbol(visit, at->file, owner),
				    visit_symbol(visit, at->file, at->entity), REF_MACRO, 0, at->line);
	}
}

/* ---- includes ---- */

struct reach {
	uint32_t *stamp;  /* per file: the walk that saw it last */
	uint32_t *queue;
	uint32_t walk;
	uint32_t *first;  /* CSR of the include graph */
	uint32_t *target;
};

static bool leads_to_used(struct visit *visit, struct reach *reach, uint32_t from, uint32_t start)
{
	const struct source_file *file = &visit->files[from];
	if (!file->used_files)
		return false;
	reach->walk++;
	/* Stop at files that are included directly as well: what lies behind them is theirs. */
	for (uint32_t i = reach->first[from]; i < reach->first[from + 1]; i++)
		reach->stamp[reach->target[i]] = reach->walk;
	reach->stamp[from] = reach->walk;
	size_t head = 0, tail = 0;
	reach->queue[tail++] = start;
	while (head < tail) {
		uint32_t at = reach->queue[head++];
		if (map64_get(file->used_files, at, NULL))
			return true;
		for (uint32_t i = reach->first[at]; i < reach->first[at + 1]; i++) {
			uint32_t next = reach->target[i];
			if (reach->stamp[next] == reach->walk)
				continue;
			reach->stamp[next] = reach->walk;
			reach->queue[tail++] = next;
		}
	}
	return false;
}

/* The include graph: what this unit shows of it, and what its shared prefix hides. */
static struct visit_known_include *include_graph(struct visit *visit, size_t *count)
{
	const struct visit_known *known = visit->known;
	size_t hidden = known ? known->include_count : 0;
	struct visit_known_include *edges = arena_alloc(visit->arena, (visit->include_count + hidden + 1) * sizeof *edges);
	*count = 0;
	for (size_t i = 0; i < visit->include_count; i++)
		if (visit->includes[i].to != FILE_NONE)
			edges[(*count)++] = (struct visit_known_include){visit->includes[i].from, visit->includes[i].to};
	if (!hidden)
		return edges;
	uint32_t *ids = arena_alloc(visit->arena, known->path_count * sizeof *ids);
	for (size_t i = 0; i < known->path_count; i++)
		ids[i] = visit_known_file_id(visit, known->paths[i]);
	for (size_t i = 0; i < hidden; i++)
		edges[(*count)++] = (struct visit_known_include){ids[known->includes[i].from], ids[known->includes[i].to]};
	return edges;
}

static void reach_init(struct visit *visit, struct reach *reach)
{
	size_t edge_count;
	const struct visit_known_include *edges = include_graph(visit, &edge_count);
	size_t files = visit->file_count;
	reach->walk = 0;
	reach->stamp = arena_zalloc(visit->arena, files + 1, sizeof *reach->stamp);
	reach->queue = arena_alloc(visit->arena, (files + 1) * sizeof *reach->queue);
	reach->first = arena_zalloc(visit->arena, files + 2, sizeof *reach->first);
	reach->target = arena_alloc(visit->arena, (edge_count + 1) * sizeof *reach->target);
	for (size_t i = 0; i < edge_count; i++)
		reach->first[edges[i].from + 2]++;
	for (size_t i = 2; i < files + 2; i++)
		reach->first[i] += reach->first[i - 1];
	for (size_t i = 0; i < edge_count; i++)
		reach->target[reach->first[edges[i].from + 1]++] = edges[i].to;
}

static void emit_includes(struct visit *visit)
{
	struct reach reach;
	reach_init(visit, &reach);
	for (size_t i = 0; i < visit->include_count; i++) {
		const struct include_edge *edge = &visit->includes[i];
		const struct source_file *from = &visit->files[edge->from];
		if (!from->path || from->is_known)
			continue;
		const char *name = edge->to != FILE_NONE && visit->files[edge->to].path ? visit->files[edge->to].path : edge->spelled;
		struct facts_include row = {.line = edge->line, .flags = edge->flags};
		/* Text that is pasted into a declaration is used whatever it is. */
		if (edge->to != FILE_NONE && (interval_at(from, edge->offset) != NODE_NONE ||
					      leads_to_used(visit, &reach, edge->from, edge->to)))
			row.flags |= INCLUDE_USED;
		row.file_string = visit_intern(visit, edge->from, name);
		facts_builder_add(visit_builder(visit, edge->from), FACTS_TABLE_includes, &row);
	}
}

/* ---- diagnostics ---- */

static uint32_t diagnostic_kind(CXDiagnostic diagnostic, const char *text)
{
	if (strstr(text, "file not found"))
		return DIAGNOSTIC_MISSING_HEADER;
	if (strstr(text, "unknown argument") || strstr(text, "unsupported option") || strstr(text, "unsupported argument") ||
	    strstr(text, "unknown target CPU") || strstr(text, "not supported for target"))
		return DIAGNOSTIC_FLAG;
	return clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error ? DIAGNOSTIC_ERROR : DIAGNOSTIC_WARNING;
}

void visit_without_root(const struct visit *visit, const char *text, struct buf *out)
{
	size_t root = strlen(visit->tree->root);
	for (const char *at = text; *at;) {
		bool starts = at == text || !(isalnum((unsigned char)at[-1]) || strchr("_./-", at[-1]));
		if (root > 1 && starts && !strncmp(at, visit->tree->root, root) && (at[root] == '/' || !at[root])) {
			at += root + (at[root] == '/');
			continue;
		}
		buf_append_char(out, *at++);
	}
}

static void collect_diagnostics(struct visit *visit)
{
	struct visit_summary *summary = visit->summary;
	unsigned count = clang_getNumDiagnostics(visit->unit);
	summary->diagnostics = arena_zalloc(summary->arena, DIAGNOSTICS_MAX, sizeof *summary->diagnostics);
	for (unsigned i = 0; i < count; i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(visit->unit, i);
		char *text = visit_text(visit, clang_getDiagnosticSpelling(diagnostic));
		uint32_t kind = diagnostic_kind(diagnostic, text);
		summary->errors += kind == DIAGNOSTIC_ERROR;
		summary->missing_headers += kind == DIAGNOSTIC_MISSING_HEADER;
		summary->warnings += kind == DIAGNOSTIC_WARNING;
		if (kind != DIAGNOSTIC_WARNING && summary->diagnostic_count < DIAGNOSTICS_MAX) {
			CXFile handle;
			unsigned line;
			clang_getExpansionLocation(clang_getDiagnosticLocation(diagnostic), &handle, &line, NULL, NULL);
			uint32_t file = visit_file_id(visit, handle);
			struct buf message;
			buf_init(&message, 4096);
			visit_without_root(visit, text, &message);
			summary->diagnostics[summary->diagnostic_count++] = (struct visit_diagnostic){
				.kind = kind, .line = line,
				.file = file != FILE_NONE && visit->files[file].path
						? arena_strdup(summary->arena, visit->files[file].path) : "",
				.message = arena_strdup(summary->arena, message.data ? message.data : ""),
			};
			buf_finish(&message);
		}
		clang_disposeDiagnostic(diagnostic);
	}
}

/* ---- the unit ---- */

static enum CXChildVisitResult visit_top(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct visit *visit = data;
	if (!clang_isDeclaration(clang_getCursorKind(cursor)))
		return CXChildVisit_Continue;
	CXFile handle;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), &handle, NULL, NULL, NULL);
	uint32_t file = visit_file_id(visit, handle);
	if (file == FILE_NONE || !visit->files[file].path || visit->files[file].is_known)
		return CXChildVisit_Continue;
	visit->file = file;
	visit_builder(visit, file);
	visit_scan_lines(visit, &visit->files[file]);
	visit_declaration(visit, cursor);
	return CXChildVisit_Continue;
}

static bool wants_gnu89(const struct command *command)
{
	bool gnu89 = false;
	for (size_t i = 0; i < command->argument_count; i++) {
		const char *argument = command->arguments[i];
		if (!strcmp(argument, "-fgnu89-inline") || !strcmp(argument, "-std=gnu89") || !strcmp(argument, "-std=gnu90") ||
		    !strcmp(argument, "-ansi") || !strcmp(argument, "-std=c89") || !strcmp(argument, "-std=c90"))
			gnu89 = true;
		else if (!strncmp(argument, "-std=", 5) || !strcmp(argument, "-fno-gnu89-inline"))
			gnu89 = false;
	}
	return gnu89;
}

static bool is_optimised(const struct command *command)
{
	bool optimised = false;
	for (size_t i = 0; i < command->argument_count; i++)
		if (!strncmp(command->arguments[i], "-O", 2))
			optimised = strcmp(command->arguments[i], "-O0") != 0;
	return optimised;
}

static int compare_paths(const void *a, const void *b, void *context)
{
	const struct visit *visit = context;
	return strcmp(visit->files[*(const uint32_t *)a].path, visit->files[*(const uint32_t *)b].path);
}

static int emit_chunks(struct visit *visit, const struct visit_sink *sink, struct err *err)
{
	uint32_t *order = arena_alloc(visit->arena, (visit->file_count + 1) * sizeof *order);
	uint32_t count = 0;
	for (uint32_t i = 0; i < visit->file_count; i++)
		if (visit->files[i].path && !visit->files[i].is_known)
			order[count++] = i;
	qsort_r(order, count, sizeof *order, compare_paths, visit);
	struct buf bytes;
	buf_init(&bytes, CHUNK_CEILING);
	int result = 0;
	for (uint32_t i = 0; i < count && !result; i++) {
		struct source_file *file = &visit->files[order[i]];
		visit_scan_lines(visit, file);
		struct facts_builder *builder = visit_builder(visit, order[i]);
		struct facts_file row = {
			.path_string = visit_intern(visit, order[i], file->path), .lines = file->lines,
			.code_lines = file->code_lines, .flags = file->is_main ? FILE_MAIN : 0,
		};
		facts_builder_add(builder, FACTS_TABLE_files, &row);
		buf_clear(&bytes);
		facts_builder_finish(builder, &bytes);
		if (bytes.overflow)
			result = err_set(err, ERR_LIMIT, "%s: facts larger than %zu bytes", file->path, CHUNK_CEILING);
		else
			sink->chunk(sink->context, file->path, bytes.data, bytes.length);
	}
	buf_finish(&bytes);
	return result;
}

int visit_unit(CXTranslationUnit unit, const struct source_tree *tree, const struct command *command,
	       const struct visit_known *known, const struct visit_sink *sink, struct visit_summary *summary,
	       struct err *err)
{
	struct visit visit = {
		.unit = unit, .tree = tree, .command = command, .known = known, .summary = summary, .arena = arena_create(),
		.file_ids = map64_create(), .entity_ids = map64_create(), .seen_records = map64_create(),
		.static_counts = map64_create(), .macro_names = map64_create(), .real_paths = interner_create(), .owner = NODE_NONE,
		.gnu89_inline = wants_gnu89(command), .optimised = is_optimised(command),
	};
	CXString spelling = clang_getTranslationUnitSpelling(unit);
	uint32_t main_file = visit_file_id(&visit, clang_getFile(unit, clang_getCString(spelling)));
	clang_disposeString(spelling);
	if (main_file != FILE_NONE)
		visit.files[main_file].is_main = true;
	CXCursor root = clang_getTranslationUnitCursor(unit);
	clang_visitChildren(root, visit_preprocessing, &visit);
	if (visit.expansion_count)
		qsort(visit.expansions, visit.expansion_count, sizeof *visit.expansions, compare_expansions);
	clang_visitChildren(root, visit_top, &visit);
	for (size_t i = 0; i < visit.file_count; i++)
		if (visit.files[i].interval_count)
			qsort(visit.files[i].intervals, visit.files[i].interval_count, sizeof *visit.files[i].intervals,
			      compare_intervals);
	visit_aliases(&visit);
	macros_of_macros(&visit);
	macro_references(&visit);
	emit_includes(&visit);
	visit_regions(&visit);
	collect_diagnostics(&visit);
	visit_collect_inputs(&visit);
	int result = emit_chunks(&visit, sink, err);

	visit_files_finish(&visit);
	free(visit.nodes);
	free(visit.entities);
	free(visit.expansions);
	free(visit.includes);
	free(visit.aliases);
	free(visit.bodies);
	map64_destroy(visit.macro_names);
	map64_destroy(visit.declared_external);
	map64_destroy(visit.defined_in);
	map64_destroy(visit.file_ids);
	map64_destroy(visit.entity_ids);
	map64_destroy(visit.seen_records);
	map64_destroy(visit.static_counts);
	interner_destroy(visit.real_paths);
	arena_destroy(visit.arena);
	return result;
}
