/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flat tree of one top-level declaration, and what each node's place in it means: read, written, address taken,
 * called, never evaluated, never reached. Knows nothing of symbols. */
#include <stdlib.h>
#include <string.h>

#include "extract/visit_internal.h"
#include "extract/visit_values.h"

#define NODES_CEILING 20000000u /* nodes of one declaration; past it the rest is left out and told as an error */

struct build {
	struct visit *visit;
	struct open { uint32_t node, last_child; } *stack;
	size_t depth, capacity;
};

static bool is_record(enum CXCursorKind kind)
{
	return kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl || kind == CXCursor_EnumDecl;
}

static bool same_place(CXCursor a, CXCursor b)
{
	CXSourceRange x = clang_getCursorExtent(a), y = clang_getCursorExtent(b);
	return clang_equalLocations(clang_getRangeStart(x), clang_getRangeStart(y)) &&
	       clang_equalLocations(clang_getRangeEnd(x), clang_getRangeEnd(y));
}

/* libclang shows the a of "a ?: b" three times (value, condition, result) and the n of "sizeof (int[n])" twice; both are
 * evaluated once. */
static bool is_repeated_value(const struct visit *visit, const struct open *open, CXCursor cursor)
{
	enum CXCursorKind parent = visit->nodes[open->node].kind;
	if (open->last_child == NODE_NONE || !clang_isExpression(clang_getCursorKind(cursor)) ||
	    (parent != CXCursor_UnexposedExpr && parent != CXCursor_UnaryExpr && parent != CXCursor_ConditionalOperator) ||
	    clang_getCursorType(visit->nodes[open->node].cursor).kind == CXType_Void)
		return false;
	CXCursor before = visit->nodes[open->last_child].cursor;
	return clang_equalCursors(before, cursor) || same_place(before, cursor);
}

static enum CXChildVisitResult build_node(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct build *build = data;
	struct visit *visit = build->visit;
	while (build->depth && !clang_equalCursors(visit->nodes[build->stack[build->depth - 1].node].cursor, parent))
		visit->nodes[build->stack[--build->depth].node].end = (uint32_t)visit->node_count;
	if (!build->depth || visit->node_count >= NODES_CEILING)
		return CXChildVisit_Break;
	struct open *open = &build->stack[build->depth - 1];
	uint32_t up = open->node;
	enum CXCursorKind kind = clang_getCursorKind(cursor);
	/* libclang shows "struct {..} x;" both beside and below x: once is enough. */
	bool repeated = false;
	if (is_record(kind) && clang_isCursorDefinition(cursor)) {
		uint64_t key = (uint64_t)(uintptr_t)cursor.data[0];
		repeated = map64_get(visit->seen_records, key, NULL);
		map64_put(visit->seen_records, key, 1);
	}
	if (clang_equalCursors(cursor, visit->nodes[up].cursor)) /* ConstantExpr: its cursor is that of what it wraps */
		return CXChildVisit_Recurse;
	if (is_repeated_value(visit, open, cursor)) {
		if (visit->nodes[up].kind == CXCursor_UnexposedExpr)
			visit->nodes[up].kind = CXCursor_ConditionalOperator; /* of two children: a ?: b */
		return CXChildVisit_Continue;
	}
	if (repeated)
		return CXChildVisit_Continue;
	mem_grow(&visit->nodes, &visit->node_capacity, visit->node_count + 1, sizeof *visit->nodes);
	uint32_t index = (uint32_t)visit->node_count++;
	visit->nodes[index] = (struct node){.cursor = cursor, .parent = up, .kind = (uint16_t)kind};
	mem_grow(&build->stack, &build->capacity, build->depth + 1, sizeof *build->stack);
	build->stack[build->depth - 1].last_child = index;
	build->stack[build->depth++] = (struct open){index, NODE_NONE};
	return CXChildVisit_Recurse;
}

