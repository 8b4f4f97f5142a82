/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References of one top-level declaration: who is called, read, written, taken the address of, used as a type. */
#include <string.h>

#include "extract/visit_internal.h"

/* Library functions that gcc and clang may call for a __builtin_ of that name. Others (expect, constant_p, va_*, the
 * bit and overflow families) are code of the compiler's own. */
static const char *const CALLED_BUILTINS[] = {
	"abort", "bcmp", "bcopy", "bzero", "calloc", "exit", "fprintf", "fputc", "fputs", "free", "fwrite", "index", "malloc",
	"memchr", "memcmp", "memcpy", "memmove", "mempcpy", "memset", "printf", "putchar", "puts", "realloc", "rindex",
	"snprintf", "sprintf", "stpcpy", "strcat", "strchr", "strcmp", "strcpy", "strcspn", "strdup", "strlen", "strncat",
	"strncmp", "strncpy", "strndup", "strpbrk", "strrchr", "strspn", "strstr", "vfprintf", "vprintf", "vsnprintf",
	"vsprintf",
};

/* name starts with "__builtin_". "__builtin___snprintf_chk" stands for "snprintf": fortified headers call it so. */
static const char *builtin_target(const char *name)
{
	const char *bare = name + strlen("__builtin_");
	size_t length = strlen(bare);
	if (length > 6 && !strncmp(bare, "__", 2) && !strcmp(bare + length - 4, "_chk")) {
		bare += 2;
		length -= 6;
	}
	for (size_t i = 0; i < sizeof CALLED_BUILTINS / sizeof *CALLED_BUILTINS; i++)
		if (!strncmp(bare, CALLED_BUILTINS[i], length) && !CALLED_BUILTINS[i][length])
			return CALLED_BUILTINS[i];
	return NULL;
}

/* Written like a function, compiled to instructions. */
static bool is_instruction(const char *name)
{
	return !strncmp(name, "__sync_", 7) || !strncmp(name, "__atomic_", 9) || !strncmp(name, "__c11_atomic_", 13);
}

const char *visit_library_name(const char *name)
{
	if (is_instruction(name))
		return NULL;
	return strncmp(name, "__builtin_", 10) != 0 ? name : builtin_target(name);
}

/* The symbol of a function that bears another name in the library than in the source. */
static uint32_t library_symbol(struct visit *visit, const char *name)
{
	struct facts_symbol external = {
		.kind = SYMBOL_FUNCTION, .scope = SCOPE_EXTERNAL, .name_string = visit_intern(visit, visit->file, name),
		.file_string = FACTS_NONE, .parent_symbol = FACTS_NONE,
	};
	return facts_builder_symbol(visit_builder(visit, visit->file), &external);
}

uint32_t visit_callee_symbol(struct visit *visit, uint32_t entity, const char *library_name)
{
	return strcmp(visit->entities[entity].name, library_name) != 0 ? library_symbol(visit, library_name)
								       : visit_symbol(visit, visit->file, entity);
}

void visit_reference_add(struct visit *visit, uint32_t from, uint32_t to, enum reference_kind kind, uint32_t flags,
			 uint32_t line)
{
	if (to == FACTS_NONE)
		return;
	struct facts_reference row = {
		.from_symbol = from, .to_symbol = to, .kind = kind, .flags = flags, .sites = 1, .line = line,
	};
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_references, &row);
}

uint32_t visit_call_target(struct visit *visit, uint32_t call)
{
	uint32_t callee = node_child(visit, call);
	if (callee == NODE_NONE)
		return NODE_NONE;
	for (;;) {
		callee = node_strip(visit, callee);
		enum CXCursorKind kind = visit->nodes[callee].kind;
		if (kind == CXCursor_UnaryOperator) {
			enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(visit->nodes[callee].cursor);
			uint32_t operand = node_child(visit, callee);
			if ((op != CXUnaryOperator_Deref && op != CXUnaryOperator_AddrOf) || operand == NODE_NONE)
				return NODE_NONE;
			callee = operand;
			continue;
		}
		if (kind == CXCursor_BinaryOperator) { /* (log(), f)() */
			uint32_t left = node_child(visit, callee), right = left == NODE_NONE ? NODE_NONE : node_next(visit, left);
			if (clang_getCursorBinaryOperatorKind(visit->nodes[callee].cursor) != CXBinaryOperator_Comma ||
			    right == NODE_NONE)
				return NODE_NONE;
			callee = right;
			continue;
		}
		if (kind != CXCursor_DeclRefExpr)
			return NODE_NONE;
		CXCursor target = clang_getCursorReferenced(visit->nodes[callee].cursor);
		return clang_getCursorKind(target) == CXCursor_FunctionDecl ? visit_entity(visit, target) : NODE_NONE;
	}
}

