/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of functions, variables, types and fields; one top-level declaration at a time. */
#include <stdio.h>
#include <string.h>

#include "extract/visit_complexity.h"
#include "extract/visit_internal.h"

static uint32_t end_line_of(struct visit *visit, CXCursor cursor)
{
	CXFile file;
	unsigned line;
	clang_getExpansionLocation(clang_getRangeEnd(clang_getCursorExtent(cursor)), &file, &line, NULL, NULL);
	return visit_file_id(visit, file) == visit->file ? line : visit_line(visit, cursor);
}

static bool named_by_macro(struct visit *visit, CXCursor cursor)
{
	CXFile spelled, expanded;
	unsigned spelled_offset, expanded_offset;
	CXSourceLocation at = clang_getCursorLocation(cursor);
	clang_getSpellingLocation(at, &spelled, NULL, NULL, &spelled_offset);
	clang_getExpansionLocation(at, &expanded, NULL, NULL, &expanded_offset);
	return visit_file_id(visit, spelled) != visit_file_id(visit, expanded) || spelled_offset != expanded_offset;
}

/* ":3:5" */
static bool ends_place(const char *start, const char *end)
{
	for (int part = 0; part < 2; part++) {
		const char *digits = end;
		while (end > start && end[-1] >= '0' && end[-1] <= '9')
			end--;
		if (end == digits || end == start || *--end != ':')
			return false;
	}
	return true;
}

/* "struct (unnamed struct at /path/a.c:3:5) *" names a place: the facts must not. */
static char *without_places(char *text)
{
	for (char *at = strstr(text, " at "); at; at = strstr(at, " at ")) {
		const char *open = at;
		while (open > text && *open != '(')
			open--;
		char *end = at;
		do
			end = strchr(end + 1, ')');
		while (end && !ends_place(at, end));
		if (!end || (strncmp(open, "(unnamed", 8) != 0 && strncmp(open, "(anonymous", 10) != 0)) {
			at++;
			continue;
		}
		memmove(at, end, strlen(end) + 1);
	}
	return text;
}

static uint32_t type_string(struct visit *visit, CXType type)
{
	return visit_intern(visit, visit->file, without_places(visit_text(visit, clang_getTypeSpelling(type))));
}

uint32_t visit_signature(struct visit *visit, CXType function)
{
	/* Whether a function returns does not keep a pointer from holding it. */
	static const char left_out[] = " __attribute__((noreturn))";
	char *text = without_places(visit_text(visit, clang_getTypeSpelling(clang_getCanonicalType(function))));
	for (char *at; (at = strstr(text, left_out));)
		memmove(at, at + sizeof left_out - 1, strlen(at + sizeof left_out - 1) + 1);
	return visit_intern(visit, visit->file, text);
}

static uint32_t source_name_string(struct visit *visit, uint32_t entity)
{
	const char *name = visit->entities[entity].source_name;
	return name ? visit_intern(visit, visit->file, name) : FACTS_NONE;
}

/* ---- attributes ---- */

struct attribute_use {
	uint32_t flags;
	bool gnu_inline;
	const char *alias;
	const char *cleanup;
};

