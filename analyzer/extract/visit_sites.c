/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How functions from outside the codebase are called: what becomes of the result, in a loop or not, with which constants,
 * while a lock is held or not. Facts about single expressions and statements in source order; no path is followed, so each
 * flag says only what holds on every path or is plain in the text. */
#include <string.h>

#include "extract/visit_locks.h"

struct sites {
	struct visit *visit;
	struct held_locks locks;
};

static bool is_word(const char *name, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(name, *words))
			return true;
	return false;
}

/* ---- where the result goes ---- */

/* The node above parentheses, implicit conversions and casts; *voided: one of them is a cast to void. below: the child of it
 * through which we came. */
static uint32_t above(const struct visit *visit, uint32_t node, uint32_t *below, bool *voided)
{
	*below = node;
	for (uint32_t up = visit->nodes[node].parent; up != NODE_NONE; *below = up, up = visit->nodes[up].parent) {
		int kind = (int)visit->nodes[up].kind;
		if (kind == CXCursor_CStyleCastExpr && clang_getCursorType(visit->nodes[up].cursor).kind == CXType_Void)
			*voided = true;
		if (kind != CXCursor_ParenExpr && kind != CXCursor_UnexposedExpr && kind != CXCursor_CStyleCastExpr)
			return up;
	}
	return NODE_NONE;
}

static bool is_discarded(const struct visit *visit, uint32_t call)
{
	bool voided = false;
	uint32_t below, up = above(visit, call, &below, &voided);
	if (up == NODE_NONE || voided)
		return false;
	switch ((int)visit->nodes[up].kind) {
	case CXCursor_CompoundStmt: /* the last statement of ({ }) is its value */
		return visit->nodes[up].parent == NODE_NONE || visit->nodes[visit->nodes[up].parent].kind != CXCursor_StmtExpr ||
		       node_last_child(visit, up) != below;
	case CXCursor_IfStmt:
		return node_child(visit, up) != below;
	case CXCursor_WhileStmt: case CXCursor_CaseStmt: case CXCursor_DefaultStmt: case CXCursor_LabelStmt:
		return node_child(visit, up) != below || visit->nodes[up].kind == CXCursor_DefaultStmt ||
		       visit->nodes[up].kind == CXCursor_LabelStmt;
	case CXCursor_DoStmt:
		return node_last_child(visit, up) != below;
	case CXCursor_ForStmt:
		return node_last_child(visit, up) == below;
	default:
		return false;
	}
}

/* The automatic variable that takes the result: "v = f()" or "T v = f()". Null cursor: none does. *is_tested: the
 * assignment's own value is looked at. */
static CXCursor taker(const struct visit *visit, uint32_t call, bool *is_tested)
{
	bool voided = false;
	uint32_t below, up = above(visit, call, &below, &voided);
	if (up == NODE_NONE)
		return clang_getNullCursor();
	if (visit->nodes[up].kind == CXCursor_VarDecl) {
		*is_tested = false;
		return clang_Cursor_getStorageClass(visit->nodes[up].cursor) == CX_SC_Static ? clang_getNullCursor()
											     : visit->nodes[up].cursor;
	}
	if (visit->nodes[up].kind != CXCursor_BinaryOperator ||
	    clang_getCursorBinaryOperatorKind(visit->nodes[up].cursor) != CXBinaryOperator_Assign)
		return clang_getNullCursor();
	uint32_t left = node_strip(visit, node_child(visit, up));
	if (visit->nodes[left].kind != CXCursor_DeclRefExpr || node_child(visit, up) == below)
		return clang_getNullCursor();
	CXCursor variable = clang_getCursorReferenced(visit->nodes[left].cursor);
	enum CX_StorageClass storage = clang_Cursor_getStorageClass(variable);
	if (clang_getCursorKind(variable) != CXCursor_VarDecl || storage == CX_SC_Static || storage == CX_SC_Extern ||
	    clang_getCursorKind(clang_getCursorSemanticParent(variable)) != CXCursor_FunctionDecl)
		return clang_getNullCursor();
	*is_tested = !is_discarded(visit, up);
	return variable;
}

/* ---- what becomes of a variable ---- */

enum fate { FATE_IGNORED, FATE_TESTED, FATE_USED_BY_LIBRARY, FATE_ESCAPES };

