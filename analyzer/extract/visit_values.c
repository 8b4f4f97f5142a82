/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the value of an expression may come from, as slots: see facts.h. Casts, parentheses, addresses and indexing are
 * looked through. */
#include <string.h>

#include "extract/visit_values.h"

#define VALUE_DEPTH 200 /* nesting of one expression that is followed; deeper: unknown */

CXType flow_type(CXType type)
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

bool flow_is_function(CXType type)
{
	return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

bool flow_holds_function(CXType type)
{
	return flow_is_function(flow_type(type));
}

static bool is_void_pointer(CXType type)
{
	type = clang_getCanonicalType(type);
	return type.kind == CXType_Pointer && clang_getCanonicalType(clang_getPointeeType(type)).kind == CXType_Void;
}

/* Where a void pointer is put: void **. */
bool flow_is_void_place(CXType type)
{
	type = clang_getCanonicalType(type);
	return type.kind == CXType_Pointer && is_void_pointer(clang_getPointeeType(type));
}

/* Values of this type may be function pointers: by type, or as void pointers. */
bool flow_may_hold(CXType type)
{
	return flow_holds_function(type) || is_void_pointer(type);
}

/* va_list in any of its forms: what was given as "..." travels in it as in a variable. */
bool flow_is_argument_list(CXType type)
{
	type = flow_type(type);
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

bool flow_slot(struct visit *visit, uint32_t id, struct facts_slot *slot)
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


/* The slots through which an indirect call goes: all that its callee expression names, at least one. */
void flow_called(struct visit *visit, uint32_t call, int depth, struct values *called)
{
	static const struct facts_slot unknown = {.kind = SLOT_UNKNOWN, .owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
	called->count = 0;
	flow_values(visit, node_child(visit, call), called, depth + 1);
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
		flow_called(visit, call, depth, &called);
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
			flow_values(visit, bare, values, depth + 1);
	}
}

/* __atomic_load_n(p, order), atomic_store(p, v) ...: untyped for libclang; its parts are place, order, values. */
bool flow_is_atomic(const struct visit *visit, uint32_t node)
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
uint32_t flow_strip(const struct visit *visit, uint32_t node)
{
	for (uint32_t at = node; at != NODE_NONE;) {
		if (flow_is_atomic(visit, at))
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

void flow_values(struct visit *visit, uint32_t node, struct values *values, int depth)
{
	if (node == NODE_NONE)
		return;
	if (depth > VALUE_DEPTH) {
		struct facts_slot unknown = {.kind = SLOT_UNKNOWN, .owner_symbol = FACTS_NONE, .through_slot = FACTS_NONE};
		values_add(values, &unknown);
		return;
	}
	node = flow_strip(visit, node);
	uint32_t first = node_child(visit, node);
	struct facts_slot slot;
	switch ((int)visit->nodes[node].kind) {
	case CXCursor_DeclRefExpr:
	case CXCursor_MemberRefExpr:
		if (flow_slot(visit, visit_entity(visit, clang_getCursorReferenced(visit->nodes[node].cursor)), &slot))
			values_add(values, &slot);
		break;
	case CXCursor_UnaryOperator: {
		enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(visit->nodes[node].cursor);
		if (op != CXUnaryOperator_LNot && op != CXUnaryOperator_Not && op != CXUnaryOperator_Minus)
			flow_values(visit, first, values, depth + 1);
		break;
	}
	case CXCursor_ArraySubscriptExpr:
		flow_values(visit, first, values, depth + 1);
		break;
	case CXCursor_ConditionalOperator: {
		uint32_t second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
		uint32_t third = second == NODE_NONE ? NODE_NONE : node_next(visit, second);
		if (third == NODE_NONE) /* a ?: b */
			flow_values(visit, first, values, depth + 1);
		flow_values(visit, second, values, depth + 1);
		flow_values(visit, third, values, depth + 1);
		break;
	}
	case CXCursor_BinaryOperator: {
		enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor);
		uint32_t second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
		if (op == CXBinaryOperator_Comma)
			flow_values(visit, second, values, depth + 1);
		else if (op == CXBinaryOperator_Assign || op == CXBinaryOperator_Add || op == CXBinaryOperator_Sub)
			flow_values(visit, first, values, depth + 1);
		break;
	}
	case CXCursor_CallExpr:
		if (is_sync(visit, node))
			flow_values(visit, node_next(visit, first), values, depth + 1);
		else
			values_of_call(visit, node, values, depth);
		break;
	case CXCursor_UnexposedExpr:
		if (flow_is_atomic(visit, node))
			flow_values(visit, first, values, depth + 1);
		break;
	case CXCursor_StmtExpr: {
		uint32_t block = first;
		uint32_t last = block == NODE_NONE ? NODE_NONE : node_last_child(visit, block);
		if (last != NODE_NONE && node_is_expression(visit, last))
			flow_values(visit, last, values, depth + 1);
		break;
	}
	case CXCursor_GenericSelectionExpr:
		for (uint32_t child = first == NODE_NONE ? first : node_next(visit, first); child != NODE_NONE;
		     child = node_next(visit, child))
			if (node_is_expression(visit, child) && !(visit->nodes[child].flags & REF_UNEVALUATED))
				flow_values(visit, child, values, depth + 1);
		break;
	case CXCursor_CompoundLiteralExpr: /* a struct's fields are filled by the walk over initialisers */
		if (flow_type(clang_getCursorType(visit->nodes[node].cursor)).kind != CXType_Record)
			values_of_list(visit, node_last_child(visit, node), values, depth + 1);
		break;
	default:
		break;
	}
}

void flow_add(struct visit *visit, const struct facts_slot *target, const struct facts_slot *source, uint32_t line)
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

uint32_t flow_line(struct visit *visit, uint32_t node)
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
		return !flow_is_function(object) && !clang_isConstQualifiedType(object) && flow_may_hold(object);
	}
	if (type.kind != CXType_ConstantArray && type.kind != CXType_IncompleteArray && type.kind != CXType_VariableArray)
		return false;
	return flow_holds_function(type) && !clang_isConstQualifiedType(clang_getCanonicalType(clang_getArrayElementType(type)));
}

static bool is_object(const struct facts_slot *slot)
{
	return slot->kind == SLOT_FIELD || slot->kind == SLOT_VARIABLE || slot->kind == SLOT_PARAMETER || slot->kind == SLOT_LOCAL;
}

/* target <- value of node, if either may be a function pointer. type: of the target. */
void flow_assign(struct visit *visit, const struct facts_slot *targets, size_t count, CXType type, uint32_t node)
{
	if (!count || node == NODE_NONE || (visit->nodes[node].flags & REF_UNEVALUATED))
		return;
	uint32_t bare = flow_strip(visit, node);
	CXType given = clang_getCursorType(visit->nodes[bare].cursor);
	if (!flow_holds_function(type) && !flow_holds_function(given) && !(is_void_pointer(type) && flow_may_hold(given)) &&
	    !(flow_may_hold(type) && is_void_pointer(given)) && !flow_is_void_place(type) && !flow_is_argument_list(given))
		return;
	struct values sources = {.count = 0};
	flow_values(visit, bare, &sources, 0);
	if (!sources.count)
		return;
	uint32_t line = flow_line(visit, node);
	/* As an address and what it points to are one slot, what is stored through the address comes back. */
	bool both_ways = gives_place(visit, bare);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sources.count; j++) {
			flow_add(visit, &targets[i], &sources.slots[j], line);
			if (both_ways && is_object(&sources.slots[j]))
				flow_add(visit, &sources.slots[j], &targets[i], line);
		}
}