void visit_tree_build(struct visit *visit, CXCursor top)
{
	struct build build = {.visit = visit};
	visit->node_count = 0;
	mem_grow(&visit->nodes, &visit->node_capacity, 1, sizeof *visit->nodes);
	visit->nodes[visit->node_count++] =
		(struct node){.cursor = top, .parent = NODE_NONE, .kind = (uint16_t)clang_getCursorKind(top)};
	if (is_record(clang_getCursorKind(top)))
		map64_put(visit->seen_records, (uint64_t)(uintptr_t)top.data[0], 1);
	mem_grow(&build.stack, &build.capacity, 1, sizeof *build.stack);
	build.stack[build.depth++] = (struct open){0, NODE_NONE};
	clang_visitChildren(top, build_node, &build);
	while (build.depth)
		visit->nodes[build.stack[--build.depth].node].end = (uint32_t)visit->node_count;
	free(build.stack);
}

uint32_t node_child(const struct visit *visit, uint32_t node)
{
	return visit->nodes[node].end > node + 1 ? node + 1 : NODE_NONE;
}

uint32_t node_next(const struct visit *visit, uint32_t node)
{
	uint32_t parent = visit->nodes[node].parent;
	if (parent == NODE_NONE)
		return NODE_NONE;
	uint32_t next = visit->nodes[node].end;
	return next < visit->nodes[parent].end ? next : NODE_NONE;
}

uint32_t node_last_child(const struct visit *visit, uint32_t node)
{
	uint32_t last = NODE_NONE;
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child))
		last = child;
	return last;
}

bool node_is_expression(const struct visit *visit, uint32_t node)
{
	enum CXCursorKind kind = visit->nodes[node].kind;
	return clang_isExpression(kind) || kind == CXCursor_MemberRef;
}

uint32_t node_strip(const struct visit *visit, uint32_t node)
{
	while (node != NODE_NONE) {
		enum CXCursorKind kind = visit->nodes[node].kind;
		if (kind == CXCursor_ParenExpr || kind == CXCursor_UnexposedExpr) {
			uint32_t child = node_child(visit, node);
			if (child == NODE_NONE)
				return node;
			/* A designator wrapper is no cast: its value is what comes last. Of __builtin_choose_expr it is the
			 * one that is chosen. */
			uint32_t last = node_last_child(visit, node), before = NODE_NONE;
			if ((visit->nodes[last].flags & ~visit->nodes[node].flags) & REF_UNEVALUATED)
				for (uint32_t at = child; at != last; at = node_next(visit, at))
					before = at;
			node = before == NODE_NONE ? last : before;
		} else if (kind == CXCursor_CStyleCastExpr) {
			uint32_t last = node_last_child(visit, node);
			if (last == NODE_NONE || !node_is_expression(visit, last))
				return node;
			node = last;
		} else {
			return node;
		}
	}
	return node;
}

/* ---- constant conditions ---- */

/* Whether an expression is made of nothing but constants, so that a compiler folds it even at -O0. */
static bool is_constant(const struct visit *visit, uint32_t node)
{
	for (uint32_t i = node; i < visit->nodes[node].end; i++) {
		switch (visit->nodes[i].kind) {
		case CXCursor_IntegerLiteral: case CXCursor_CharacterLiteral: case CXCursor_ParenExpr:
		case CXCursor_UnexposedExpr: case CXCursor_CStyleCastExpr: case CXCursor_UnaryOperator:
		case CXCursor_BinaryOperator: case CXCursor_ConditionalOperator: case CXCursor_TypeRef:
			break;
		case CXCursor_UnaryExpr: /* sizeof: whatever it holds is not evaluated */
			i = visit->nodes[i].end - 1;
			break;
		case CXCursor_DeclRefExpr:
			if (clang_getCursorKind(clang_getCursorReferenced(visit->nodes[i].cursor)) != CXCursor_EnumConstantDecl)
				return false;
			break;
		default:
			return false;
		}
	}
	return true;
}