static void function_attribute(struct visit *visit, const char *name, const char *argument, void *context)
{
	(void)visit;
	struct attribute_use *use = context;
	static const struct { const char *name; uint32_t flag; } plain[] = {
		{"weak", FUNCTION_WEAK}, {"constructor", FUNCTION_CONSTRUCTOR}, {"destructor", FUNCTION_DESTRUCTOR},
		{"noreturn", FUNCTION_NORETURN}, {"used", FUNCTION_USED}, {"section", FUNCTION_USED},
		{"ifunc", FUNCTION_IFUNC | FUNCTION_DEFINITION}, {"_Noreturn", FUNCTION_NORETURN},
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (!strcmp(name, plain[i].name))
			use->flags |= plain[i].flag;
	if (!strcmp(name, "gnu_inline"))
		use->gnu_inline = true;
	if (!strcmp(name, "alias") || !strcmp(name, "ifunc")) {
		use->alias = argument;
		if (!strcmp(name, "alias"))
			use->flags |= FUNCTION_ALIAS | FUNCTION_DEFINITION;
	}
	if (!strcmp(name, "weakref")) {
		use->flags |= FUNCTION_WEAK;
		use->alias = argument;
	}
	if (!strcmp(name, "cleanup"))
		use->cleanup = argument;
}

static uint32_t named_symbol(struct visit *visit, enum symbol_kind kind, const char *name)
{
	/* The target is named by text: what this unit declares so if there is such a thing, else something external. */
	for (size_t i = 0; i < visit->entity_count; i++) {
		const struct entity *entity = &visit->entities[i];
		if (entity->kind == kind && entity->role == ENTITY_SYMBOL && entity->scope != SCOPE_LOCAL &&
		    !strcmp(entity->name, name))
			return visit_symbol(visit, visit->file, (uint32_t)i);
	}
	struct facts_symbol symbol = {
		.kind = kind, .scope = SCOPE_EXTERNAL, .name_string = visit_intern(visit, visit->file, name),
		.file_string = FACTS_NONE, .parent_symbol = FACTS_NONE,
	};
	return facts_builder_symbol(visit_builder(visit, visit->file), &symbol);
}

/* The target of an alias may be declared further down. */
static void defer_alias(struct visit *visit, uint32_t from, enum symbol_kind kind, const char *target, uint32_t line)
{
	if (!target || !target[0])
		return;
	mem_grow(&visit->aliases, &visit->alias_capacity, visit->alias_count + 1, sizeof *visit->aliases);
	visit->aliases[visit->alias_count++] = (struct alias){visit->file, from, kind, line, target};
}

void visit_aliases(struct visit *visit)
{
	for (size_t i = 0; i < visit->alias_count; i++) {
		const struct alias *alias = &visit->aliases[i];
		visit->file = alias->file;
		visit_reference_add(visit, alias->from, named_symbol(visit, alias->kind, alias->target), REF_ALIAS, 0, alias->line);
	}
}

/* ---- functions ---- */

/* What stands between the start of a declaration and its name, if no macro hides it. */
static bool says_inline(struct visit *visit, CXCursor cursor)
{
	CXFile file;
	unsigned start, name;
	clang_getExpansionLocation(clang_getRangeStart(clang_getCursorExtent(cursor)), &file, NULL, NULL, &start);
	clang_getExpansionLocation(clang_getCursorLocation(cursor), NULL, NULL, NULL, &name);
	size_t length;
	const char *text = file ? clang_getFileContents(visit->unit, file, &length) : NULL;
	if (!text || name > length || start >= name)
		return true;
	for (unsigned at = start; at + 6 <= name; at++)
		if (!strncasecmp(text + at, "inline", 6))
			return true;
	return false;
}

static enum CXChildVisitResult note_declaration(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct visit *visit = data;
	if (clang_getCursorKind(cursor) != CXCursor_FunctionDecl || clang_getCursorLinkage(cursor) == CXLinkage_Internal)
		return CXChildVisit_Continue;
	uint64_t key = (uint64_t)(uintptr_t)clang_getCanonicalCursor(cursor).data[0];
	uint32_t file, line, offset, defined_in;
	visit_location(visit, cursor, &file, &line, &offset);
	if (clang_isCursorDefinition(cursor))
		map64_put(visit->defined_in, key, file);
	else if ((clang_Cursor_getStorageClass(cursor) == CX_SC_Extern || !clang_Cursor_isFunctionInlined(cursor) ||
		  !says_inline(visit, cursor)) &&
		 (!map64_get(visit->defined_in, key, &defined_in) || defined_in == file))
		map64_put(visit->declared_external, key, 1);
	return CXChildVisit_Continue;
}

/* C17 6.7.4p7: some declaration of the function lacks "inline" or says "extern". Those behind the definition count if
 * they stand in the same file, so that what a header says does not hang on its includer. */
static bool is_declared_external(struct visit *visit, CXCursor definition)
{
	CXCursor first = clang_getCanonicalCursor(definition);
	if (!clang_equalCursors(first, definition) &&
	    (clang_Cursor_getStorageClass(first) == CX_SC_Extern || !clang_Cursor_isFunctionInlined(first)))
		return true;
	if (!visit->declared_external) {
		visit->declared_external = map64_create();
		visit->defined_in = map64_create();
		clang_visitChildren(clang_getTranslationUnitCursor(visit->unit), note_declaration, visit);
	}
	return map64_get(visit->declared_external, (uint64_t)(uintptr_t)first.data[0], NULL);
}

/* "int f(a, b) int a, b; {}": a parameter without a type, or one declared behind the list. */
static bool is_old_style(struct visit *visit, uint32_t node)
{
	uint32_t parameter = node_child(visit, node);
	while (parameter != NODE_NONE && visit->nodes[parameter].kind != CXCursor_ParmDecl)
		parameter = node_next(visit, parameter);
	if (parameter == NODE_NONE)
		return false;
	CXFile file, parameter_file;
	unsigned name, start, at;
	clang_getExpansionLocation(clang_getCursorLocation(visit->nodes[node].cursor), &file, NULL, NULL, &name);
	CXCursor cursor = visit->nodes[parameter].cursor;
	clang_getExpansionLocation(clang_getCursorLocation(cursor), &parameter_file, NULL, NULL, &at);
	clang_getExpansionLocation(clang_getRangeStart(clang_getCursorExtent(cursor)), NULL, NULL, NULL, &start);
	size_t length;
	const char *text = file ? clang_getFileContents(visit->unit, file, &length) : NULL;
	if (!text || file != parameter_file || at >= length || start <= name)
		return false;
	/* Only names stand in the list of an old-style definition, so nothing nests in it. */
	const char *close = memchr(text + name, ')', at - name);
	const char *open = memchr(text + name, '(', at - name);
	if (!open)
		return false;
	if (!close)
		return start == at && visit_text(visit, clang_getCursorSpelling(cursor))[0];
	for (const char *c = open + 1; c < close; c++)
		if (*c == '(' || *c == '*' || *c == '[')
			return false;
	for (const char *c = close + 1; c < text + start; c++)
		if (*c == ';' || *c == '{' || *c == ')')
			return *c == ';';
	return true;
}

static uint32_t first_body_line(struct visit *visit, uint32_t node, uint32_t line)
{
	uint32_t body = node_last_child(visit, node), file, start, offset;
	if (body == NODE_NONE || visit->nodes[body].kind != CXCursor_CompoundStmt)
		return line;
	visit_location(visit, visit->nodes[body].cursor, &file, &start, &offset);
	return file == visit->file ? start : line;
}

static uint32_t function_flags(struct visit *visit, CXCursor cursor, const struct attribute_use *use)
{
	uint32_t flags = use->flags;
	enum CX_StorageClass storage = clang_Cursor_getStorageClass(cursor);
	bool defined = clang_isCursorDefinition(cursor);
	bool is_inline = clang_Cursor_isFunctionInlined(cursor);
	if (defined)
		flags |= FUNCTION_DEFINITION;
	if (clang_getCursorLinkage(cursor) == CXLinkage_Internal)
		flags |= FUNCTION_STATIC;
	if (is_inline)
		flags |= FUNCTION_INLINE;
	if (clang_Cursor_isVariadic(cursor))
		flags |= FUNCTION_VARIADIC;
	if (clang_getCanonicalType(clang_getCursorType(cursor)).kind == CXType_FunctionNoProto)
		flags |= FUNCTION_NO_PROTOTYPE;
	if (named_by_macro(visit, cursor))
		flags |= FUNCTION_FROM_MACRO;
	if (clang_getCursorVisibility(cursor) == CXVisibility_Hidden)
		flags |= FUNCTION_HIDDEN;
	if (is_inline && defined && !(flags & FUNCTION_STATIC)) {
		bool gnu = use->gnu_inline || visit->gnu89_inline;
		if (gnu ? storage == CX_SC_Extern : storage != CX_SC_Extern && !is_declared_external(visit, cursor))
			flags |= FUNCTION_INLINE_ONLY;
	}
	return flags;
}

static void number_parameters(struct visit *visit, uint32_t node, uint32_t function)
{
	uint32_t ordinal = 0;
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child))
		if (visit->nodes[child].kind == CXCursor_ParmDecl)
			visit_local(visit, visit->nodes[child].cursor, ENTITY_PARAMETER, ordinal++, function);
}

