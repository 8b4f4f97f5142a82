/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarations -> entities -> symbols. See visit_symbols.h for the rules. */
#include "extract/visit_symbols.h"

#include <string.h>

#include "extract/visit_internal.h"

/* The declaration behind a cursor: an implementation detail of libclang (CXCursor.data[0] is the Decl *), used as a
 * key only; equal declarations have equal pointers within a unit. */
static uint64_t declaration_key(CXCursor cursor)
{
	return (uint64_t)(uintptr_t)cursor.data[0];
}

static uint32_t entity_add(struct visit *visit, uint64_t key, const struct entity *entity)
{
	mem_grow(&visit->entities, &visit->entity_capacity, visit->entity_count + 1, sizeof *visit->entities);
	uint32_t id = (uint32_t)visit->entity_count++;
	visit->entities[id] = *entity;
	if (entity->kind != SYMBOL_STRUCT && entity->kind != SYMBOL_UNION && entity->kind != SYMBOL_ENUM)
		visit->entities[id].first_file = FILE_NONE;
	map64_put(visit->entity_ids, key, id);
	return id;
}

uint32_t visit_local(struct visit *visit, CXCursor declaration, uint8_t role, uint32_t ordinal, uint32_t function)
{
	struct entity entity = {.role = role, .file = FILE_NONE, .decl_file = FILE_NONE, .parent = function, .ordinal = ordinal,
				.name = ""};
	return entity_add(visit, declaration_key(declaration), &entity);
}

static uint32_t file_of(struct visit *visit, CXCursor cursor)
{
	uint32_t file, line, offset;
	visit_location(visit, cursor, &file, &line, &offset);
	return file;
}

static bool is_outside(const struct visit *visit, uint32_t file)
{
	return file == FILE_NONE || !visit->files[file].path;
}

static bool is_of_system(CXCursor declaration)
{
	return clang_Location_isInSystemHeader(clang_getCursorLocation(declaration)) != 0;
}

/* ---- types ---- */

struct first_member {
	struct visit *visit;
	const char *name;
};

static enum CXVisitorResult first_field(CXCursor cursor, CXClientData data)
{
	struct first_member *first = data;
	const char *name = visit_text(first->visit, clang_getCursorSpelling(cursor));
	if (!name[0] || clang_Cursor_isAnonymous(cursor))
		return CXVisit_Continue;
	first->name = name;
	return CXVisit_Break;
}

static enum CXChildVisitResult first_enumerator(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct first_member *first = data;
	if (clang_getCursorKind(cursor) != CXCursor_EnumConstantDecl)
		return CXChildVisit_Continue;
	first->name = visit_text(first->visit, clang_getCursorSpelling(cursor));
	return CXChildVisit_Break;
}

static bool has_place_in_name(const char *name)
{
	return !name[0] || strstr(name, "(unnamed") || strstr(name, "(anonymous");
}

static const char *unnamed_type(struct visit *visit, CXCursor cursor, uint32_t *parent)
{
	/* "typedef struct {..} T": clang lends the typedef's name to the type. */
	const char *spelled = visit_text(visit, clang_getTypeSpelling(clang_getCursorType(cursor)));
	if (!has_place_in_name(spelled)) {
		const char *space = strrchr(spelled, ' ');
		return space ? space + 1 : spelled;
	}
	struct first_member first = {visit, "empty"};
	if (clang_getCursorKind(cursor) == CXCursor_EnumDecl)
		clang_visitChildren(cursor, first_enumerator, &first);
	else
		clang_Type_visitFields(clang_getCursorType(cursor), first_field, &first);
	CXCursor outer = clang_getCursorSemanticParent(cursor);
	enum CXCursorKind kind = clang_getCursorKind(outer);
	struct buf name;
	buf_init(&name, 4096);
	if (kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl) {
		*parent = visit_entity(visit, outer);
		if (*parent != NODE_NONE)
			buf_printf(&name, "%s::", visit->entities[*parent].name);
	}
	buf_printf(&name, "<%s>", first.name);
	const char *kept = arena_strdup(visit->arena, name.data ? name.data : "<>");
	buf_finish(&name);
	return kept;
}