enum truth { TRUTH_UNKNOWN, TRUTH_FALSE, TRUTH_TRUE };

static enum truth condition_truth(struct visit *visit, uint32_t node);

static enum truth truth_of_operator(struct visit *visit, uint32_t node)
{
	uint32_t left = node_child(visit, node), right = left == NODE_NONE ? NODE_NONE : node_next(visit, left);
	enum truth of_left, of_right;
	switch (clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor)) {
	/* x && 0 is false whatever x is; its x is still evaluated. */
	case CXBinaryOperator_LAnd:
		of_left = condition_truth(visit, left);
		of_right = condition_truth(visit, right);
		return of_left == TRUTH_FALSE || of_right == TRUTH_FALSE ? TRUTH_FALSE
		       : of_left == TRUTH_TRUE && of_right == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_UNKNOWN;
	case CXBinaryOperator_LOr:
		of_left = condition_truth(visit, left);
		of_right = condition_truth(visit, right);
		return of_left == TRUTH_TRUE || of_right == TRUTH_TRUE ? TRUTH_TRUE
		       : of_left == TRUTH_FALSE && of_right == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_UNKNOWN;
	default:
		return TRUTH_UNKNOWN;
	}
}

/* __builtin_expect(x, y) is x. __builtin_constant_p(x) asks what the compiler knows: without optimisation, constants
 * as they are written; with it, maybe more. */
static enum truth truth_of_call(struct visit *visit, uint32_t node)
{
	uint32_t callee = node_child(visit, node), argument = callee == NODE_NONE ? NODE_NONE : node_next(visit, callee);
	if (argument == NODE_NONE)
		return TRUTH_UNKNOWN;
	enum truth truth = TRUTH_UNKNOWN;
	CXString spelling = clang_getCursorSpelling(visit->nodes[node].cursor);
	const char *name = clang_getCString(spelling);
	if (name && !strcmp(name, "__builtin_expect"))
		truth = condition_truth(visit, argument);
	else if (name && !strcmp(name, "__builtin_constant_p") && !visit->optimised)
		truth = is_constant(visit, argument) ||
			visit->nodes[node_strip(visit, argument)].kind == CXCursor_StringLiteral ? TRUTH_TRUE : TRUTH_FALSE;
	clang_disposeString(spelling);
	return truth;
}

static enum truth condition_truth(struct visit *visit, uint32_t node)
{
	if (node == NODE_NONE || visit->nodes[node].end - node > 64)
		return TRUTH_UNKNOWN;
	uint32_t bare = flow_strip(visit, node);
	if (!is_constant(visit, bare)) {
		enum truth truth;
		switch (visit->nodes[bare].kind) {
		case CXCursor_BinaryOperator:
			return truth_of_operator(visit, bare);
		case CXCursor_CallExpr:
			return truth_of_call(visit, bare);
		case CXCursor_UnaryOperator:
			if (clang_getCursorUnaryOperatorKind(visit->nodes[bare].cursor) != CXUnaryOperator_LNot)
				return TRUTH_UNKNOWN;
			truth = condition_truth(visit, node_child(visit, bare));
			return truth == TRUTH_UNKNOWN ? truth : truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
		default:
			return TRUTH_UNKNOWN;
		}
	}
	CXEvalResult result = clang_Cursor_Evaluate(visit->nodes[bare].cursor);
	enum truth truth = TRUTH_UNKNOWN;
	if (result && clang_EvalResult_getKind(result) == CXEval_Int)
		truth = clang_EvalResult_getAsLongLong(result) ? TRUTH_TRUE : TRUTH_FALSE;
	if (result)
		clang_EvalResult_dispose(result);
	return truth;
}

