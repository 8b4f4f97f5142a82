/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where function pointers go: constraints "target may hold what source holds", and calls through pointers.
 *
 * Field-based (Heintze & Tardieu, PLDI 2001): a struct's field is one slot, whatever the instance; an array is one
 * slot; taking an address, dereferencing and casting are looked through. */
#include <string.h>

#include "extract/visit_internal.h"

#define VALUE_DEPTH 200 /* nesting of one expression that is followed; deeper: unknown */
#define VALUES_MAX 256  /* sources of one expression (a ? b : c ? ...) */

struct values {
	struct facts_slot slots[VALUES_MAX];
	size_t count;
};

static CXType stripped(CXType type)
{
	for (int depth = 0; depth < 32; depth++) {
		type = clang_getCanonicalType(type);
		if (type.kind == CXType_Pointer)
			type = clang_getPointeeType(type);
		else if (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray ||
			 type.kind == CXType_VariableArray)
			type = clang_getArrayElementType(type);
		else if (type.kind == CXType_Atomic)
			type = clang_Type_getValueType(type);
		else
			break;
	}
	return type;
}

static bool is_function(CXType type)
{
	return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

static bool holds_function(CXType type)
{
	return is_function(stripped(type));
}

static bool is_void_pointer(CXType type)
{
	type = clang_getCanonicalType(type);
	return type.kind == CXType_Pointer && clang_getCanonicalType(clang_getPointeeType(type)).kind == CXType_Void;
}

/* Where a void pointer is put: void **. */
static bool is_void_place(CXType type)
{
	type = clang_getCanonicalType(type);
	return type.kind == CXType_Pointer && is_void_pointer(clang_getPointeeType(type));
}

/* Values of this type may be function pointers: by type, or as void pointers. */
static bool may_hold(CXType type)
{
	return holds_function(type) || is_void_pointer(type);
}

/* va_list in any of its forms: what was given as "..." travels in it as in a variable. */
static bool is_argument_list(CXType type)
{
	type = stripped(type);
	if (type.kind != CXType_Record)
		return false;
	CXString spelling = clang_getTypeSpelling(type);
	const char *text = clang_getCString(spelling);
	bool found = text && strstr(text, "__va_list") != NULL;
	clang_disposeString(spelling);
	return found;
}

static void values_add(struct values *values, const struct facts_slot *slot)
{
	if (values->count < VALUES_MAX)
		values->slots[values->count++] = *slot;
}

static bool slot_of_entity(struct visit *visit, uint32_t id, struct facts_slot *slot)
{
	if (id == NODE_NONE)
		return false;
	const struct entity *entity = &visit->entities[id];
	*slot = (struct facts_slot){.owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
	switch (entity->role) {
	case ENTITY_PARAMETER:
	case ENTITY_LOCAL:
		if (entity->parent == NODE_NONE)
			return false;
		slot->kind = entity->role == ENTITY_PARAMETER ? SLOT_PARAMETER : SLOT_LOCAL;
		slot->index = entity->ordinal;
		slot->owner_symbol = visit_symbol(visit, visit->file, entity->parent);
		return slot->owner_symbol != FACTS_NONE;
	case ENTITY_SYMBOL:
		slot->kind = entity->kind == SYMBOL_FUNCTION ? SLOT_FUNCTION : entity->kind == SYMBOL_VARIABLE ? SLOT_VARIABLE
			     : entity->kind == SYMBOL_FIELD ? SLOT_FIELD : 0;
		if (!slot->kind)
			return false;
		slot->owner_symbol = visit_symbol(visit, visit->file, id);
		return slot->owner_symbol != FACTS_NONE;
	default:
		return false;
	}
}

static void values_of(struct visit *visit, uint32_t node, struct values *values, int depth);

/* The slots through which an indirect call goes: all that its callee expression names, at least one. */
static void slots_called(struct visit *visit, uint32_t call, int depth, struct values *called)
{
	static const struct facts_slot unknown = {.kind = SLOT_UNKNOWN, .owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
	called->count = 0;
	values_of(visit, node_child(visit, call), called, depth + 1);
	if (!called->count)
		values_add(called, &unknown);
}

static void values_of_call(struct visit *visit, uint32_t call, struct values *values, int depth)
{
	struct facts_slot slot = {.owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
	uint32_t target = visit_call_target(visit, call);
	if (target != NODE_NONE) {
		slot.kind = SLOT_RETURN;
		slot.owner_symbol = visit_symbol(visit, visit->file, target);
		if (slot.owner_symbol != FACTS_NONE)
			values_add(values, &slot);
	} else if (depth < 8) {
		struct values called;
		slots_called(visit, call, depth, &called);
		for (size_t i = 0; i < called.count; i++) {
			slot = (struct facts_slot){.kind = SLOT_ICALL_RETURN, .owner_symbol = FACTS_NONE};
			if (called.slots[i].kind == SLOT_FUNCTION) {
				slot.kind = SLOT_RETURN;
				slot.owner_symbol = called.slots[i].owner_symbol;
				slot.through_slot = FACTS_NONE;
			} else {
				slot.through_slot = facts_builder_slot(visit_builder(visit, visit->file), &called.slots[i]);
			}
			values_add(values, &slot);
		}
	}
}

/* (fn[]){f, g}: an array without a name is what it holds. Those of structs are filled field by field. */
static void values_of_list(struct visit *visit, uint32_t list, struct values *values, int depth)
{
	if (list == NODE_NONE || visit->nodes[list].kind != CXCursor_InitListExpr || depth > VALUE_DEPTH)
		return;
	for (uint32_t child = node_child(visit, list); child != NODE_NONE; child = node_next(visit, child)) {
		uint32_t bare = node_strip(visit, child);
		if (visit->nodes[bare].kind == CXCursor_InitListExpr)
			values_of_list(visit, bare, values, depth + 1);
		else
			values_of(visit, bare, values, depth + 1);
	}
}

/* __atomic_load_n(p, order), atomic_store(p, v) ...: untyped for libclang; its parts are place, order, values. */
static bool is_atomic(const struct visit *visit, uint32_t node)
{
	if (visit->nodes[node].kind != CXCursor_UnexposedExpr)
		return false;
	uint32_t place = node_child(visit, node);
	uint32_t order = place == NODE_NONE ? NODE_NONE : node_next(visit, place);
	if (order == NODE_NONE || !node_is_expression(visit, place) || !node_is_expression(visit, order))
		return false;
	CXType type = clang_getCanonicalType(clang_getCursorType(visit->nodes[order].cursor));
	return clang_getCanonicalType(clang_getCursorType(visit->nodes[place].cursor)).kind == CXType_Pointer &&
	       type.kind >= CXType_Bool && type.kind <= CXType_Int128;
}

/* As node_strip, but stops at an atomic operation. */
static uint32_t strip(const struct visit *visit, uint32_t node)
{
	for (uint32_t at = node; at != NODE_NONE;) {
		if (is_atomic(visit, at))
			return at;
		enum CXCursorKind kind = visit->nodes[at].kind;
		if (kind != CXCursor_ParenExpr && kind != CXCursor_UnexposedExpr && kind != CXCursor_CStyleCastExpr)
			break;
		at = node_last_child(visit, at);
	}
	return node_strip(visit, node);
}

/* One of the old builtins for atomic operations: the first argument is the place, and what it holds the result. */
static bool is_sync(struct visit *visit, uint32_t call)
{
	CXString name = clang_getCursorSpelling(visit->nodes[call].cursor);
	const char *text = clang_getCString(name);
	bool found = text && !strncmp(text, "__sync_", 7);
	clang_disposeString(name);
	return found;
}

static void values_of(struct visit *visit, uint32_t node, struct values *values, int depth)
{
	if (node == NODE_NONE)
		return;
	if (depth > VALUE_DEPTH) {
		struct facts_slot unknown = {.kind = SLOT_UNKNOWN, .owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
		values_add(values, &unknown);
		return;
	}
	node = strip(visit, node);
	uint32_t first = node_child(visit, node);
	struct facts_slot slot;
	switch ((int)visit->nodes[node].kind) {
	case CXCursor_DeclRefExpr:
	case CXCursor_MemberRefExpr:
		if (slot_of_entity(visit, visit_entity(visit, clang_getCursorReferenced(visit->nodes[node].cursor)), &slot))
			values_add(values, &slot);
		break;
	case CXCursor_UnaryOperator: {
		enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(visit->nodes[node].cursor);
		if (op != CXUnaryOperator_LNot && op != CXUnaryOperator_Not && op != CXUnaryOperator_Minus)
			values_of(visit, first, values, depth + 1);
		break;
	}
	case CXCursor_ArraySubscriptExpr:
		values_of(visit, first, values, depth + 1);
		break;
	case CXCursor_ConditionalOperator: {
		uint32_t second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
		uint32_t third = second == NODE_NONE ? NODE_NONE : node_next(visit, second);
		if (third == NODE_NONE) /* a ?: b */
			values_of(visit, first, values, depth + 1);
		values_of(visit, second, values, depth + 1);
		values_of(visit, third, values, depth + 1);
		break;
	}
	case CXCursor_BinaryOperator: {
		enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor);
		uint32_t second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
		if (op == CXBinaryOperator_Comma)
			values_of(visit, second, values, depth + 1);
		else if (op == CXBinaryOperator_Assign || op == CXBinaryOperator_Add || op == CXBinaryOperator_Sub)
			values_of(visit, first, values, depth + 1);
		break;
	}
	case CXCursor_CallExpr:
		if (is_sync(visit, node))
			values_of(visit, node_next(visit, first), values, depth + 1);
		else
			values_of_call(visit, node, values, depth);
		break;
	case CXCursor_UnexposedExpr:
		if (is_atomic(visit, node))
			values_of(visit, first, values, depth + 1);
		break;
	case CXCursor_StmtExpr: {
		uint32_t block = first;
		uint32_t last = block == NODE_NONE ? NODE_NONE : node_last_child(visit, block);
		if (last != NODE_NONE && node_is_expression(visit, last))
			values_of(visit, last, values, depth + 1);
		break;
	}
	case CXCursor_GenericSelectionExpr:
		for (uint32_t child = first == NODE_NONE ? first : node_next(visit, first); child != NODE_NONE;
		     child = node_next(visit, child))
			if (node_is_expression(visit, child) && !(visit->nodes[child].flags & REF_UNEVALUATED))
				values_of(visit, child, values, depth + 1);
		break;
	case CXCursor_CompoundLiteralExpr: /* a struct's fields are filled by the walk over initialisers */
		if (stripped(clang_getCursorType(visit->nodes[node].cursor)).kind != CXType_Record)
			values_of_list(visit, node_last_child(visit, node), values, depth + 1);
		break;
	default:
		break;
	}
}

static void add_flow(struct visit *visit, const struct facts_slot *target, const struct facts_slot *source, uint32_t line)
{
	if (target->kind == SLOT_FUNCTION || target->kind == SLOT_UNKNOWN)
		return;
	struct facts_builder *builder = visit_builder(visit, visit->file);
	struct facts_flow row = {
		.target_slot = facts_builder_slot(builder, target), .source_slot = facts_builder_slot(builder, source), .line = line,
	};
	if (row.target_slot != row.source_slot)
		facts_builder_add(builder, FACTS_TABLE_flows, &row);
}

static uint32_t line_of(struct visit *visit, uint32_t node)
{
	return visit_line(visit, visit->nodes[node].cursor);
}

/* Whether node is the address of an object that holds function pointers: &p, or an array of them. */
static bool gives_place(struct visit *visit, uint32_t bare)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(visit->nodes[bare].cursor));
	if (visit->nodes[bare].kind == CXCursor_UnaryOperator) {
		if (clang_getCursorUnaryOperatorKind(visit->nodes[bare].cursor) != CXUnaryOperator_AddrOf)
			return false;
		CXType object = clang_getCanonicalType(clang_getPointeeType(type));
		return !is_function(object) && !clang_isConstQualifiedType(object) && may_hold(object);
	}
	if (type.kind != CXType_ConstantArray && type.kind != CXType_IncompleteArray && type.kind != CXType_VariableArray)
		return false;
	return holds_function(type) && !clang_isConstQualifiedType(clang_getCanonicalType(clang_getArrayElementType(type)));
}

static bool is_object(const struct facts_slot *slot)
{
	return slot->kind == SLOT_FIELD || slot->kind == SLOT_VARIABLE || slot->kind == SLOT_PARAMETER || slot->kind == SLOT_LOCAL;
}

/* target <- value of node, if either may be a function pointer. type: of the target. */
static void assign(struct visit *visit, const struct facts_slot *targets, size_t count, CXType type, uint32_t node)
{
	if (!count || node == NODE_NONE || (visit->nodes[node].flags & REF_UNEVALUATED))
		return;
	uint32_t bare = strip(visit, node);
	CXType given = clang_getCursorType(visit->nodes[bare].cursor);
	if (!holds_function(type) && !holds_function(given) && !(is_void_pointer(type) && may_hold(given)) &&
	    !(may_hold(type) && is_void_pointer(given)) && !is_void_place(type) && !is_argument_list(given))
		return;
	struct values sources = {.count = 0};
	values_of(visit, bare, &sources, 0);
	if (!sources.count)
		return;
	uint32_t line = line_of(visit, node);
	/* As an address and what it points to are one slot, what is stored through the address comes back. */
	bool both_ways = gives_place(visit, bare);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sources.count; j++) {
			add_flow(visit, &targets[i], &sources.slots[j], line);
			if (both_ways && is_object(&sources.slots[j]))
				add_flow(visit, &sources.slots[j], &targets[i], line);
		}
}

/* ---- initialisers ---- */

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
	if (may_hold(type))
		return true;
	CXType element = clang_getCanonicalType(type);
	while (is_array_type(element))
		element = clang_getCanonicalType(clang_getArrayElementType(element));
	if (element.kind != CXType_Record || depth <= 0)
		return may_hold(element);
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
	       stripped(clang_getArrayElementType(clang_getCanonicalType(type))).kind != CXType_Record &&
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
			assign(visit, slot, 1, type, bare);
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
			target = slot_of_entity(visit, visit_entity(visit, field), &own) ? &own : NULL;
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
			bool named = slot_of_entity(visit, visit_entity(visit, field), &own);
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

static void initialise(struct visit *visit, uint32_t list, CXType type, const struct facts_slot *slot)
{
	if (!interesting(type, 6))
		return;
	struct filling filling = {visit, node_child(visit, list), 0};
	fill(&filling, type, slot, true);
}

static void flow_of_variable(struct visit *visit, uint32_t node)
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
	bool named = slot_of_entity(visit, visit_entity(visit, cursor), &slot);
	uint32_t bare = node_strip(visit, value);
	CXType type = clang_getCursorType(cursor);
	if (visit->nodes[bare].kind == CXCursor_InitListExpr && (is_record(type) || is_array_type(type)))
		initialise(visit, bare, type, named ? &slot : NULL);
	else if (visit->nodes[bare].kind == CXCursor_InitListExpr)
		assign(visit, &slot, named ? 1 : 0, type, node_child(visit, bare));
	else
		assign(visit, &slot, named ? 1 : 0, type, value);
}

