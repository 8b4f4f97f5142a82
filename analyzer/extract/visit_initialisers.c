/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What initialisers put where: braces, designators, elided braces, arrays and nested records. */
#include <stdlib.h>
#include <string.h>

#include "extract/visit_values.h"

#define FIELDS_MAX 4096

struct field_list {
	CXCursor *cursors;
	size_t count;
	struct arena *arena;
	size_t capacity;
};

static enum CXVisitorResult add_field(CXCursor cursor, CXClientData data)
{
	struct field_list *fields = data;
	if (clang_Cursor_isBitField(cursor)) {
		CXString name = clang_getCursorSpelling(cursor);
		const char *text = clang_getCString(name);
		bool unnamed = !text || !text[0];
		clang_disposeString(name);
		if (unnamed) /* takes no initialiser */
			return CXVisit_Continue;
	}
	if (fields->count == FIELDS_MAX)
		return CXVisit_Break;
	if (fields->count == fields->capacity) {
		size_t capacity = fields->capacity ? fields->capacity * 2 : 32;
		CXCursor *grown = arena_alloc(fields->arena, capacity * sizeof *grown);
		if (fields->count)
			memcpy(grown, fields->cursors, fields->count * sizeof *grown);
		fields->cursors = grown;
		fields->capacity = capacity;
	}
	fields->cursors[fields->count++] = cursor;
	return CXVisit_Continue;
}

static bool is_record(CXType type)
{
	return clang_getCanonicalType(type).kind == CXType_Record;
}

static bool is_array_type(CXType type)
{
	enum CXTypeKind kind = clang_getCanonicalType(type).kind;
	return kind == CXType_ConstantArray || kind == CXType_IncompleteArray || kind == CXType_VariableArray;
}

static bool interesting(CXType type, int depth);

static enum CXVisitorResult field_interests(CXCursor cursor, CXClientData data)
{
	int *depth = data;
	if (interesting(clang_getCursorType(cursor), *depth - 1)) {
		*depth = -1;
		return CXVisit_Break;
	}
	return CXVisit_Continue;
}

/* Could something of this type hold a function pointer? Keeps big tables of numbers out. */
static bool interesting(CXType type, int depth)
{
	if (flow_may_hold(type))
		return true;
	CXType element = clang_getCanonicalType(type);
	while (is_array_type(element))
		element = clang_getCanonicalType(clang_getArrayElementType(element));
	if (element.kind != CXType_Record || depth <= 0)
		return flow_may_hold(element);
	int found = depth;
	clang_Type_visitFields(element, field_interests, &found);
	return found < 0;
}

struct filling {
	struct visit *visit;
	uint32_t next;                /* child of the innermost braces to be consumed */
	int depth;
};

static void fill(struct filling *filling, CXType type, const struct facts_slot *slot, bool braced);

/* A string is one value for an array of characters; elsewhere it belongs to the first pointer within. */
static bool fills_array(CXType type, enum CXCursorKind value)
{
	return value == CXCursor_StringLiteral && is_array_type(type) &&
	       flow_type(clang_getArrayElementType(clang_getCanonicalType(type))).kind != CXType_Record &&
	       clang_getCanonicalType(clang_getArrayElementType(clang_getCanonicalType(type))).kind != CXType_Pointer;
}

static void fill_one(struct filling *filling, CXType type, const struct facts_slot *slot)
{
	struct visit *visit = filling->visit;
	uint32_t node = filling->next;
	uint32_t bare = node_strip(visit, node);
	bool aggregate = is_record(type) || is_array_type(type);
	if (visit->nodes[bare].kind == CXCursor_CompoundLiteralExpr && aggregate)
		bare = node_last_child(visit, bare);
	if (bare != NODE_NONE && visit->nodes[bare].kind == CXCursor_InitListExpr && aggregate) {
		struct filling inner = {visit, node_child(visit, bare), filling->depth + 1};
		if (inner.depth < 100)
			fill(&inner, type, slot, true);
		filling->next = node_next(visit, node);
	} else if (aggregate && !is_record(clang_getCursorType(visit->nodes[node_strip(visit, node)].cursor)) &&
		   !fills_array(type, visit->nodes[node_strip(visit, node)].kind) && filling->depth < 100) {
		filling->depth++;
		fill(filling, type, slot, false); /* braces left out: the values follow one another */
		filling->depth--;
	} else {
		if (bare != NODE_NONE && visit->nodes[bare].kind == CXCursor_InitListExpr) /* { f } for a scalar */
			bare = node_child(visit, bare);
		if (slot && bare != NODE_NONE)
			flow_assign(visit, slot, 1, type, bare);
		filling->next = node_next(visit, node);
	}
}

