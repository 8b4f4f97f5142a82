/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complexity of one function body.
 *
 * Cyclomatic: 1 + decisions (McCabe 1976; if, loops, case, ?:, &&, ||).
 * Cognitive: Campbell, "Cognitive Complexity", SonarSource 2018: each break of linear flow costs 1 plus its nesting;
 * else and else-if cost 1; a run of like && or || costs 1; goto costs 1, being directly recursive 1 in all. What stands
 * in an if's condition is not nested in it.
 *
 * Macros of the codebase count where they are used, as if written there. What a macro from outside hides (assert,
 * tolower) does not count: nobody reads it here, and it differs from one C library to the next. */
#include "extract/visit_complexity.h"

#include <stdlib.h>

struct nesting {
	uint32_t start, end; /* the nodes that are nested: an if's condition comes before start */
	uint32_t level;      /* of what is nested */
};

static bool is_logical(const struct visit *visit, uint32_t node, enum CXBinaryOperatorKind *op)
{
	if (visit->nodes[node].kind != CXCursor_BinaryOperator)
		return false;
	*op = clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor);
	return *op == CXBinaryOperator_LAnd || *op == CXBinaryOperator_LOr;
}

static bool is_else_if(const struct visit *visit, uint32_t node)
{
	uint32_t parent = visit->nodes[node].parent;
	if (parent == NODE_NONE || visit->nodes[parent].kind != CXCursor_IfStmt)
		return false;
	uint32_t then = node_next(visit, node_child(visit, parent));
	return then != NODE_NONE && node_next(visit, then) == node;
}

static bool has_else(const struct visit *visit, uint32_t node)
{
	uint32_t condition = node_child(visit, node);
	uint32_t then = condition == NODE_NONE ? NODE_NONE : node_next(visit, condition);
	return then != NODE_NONE && node_next(visit, then) != NODE_NONE;
}

static bool starts_run(const struct visit *visit, uint32_t node, enum CXBinaryOperatorKind op)
{
	uint32_t parent = visit->nodes[node].parent;
	while (parent != NODE_NONE && visit->nodes[parent].kind == CXCursor_ParenExpr)
		parent = visit->nodes[parent].parent;
	enum CXBinaryOperatorKind above = CXBinaryOperator_Invalid;
	return parent == NODE_NONE || !is_logical(visit, parent, &above) || above != op;
}

static uint32_t nesting_start(const struct visit *visit, uint32_t node)
{
	uint32_t condition = node_child(visit, node);
	bool is_if = visit->nodes[node].kind == CXCursor_IfStmt;
	return is_if && condition != NODE_NONE ? visit->nodes[condition].end : node + 1;
}

static bool is_from_outside_macro(struct visit *visit, uint32_t node)
{
	CXFile spelled, expanded;
	CXSourceLocation location = clang_getCursorLocation(visit->nodes[node].cursor);
	clang_getSpellingLocation(location, &spelled, NULL, NULL, NULL);
	clang_getExpansionLocation(location, &expanded, NULL, NULL, NULL);
	if (!spelled || spelled == expanded)
		return false;
	uint32_t file = visit_file_id(visit, spelled);
	return file != FILE_NONE && !visit->files[file].path;
}

/* Where a macro came from is asked last, and of few nodes: it takes longer than all else here. */
static bool may_decide(struct visit *visit, uint32_t node)
{
	enum CXBinaryOperatorKind op;
	if (visit->nodes[node].flags & REF_UNEVALUATED)
		return false;
	switch ((int)visit->nodes[node].kind) {
	case CXCursor_IfStmt: case CXCursor_ForStmt: case CXCursor_WhileStmt: case CXCursor_DoStmt: case CXCursor_SwitchStmt:
	case CXCursor_ConditionalOperator: case CXCursor_CaseStmt: case CXCursor_GotoStmt: case CXCursor_IndirectGotoStmt:
		return !is_from_outside_macro(visit, node);
	case CXCursor_BinaryOperator:
		return is_logical(visit, node, &op) && !is_from_outside_macro(visit, node);
	case CXCursor_CallExpr:
		return true;
	default:
		return false;
	}
}

void visit_complexity(struct visit *visit, uint32_t *cyclomatic, uint32_t *cognitive)
{
	struct nesting *stack = NULL;
	size_t capacity = 0;
	uint32_t open = 0, depth = 0, decisions = 1, cost = 0;
	bool recursive = false;
	for (uint32_t node = 0; node < visit->node_count; node++) {
		while (open && node >= stack[open - 1].end)
			open--;
		depth = !open ? 0 : stack[open - 1].level - (node < stack[open - 1].start);
		if (!may_decide(visit, node))
			continue;
		bool nests = false;
		enum CXBinaryOperatorKind op = CXBinaryOperator_Invalid;
		switch ((int)visit->nodes[node].kind) {
		case CXCursor_IfStmt:
			decisions++;
			if (is_else_if(visit, node)) {
				/* counted as the "else" of the if around, and nests no deeper */
			} else {
				cost += 1 + depth;
				nests = true;
			}
			if (has_else(visit, node))
				cost++;
			break;
		case CXCursor_ForStmt: case CXCursor_WhileStmt: case CXCursor_DoStmt: case CXCursor_ConditionalOperator:
			decisions++;
			cost += 1 + depth;
			nests = true;
			break;
		case CXCursor_SwitchStmt:
			cost += 1 + depth;
			nests = true;
			break;
		case CXCursor_CaseStmt:
			decisions++;
			break;
		case CXCursor_GotoStmt: case CXCursor_IndirectGotoStmt:
			cost++;
			break;
		case CXCursor_CallExpr:
			if (visit->owner != NODE_NONE && visit_call_target(visit, node) == visit->owner)
				recursive = true;
			break;
		case CXCursor_BinaryOperator:
			if (is_logical(visit, node, &op)) {
				decisions++;
				cost += starts_run(visit, node, op);
			}
			break;
		default:
			break;
		}
		if (!nests)
			continue;
		mem_grow(&stack, &capacity, open + 1, sizeof *stack);
		stack[open++] = (struct nesting){nesting_start(visit, node), visit->nodes[node].end, depth + 1};
	}
	free(stack);
	*cyclomatic = decisions;
	*cognitive = cost + recursive;
}