/* A library function that looks at a descriptor or stream and leaves it open. */
static bool only_uses(const char *name)
{
	static const char *const words[] = {
		"read", "write", "pread", "pwrite", "fstat", "fread", "fwrite", "fgets", "fgetc", "getc", "fputs", "fputc", "putc",
		"fprintf", "vfprintf", "fscanf", "fseek", "fseeko", "ftell", "ftello", "rewind", "lseek", "ioctl", "feof", "ferror", "clearerr",
		"ftruncate", "fsync", "fflush", "readdir", "setsockopt", "getsockopt", "connect", "bind", "listen", "send", "recv", "sendto",
		"recvfrom", "sendmsg", "recvmsg", "getline", "setvbuf", "fchmod", "fchown", "flock", "readv", "writev", NULL};
	return is_word(name, words);
}

static bool is_comparison(const struct visit *visit, uint32_t node)
{
	switch (clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor)) {
	case CXBinaryOperator_LT: case CXBinaryOperator_GT: case CXBinaryOperator_LE: case CXBinaryOperator_GE:
	case CXBinaryOperator_EQ: case CXBinaryOperator_NE: case CXBinaryOperator_LAnd: case CXBinaryOperator_LOr:
		return true;
	default:
		return false;
	}
}

static enum fate fate_in(const struct visit *visit, uint32_t up, uint32_t below)
{
	const struct node *node = &visit->nodes[up];
	switch ((int)node->kind) {
	case CXCursor_IfStmt: case CXCursor_WhileStmt: case CXCursor_SwitchStmt: case CXCursor_ConditionalOperator:
		if (node_child(visit, up) == below)
			return FATE_TESTED;
		return node->kind == CXCursor_ConditionalOperator ? FATE_ESCAPES : FATE_IGNORED;
	case CXCursor_DoStmt: case CXCursor_ForStmt:
		return FATE_TESTED;
	case CXCursor_UnaryOperator:
		return clang_getCursorUnaryOperatorKind(node->cursor) == CXUnaryOperator_LNot ? FATE_TESTED : FATE_ESCAPES;
	case CXCursor_BinaryOperator:
		if (is_comparison(visit, up))
			return FATE_TESTED;
		if (clang_getCursorBinaryOperatorKind(node->cursor) == CXBinaryOperator_Assign && node_child(visit, up) == below)
			return FATE_IGNORED; /* assigned to */
		return FATE_ESCAPES;
	case CXCursor_CompoundStmt:
		return FATE_IGNORED;
	default:
		return FATE_ESCAPES;
	}
}

/* One mention of a variable. */
static enum fate fate_of(struct visit *visit, uint32_t mention)
{
	bool voided = false;
	uint32_t below, up = above(visit, mention, &below, &voided);
	if (up == NODE_NONE)
		return FATE_ESCAPES;
	if (visit->nodes[up].kind != CXCursor_CallExpr)
		return fate_in(visit, up, below);
	uint32_t target = visit_call_target(visit, up);
	return target != NODE_NONE && visit->entities[target].outside && only_uses(visit->entities[target].name)
		       ? FATE_USED_BY_LIBRARY : FATE_ESCAPES;
}

/* Is any mention of the variable in the function looked at by a condition (what = FATE_TESTED), or does it get out of sight
 * (FATE_ESCAPES)? */
static bool has_fate(struct visit *visit, CXCursor variable, enum fate what)
{
	for (uint32_t node = 0; node < visit->node_count; node++)
		if (visit->nodes[node].kind == CXCursor_DeclRefExpr &&
		    clang_equalCursors(clang_getCursorReferenced(visit->nodes[node].cursor), variable) && fate_of(visit, node) == what)
			return true;
	return false;
}

static bool is_returned_or_tested(struct visit *visit, CXCursor variable)
{
	for (uint32_t node = 0; node < visit->node_count; node++) {
		if (visit->nodes[node].kind != CXCursor_DeclRefExpr ||
		    !clang_equalCursors(clang_getCursorReferenced(visit->nodes[node].cursor), variable))
			continue;
		bool voided = false;
		uint32_t below, up = above(visit, node, &below, &voided);
		if (up == NODE_NONE)
			return true;
		int kind = (int)visit->nodes[up].kind;
		/* Given to a function of ours, or its address to anybody: they may test it. */
		if (kind == CXCursor_ReturnStmt || fate_of(visit, node) == FATE_TESTED)
			return true;
		if (kind == CXCursor_VarDecl || kind == CXCursor_InitListExpr)
			return true; /* copied, as by an assertion's macro: whoever reads the copy may test it */
		if (kind == CXCursor_CallExpr) {
			uint32_t target = visit_call_target(visit, up);
			if (target == NODE_NONE || !visit->entities[target].outside)
				return true;
		}
		if (kind == CXCursor_UnaryOperator &&
		    clang_getCursorUnaryOperatorKind(visit->nodes[up].cursor) == CXUnaryOperator_AddrOf)
			return true;
		if (kind == CXCursor_BinaryOperator &&
		    clang_getCursorBinaryOperatorKind(visit->nodes[up].cursor) == CXBinaryOperator_Assign &&
		    node_child(visit, up) != below)
			return true; /* copied: whoever reads the copy may test it */
	}
	return false;
}

