/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared prefixes: the headers that many units begin with, parsed once. A unit parsed with one must say exactly what it
 * says without: whatever could make a difference is looked for, and costs the sharing, never the facts. */
#include "extract/prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define STORED_CEILING ((size_t)64 << 20)

static bool same_file(const CXFileUniqueID *a, const CXFileUniqueID *b)
{
	return memcmp(a->data, b->data, sizeof a->data) == 0;
}

/* ---- building ---- */

/* Collects what the main file's own #include lines lead to. */
struct leading_files {
	CXTranslationUnit unit;
	CXFileUniqueID *files;
	size_t count, wanted;
	bool sound; /* only found includes so far */
};

static enum CXChildVisitResult note_directive(CXCursor cursor, CXCursor parent, CXClientData context)
{
	struct leading_files *leading = context;
	(void)parent;
	if (leading->count == leading->wanted)
		return CXChildVisit_Break;
	if (!clang_isPreprocessing(clang_getCursorKind(cursor))) {
		leading->sound = false;
		return CXChildVisit_Break;
	}
	CXSourceLocation location = clang_getCursorLocation(cursor);
	if (!clang_Location_isFromMainFile(location))
		return CXChildVisit_Continue;
	CXFile file = clang_getCursorKind(cursor) == CXCursor_InclusionDirective ? clang_getIncludedFile(cursor) : NULL;
	if (!file || clang_getFileUniqueID(file, &leading->files[leading->count]) != 0) {
		leading->sound = false;
		return CXChildVisit_Break;
	}
	leading->count++;
	return CXChildVisit_Continue;
}

/* The first wanted preprocessing entities of the main file must be #include lines. */
static bool find_leading(CXTranslationUnit unit, CXFileUniqueID *files, size_t wanted)
{
	struct leading_files leading = {.unit = unit, .files = files, .wanted = wanted, .sound = true};
	clang_visitChildren(clang_getTranslationUnitCursor(unit), note_directive, &leading);
	return leading.sound && leading.count == wanted;
}

struct guard_check {
	CXTranslationUnit unit;
	const struct prefix *prefix;
	bool guarded;
};

static void check_guard(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData context)
{
	struct guard_check *check = context;
	CXFileUniqueID id;
	(void)stack;
	/* Depth 1: included by the prefix itself. */
	if (depth != 1 || clang_getFileUniqueID(file, &id) != 0)
		return;
	if (!clang_isFileMultipleIncludeGuarded(check->unit, file))
		check->guarded = false;
}

static bool is_guarded(CXTranslationUnit unit)
{
	struct guard_check check = {.unit = unit, .guarded = true};
	clang_getInclusions(unit, check_guard, &check);
	return check.guarded;
}

/* Collects the files that the prefix read and how they include one another. */
struct files_of_prefix {
	struct prefix *prefix;
	size_t pending_capacity;
	const struct command *command;
	const char *root;
	struct interner *paths;
	CXFile main_file;
	size_t known_capacity, include_capacity;
};

/* Absolute real path; heap. As the visitor names files. */
static char *real_path(const struct files_of_prefix *files, CXFile file)
{
	CXString name = clang_File_tryGetRealPathName(file);
	const char *text = clang_getCString(name);
	char *path = path_join(files->command->directory, text ? text : "");
	clang_disposeString(name);
	return path;
}

static uint32_t add_path(struct files_of_prefix *files, CXFile file)
{
	char *path = real_path(files, file);
	uint32_t id = interner_add_string(files->paths, path);
	free(path);
	return id;
}