/* ---- calls ---- */

static CXType callee_type(struct visit *visit, uint32_t call)
{
	uint32_t callee = node_child(visit, call);
	CXType type = clang_getCanonicalType(clang_getCursorType(visit->nodes[callee].cursor));
	if (type.kind == CXType_Pointer)
		type = clang_getCanonicalType(clang_getPointeeType(type));
	return type;
}

static uint32_t owner_function(struct visit *visit)
{
	return visit->owner == NODE_NONE ? FACTS_NONE : visit_definition_symbol(visit, visit->file, visit->owner);
}

/* libclang writes bytes beyond ASCII as \303: back to the bytes. Other escapes stay as they are. In place. */
static size_t plain_bytes(char *text, size_t length)
{
	size_t out = 0;
	for (size_t i = 0; i < length; i++) {
		bool octal = text[i] == '\\' && i + 3 < length && text[i + 1] >= '2' && text[i + 1] <= '3' &&
			     text[i + 2] >= '0' && text[i + 2] <= '7' && text[i + 3] >= '0' && text[i + 3] <= '7';
		if (octal) {
			text[out++] = (char)((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0'));
			i += 3;
		} else {
			text[out++] = text[i];
			if (text[i] == '\\' && i + 1 < length)
				text[out++] = text[++i];
		}
	}
	return out;
}

static void literal_argument(struct visit *visit, uint32_t target, uint32_t argument, uint32_t index)
{
	uint32_t bare = node_strip(visit, argument);
	if (visit->nodes[bare].kind != CXCursor_StringLiteral || !visit->entities[target].outside)
		return;
	uint32_t callee = visit_symbol(visit, visit->file, target);
	char *text = visit_text(visit, clang_getCursorSpelling(visit->nodes[bare].cursor));
	if (callee != FACTS_NONE) {
		size_t length = strlen(text);
		if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
			text++;
			length -= 2;
		}
		length = plain_bytes(text, length);
		struct buf relative;
		buf_init(&relative, BUF_NO_CEILING);
		text[length] = 0;
		visit_without_root(visit, text, &relative);
		text = relative.data ? relative.data : text;
		length = relative.length;
		if (length > 256)
			for (length = 256; length && ((unsigned char)text[length] & 0xc0) == 0x80;) /* no half characters */
				length--;
		struct facts_literal row = {
			.from_symbol = owner_function(visit), .callee_symbol = callee, .argument = index,
			.text_string = facts_builder_string(visit_builder(visit, visit->file), text, length),
			.line = line_of(visit, argument),
		};
		facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_literals, &row);
		buf_finish(&relative);
	}
}

