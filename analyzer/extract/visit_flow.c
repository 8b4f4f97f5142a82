/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where function pointers go: constraints "target may hold what source holds", and calls through pointers.
 *
 * Field-based (Heintze & Tardieu, PLDI 2001): a struct's field is one slot, whatever the instance; an array is one
 * slot; taking an address, dereferencing and casting are looked through. */
#include <string.h>

#include "extract/visit_values.h"

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

void visit_literal_add(struct visit *visit, uint32_t literal, uint32_t symbol, uint32_t argument)
{
	if (symbol == FACTS_NONE)
		return;
	char *text = visit_text(visit, clang_getCursorSpelling(visit->nodes[literal].cursor));
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
		.from_symbol = owner_function(visit), .callee_symbol = symbol, .argument = argument,
		.text_string = facts_builder_string(visit_builder(visit, visit->file), text, length),
		.line = flow_line(visit, literal),
	};
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_literals, &row);
	buf_finish(&relative);
}

static void literal_argument(struct visit *visit, uint32_t target, uint32_t argument, uint32_t index)
{
	uint32_t bare = node_strip(visit, argument);
	if (visit->nodes[bare].kind == CXCursor_StringLiteral && visit->entities[target].outside)
		visit_literal_add(visit, bare, visit_symbol(visit, visit->file, target), index);
}

/* The place at an address <- the values of at most count nodes from value on. */
static void assign_through(struct visit *visit, uint32_t address, uint32_t value, int count)
{
	struct values places = {.count = 0};
	CXType type = clang_getCursorType(visit->nodes[flow_strip(visit, address)].cursor);
	if (!flow_may_hold(type) && !flow_holds_function(flow_type(type)) && !flow_is_argument_list(type) &&
	    !flow_is_void_place(type))
		return;
	flow_values(visit, address, &places, 0);
	for (; value != NODE_NONE && count--; value = node_next(visit, value))
		flow_assign(visit, places.slots, places.count, type, value);
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
	flow_values(visit, list, &lists, 0);
	for (size_t i = 0; rest.owner_symbol != FACTS_NONE && i < lists.count; i++)
		flow_add(visit, &lists.slots[i], &rest, flow_line(visit, list));
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
		flow_called(visit, call, 0, &called);
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
			flow_assign(visit, slots, count, type, child);
		if (target != NODE_NONE)
			literal_argument(visit, target, child, arguments);
	}
	if (target != NODE_NONE || (visit->nodes[call].flags & REF_INACTIVE) || !flow_is_function(function))
		return;
	/* (1 ? f : g)() and _Generic name the function that they call: those are direct calls. */
	uint32_t bare = node_strip(visit, callee);
	bool by_name = visit->nodes[bare].kind == CXCursor_GenericSelectionExpr || node_is_decided(visit, bare);
	for (size_t i = 0; i < count; i++) {
		if (by_name && called.slots[i].kind == SLOT_FUNCTION)
			continue;
		struct facts_icall row = {
			.from_symbol = owner_function(visit),
			.slot = facts_builder_slot(visit_builder(visit, visit->file), &called.slots[i]),
			.signature_string = visit_signature(visit, function),
			.arguments = arguments, .sites = 1, .line = flow_line(visit, call),
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
		flow_assign(visit, &slot, 1, type, node_child(visit, node));
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
				flow_initialise(visit, list, clang_getCursorType(visit->nodes[node].cursor), NULL);
			break;
		}
		case CXCursor_UnexposedExpr:
			if (flow_is_atomic(visit, node)) {
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
			if (!flow_may_hold(type) && !flow_holds_function(given))
				break;
			struct values targets = {.count = 0};
			flow_values(visit, left, &targets, 0);
			flow_assign(visit, targets.slots, targets.count, type, right);
			break;
		}
		default:
			break;
		}
	}
}