/* "typedef struct {..} T": the type is called "T", where a tag would be "struct T". */
static bool is_named_by_typedef(struct visit *visit, CXCursor declaration)
{
	const char *spelled = visit_text(visit, clang_getTypeSpelling(clang_getCursorType(declaration)));
	return !strstr(spelled, "struct ") && !strstr(spelled, "union ") && !strstr(spelled, "enum ");
}

static uint32_t type_entity(struct visit *visit, CXCursor declaration, enum symbol_kind kind)
{
	CXCursor definition = clang_getCursorDefinition(declaration);
	if (clang_Cursor_isNull(definition))
		definition = declaration;
	struct entity entity = {.role = ENTITY_SYMBOL, .kind = (uint8_t)kind, .scope = SCOPE_TAG, .parent = NODE_NONE};
	entity.decl_file = entity.file = file_of(visit, definition);
	/* What a header says must not hang on what the unit defines later: its first declaration counts as well. */
	entity.first_file = file_of(visit, clang_getCanonicalCursor(declaration));
	entity.outside = is_outside(visit, entity.file) && is_outside(visit, entity.first_file);
	const char *name = visit_text(visit, clang_getCursorSpelling(declaration));
	uint32_t parent = NODE_NONE;
	if (has_place_in_name(name) || clang_Cursor_isAnonymous(declaration) || is_named_by_typedef(visit, declaration)) {
		entity.is_anonymous = true;
		entity.scope = SCOPE_FILE;
		name = unnamed_type(visit, definition, &parent);
	}
	entity.name = name;
	if (entity.scope == SCOPE_FILE && entity.outside)
		entity.scope = SCOPE_TAG;
	return entity_add(visit, declaration_key(declaration), &entity);
}

static uint32_t member_entity(struct visit *visit, CXCursor declaration, enum symbol_kind kind)
{
	uint32_t parent = visit_entity(visit, clang_getCursorSemanticParent(declaration));
	struct entity entity = {.role = ENTITY_SYMBOL, .kind = (uint8_t)kind, .scope = SCOPE_MEMBER, .parent = parent};
	entity.name = visit_text(visit, clang_getCursorSpelling(declaration));
	entity.file = FILE_NONE;
	if (parent == NODE_NONE || !entity.name[0] || has_place_in_name(entity.name)) {
		entity.role = ENTITY_IGNORED;
	} else {
		entity.outside = visit->entities[parent].outside;
		entity.decl_file = visit->entities[parent].decl_file;
	}
	return entity_add(visit, declaration_key(declaration), &entity);
}

/* ---- functions and variables ---- */

static uint32_t static_ordinal(struct visit *visit, uint32_t function, const char *name)
{
	struct { uint32_t function; uint32_t pad; uint64_t name; } key = {function, 0, hash_bytes64(name, strlen(name))};
	uint64_t hashed = hash_bytes64(&key, sizeof key) >> 1;
	uint32_t count = 0;
	map64_get(visit->static_counts, hashed, &count);
	map64_put(visit->static_counts, hashed, count + 1);
	return count;
}

static CXCursor enclosing_function(CXCursor declaration)
{
	CXCursor parent = clang_getCursorSemanticParent(declaration);
	while (!clang_Cursor_isNull(parent) && clang_getCursorKind(parent) != CXCursor_FunctionDecl &&
	       !clang_isTranslationUnit(clang_getCursorKind(parent)) && !clang_isInvalid(clang_getCursorKind(parent)))
		parent = clang_getCursorSemanticParent(parent);
	return parent;
}

static void linkage_name(struct visit *visit, CXCursor declaration, struct entity *entity)
{
	if (!clang_Cursor_hasAttrs(declaration))
		return;
	const char *mangled = visit_text(visit, clang_Cursor_getMangling(declaration));
	if (mangled[0] == '\1')
		mangled++;
	if (mangled[0] && strcmp(mangled, entity->name) != 0) {
		entity->source_name = entity->name;
		entity->name = mangled;
	}
}