/* The place at an address <- the values of at most count nodes from value on. */
static void assign_through(struct visit *visit, uint32_t address, uint32_t value, int count)
{
	struct values places = {.count = 0};
	CXType type = clang_getCursorType(visit->nodes[strip(visit, address)].cursor);
	if (!may_hold(type) && !holds_function(stripped(type)) && !is_argument_list(type) &&
	    !is_void_place(type))
		return;
	values_of(visit, address, &places, 0);
	for (; value != NODE_NONE && count--; value = node_next(visit, value))
		assign(visit, places.slots, places.count, type, value);
}

/* ap holds what this function is given behind its parameters. */
static void start_arguments(struct visit *visit, uint32_t list)
{
	if (visit->owner == NODE_NONE || visit->nodes[0].kind != CXCursor_FunctionDecl)
		return;
	struct values lists = {.count = 0};
	struct facts_slot rest = {
		.kind = SLOT_PARAMETER, .owner_symbol = visit_symbol(visit, visit->file, visit->owner),
		.index = (uint32_t)clang_Cursor_getNumArguments(visit->nodes[0].cursor), .through_slot = FACTS_NONE,
	};
	values_of(visit, list, &lists, 0);
	for (size_t i = 0; rest.owner_symbol != FACTS_NONE && i < lists.count; i++)
		add_flow(visit, &lists.slots[i], &rest, line_of(visit, list));
}