static bool holds_label(const struct visit *visit, uint32_t node)
{
	for (uint32_t i = node; i < visit->nodes[node].end; i++) {
		enum CXCursorKind kind = visit->nodes[i].kind;
		if (kind == CXCursor_LabelStmt || kind == CXCursor_CaseStmt || kind == CXCursor_DefaultStmt)
			return true;
	}
	return false;
}

static void deaden(struct visit *visit, uint32_t node)
{
	/* A label may be jumped to: then the compiler keeps the code, and so do we. */
	if (node != NODE_NONE && !holds_label(visit, node))
		visit->nodes[node].flags |= REF_INACTIVE;
}

struct attribute_search {
	struct visit *visit;
	bool found;
};

static enum CXChildVisitResult find_noreturn(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	static const char *const spellings[] = {"_Noreturn", "noreturn", "__noreturn__"};
	struct attribute_search *search = data;
	if (!clang_isAttribute(clang_getCursorKind(cursor)))
		return CXChildVisit_Break; /* attributes come first */
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
		search->found |= visit_is_spelled(search->visit, cursor, spellings[i]);
	return search->found ? CXChildVisit_Break : CXChildVisit_Continue;
}

/* _Noreturn is no part of a function's type, unlike __attribute__((noreturn)). */
static bool says_noreturn(struct visit *visit, CXCursor function)
{
	struct attribute_search search = {visit, false};
	if (clang_Cursor_hasAttrs(function))
		clang_visitChildren(function, find_noreturn, &search);
	return search.found;
}

static bool never_returns(struct visit *visit, uint32_t statement)
{
	uint32_t bare = node_strip(visit, statement);
	switch (visit->nodes[bare].kind) {
	case CXCursor_ReturnStmt: case CXCursor_BreakStmt: case CXCursor_ContinueStmt: case CXCursor_GotoStmt:
	case CXCursor_IndirectGotoStmt:
		return true;
	case CXCursor_CallExpr: {
		CXCursor callee = clang_getCursorReferenced(visit->nodes[bare].cursor);
		if (clang_getCursorKind(callee) != CXCursor_FunctionDecl)
			return false;
		CXString spelling = clang_getTypeSpelling(clang_getCursorType(callee));
		const char *text = clang_getCString(spelling);
		/* At the very end: a parameter that points to such a function says the same words further in. */
		static const char ending[] = ") __attribute__((noreturn))";
		size_t length = text ? strlen(text) : 0;
		bool noreturn = (length >= sizeof ending && !strcmp(text + length - (sizeof ending - 1), ending)) ||
				says_noreturn(visit, callee);
		clang_disposeString(spelling);
		if (!noreturn) {
			CXString name = clang_getCursorSpelling(callee);
			const char *bare_name = clang_getCString(name);
			noreturn = bare_name && (!strcmp(bare_name, "abort") || !strcmp(bare_name, "exit") ||
						 !strcmp(bare_name, "_exit") || !strcmp(bare_name, "__builtin_unreachable") ||
						 !strcmp(bare_name, "__assert_fail"));
			clang_disposeString(name);
		}
		return noreturn;
	}
	default:
		return false;
	}
}

static void deaden_after_jump(struct visit *visit, uint32_t block)
{
	bool dead = false;
	for (uint32_t child = node_child(visit, block); child != NODE_NONE; child = node_next(visit, child)) {
		if (dead && holds_label(visit, child))
			dead = false;
		if (dead)
			visit->nodes[child].flags |= REF_INACTIVE;
		else
			dead = never_returns(visit, child);
	}
}