/* Whether the token at an expansion location came out of a macro's body rather than from the text there. */
static bool from_macro_body(struct visit *visit, CXCursor cursor, uint32_t file, uint32_t offset)
{
	size_t low = 0, high = visit->expansion_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct expansion *at = &visit->expansions[middle];
		if (at->file < file || (at->file == file && at->start < offset))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == visit->expansion_count || visit->expansions[low].file != file || visit->expansions[low].start != offset)
		return false;
	CXFile spelled_file;
	unsigned spelled;
	clang_getSpellingLocation(clang_getCursorLocation(cursor), &spelled_file, NULL, NULL, &spelled);
	const struct expansion *at = &visit->expansions[low];
	return visit_file_id(visit, spelled_file) != file || spelled < at->start || spelled >= at->end;
}

struct owner { /* whose reference it is, while walking the tree */
	uint32_t end;
	uint32_t entity;
};

struct walk {
	struct visit *visit;
	struct owner stack[64];
	size_t depth;
};

static uint32_t owner_symbol(struct walk *walk)
{
	struct visit *visit = walk->visit;
	uint32_t entity = walk->depth ? walk->stack[walk->depth - 1].entity : NODE_NONE;
	return entity == NODE_NONE ? FACTS_NONE : visit_definition_symbol(visit, visit->file, entity);
}

static void add_reference(struct walk *walk, uint32_t node, uint32_t entity, enum reference_kind kind)
{
	struct visit *visit = walk->visit;
	const struct entity *to = &visit->entities[entity];
	if (to->role != ENTITY_SYMBOL)
		return;
	if (to->outside && to->kind != SYMBOL_FUNCTION && to->kind != SYMBOL_VARIABLE) {
		visit_mark_used(visit, visit->file, entity);
		return;
	}
	uint32_t file, line, offset;
	visit_location(visit, visit->nodes[node].cursor, &file, &line, &offset);
	uint32_t flags = visit->nodes[node].flags;
	if (from_macro_body(visit, visit->nodes[node].cursor, file, offset))
		flags |= REF_VIA_MACRO;
	uint32_t symbol = FACTS_NONE;
	if (to->kind == SYMBOL_FUNCTION && !strncmp(to->name, "__builtin_", 10)) {
		const char *target = builtin_target(to->name);
		if (!target)
			return;
		symbol = library_symbol(visit, target);
		flags |= REF_BUILTIN;
	} else if (to->kind == SYMBOL_FUNCTION && is_instruction(to->name)) {
		return;
	} else {
		visit_mark_used(visit, visit->file, entity);
		symbol = visit_symbol(visit, visit->file, entity);
		if (to->is_system)
			flags |= REF_SYSTEM;
	}
	if (file != visit->file)
		line = visit_line(visit, visit->nodes[node].cursor);
	visit_reference_add(visit, owner_symbol(walk), symbol, kind, flags, line);
}

static void add_by_role(struct walk *walk, uint32_t node, uint32_t entity, const enum reference_kind kinds[3])
{
	switch ((enum role)walk->visit->nodes[node].role) {
	case ROLE_WRITE:
		add_reference(walk, node, entity, kinds[1]);
		break;
	case ROLE_READ_WRITE:
		add_reference(walk, node, entity, kinds[0]);
		add_reference(walk, node, entity, kinds[1]);
		break;
	case ROLE_ADDRESS:
		add_reference(walk, node, entity, kinds[2]);
		break;
	case ROLE_READ: case ROLE_CALLEE: case ROLE_NONE:
		add_reference(walk, node, entity, kinds[0]);
		break;
	}
}

static bool is_called(const struct visit *visit, uint32_t node)
{
	/* The designator of a direct call: only casts, parentheses, *, & and what a comma drops stand between it and the
	 * call. What ?: chooses at run time is called through a pointer. */
	for (uint32_t up = visit->nodes[node].parent, below = node; up != NODE_NONE; below = up, up = visit->nodes[up].parent) {
		switch ((int)visit->nodes[up].kind) {
		case CXCursor_CallExpr:
			return node_child(visit, up) == below;
		case CXCursor_UnexposedExpr: case CXCursor_ParenExpr: case CXCursor_CStyleCastExpr:
			break;
		case CXCursor_UnaryOperator: {
			enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(visit->nodes[up].cursor);
			if (op != CXUnaryOperator_Deref && op != CXUnaryOperator_AddrOf)
				return false;
			break;
		}
		case CXCursor_GenericSelectionExpr:
			break;
		case CXCursor_BinaryOperator:
			if (clang_getCursorBinaryOperatorKind(visit->nodes[up].cursor) != CXBinaryOperator_Comma ||
			    node_child(visit, up) == below)
				return false;
			break;
		case CXCursor_ConditionalOperator:
			if (!node_is_decided(visit, up) || node_child(visit, up) == below)
				return false;
			break;
		default:
			return false;
		}
	}
	return false;
}