static void number_locals(struct visit *visit, uint32_t function)
{
	for (uint32_t node = 1; node < visit->node_count; node++) {
		CXCursor cursor = visit->nodes[node].cursor;
		if (visit->nodes[node].kind != CXCursor_VarDecl)
			continue;
		enum CX_StorageClass storage = clang_Cursor_getStorageClass(cursor);
		if (storage != CX_SC_Static && storage != CX_SC_Extern)
			visit_local(visit, cursor, ENTITY_LOCAL, visit->local_count++, function);
	}
}

void visit_implicit_function(struct visit *visit, CXCursor declaration, uint32_t entity, uint32_t line)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(declaration));
	int parameters = clang_Cursor_getNumArguments(declaration);
	struct facts_function row = {
		.symbol = visit_symbol(visit, visit->file, entity), .line = line, .end_line = line,
		.flags = FUNCTION_IMPLICIT | (type.kind == CXType_FunctionNoProto ? FUNCTION_NO_PROTOTYPE : 0) |
			 (clang_Cursor_isVariadic(declaration) && type.kind == CXType_FunctionProto ? FUNCTION_VARIADIC : 0),
		.parameters = parameters > 0 ? (uint32_t)parameters : 0,
		.signature_string = visit_signature(visit, type), .source_name_string = FACTS_NONE,
	};
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_functions, &row);
}