static void deaden_branches(struct visit *visit, uint32_t node)
{
	uint32_t first = node_child(visit, node);
	uint32_t second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
	uint32_t third = second == NODE_NONE ? NODE_NONE : node_next(visit, second);
	enum truth truth;
	switch (visit->nodes[node].kind) {
	case CXCursor_IfStmt:
	case CXCursor_ConditionalOperator:
		truth = condition_truth(visit, first);
		if (third == NODE_NONE && visit->nodes[node].kind == CXCursor_ConditionalOperator) { /* a ?: b */
			if (truth == TRUTH_TRUE)
				deaden(visit, second);
			break;
		}
		if (truth == TRUTH_FALSE)
			deaden(visit, second);
		if (truth == TRUTH_TRUE)
			deaden(visit, third);
		break;
	case CXCursor_WhileStmt:
		if (condition_truth(visit, first) == TRUTH_FALSE)
			deaden(visit, second);
		break;
	case CXCursor_BinaryOperator: {
		enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor);
		if ((op == CXBinaryOperator_LAnd && condition_truth(visit, first) == TRUTH_FALSE) ||
		    (op == CXBinaryOperator_LOr && condition_truth(visit, first) == TRUTH_TRUE))
			deaden(visit, second);
		break;
	}
	case CXCursor_CompoundStmt:
		deaden_after_jump(visit, node);
		break;
	default:
		break;
	}
}

bool node_is_decided(const struct visit *visit, uint32_t node)
{
	if (visit->nodes[node].kind != CXCursor_ConditionalOperator || visit->nodes[node].flags & REF_INACTIVE)
		return false;
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child))
		if (visit->nodes[child].flags & REF_INACTIVE)
			return true;
	return false;
}

/* ---- roles ---- */

static bool is_array(CXType type)
{
	enum CXTypeKind kind = clang_getCanonicalType(type).kind;
	return kind == CXType_ConstantArray || kind == CXType_IncompleteArray || kind == CXType_VariableArray;
}

static bool is_pointer(CXType type)
{
	return clang_getCanonicalType(type).kind == CXType_Pointer;
}

/* The decay of an array whose element is then reached, by [] or *: whatever happens to the element happens to the array. */
static bool is_decay(const struct visit *visit, uint32_t node)
{
	uint32_t inner = node_child(visit, node);
	return visit->nodes[node].kind == CXCursor_UnexposedExpr && inner != NODE_NONE &&
	       is_array(clang_getCursorType(visit->nodes[inner].cursor)) &&
	       is_pointer(clang_getCursorType(visit->nodes[node].cursor));
}

static bool reaches_element(const struct visit *visit, uint32_t node)
{
	return node != NODE_NONE &&
	       (visit->nodes[node].kind == CXCursor_ArraySubscriptExpr ||
		(visit->nodes[node].kind == CXCursor_UnaryOperator &&
		 clang_getCursorUnaryOperatorKind(visit->nodes[node].cursor) == CXUnaryOperator_Deref));
}

/* The role that a child has by its parent's kind and role. */
static enum role child_role(struct visit *visit, uint32_t parent, uint32_t child, uint32_t position)
{
	const struct node *up = &visit->nodes[parent];
	switch ((int)up->kind) {
	case CXCursor_BinaryOperator:
		switch (clang_getCursorBinaryOperatorKind(up->cursor)) {
		case CXBinaryOperator_Assign: return position ? ROLE_READ : ROLE_WRITE;
		case CXBinaryOperator_Comma: return position ? (enum role)up->role : ROLE_READ;
		default: return ROLE_READ;
		}
	case CXCursor_CompoundAssignOperator:
		return position ? ROLE_READ : ROLE_READ_WRITE;
	case CXCursor_UnaryOperator:
		switch (clang_getCursorUnaryOperatorKind(up->cursor)) {
		case CXUnaryOperator_PostInc: case CXUnaryOperator_PostDec:
		case CXUnaryOperator_PreInc: case CXUnaryOperator_PreDec: return ROLE_READ_WRITE;
		case CXUnaryOperator_AddrOf: return ROLE_ADDRESS;
		case CXUnaryOperator_Deref:
			/* (*f)() calls f; *array touches the array itself */
			if (up->role == ROLE_CALLEE)
				return is_decay(visit, child) ? ROLE_READ : ROLE_CALLEE;
			return is_decay(visit, child) ? (enum role)up->role : ROLE_READ;
		default: return ROLE_READ;
		}
	case CXCursor_ArraySubscriptExpr: {
		if (is_decay(visit, child))
			return up->role == ROLE_CALLEE ? ROLE_READ : (enum role)up->role;
		return ROLE_READ;
	}
	case CXCursor_MemberRefExpr:
		if (is_pointer(clang_getCursorType(visit->nodes[child].cursor)) || up->role == ROLE_CALLEE)
			return ROLE_READ;
		return up->role;
	case CXCursor_ConditionalOperator:
		return position ? (enum role)up->role : ROLE_READ;
	case CXCursor_CallExpr:
		return position ? ROLE_READ : ROLE_CALLEE;
	case CXCursor_GCCAsmStmt:
		return visit_asm_role(visit, up->cursor, position);
	case CXCursor_UnexposedExpr:
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr:
	case CXCursor_GenericSelectionExpr:
		/* Decay of an array to a pointer: from here on somebody holds its address. Under a subscript the role
		 * came from there. */
		if (up->kind != CXCursor_ParenExpr && up->role == ROLE_READ && up->parent != NODE_NONE &&
		    !reaches_element(visit, up->parent) &&
		    is_array(clang_getCursorType(visit->nodes[child].cursor)) && is_pointer(clang_getCursorType(up->cursor)))
			return ROLE_ADDRESS;
		return up->role;
	default:
		return ROLE_READ;
	}
}