static enum CXChildVisitResult note_prefix_include(CXCursor cursor, CXCursor parent, CXClientData context)
{
	struct files_of_prefix *files = context;
	struct prefix *prefix = files->prefix;
	CXFile from = NULL, to;
	(void)parent;
	if (!clang_isPreprocessing(clang_getCursorKind(cursor)))
		return CXChildVisit_Break; /* preprocessing entities come first */
	if (clang_getCursorKind(cursor) != CXCursor_InclusionDirective || !(to = clang_getIncludedFile(cursor)))
		return CXChildVisit_Continue;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), &from, NULL, NULL, NULL);
	/* The prefix's own lines stand in the units as well. */
	if (!from || clang_File_isEqual(from, files->main_file))
		return CXChildVisit_Continue;
	mem_grow(&prefix->includes, &files->include_capacity, prefix->include_count + 1, sizeof *prefix->includes);
	uint32_t source = add_path(files, from);
	prefix->includes[prefix->include_count++] = (struct visit_known_include){source, add_path(files, to)};
	return CXChildVisit_Continue;
}

static void note_known(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData context)
{
	struct files_of_prefix *files = context;
	struct prefix *prefix = files->prefix;
	char *path = real_path(files, file);
	(void)stack;
	mem_grow(&prefix->known, &files->known_capacity, prefix->known_count + 1, sizeof *prefix->known);
	if (depth > 0 && path_below(path, files->root) &&
	    clang_getFileUniqueID(file, &prefix->known[prefix->known_count]) == 0)
		prefix->known_count++;
	free(path);
}

/* Names whose meaning in the prefix a unit's later text can change: static ones without a definition yet, and inline
 * functions that an extern declaration would export. */
static bool is_pending(CXCursor cursor)
{
	enum CXLinkageKind linkage = clang_getCursorLinkage(cursor);
	if (clang_getCursorKind(cursor) == CXCursor_VarDecl)
		return linkage == CXLinkage_Internal && clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(cursor));
	if (clang_getCursorKind(cursor) != CXCursor_FunctionDecl)
		return false;
	if (linkage == CXLinkage_Internal)
		return clang_Cursor_isNull(clang_getCursorDefinition(cursor));
	return clang_Cursor_isFunctionInlined(cursor);
}

static enum CXChildVisitResult note_pending(CXCursor cursor, CXCursor parent, CXClientData context)
{
	struct files_of_prefix *files = context;
	struct prefix *prefix = files->prefix;
	(void)parent;
	if (!is_pending(cursor))
		return CXChildVisit_Continue;
	CXString name = clang_getCursorSpelling(cursor);
	const char *text = clang_getCString(name);
	mem_grow(&prefix->pending, &files->pending_capacity, prefix->pending_count + 1, sizeof *prefix->pending);
	prefix->pending[prefix->pending_count++] = arena_strdup(prefix->arena, text ? text : "");
	clang_disposeString(name);
	return CXChildVisit_Continue;
}

static void note_files(struct prefix *prefix, CXTranslationUnit unit, const struct command *command, const char *root,
		       const char *source)
{
	struct files_of_prefix files = {.prefix = prefix, .command = command, .root = root, .paths = interner_create(),
					.main_file = clang_getFile(unit, source)};
	clang_getInclusions(unit, note_known, &files);
	clang_visitChildren(clang_getTranslationUnitCursor(unit), note_prefix_include, &files);
	clang_visitChildren(clang_getTranslationUnitCursor(unit), note_pending, &files);
	prefix->path_count = interner_count(files.paths);
	prefix->paths = mem_alloc((prefix->path_count + 1) * sizeof *prefix->paths);
	for (uint32_t i = 0; i < prefix->path_count; i++)
		prefix->paths[i] = arena_strdup(prefix->arena, interner_text(files.paths, i));
	interner_destroy(files.paths);
}