static void emit_function(struct visit *visit, uint32_t node, bool nested)
{
	CXCursor cursor = visit->nodes[node].cursor;
	uint32_t entity = visit_entity(visit, cursor);
	if (entity == NODE_NONE || visit->entities[entity].role != ENTITY_SYMBOL)
		return;
	struct attribute_use use = {0};
	if (clang_Cursor_hasAttrs(cursor))
		visit_each_attribute(visit, node, function_attribute, &use);
	uint32_t line = visit_line(visit, cursor), offset;
	CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
	struct facts_function row = {
		.symbol = visit_symbol(visit, visit->file, entity),
		.flags = function_flags(visit, cursor, &use) | (nested ? FUNCTION_NESTED_DECL : 0),
		.line = line, .end_line = end_line_of(visit, cursor),
		.signature_string = visit_signature(visit, type), .source_name_string = source_name_string(visit, entity),
	};
	int parameters = clang_Cursor_getNumArguments(cursor);
	row.parameters = parameters > 0 ? (uint32_t)parameters : 0;
	char *spelled = visit_text(visit, clang_getTypeSpelling(type)), *behind = strstr(spelled, ") __attribute__((noreturn))");
	if (behind && !strchr(behind + 2 + strlen("__attribute__((noreturn))"), ')')) /* of the function, not of a parameter */
		row.flags |= FUNCTION_NORETURN;
	if ((row.flags & FUNCTION_DEFINITION) && is_old_style(visit, node))
		row.flags |= FUNCTION_NO_PROTOTYPE;
	if (clang_isCursorDefinition(cursor) && !nested) {
		visit_complexity(visit, &row.cyclomatic, &row.cognitive);
		uint32_t body = first_body_line(visit, node, row.line); /* may move visit->files */
		row.code_lines = visit_code_lines(&visit->files[visit->file], body, row.end_line);
		/* The header that promises this function is used by being kept. */
		uint32_t declared;
		CXCursor canonical = clang_getCanonicalCursor(cursor);
		visit_location(visit, canonical, &declared, &line, &offset);
		if (declared != FILE_NONE && declared != visit->file)
			visit_mark_used(visit, visit->file, entity);
	}
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_functions, &row);
	defer_alias(visit, row.symbol, SYMBOL_FUNCTION, use.alias, row.line);
}

/* ---- variables ---- */

static bool is_constant_type(CXType type)
{
	for (int depth = 0; depth < 32; depth++) {
		if (clang_isConstQualifiedType(type))
			return true;
		CXType canonical = clang_getCanonicalType(type);
		if (clang_isConstQualifiedType(canonical))
			return true;
		if (canonical.kind != CXType_ConstantArray && canonical.kind != CXType_IncompleteArray)
			return false;
		type = clang_getArrayElementType(canonical);
	}
	return false;
}

static void emit_cleanup(struct visit *visit, uint32_t node)
{
	struct attribute_use use = {0};
	if (!clang_Cursor_hasAttrs(visit->nodes[node].cursor))
		return;
	visit_each_attribute(visit, node, function_attribute, &use);
	if (!use.cleanup || !use.cleanup[0] || visit->owner == NODE_NONE)
		return;
	uint32_t line = visit_line(visit, visit->nodes[node].cursor);
	visit_reference_add(visit, visit_definition_symbol(visit, visit->file, visit->owner),
			    named_symbol(visit, SYMBOL_FUNCTION, use.cleanup), REF_CLEANUP, visit->nodes[node].flags, line);
}