/* Whether a parameter belongs to a definition: sizes of its array are evaluated on entry (C17 6.9.1p10). */
static bool is_defined_parameter(const struct visit *visit, uint32_t node)
{
	return visit->nodes[node].kind == CXCursor_ParmDecl && visit->nodes[node].parent == 0 &&
	       visit->nodes[0].kind == CXCursor_FunctionDecl && clang_isCursorDefinition(visit->nodes[0].cursor);
}

/* Expressions below a declaration that are not its initialiser: typeof operands stand before its name, array sizes
 * behind. */
static void declarator_flags(struct visit *visit, uint32_t node)
{
	enum CXCursorKind kind = visit->nodes[node].kind;
	CXCursor initialiser = clang_getNullCursor();
	if (kind == CXCursor_VarDecl)
		initialiser = clang_Cursor_getVarDeclInitializer(visit->nodes[node].cursor);
	bool sizes = kind == CXCursor_VarDecl || kind == CXCursor_FieldDecl || kind == CXCursor_TypedefDecl ||
		     is_defined_parameter(visit, node);
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child)) {
		if (!node_is_expression(visit, child) || clang_equalCursors(visit->nodes[child].cursor, initialiser))
			continue;
		uint32_t file, line, name, at;
		visit_location(visit, visit->nodes[node].cursor, &file, &line, &name);
		visit_location(visit, visit->nodes[child].cursor, &file, &line, &at);
		/* Out of one macro both seem to stand in one place; operands of typeof are parenthesised. */
		if (!sizes || at < name || (at == name && visit->nodes[child].kind == CXCursor_ParenExpr))
			visit->nodes[child].flags |= REF_UNEVALUATED;
	}
}

static void flag_children(struct visit *visit, uint32_t node, uint32_t kept, uint8_t flag)
{
	for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child))
		if (child != kept)
			visit->nodes[child].flags |= flag;
}

/* Compiler's expressions that libclang does not name. */
static void builtin_flags(struct visit *visit, uint32_t node)
{
	uint32_t first = node_child(visit, node), second = first == NODE_NONE ? NODE_NONE : node_next(visit, first);
	uint32_t third = second == NODE_NONE ? NODE_NONE : node_next(visit, second);
	if (third != NODE_NONE && visit_is_spelled(visit, visit->nodes[node].cursor, "__builtin_choose_expr")) {
		enum truth truth = condition_truth(visit, first);
		visit->nodes[first].flags |= REF_UNEVALUATED;
		if (truth != TRUTH_UNKNOWN)
			visit->nodes[truth == TRUTH_TRUE ? third : second].flags |= REF_UNEVALUATED;
	} else if (first != NODE_NONE && third == NODE_NONE && visit->nodes[first].kind == CXCursor_ParenExpr &&
		   visit_is_spelled(visit, visit->nodes[node].cursor, "__builtin_types_compatible_p")) {
		flag_children(visit, node, NODE_NONE, REF_UNEVALUATED);
	}
}