struct prefix *prefix_build(const struct prefix_plan *plan, const struct command_list *list, uint32_t number,
			    CXIndex index, CXTranslationUnit *unit)
{
	const struct planned_prefix *planned = &plan->prefixes[number];
	const struct command *command = &list->commands[planned->command];
	struct words arguments = {0};
	struct prefix *prefix = NULL;
	CXTranslationUnit parsed = NULL;
	for (size_t i = 0; i < command->argument_count; i++)
		words_add(&arguments, command->arguments[i]);
	words_add(&arguments, "-x");
	words_add(&arguments, "c-header");
	struct CXUnsavedFile text = {planned->source, planned->text, strlen(planned->text)};
	unsigned options = CXTranslationUnit_DetailedPreprocessingRecord | CXTranslationUnit_KeepGoing |
			   CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization;
	enum CXErrorCode code = clang_parseTranslationUnit2(index, planned->source, arguments.items,
							    (int)arguments.count, &text, 1, options, &parsed);
	words_finish(&arguments);
	if (code != CXError_Success)
		return NULL;
	CXFileUniqueID *leading = mem_alloc(planned->includes * sizeof *leading);
	char *path = prefix_plan_path(plan, number, ".pch");
	if (clang_getNumDiagnostics(parsed) == 0 && is_guarded(parsed) &&
	    find_leading(parsed, leading, planned->includes) &&
	    clang_saveTranslationUnit(parsed, path, CXSaveTranslationUnit_None) == CXSaveError_None) {
		prefix = mem_zalloc(1, sizeof *prefix);
		prefix->arena = arena_create();
		prefix->path = arena_strdup(prefix->arena, path);
		prefix->leading = leading;
		prefix->leading_count = planned->includes;
		leading = NULL;
		note_files(prefix, parsed, command, list->root, planned->source);
		*unit = parsed;
	} else {
		clang_disposeTranslationUnit(parsed);
	}
	free(leading);
	free(path);
	return prefix;
}

void prefix_destroy(struct prefix *prefix)
{
	if (!prefix)
		return;
	free(prefix->known);
	free(prefix->leading);
	free(prefix->chunks);
	free(prefix->pending);
	free(prefix->paths);
	free(prefix->includes);
	free(prefix->inputs.files);
	free(prefix->inputs.absent);
	arena_destroy(prefix->arena);
	free(prefix);
}

/* ---- between workers ---- */

static void put_bytes(struct buf *out, const void *bytes, size_t count, size_t size)
{
	buf_append_varint(out, count);
	buf_append(out, bytes, count * size);
}

static void put_strings(struct buf *out, const char *const *strings, size_t count)
{
	buf_append_varint(out, count);
	for (size_t i = 0; i < count; i++)
		buf_append(out, strings[i], strlen(strings[i]) + 1);
}

bool prefix_store(const struct prefix_plan *plan, uint32_t number, const struct prefix *prefix)
{
	struct buf out;
	char *path = prefix_plan_path(plan, number, ".known");
	buf_init(&out, STORED_CEILING);
	put_bytes(&out, prefix->known, prefix->known_count, sizeof *prefix->known);
	put_bytes(&out, prefix->leading, prefix->leading_count, sizeof *prefix->leading);
	buf_append_varint(&out, prefix->chunk_count);
	for (size_t i = 0; i < prefix->chunk_count; i++) {
		buf_append(&out, prefix->chunks[i].path, strlen(prefix->chunks[i].path) + 1);
		buf_append(&out, &prefix->chunks[i].id, sizeof prefix->chunks[i].id);
	}
	put_strings(&out, prefix->paths, prefix->path_count);
	put_bytes(&out, prefix->includes, prefix->include_count, sizeof *prefix->includes);
	put_strings(&out, prefix->pending, prefix->pending_count);
	put_strings(&out, prefix->inputs.files, prefix->inputs.file_count);
	put_strings(&out, prefix->inputs.absent, prefix->inputs.absent_count);
	FILE *file = out.overflow ? NULL : fopen(path, "wbe");
	bool stored = file && fwrite(out.data, 1, out.length, file) == out.length;
	if (file && fclose(file) != 0)
		stored = false;
	buf_finish(&out);
	free(path);
	return stored;
}

struct reading {
	const unsigned char *at, *end;
	struct arena *arena;
	bool sound;
};

static size_t get_count(struct reading *reading, size_t least_size)
{
	uint64_t count = 0;
	if (!reading->sound || !varint_read(&reading->at, reading->end, &count) ||
	    count > (size_t)(reading->end - reading->at) / least_size)
		reading->sound = false;
	return reading->sound ? count : 0;
}