static uint32_t object_entity(struct visit *visit, CXCursor declaration, enum symbol_kind kind)
{
	CXCursor canonical = clang_getCanonicalCursor(declaration);
	uint32_t id;
	if (declaration_key(canonical) != declaration_key(declaration)) {
		id = visit_entity(visit, canonical);
		if (id == NODE_NONE)
			return id;
		map64_put(visit->entity_ids, declaration_key(declaration), id);
		/* The first declaration of a library function is clang's own, without place and asm label: the header's one
		 * has both (fopen -> fopen64). */
		struct entity *known = &visit->entities[id];
		if (known->decl_file == FILE_NONE) {
			known->decl_file = file_of(visit, declaration);
			known->outside = is_outside(visit, known->decl_file);
			known->is_system = known->outside && is_of_system(declaration);
		}
		if (known->scope == SCOPE_EXTERNAL && !known->source_name)
			linkage_name(visit, declaration, known);
		return id;
	}
	struct entity entity = {.role = ENTITY_SYMBOL, .kind = (uint8_t)kind, .scope = SCOPE_EXTERNAL, .parent = NODE_NONE};
	entity.name = visit_text(visit, clang_getCursorSpelling(declaration));
	entity.decl_file = file_of(visit, declaration);
	entity.file = FILE_NONE;
	entity.outside = is_outside(visit, entity.decl_file);
	entity.is_system = entity.outside && is_of_system(declaration);
	enum CXLinkageKind linkage = clang_getCursorLinkage(declaration);
	if (linkage == CXLinkage_NoLinkage && kind == SYMBOL_VARIABLE) {
		CXCursor function = enclosing_function(declaration);
		if (clang_Cursor_getStorageClass(declaration) != CX_SC_Static ||
		    clang_getCursorKind(function) != CXCursor_FunctionDecl) {
			entity.role = ENTITY_LOCAL; /* reached before its DeclStmt: only in broken code */
			return entity_add(visit, declaration_key(declaration), &entity);
		}
		entity.parent = visit_entity(visit, function);
		entity.scope = SCOPE_LOCAL;
		entity.ordinal = static_ordinal(visit, entity.parent, entity.name);
	} else if (linkage == CXLinkage_Internal) {
		CXCursor definition = clang_getCursorDefinition(declaration);
		entity.scope = SCOPE_FILE;
		entity.file = clang_Cursor_isNull(definition) ? entity.decl_file : file_of(visit, definition);
		if (is_outside(visit, entity.file)) {
			entity.outside = true; /* inline function of a system header: known by its name */
			entity.scope = SCOPE_EXTERNAL;
		}
	} else {
		linkage_name(visit, declaration, &entity);
	}
	return entity_add(visit, declaration_key(declaration), &entity);
}

uint32_t visit_entity(struct visit *visit, CXCursor declaration)
{
	enum CXCursorKind kind = clang_getCursorKind(declaration);
	uint32_t id;
	if (clang_isInvalid(kind) || !declaration.data[0])
		return NODE_NONE;
	if (map64_get(visit->entity_ids, declaration_key(declaration), &id))
		return id;
	switch ((int)kind) {
	case CXCursor_FunctionDecl: return object_entity(visit, declaration, SYMBOL_FUNCTION);
	case CXCursor_VarDecl: return object_entity(visit, declaration, SYMBOL_VARIABLE);
	case CXCursor_StructDecl: return type_entity(visit, declaration, SYMBOL_STRUCT);
	case CXCursor_UnionDecl: return type_entity(visit, declaration, SYMBOL_UNION);
	case CXCursor_EnumDecl: return type_entity(visit, declaration, SYMBOL_ENUM);
	case CXCursor_FieldDecl: return member_entity(visit, declaration, SYMBOL_FIELD);
	case CXCursor_EnumConstantDecl: return member_entity(visit, declaration, SYMBOL_ENUMERATOR);
	case CXCursor_TypedefDecl: {
		struct entity entity = {.role = ENTITY_SYMBOL, .kind = SYMBOL_TYPEDEF, .scope = SCOPE_FILE, .parent = NODE_NONE};
		entity.name = visit_text(visit, clang_getCursorSpelling(declaration));
		entity.file = entity.decl_file = file_of(visit, declaration);
		entity.outside = is_outside(visit, entity.file);
		return entity_add(visit, declaration_key(declaration), &entity);
	}
	default:
		return NODE_NONE;
	}
}