/* Library functions and builtins that move values from one argument to another. False: an ordinary call. */
static bool flow_of_known(struct visit *visit, uint32_t call)
{
	static const char *const copies[] = {"memcpy", "memmove", "mempcpy", "__builtin_memcpy", "__builtin_memmove",
					     "__builtin___memcpy_chk", "__builtin___memmove_chk"};
	uint32_t first = node_next(visit, node_child(visit, call));
	uint32_t second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
	if (second == NODE_NONE)
		return false;
	CXString spelling = clang_getCursorSpelling(visit->nodes[call].cursor);
	const char *name = clang_getCString(spelling);
	bool known = false;
	name = name ? name : "";
	if (!strcmp(name, "__builtin_va_start") || !strcmp(name, "__builtin_c23_va_start")) {
		start_arguments(visit, first);
		known = true;
	} else if (!strcmp(name, "__builtin_va_copy") || !strncmp(name, "__sync_", 7)) {
		assign_through(visit, first, second, 2);
		known = true;
	}
	for (size_t i = 0; !known && i < sizeof copies / sizeof *copies; i++)
		if (!strcmp(name, copies[i])) {
			assign_through(visit, first, second, 1);
			known = true;
		}
	clang_disposeString(spelling);
	return known;
}

static void flow_of_call(struct visit *visit, uint32_t call)
{
	uint32_t callee = node_child(visit, call);
	if (callee == NODE_NONE || (visit->nodes[call].flags & REF_UNEVALUATED))
		return;
	bool known = flow_of_known(visit, call);
	uint32_t target = visit_call_target(visit, call), arguments = 0;
	CXType function = callee_type(visit, call);
	struct values called = {.count = 0};
	if (target == NODE_NONE)
		slots_called(visit, call, 0, &called);
	struct facts_slot slots[VALUES_MAX];
	size_t count = target == NODE_NONE ? called.count : 1;
	for (size_t i = 0; i < count; i++) {
		slots[i] = (struct facts_slot){.kind = SLOT_PARAMETER, .owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
		if (target != NODE_NONE) {
			slots[i].owner_symbol = visit_symbol(visit, visit->file, target);
			if (slots[i].owner_symbol == FACTS_NONE)
				return;
		} else if (called.slots[i].kind == SLOT_FUNCTION) {
			slots[i].owner_symbol = called.slots[i].owner_symbol;
		} else {
			slots[i].kind = SLOT_ICALL_PARAMETER;
			slots[i].through_slot = facts_builder_slot(visit_builder(visit, visit->file), &called.slots[i]);
		}
	}
	int parameters = clang_getNumArgTypes(function);
	for (uint32_t child = node_next(visit, callee); child != NODE_NONE; child = node_next(visit, child), arguments++) {
		CXType type = (int)arguments < parameters ? clang_getArgType(function, arguments)
							  : clang_getCursorType(visit->nodes[child].cursor);
		for (size_t i = 0; i < count; i++)
			slots[i].index = arguments;
		if (!known)
			assign(visit, slots, count, type, child);
		if (target != NODE_NONE)
			literal_argument(visit, target, child, arguments);
	}
	if (target != NODE_NONE || (visit->nodes[call].flags & REF_INACTIVE) || !is_function(function))
		return;
	/* (c ? f : g)() and _Generic name the functions that they call: those are direct calls. */
	enum CXCursorKind kind = visit->nodes[node_strip(visit, callee)].kind;
	bool by_name = kind == CXCursor_GenericSelectionExpr || kind == CXCursor_ConditionalOperator;
	for (size_t i = 0; i < count; i++) {
		if (by_name && called.slots[i].kind == SLOT_FUNCTION)
			continue;
		struct facts_icall row = {
			.from_symbol = owner_function(visit),
			.slot = facts_builder_slot(visit_builder(visit, visit->file), &called.slots[i]),
			.signature_string = visit_signature(visit, function),
			.arguments = arguments, .sites = 1, .line = line_of(visit, call),
		};
		facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_icalls, &row);
	}
}