static void emit_variable(struct visit *visit, uint32_t node)
{
	CXCursor cursor = visit->nodes[node].cursor;
	uint32_t entity = visit_entity(visit, cursor);
	if (entity == NODE_NONE)
		return;
	if (visit->entities[entity].role != ENTITY_SYMBOL) {
		emit_cleanup(visit, node);
		return;
	}
	struct attribute_use use = {0};
	if (clang_Cursor_hasAttrs(cursor))
		visit_each_attribute(visit, node, function_attribute, &use);
	uint32_t line = visit_line(visit, cursor), offset;
	enum CX_StorageClass storage = clang_Cursor_getStorageClass(cursor);
	bool initialised = !clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(cursor));
	CXType type = clang_getCursorType(cursor);
	struct facts_variable row = {
		.symbol = visit_symbol(visit, visit->file, entity), .line = line, .end_line = end_line_of(visit, cursor),
		.type_string = type_string(visit, type), .source_name_string = source_name_string(visit, entity),
	};
	if (storage != CX_SC_Extern || initialised || (use.flags & FUNCTION_ALIAS))
		row.flags |= VARIABLE_DEFINITION;
	if (clang_getCursorLinkage(cursor) == CXLinkage_Internal)
		row.flags |= VARIABLE_STATIC;
	if (visit->entities[entity].scope == SCOPE_LOCAL)
		row.flags |= VARIABLE_LOCAL_STATIC;
	if (!is_constant_type(type))
		row.flags |= VARIABLE_MUTABLE;
	if (clang_getCursorTLSKind(cursor) != CXTLS_None)
		row.flags |= VARIABLE_THREAD_LOCAL;
	if (clang_getCursorVisibility(cursor) == CXVisibility_Hidden)
		row.flags |= VARIABLE_HIDDEN;
	if (named_by_macro(visit, cursor))
		row.flags |= VARIABLE_FROM_MACRO;
	if (initialised)
		row.flags |= VARIABLE_INITIALISED;
	row.flags |= use.flags & FUNCTION_WEAK ? VARIABLE_WEAK : 0;
	row.flags |= use.flags & FUNCTION_ALIAS ? VARIABLE_ALIAS : 0;
	row.flags |= use.flags & FUNCTION_USED ? VARIABLE_USED : 0;
	if (row.symbol == FACTS_NONE)
		return;
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_variables, &row);
	defer_alias(visit, row.symbol, SYMBOL_VARIABLE, use.alias, row.line);
	uint32_t declared;
	visit_location(visit, clang_getCanonicalCursor(cursor), &declared, &line, &offset);
	if ((row.flags & VARIABLE_DEFINITION) && declared != FILE_NONE && declared != visit->file)
		visit_mark_used(visit, visit->file, entity);
}

/* ---- types ---- */

static bool points_to_function(CXType type)
{
	type = clang_getCanonicalType(type);
	while (type.kind == CXType_Pointer || type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray)
		type = clang_getCanonicalType(type.kind == CXType_Pointer ? clang_getPointeeType(type)
									  : clang_getArrayElementType(type));
	return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

static void emit_member(struct visit *visit, uint32_t node, uint32_t index)
{
	CXCursor cursor = visit->nodes[node].cursor;
	uint32_t entity = visit_entity(visit, cursor);
	if (entity == NODE_NONE || visit->entities[entity].role != ENTITY_SYMBOL)
		return;
	struct facts_field row = {.symbol = visit_symbol(visit, visit->file, entity), .index = index};
	if (row.symbol == FACTS_NONE)
		return;
	if (visit->nodes[node].kind == CXCursor_EnumConstantDecl) {
		char value[32];
		snprintf(value, sizeof value, "%lld", clang_getEnumConstantDeclValue(cursor));
		row.type_string = visit_intern(visit, visit->file, value);
	} else {
		CXType type = clang_getCursorType(cursor);
		row.type_string = type_string(visit, type);
		row.flags |= points_to_function(type) ? FIELD_FUNCTION_POINTER : 0;
		row.flags |= clang_Cursor_isBitField(cursor) ? FIELD_BIT_FIELD : 0;
		enum CXTypeKind kind = clang_getCanonicalType(type).kind;
		row.flags |= kind == CXType_ConstantArray || kind == CXType_IncompleteArray ? FIELD_ARRAY : 0;
	}
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_fields, &row);
}