static bool opens(const char *name)
{
	static const char *const words[] = {"open", "open64", "openat", "creat", "fopen", "fopen64", "popen", "opendir", "socket", "accept",
					    "accept4", "mkstemp", "tmpfile", "epoll_create", "epoll_create1", "shm_open", "inotify_init",
					    "eventfd", "timerfd_create", NULL};
	return is_word(name, words);
}

static uint32_t result_flags(struct visit *visit, uint32_t call, const char *name)
{
	if (clang_getCursorType(visit->nodes[call].cursor).kind == CXType_Void)
		return 0;
	if (is_discarded(visit, call))
		return OUTCALL_IGNORED;
	bool is_tested = false;
	uint32_t flags = 0;
	CXCursor variable = taker(visit, call, &is_tested);
	if (clang_Cursor_isNull(variable))
		return 0;
	if (!is_tested && !is_returned_or_tested(visit, variable))
		flags |= OUTCALL_UNTESTED;
	if (opens(name) && !has_fate(visit, variable, FATE_ESCAPES))
		flags |= OUTCALL_LEAKED;
	return flags;
}

/* Is the variable's value kept somewhere else, too? */
static bool is_copied(const struct visit *visit, CXCursor variable)
{
	for (uint32_t node = 0; node < visit->node_count; node++) {
		uint32_t value = NODE_NONE;
		if (visit->nodes[node].kind == CXCursor_VarDecl)
			value = node_last_child(visit, node);
		else if (visit->nodes[node].kind == CXCursor_BinaryOperator &&
			 clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor) == CXBinaryOperator_Assign)
			value = node_last_child(visit, node);
		if (value == NODE_NONE || !node_is_expression(visit, value))
			continue;
		value = node_strip(visit, value);
		if (visit->nodes[value].kind == CXCursor_DeclRefExpr &&
		    clang_equalCursors(clang_getCursorReferenced(visit->nodes[value].cursor), variable))
			return true;
	}
	return false;
}

/* p = realloc(p, n): where it fails, what p pointed to is lost. */
static bool overwrites_its_argument(struct visit *visit, uint32_t call)
{
	bool voided = false;
	uint32_t below, up = above(visit, call, &below, &voided), first = node_next(visit, node_child(visit, call));
	if (up == NODE_NONE || first == NODE_NONE || visit->nodes[up].kind != CXCursor_BinaryOperator ||
	    clang_getCursorBinaryOperatorKind(visit->nodes[up].cursor) != CXBinaryOperator_Assign || node_child(visit, up) == below)
		return false;
	uint32_t left = node_strip(visit, node_child(visit, up)), right = node_strip(visit, first);
	if (visit->nodes[left].kind == CXCursor_DeclRefExpr && is_copied(visit, clang_getCursorReferenced(visit->nodes[left].cursor)))
		return false; /* before = p; p = realloc(p, n) */
	while (visit->nodes[left].kind == CXCursor_MemberRefExpr && visit->nodes[right].kind == CXCursor_MemberRefExpr) {
		if (!clang_equalCursors(clang_getCursorReferenced(visit->nodes[left].cursor),
					clang_getCursorReferenced(visit->nodes[right].cursor)))
			return false;
		left = node_strip(visit, node_child(visit, left));
		right = node_strip(visit, node_child(visit, right));
		if (left == NODE_NONE || right == NODE_NONE)
			return false;
	}
	return visit->nodes[left].kind == CXCursor_DeclRefExpr && visit->nodes[right].kind == CXCursor_DeclRefExpr &&
	       clang_equalCursors(clang_getCursorReferenced(visit->nodes[left].cursor),
				  clang_getCursorReferenced(visit->nodes[right].cursor));
}

/* ---- loops ---- */

bool visit_never_repeated(const struct visit *visit, uint32_t loop)
{
	if (visit->nodes[loop].kind != CXCursor_DoStmt)
		return false;
	CXEvalResult result = clang_Cursor_Evaluate(visit->nodes[node_last_child(visit, loop)].cursor);
	bool zero = result && clang_EvalResult_getKind(result) == CXEval_Int && !clang_EvalResult_getAsLongLong(result);
	if (result)
		clang_EvalResult_dispose(result);
	return zero; /* do { } while (0) */
}