static bool is_designator(const struct visit *visit, uint32_t node)
{
	uint32_t parent = visit->nodes[node].parent;
	return parent != NODE_NONE && clang_getCursorType(visit->nodes[parent].cursor).kind == CXType_Void;
}

static void reference_of_name(struct walk *walk, uint32_t node)
{
	static const enum reference_kind variable_kinds[] = {REF_READ, REF_WRITE, REF_ADDRESS};
	static const enum reference_kind field_kinds[] = {REF_FIELD_READ, REF_FIELD_WRITE, REF_FIELD_ADDRESS};
	struct visit *visit = walk->visit;
	CXCursor target = clang_getCursorReferenced(visit->nodes[node].cursor);
	uint32_t entity = visit_entity(visit, target);
	if (entity == NODE_NONE || visit->entities[entity].role != ENTITY_SYMBOL)
		return;
	switch (visit->entities[entity].kind) {
	case SYMBOL_FUNCTION:
		/* A declaration at the very place of its use is one that the call implies. */
		if (clang_equalLocations(clang_getCursorLocation(target), clang_getCursorLocation(visit->nodes[node].cursor)) &&
		    !is_instruction(visit->entities[entity].name) && strncmp(visit->entities[entity].name, "__builtin_", 10) != 0) {
			visit_implicit_function(visit, target, entity, visit_line(visit, target));
		}
		add_reference(walk, node, entity, is_called(visit, node) ? REF_CALL : REF_ADDRESS);
		break;
	case SYMBOL_VARIABLE:
		add_by_role(walk, node, entity, variable_kinds);
		break;
	case SYMBOL_FIELD:
		if (visit->nodes[node].kind == CXCursor_MemberRef) /* ".x = 1", or offsetof, which has a value */
			add_reference(walk, node, entity, is_designator(visit, node) ? REF_FIELD_WRITE : REF_FIELD_ADDRESS);
		else
			add_by_role(walk, node, entity, field_kinds);
		break;
	default:
		add_reference(walk, node, entity, REF_TYPE);
		break;
	}
}

static bool owns_references(const struct visit *visit, uint32_t node, uint32_t entity)
{
	if (entity == NODE_NONE || visit->entities[entity].role != ENTITY_SYMBOL)
		return false;
	switch ((int)visit->nodes[node].kind) {
	case CXCursor_FunctionDecl: return visit->nodes[node].parent == NODE_NONE;
	case CXCursor_VarDecl:
	case CXCursor_TypedefDecl:
	case CXCursor_StructDecl: case CXCursor_UnionDecl: case CXCursor_EnumDecl: return true;
	default: return false;
	}
}

void visit_references(struct visit *visit)
{
	struct walk walk = {.visit = visit};
	for (uint32_t node = 0; node < visit->node_count; node++) {
		while (walk.depth && node >= walk.stack[walk.depth - 1].end)
			walk.depth--;
		switch ((int)visit->nodes[node].kind) {
		case CXCursor_DeclRefExpr: case CXCursor_MemberRefExpr: case CXCursor_MemberRef:
		case CXCursor_TypeRef:
			reference_of_name(&walk, node);
			break;
		case CXCursor_FunctionDecl: case CXCursor_VarDecl: case CXCursor_TypedefDecl:
		case CXCursor_StructDecl: case CXCursor_UnionDecl: case CXCursor_EnumDecl: {
			uint32_t entity = visit_entity(visit, visit->nodes[node].cursor);
			/* A type or static variable of a function belongs to the function. */
			if (owns_references(visit, node, entity) && !(walk.depth && visit->nodes[0].kind == CXCursor_FunctionDecl) &&
			    walk.depth < sizeof walk.stack / sizeof *walk.stack)
				walk.stack[walk.depth++] = (struct owner){visit->nodes[node].end, entity};
			break;
		}
		default:
			break;
		}
	}
}