static void flow_of_return(struct visit *visit, uint32_t node)
{
	if (visit->owner == NODE_NONE || visit->nodes[0].kind != CXCursor_FunctionDecl)
		return;
	struct facts_slot slot = {
		.kind = SLOT_RETURN, .owner_symbol = visit_symbol(visit, visit->file, visit->owner), .through_slot = FACTS_NONE,
	};
	CXType type = clang_getResultType(clang_getCursorType(visit->nodes[0].cursor));
	if (slot.owner_symbol != FACTS_NONE)
		assign(visit, &slot, 1, type, node_child(visit, node));
}

void visit_flows(struct visit *visit)
{
	for (uint32_t node = 0; node < visit->node_count; node++) {
		switch ((int)visit->nodes[node].kind) {
		case CXCursor_VarDecl:
			flow_of_variable(visit, node);
			break;
		case CXCursor_CallExpr:
			flow_of_call(visit, node);
			break;
		case CXCursor_ReturnStmt:
			flow_of_return(visit, node);
			break;
		case CXCursor_CompoundLiteralExpr: {
			uint32_t list = node_last_child(visit, node);
			if (list != NODE_NONE && visit->nodes[list].kind == CXCursor_InitListExpr)
				initialise(visit, list, clang_getCursorType(visit->nodes[node].cursor), NULL);
			break;
		}
		case CXCursor_UnexposedExpr:
			if (is_atomic(visit, node)) {
				uint32_t place = node_child(visit, node), order = node_next(visit, place);
				assign_through(visit, place, node_next(visit, order), 3);
			}
			break;
		case CXCursor_BinaryOperator: {
			if (clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor) != CXBinaryOperator_Assign)
				break;
			uint32_t left = node_child(visit, node);
			uint32_t right = left == NODE_NONE ? NODE_NONE : node_next(visit, left);
			if (right == NODE_NONE)
				break;
			CXType type = clang_getCursorType(visit->nodes[left].cursor);
			CXType given = clang_getCursorType(visit->nodes[node_strip(visit, right)].cursor);
			if (!may_hold(type) && !holds_function(given))
				break;
			struct values targets = {.count = 0};
			values_of(visit, left, &targets, 0);
			assign(visit, targets.slots, targets.count, type, right);
			break;
		}
		default:
			break;
		}
	}
}