uint32_t visit_macro_entity(struct visit *visit, CXCursor definition)
{
	uint32_t id;
	if (clang_getCursorKind(definition) != CXCursor_MacroDefinition || !definition.data[0])
		return NODE_NONE;
	if (map64_get(visit->entity_ids, declaration_key(definition), &id))
		return id;
	struct entity entity = {.role = ENTITY_SYMBOL, .kind = SYMBOL_MACRO, .scope = SCOPE_FILE, .parent = NODE_NONE};
	entity.file = entity.decl_file = file_of(visit, definition);
	entity.outside = is_outside(visit, entity.file);
	entity.name = entity.outside ? "" : visit_text(visit, clang_getCursorSpelling(definition));
	return entity_add(visit, declaration_key(definition), &entity);
}

/* ---- symbols of one chunk ---- */

static uint32_t symbol_as(struct visit *visit, uint32_t file, uint32_t id, enum symbol_scope scope)
{
	const struct entity *entity = &visit->entities[id];
	uint64_t key = (uint64_t)id << 4 | scope;
	uint32_t symbol;
	struct facts_builder *builder = visit_builder(visit, file);
	if (map64_get(visit->files[file].symbol_ids, key, &symbol))
		return symbol;
	struct facts_symbol row = {
		.kind = entity->kind, .scope = scope, .file_string = FACTS_NONE, .parent_symbol = FACTS_NONE,
		.ordinal = scope == SCOPE_LOCAL ? entity->ordinal : 0,
	};
	if (scope == SCOPE_FILE)
		row.file_string = visit_intern(visit, file, visit->files[entity->file].path);
	if (scope == SCOPE_MEMBER || scope == SCOPE_LOCAL) {
		row.parent_symbol = visit_symbol(visit, file, entity->parent);
		if (row.parent_symbol == FACTS_NONE)
			return FACTS_NONE;
	}
	row.name_string = visit_intern(visit, file, visit->entities[id].name);
	symbol = facts_builder_symbol(builder, &row);
	map64_put(visit->files[file].symbol_ids, key, symbol);
	return symbol;
}

uint32_t visit_symbol(struct visit *visit, uint32_t file, uint32_t id)
{
	if (id == NODE_NONE || visit->entities[id].role != ENTITY_SYMBOL)
		return FACTS_NONE;
	const struct entity *entity = &visit->entities[id];
	if (entity->outside && entity->kind != SYMBOL_FUNCTION && entity->kind != SYMBOL_VARIABLE)
		return FACTS_NONE;
	return symbol_as(visit, file, id, entity->scope);
}

uint32_t visit_definition_symbol(struct visit *visit, uint32_t file, uint32_t id)
{
	if (id != NODE_NONE && visit->entities[id].scope == SCOPE_TAG && !visit->entities[id].outside)
		return symbol_as(visit, file, id, SCOPE_FILE);
	return visit_symbol(visit, file, id);
}

void visit_mark_used(struct visit *visit, uint32_t file, uint32_t id)
{
	const uint32_t declared[] = {visit->entities[id].decl_file, visit->entities[id].first_file};
	for (size_t i = 0; i < sizeof declared / sizeof *declared; i++) {
		if (declared[i] == FILE_NONE || declared[i] == file)
			continue;
		visit_builder(visit, file);
		map64_put(visit->files[file].used_files, declared[i], 1);
	}
}