/* "[i] = v", ".a.b = v": an untyped wrapper whose last child is the value. */
static bool is_designated(const struct visit *visit, uint32_t node)
{
	if (visit->nodes[node].kind != CXCursor_UnexposedExpr)
		return false;
	uint32_t first = node_child(visit, node);
	return first != NODE_NONE && node_next(visit, first) != NODE_NONE &&
	       clang_getCursorType(visit->nodes[node].cursor).kind == CXType_Void;
}

static void fill_designated(struct filling *filling, CXType type, const struct facts_slot *slot, const struct field_list *fields,
			    size_t *position)
{
	struct visit *visit = filling->visit;
	uint32_t wrapper = filling->next;
	uint32_t value = node_last_child(visit, wrapper);
	CXType at = type;
	struct facts_slot own;
	const struct facts_slot *target = slot;
	bool first = true;
	for (uint32_t child = node_child(visit, wrapper); child != value; child = node_next(visit, child)) {
		if (visit->nodes[child].kind == CXCursor_MemberRef) {
			CXCursor field = clang_getCursorReferenced(visit->nodes[child].cursor);
			for (size_t i = 0; first && i < fields->count; i++)
				if (clang_equalCursors(fields->cursors[i], field))
					*position = i + 1;
			first = false;
			at = clang_getCursorType(field);
			target = flow_slot(visit, visit_entity(visit, field), &own) ? &own : NULL;
		} else if (is_array_type(at)) {
			at = clang_getArrayElementType(clang_getCanonicalType(at));
			first = false;
		}
	}
	struct filling inner = {visit, value, filling->depth + 1};
	if (inner.depth < 100)
		fill_one(&inner, at, target);
	filling->next = node_next(visit, wrapper);
}

/* Consumes values for an object of the given type. braced: up to the end of the list; else as many as it has parts. */
static void fill(struct filling *filling, CXType type, const struct facts_slot *slot, bool braced)
{
	struct visit *visit = filling->visit;
	CXType canonical = clang_getCanonicalType(type);
	struct field_list fields = {.arena = visit->arena};
	bool record = canonical.kind == CXType_Record;
	size_t limit = SIZE_MAX, position = 0;
	if (record) {
		clang_Type_visitFields(canonical, add_field, &fields);
		limit = clang_getCursorKind(clang_getTypeDeclaration(canonical)) == CXCursor_UnionDecl && fields.count
				? 1 : fields.count;
	} else if (is_array_type(canonical)) {
		long long size = clang_getArraySize(canonical);
		limit = size >= 0 ? (size_t)size : SIZE_MAX;
	} else {
		limit = 1;
	}
	while (filling->next != NODE_NONE) {
		if (is_designated(visit, filling->next)) {
			if (!braced)
				return; /* it belongs to the braces around */
			fill_designated(filling, type, slot, &fields, &position);
			continue;
		}
		if (position >= limit) {
			if (!braced)
				return;
			filling->next = node_next(visit, filling->next); /* excess elements */
			continue;
		}
		if (record) {
			struct facts_slot own;
			CXCursor field = fields.cursors[position++];
			bool named = flow_slot(visit, visit_entity(visit, field), &own);
			fill_one(filling, clang_getCursorType(field), named ? &own : NULL);
		} else if (is_array_type(canonical)) {
			position++;
			fill_one(filling, clang_getArrayElementType(canonical), slot);
		} else {
			position++;
			fill_one(filling, type, slot);
		}
	}
}

void flow_initialise(struct visit *visit, uint32_t list, CXType type, const struct facts_slot *slot)
{
	if (!interesting(type, 6))
		return;
	struct filling filling = {visit, node_child(visit, list), 0};
	fill(&filling, type, slot, true);
}

void flow_of_variable(struct visit *visit, uint32_t node)
{
	CXCursor cursor = visit->nodes[node].cursor;
	CXCursor initialiser = clang_Cursor_getVarDeclInitializer(cursor);
	if (clang_Cursor_isNull(initialiser))
		return;
	uint32_t value = NODE_NONE;
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child))
		if (clang_equalCursors(visit->nodes[child].cursor, initialiser))
			value = child;
	if (value == NODE_NONE)
		return;
	struct facts_slot slot;
	bool named = flow_slot(visit, visit_entity(visit, cursor), &slot);
	uint32_t bare = node_strip(visit, value);
	CXType type = clang_getCursorType(cursor);
	if (visit->nodes[bare].kind == CXCursor_InitListExpr && (is_record(type) || is_array_type(type)))
		flow_initialise(visit, bare, type, named ? &slot : NULL);
	else if (visit->nodes[bare].kind == CXCursor_InitListExpr)
		flow_assign(visit, &slot, named ? 1 : 0, type, node_child(visit, bare));
	else
		flow_assign(visit, &slot, named ? 1 : 0, type, value);
}