/* __builtin_constant_p and the like look at their argument, but do not evaluate it. */
static void call_flags(struct visit *visit, uint32_t node)
{
	static const char *const looking[] = {"__builtin_constant_p", "__builtin_object_size", "__builtin_dynamic_object_size",
					      "__builtin_classify_type"};
	uint32_t callee = node_child(visit, node);
	CXString spelling = clang_getCursorSpelling(visit->nodes[node].cursor);
	const char *name = clang_getCString(spelling);
	if (name && name[0] == '_' && callee != NODE_NONE)
		for (size_t i = 0; i < sizeof looking / sizeof *looking; i++)
			if (!strcmp(name, looking[i]))
				flag_children(visit, node, callee, REF_UNEVALUATED);
	clang_disposeString(spelling);
}

/* The size of a variable length array is computed, and so is what stands in it (C17 6.5.3.4p2); other operands of sizeof
 * are only looked at. */
static bool is_computed_size(const struct visit *visit, uint32_t node)
{
	if (node_child(visit, node) == NODE_NONE || visit->nodes[node].end - node > 64)
		return false;
	CXEvalResult result = clang_Cursor_Evaluate(visit->nodes[node].cursor);
	bool constant = result && clang_EvalResult_getKind(result) == CXEval_Int;
	if (result)
		clang_EvalResult_dispose(result);
	return !constant;
}

static void own_flags(struct visit *visit, uint32_t node)
{
	switch ((int)visit->nodes[node].kind) {
	case CXCursor_UnaryExpr: /* sizeof, _Alignof */
		if (!is_computed_size(visit, node))
			visit->nodes[node].flags |= REF_UNEVALUATED;
		break;
	case CXCursor_StaticAssert:
		visit->nodes[node].flags |= REF_UNEVALUATED;
		break;
	case CXCursor_UnexposedExpr:
		builtin_flags(visit, node);
		break;
	case CXCursor_CallExpr:
		call_flags(visit, node);
		break;
	case CXCursor_GenericSelectionExpr:
		visit_generic_flags(visit, node);
		break;
	case CXCursor_VarDecl: case CXCursor_ParmDecl: case CXCursor_FieldDecl: case CXCursor_TypedefDecl:
	case CXCursor_FunctionDecl:
		declarator_flags(visit, node);
		break;
	case CXCursor_CStyleCastExpr: /* (typeof (f ())) x */
		for (uint32_t child = node_child(visit, node), next; child != NODE_NONE; child = next) {
			next = node_next(visit, child);
			if (next != NODE_NONE && node_is_expression(visit, child))
				visit->nodes[child].flags |= REF_UNEVALUATED;
		}
		break;
	default:
		deaden_branches(visit, node);
		break;
	}
}

void visit_tree_roles(struct visit *visit)
{
	/* Pre-order: a parent's role and flags are final before its children are reached. Positions are counted by
	 * walking siblings once per parent. */
	visit->nodes[0].role = ROLE_READ;
	for (uint32_t node = 0; node < visit->node_count; node++) {
		own_flags(visit, node);
		uint32_t position = 0;
		for (uint32_t child = node_child(visit, node); child != NODE_NONE; child = node_next(visit, child)) {
			visit->nodes[child].flags |= visit->nodes[node].flags;
			if (node_is_expression(visit, child))
				visit->nodes[child].role = (uint8_t)child_role(visit, node, child, position++);
		}
	}
}