static void emit_type(struct visit *visit, uint32_t node)
{
	CXCursor cursor = visit->nodes[node].cursor;
	uint32_t entity = visit_entity(visit, cursor);
	if (entity == NODE_NONE || visit->entities[entity].outside)
		return;
	uint32_t line = visit_line(visit, cursor);
	bool is_typedef = visit->nodes[node].kind == CXCursor_TypedefDecl;
	bool defined = is_typedef || clang_isCursorDefinition(cursor);
	struct facts_type row = {
		.symbol = defined ? visit_definition_symbol(visit, visit->file, entity) : visit_symbol(visit, visit->file, entity),
		.line = line, .end_line = end_line_of(visit, cursor), .underlying_string = FACTS_NONE,
	};
	if (row.symbol == FACTS_NONE)
		return;
	row.flags |= defined ? TYPE_DEFINITION : 0;
	row.flags |= visit->entities[entity].is_anonymous ? TYPE_ANONYMOUS : 0;
	if (is_typedef) {
		CXType underlying = clang_getTypedefDeclUnderlyingType(cursor);
		row.flags |= points_to_function(underlying) ? TYPE_FUNCTION_POINTER : 0;
		row.underlying_string = type_string(visit, underlying);
	}
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_types, &row);
	uint32_t index = 0;
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child))
		if (visit->nodes[child].kind == CXCursor_FieldDecl || visit->nodes[child].kind == CXCursor_EnumConstantDecl)
			emit_member(visit, child, index++);
}

/* ---- a top-level declaration ---- */

static void remember_interval(struct visit *visit, CXCursor cursor, uint32_t entity)
{
	CXSourceRange extent = clang_getCursorExtent(cursor);
	unsigned start, end;
	CXFile first, last;
	clang_getExpansionLocation(clang_getRangeStart(extent), &first, NULL, NULL, &start);
	clang_getExpansionLocation(clang_getRangeEnd(extent), &last, NULL, NULL, &end);
	if (visit_file_id(visit, first) != visit->file || visit_file_id(visit, last) != visit->file)
		return;
	struct source_file *file = &visit->files[visit->file];
	mem_grow(&file->intervals, &file->interval_capacity, file->interval_count + 1, sizeof *file->intervals);
	/* The end may be the start of a macro's expansion: its whole text belongs to the declaration. */
	file->intervals[file->interval_count++] = (struct interval){start, end, entity};
}

static void emit_nested(struct visit *visit)
{
	for (uint32_t node = 1; node < visit->node_count; node++) {
		switch ((int)visit->nodes[node].kind) {
		case CXCursor_VarDecl: emit_variable(visit, node); break;
		case CXCursor_FunctionDecl: emit_function(visit, node, true); break;
		case CXCursor_StructDecl: case CXCursor_UnionDecl: case CXCursor_EnumDecl: case CXCursor_TypedefDecl:
			emit_type(visit, node);
			break;
		default: break;
		}
	}
}

void visit_declaration(struct visit *visit, CXCursor cursor)
{
	visit->owner = NODE_NONE;
	visit->local_count = 0;
	visit_tree_build(visit, cursor);
	uint32_t entity = visit_entity(visit, cursor);
	switch ((int)visit->nodes[0].kind) {
	case CXCursor_FunctionDecl:
		if (entity == NODE_NONE)
			return;
		visit->owner = entity;
		if (clang_isCursorDefinition(cursor)) {
			number_parameters(visit, 0, entity);
			number_locals(visit, entity);
		}
		break;
	case CXCursor_VarDecl:
		visit->owner = entity;
		break;
	default:
		visit->owner = entity;
		break;
	}
	visit_tree_roles(visit);
	switch ((int)visit->nodes[0].kind) {
	case CXCursor_FunctionDecl: emit_function(visit, 0, false); break;
	case CXCursor_VarDecl: emit_variable(visit, 0); break;
	case CXCursor_StructDecl: case CXCursor_UnionDecl: case CXCursor_EnumDecl: case CXCursor_TypedefDecl:
		emit_type(visit, 0);
		break;
	default: break;
	}
	emit_nested(visit);
	visit_references(visit);
	visit_flows(visit);
	visit_sites(visit);
	visit_secrets(visit);
	if (entity != NODE_NONE && visit->entities[entity].role == ENTITY_SYMBOL)
		remember_interval(visit, cursor, entity);
}