static void *get_bytes(struct reading *reading, size_t *count, size_t size)
{
	*count = get_count(reading, size);
	void *bytes = mem_alloc(*count * size);
	memcpy(bytes, reading->at, *count * size);
	reading->at += *count * size;
	return bytes;
}

static const char *get_string(struct reading *reading)
{
	const unsigned char *nul = reading->sound ? memchr(reading->at, 0, (size_t)(reading->end - reading->at)) : NULL;
	if (!nul) {
		reading->sound = false;
		return "";
	}
	const char *text = arena_strdup(reading->arena, (const char *)reading->at);
	reading->at = nul + 1;
	return text;
}

static const char **get_strings(struct reading *reading, size_t *count)
{
	*count = get_count(reading, 1);
	const char **strings = mem_alloc((*count + 1) * sizeof *strings);
	for (size_t i = 0; i < *count; i++)
		strings[i] = get_string(reading);
	return strings;
}

static void get_chunks(struct reading *reading, struct prefix *prefix)
{
	prefix->chunk_count = get_count(reading, 1 + sizeof(struct hash128));
	prefix->chunks = mem_zalloc(prefix->chunk_count, sizeof *prefix->chunks);
	for (size_t i = 0; i < prefix->chunk_count; i++) {
		prefix->chunks[i].path = get_string(reading);
		if ((size_t)(reading->end - reading->at) < sizeof prefix->chunks[i].id) {
			reading->sound = false;
			return;
		}
		memcpy(&prefix->chunks[i].id, reading->at, sizeof prefix->chunks[i].id);
		reading->at += sizeof prefix->chunks[i].id;
	}
}

struct prefix *prefix_load(const struct prefix_plan *plan, uint32_t number)
{
	char *path = prefix_plan_path(plan, number, ".known"), *bytes = NULL;
	size_t length = 0;
	struct prefix *prefix = NULL;
	if (file_read(path, STORED_CEILING, &bytes, &length, NULL) == 0) {
		prefix = mem_zalloc(1, sizeof *prefix);
		prefix->arena = arena_create();
		struct reading reading = {(unsigned char *)bytes, (unsigned char *)bytes + length, prefix->arena, true};
		char *header = prefix_plan_path(plan, number, ".pch");
		prefix->path = arena_strdup(prefix->arena, header);
		free(header);
		prefix->known = get_bytes(&reading, &prefix->known_count, sizeof *prefix->known);
		prefix->leading = get_bytes(&reading, &prefix->leading_count, sizeof *prefix->leading);
		get_chunks(&reading, prefix);
		prefix->paths = get_strings(&reading, &prefix->path_count);
		prefix->includes = get_bytes(&reading, &prefix->include_count, sizeof *prefix->includes);
		prefix->pending = get_strings(&reading, &prefix->pending_count);
		prefix->inputs.files = get_strings(&reading, &prefix->inputs.file_count);
		prefix->inputs.absent = get_strings(&reading, &prefix->inputs.absent_count);
		if (!reading.sound) {
			prefix_destroy(prefix);
			prefix = NULL;
		}
	}
	free(bytes);
	free(path);
	return prefix;
}

/* ---- using ---- */

bool prefix_is_known(void *context, CXFile file)
{
	const struct prefix *prefix = context;
	CXFileUniqueID id;
	if (clang_getFileUniqueID(file, &id) != 0)
		return false;
	for (size_t i = 0; i < prefix->known_count; i++)
		if (same_file(&prefix->known[i], &id))
			return true;
	return false;
}

static bool has_faults(CXTranslationUnit unit)
{
	unsigned count = clang_getNumDiagnostics(unit);
	bool faulty = false;
	for (unsigned i = 0; i < count && !faulty; i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
		faulty = clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
		clang_disposeDiagnostic(diagnostic);
	}
	return faulty;
}

struct reentry_check {
	const struct prefix *prefix;
	bool reentered;
};

/* Called for the files that the unit itself read: not for what the precompiled header brought. */
static void check_reentry(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData context)
{
	struct reentry_check *check = context;
	(void)stack;
	if (depth > 0 && prefix_is_known((void *)check->prefix, file))
		check->reentered = true;
}