static uint32_t loop_flags(const struct visit *visit, uint32_t call)
{
	bool voided = false;
	uint32_t flags = 0, below = call, taker_of_result = above(visit, call, &below, &voided);
	bool is_compared = taker_of_result != NODE_NONE && visit->nodes[taker_of_result].kind == CXCursor_BinaryOperator &&
			   is_comparison(visit, taker_of_result);
	below = call;
	for (uint32_t up = visit->nodes[call].parent; up != NODE_NONE; below = up, up = visit->nodes[up].parent) {
		switch ((int)visit->nodes[up].kind) {
		case CXCursor_ForStmt:
			if (node_last_child(visit, up) == below)
				flags |= OUTCALL_IN_LOOP;
			else if (visit->nodes[below].kind == CXCursor_BinaryOperator && is_comparison(visit, below))
				flags |= OUTCALL_IN_LOOP | (is_compared ? OUTCALL_LOOP_CONDITION : 0);
			break;
		case CXCursor_WhileStmt:
			flags |= OUTCALL_IN_LOOP | (is_compared && node_child(visit, up) == below ? OUTCALL_LOOP_CONDITION : 0);
			break;
		case CXCursor_DoStmt:
			if (!visit_never_repeated(visit, up))
				flags |= OUTCALL_IN_LOOP | (is_compared && node_last_child(visit, up) == below ? OUTCALL_LOOP_CONDITION : 0);
			break;
		default:
			break;
		}
	}
	return flags;
}

/* ---- arguments ---- */

static bool is_literal(const struct visit *visit, uint32_t node)
{
	uint32_t bare = node_strip(visit, node);
	if (visit->nodes[bare].kind == CXCursor_StringLiteral)
		return true;
	if (visit->nodes[bare].kind != CXCursor_ConditionalOperator)
		return false;
	uint32_t first = node_child(visit, bare), second = node_next(visit, first);
	return second != NODE_NONE && is_literal(visit, second) && is_literal(visit, node_last_child(visit, bare));
}

static bool is_only_assigned_literals(const struct visit *visit, CXCursor variable)
{
	for (uint32_t node = 0; node < visit->node_count; node++) {
		uint32_t value = NODE_NONE;
		if (visit->nodes[node].kind == CXCursor_VarDecl && clang_equalCursors(visit->nodes[node].cursor, variable)) {
			value = node_last_child(visit, node);
			if (value != NODE_NONE && !node_is_expression(visit, value))
				value = NODE_NONE;
		} else if (visit->nodes[node].kind == CXCursor_BinaryOperator &&
			   clang_getCursorBinaryOperatorKind(visit->nodes[node].cursor) == CXBinaryOperator_Assign) {
			uint32_t left = node_strip(visit, node_child(visit, node));
			if (visit->nodes[left].kind == CXCursor_DeclRefExpr &&
			    clang_equalCursors(clang_getCursorReferenced(visit->nodes[left].cursor), variable))
				value = node_last_child(visit, node);
		}
		if (value != NODE_NONE && !is_literal(visit, value) && visit->nodes[node_strip(visit, value)].kind != CXCursor_CallExpr)
			return false;
	}
	return true;
}

/* A format that the function made or took from data: an array of its own, a pointer that is given something else than literals,
 * a field. Not: parameters (the caller's business), calls (translation), constant tables. */
static bool is_built_format(struct visit *visit, uint32_t call, uint32_t index)
{
	uint32_t argument = node_next(visit, node_child(visit, call));
	while (argument != NODE_NONE && index--)
		argument = node_next(visit, argument);
	if (argument == NODE_NONE || is_literal(visit, argument))
		return false;
	uint32_t bare = node_strip(visit, argument);
	if (visit->nodes[bare].kind == CXCursor_MemberRefExpr)
		return true;
	if (visit->nodes[bare].kind != CXCursor_DeclRefExpr)
		return false;
	CXCursor variable = clang_getCursorReferenced(visit->nodes[bare].cursor);
	if (clang_getCursorKind(variable) != CXCursor_VarDecl ||
	    clang_getCursorKind(clang_getCursorSemanticParent(variable)) != CXCursor_FunctionDecl ||
	    clang_Cursor_getStorageClass(variable) == CX_SC_Static)
		return false;
	CXType type = clang_getCanonicalType(clang_getCursorType(variable));
	if (type.kind == CXType_Pointer)
		return !is_only_assigned_literals(visit, variable);
	return !clang_isConstQualifiedType(clang_getArrayElementType(type));
}