struct late_check {
	const struct prefix *prefix;
	const char *root;
	bool late;
};

static bool is_pending_name(const struct prefix *prefix, CXCursor cursor)
{
	CXString name = clang_getCursorSpelling(cursor);
	const char *text = clang_getCString(name);
	bool found = false;
	for (size_t i = 0; text && i < prefix->pending_count && !found; i++)
		found = strcmp(prefix->pending[i], text) == 0;
	clang_disposeString(name);
	return found;
}

static bool is_inside(CXCursor cursor, const char *root)
{
	CXFile file = NULL;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, NULL, NULL, NULL);
	if (!file)
		return false;
	CXString name = clang_File_tryGetRealPathName(file);
	const char *text = clang_getCString(name);
	bool inside = text && path_below(text, root);
	clang_disposeString(name);
	return inside;
}

/* Does a declaration of the unit's own say something about one of the prefix that the prefix could not know? */
static enum CXChildVisitResult check_late(CXCursor cursor, CXCursor parent, CXClientData context)
{
	struct late_check *check = context;
	(void)parent;
	switch (clang_getCursorKind(cursor)) {
	case CXCursor_FunctionDecl:
	case CXCursor_VarDecl:
		check->late = check->prefix->pending_count && is_pending_name(check->prefix, cursor);
		break;
	case CXCursor_StructDecl:
	case CXCursor_UnionDecl:
	case CXCursor_EnumDecl: {
		/* A type that a header outside only names: the codebase's definition makes it the codebase's. */
		CXCursor first = clang_getCanonicalCursor(cursor);
		check->late = clang_isCursorDefinition(cursor) && !clang_equalCursors(first, cursor) &&
			      !is_inside(first, check->root) && is_inside(cursor, check->root);
		break;
	}
	default:
		break;
	}
	return check->late ? CXChildVisit_Break : CXChildVisit_Continue;
}

bool prefix_agrees(const struct prefix *prefix, const char *root, CXTranslationUnit unit)
{
	/* Errors may come of the prefix itself: the unit is parsed again without, and has them then or has not. */
	if (has_faults(unit))
		return false;
	CXFileUniqueID *files = mem_alloc(prefix->leading_count * sizeof *files);
	bool agrees = find_leading(unit, files, prefix->leading_count);
	for (size_t i = 0; agrees && i < prefix->leading_count; i++)
		agrees = same_file(&files[i], &prefix->leading[i]);
	free(files);
	/* A file read again, beyond its guard, says more than the prefix's chunk of it. */
	struct reentry_check check = {.prefix = prefix};
	if (agrees)
		clang_getInclusions(unit, check_reentry, &check);
	struct late_check late = {.prefix = prefix, .root = root};
	if (agrees && !check.reentered)
		clang_visitChildren(clang_getTranslationUnitCursor(unit), check_late, &late);
	return agrees && !check.reentered && !late.late;
}

static void merge_paths(const char ***paths, size_t *count, const char *const *added, size_t added_count, size_t at,
			struct arena *arena)
{
	const char **merged = arena_alloc(arena, (*count + added_count + 1) * sizeof *merged);
	struct interner *seen = interner_create();
	size_t total = *count + added_count, kept = 0;
	for (size_t i = 0; i < total; i++) {
		const char *path = i < at ? (*paths)[i] : i < at + added_count ? added[i - at] : (*paths)[i - added_count];
		uint32_t before = interner_count(seen);
		if (interner_add_string(seen, path) == before)
			merged[kept++] = path;
	}
	interner_destroy(seen);
	*paths = merged;
	*count = kept;
}

void prefix_merge_inputs(const struct prefix *prefix, struct arena *arena, struct unit_inputs *inputs)
{
	size_t main_file = inputs->file_count ? 1 : 0;
	merge_paths(&inputs->files, &inputs->file_count, prefix->inputs.files, prefix->inputs.file_count, main_file, arena);
	merge_paths(&inputs->absent, &inputs->absent_count, prefix->inputs.absent, prefix->inputs.absent_count, 0, arena);
}