static int format_index(const char *name)
{
	static const struct { const char *name; int index; } formats[] = {
		{"printf", 0}, {"vprintf", 0}, {"fprintf", 1}, {"vfprintf", 1}, {"sprintf", 1}, {"vsprintf", 1}, {"snprintf", 2},
		{"vsnprintf", 2}, {"syslog", 1}, {"vsyslog", 1}, {"dprintf", 1}, {"asprintf", 1}, {"vasprintf", 1}, {"err", 1},
		{"errx", 1}, {"warn", 0}, {"warnx", 0}};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i].name, name))
			return formats[i].index;
	return -1;
}

/* Functions of which integer arguments say something about the architecture: modes, options, signals, ports. */
static bool has_constants(const char *name)
{
	static const char *const words[] = {"signal", "sigaction", "setsockopt", "open", "open64", "openat", "creat", "chmod", "fchmod",
					    "mkdir", "umask", "mkfifo", "socket", "htons", "poll", "mknod", "shm_open", "sem_open", "mq_open",
					    "epoll_wait", "listen", "setrlimit", "prctl", "fcntl", "bsd_signal", "sigaddset", "sysconf", NULL};
	return is_word(name, words);
}

static void add_constants(struct visit *visit, uint32_t call, uint32_t from, uint32_t callee)
{
	uint32_t index = 0;
	for (uint32_t at = node_next(visit, node_child(visit, call)); at != NODE_NONE; at = node_next(visit, at), index++) {
		if (visit->nodes[at].end - at > 24 || clang_getCanonicalType(clang_getCursorType(visit->nodes[at].cursor)).kind == CXType_Pointer)
			continue;
		CXEvalResult result = clang_Cursor_Evaluate(visit->nodes[at].cursor);
		if (result && clang_EvalResult_getKind(result) == CXEval_Int) {
			struct buf text;
			buf_init(&text, 64);
			buf_printf(&text, "%lld", clang_EvalResult_getAsLongLong(result));
			struct facts_constant row = {
				.from_symbol = from, .callee_symbol = callee, .argument = index,
				.value_string = facts_builder_string(visit_builder(visit, visit->file), text.data, text.length),
				.line = visit_line(visit, visit->nodes[at].cursor),
			};
			facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_constants, &row);
			buf_finish(&text);
		}
		if (result)
			clang_EvalResult_dispose(result);
	}
}

static uint32_t argument_flags(struct visit *visit, uint32_t call, const char *name)
{
	uint32_t last = node_last_child(visit, call), flags = 0;
	int format = format_index(name);
	if (last != NODE_NONE && last != node_child(visit, call) && is_literal(visit, last))
		flags |= OUTCALL_LITERAL;
	if (format >= 0 && is_built_format(visit, call, (uint32_t)format))
		flags |= OUTCALL_BUILT_FORMAT;
	return flags;
}

/* ---- the whole ---- */

static void site_of_call(struct sites *sites, uint32_t call)
{
	struct visit *visit = sites->visit;
	uint32_t target = visit_call_target(visit, call);
	if (target == NODE_NONE || (visit->nodes[call].flags & (REF_UNEVALUATED | REF_INACTIVE)))
		return;
	const struct entity *entity = &visit->entities[target];
	bool held = visit_locks_held(&sites->locks, call);
	if (entity->role != ENTITY_SYMBOL || entity->kind != SYMBOL_FUNCTION)
		return;
	const char *name = visit_library_name(entity->name);
	if (!name || !strncmp(name, "__errno", 7))
		return;
	uint32_t from = visit_definition_symbol(visit, visit->file, visit->owner), flags = held ? OUTCALL_UNDER_LOCK : 0;
	uint32_t callee = visit_callee_symbol(visit, target, name);
	if (entity->outside) {
		flags |= result_flags(visit, call, name) | loop_flags(visit, call) | argument_flags(visit, call, name);
		if (!strcmp(name, "realloc") && overwrites_its_argument(visit, call))
			flags |= OUTCALL_OVERWRITES;
		if (has_constants(name))
			add_constants(visit, call, from, callee);
	}
	visit_locks_call(&sites->locks, call, name, entity->outside, from, callee);
	if (callee == FACTS_NONE || from == FACTS_NONE || (!entity->outside && !held))
		return;
	struct facts_outcall row = {.from_symbol = from, .callee_symbol = callee, .flags = flags, .sites = 1,
				    .line = visit_line(visit, visit->nodes[call].cursor)};
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_outcalls, &row);
}

void visit_sites(struct visit *visit)
{
	if (visit->owner == NODE_NONE || visit->nodes[0].kind != CXCursor_FunctionDecl)
		return;
	struct sites sites = {.visit = visit, .locks = {.visit = visit}};
	for (uint32_t node = 0; node < visit->node_count; node++)
		if (visit->nodes[node].kind == CXCursor_CallExpr)
			site_of_call(&sites, node);
}
