/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which locks a function holds where, in source order: no path is followed. A lock is the variable or the field that is given to a
 * function that takes locks, of a library or, by its name and the type of what it is given, of the codebase; elements of an array, and a field of all instances of its struct, are one. What is reached through
 * a local pointer or a parameter has no name: it is held all the same. */
#include "extract/visit_locks.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

enum use { USE_NONE, USE_TAKES, USE_GIVES };

/* Each is given the lock first. Tries are left out: whoever tries can give back what it has. */
static enum use use_of(const char *name)
{
	static const struct { const char *name; enum use use; } functions[] = {
		{"pthread_mutex_lock", USE_TAKES}, {"pthread_mutex_unlock", USE_GIVES}, {"pthread_rwlock_wrlock", USE_TAKES},
		{"pthread_rwlock_rdlock", USE_TAKES}, {"pthread_rwlock_unlock", USE_GIVES}, {"pthread_spin_lock", USE_TAKES},
		{"pthread_spin_unlock", USE_GIVES}, {"mtx_lock", USE_TAKES}, {"mtx_unlock", USE_GIVES},
		{"g_mutex_lock", USE_TAKES}, {"g_mutex_unlock", USE_GIVES}, {"g_rec_mutex_lock", USE_TAKES},
		{"g_rec_mutex_unlock", USE_GIVES}, {"g_rw_lock_writer_lock", USE_TAKES}, {"g_rw_lock_writer_unlock", USE_GIVES},
		{"g_rw_lock_reader_lock", USE_TAKES}, {"g_rw_lock_reader_unlock", USE_GIVES}, {"uv_mutex_lock", USE_TAKES},
		{"uv_mutex_unlock", USE_GIVES}, {"uv_rwlock_wrlock", USE_TAKES}, {"uv_rwlock_wrunlock", USE_GIVES},
		{"uv_rwlock_rdlock", USE_TAKES}, {"uv_rwlock_rdunlock", USE_GIVES}, {"apr_thread_mutex_lock", USE_TAKES},
		{"apr_thread_mutex_unlock", USE_GIVES}, {"SDL_LockMutex", USE_TAKES}, {"SDL_UnlockMutex", USE_GIVES},
	};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (!strcmp(functions[i].name, name))
			return functions[i].use;
	return USE_NONE;
}

/* ---- functions of the codebase that take and give locks ---- */

static size_t lower(const char *text, char *out, size_t room)
{
	size_t length = 0;
	for (; *text && length + 1 < room; text++)
		out[length++] = (char)tolower((unsigned char)*text);
	out[length] = 0;
	return length;
}

/* "mutex_t *", "const struct ovs_mutex *", "tr_lock *", but not "struct flock *" or "block_t *". */
static bool is_lock_type(CXType type)
{
	char name[96];
	CXString spelled = clang_getTypeSpelling(type);
	size_t length = lower(clang_getCString(spelled) ? clang_getCString(spelled) : "", name, sizeof name);
	clang_disposeString(spelled);
	if (!text_ends_with(name, length, "*") && !text_ends_with(name, length, "ptr"))
		return false;
	length -= text_ends_with(name, length, "ptr") ? 3 : 1;
	while (length && name[length - 1] == ' ')
		length--;
	length -= text_ends_with(name, length, "_t") ? 2 : 0;
	name[length] = 0;
	if (strchr(name, '*')) /* where a lock is put, or many */
		return false;
	return strstr(name, "mutex") || (text_ends_with(name, length, "lock") && (length == 4 || !strchr("bcf", name[length - 5])));
}

/* By how its name ends: "virMutexLock", "ovs_mutex_lock_at", "thread_rwlock_wlock_c". */
static enum use use_of_name(const char *function)
{
	static const char *const others[] = {"try", "timed", "init", "new", "make", "create", "destroy", "free", "delete", "assert", "alloc",
					     "check", "copy", "is_", "has", "have"};
	static const char *const tails[] = {"_c", "_at", "_impl", "_real", "_internal", "_debug", "_nodebug"};
	char name[96];
	size_t length = lower(function, name, sizeof name);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strstr(name, others[i]))
			return USE_NONE;
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (text_ends_with(name, length, tails[i])) {
			length -= strlen(tails[i]);
			break;
		}
	if (text_ends_with(name, length, "unlock") || text_ends_with(name, length, "release") || text_ends_with(name, length, "leave"))
		return USE_GIVES;
	return text_ends_with(name, length, "lock") || text_ends_with(name, length, "acquire") || text_ends_with(name, length, "enter") ? USE_TAKES
															  : USE_NONE;
}

/* A function that is given a lock and is called as what takes or gives one. *argument: the lock. */
static enum use use_of_own(const struct visit *visit, uint32_t call, const char *name, uint32_t *argument)
{
	enum use use = use_of_name(name);
	CXType function = clang_getCursorType(visit->nodes[node_child(visit, call)].cursor);
	if (function.kind == CXType_Pointer)
		function = clang_getPointeeType(function);
	int count = use ? clang_getNumArgTypes(function) : 0;
	*argument = node_next(visit, node_child(visit, call));
	for (int i = 0; i < count && *argument != NODE_NONE; i++, *argument = node_next(visit, *argument))
		if (is_lock_type(clang_getArgType(function, (unsigned)i)))
			return use;
	return USE_NONE;
}

/* ---- which lock ---- */

static uint32_t lock_symbol(struct visit *visit, uint32_t argument)
{
	for (uint32_t node = argument; node != NODE_NONE; node = node_child(visit, node)) {
		node = node_strip(visit, node);
		switch ((int)visit->nodes[node].kind) {
		case CXCursor_UnaryOperator: case CXCursor_ArraySubscriptExpr:
			continue; /* &m, *m, m[i] */
		case CXCursor_MemberRefExpr: case CXCursor_DeclRefExpr:
			return visit_symbol(visit, visit->file, visit_entity(visit, clang_getCursorReferenced(visit->nodes[node].cursor)));
		default:
			return FACTS_NONE;
		}
	}
	return FACTS_NONE;
}

static void say(struct held_locks *locks, uint32_t from, uint32_t held, uint32_t to, uint32_t call)
{
	struct visit *visit = locks->visit;
	if (from == FACTS_NONE || to == FACTS_NONE)
		return;
	struct facts_lock row = {.from_symbol = from, .held_symbol = held, .to_symbol = to, .sites = 1,
				 .line = visit_line(visit, visit->nodes[call].cursor)};
	facts_builder_add(visit_builder(visit, visit->file), FACTS_TABLE_locks, &row);
}

static bool is_sure(const struct held_lock *lock, uint32_t node)
{
	return node >= lock->paused_until && node < lock->doubted_from;
}

static void say_held(struct held_locks *locks, uint32_t from, uint32_t to, uint32_t call)
{
	for (uint32_t i = 0; i < locks->count; i++)
		if (is_sure(&locks->items[i], call) && locks->items[i].symbol != FACTS_NONE && locks->items[i].symbol != to)
			say(locks, from, locks->items[i].symbol, to, call);
}

/* The block a node stands in. What macros put around a statement, do { } while (0) and ({ }), is none. */
static uint32_t block_of(const struct visit *visit, uint32_t node)
{
	for (uint32_t up = visit->nodes[node].parent; up != NODE_NONE; up = visit->nodes[up].parent) {
		uint32_t above = visit->nodes[up].parent;
		if (visit->nodes[up].kind == CXCursor_CompoundStmt &&
		    (above == NODE_NONE || (visit->nodes[above].kind != CXCursor_StmtExpr && !visit_never_repeated(visit, above))))
			return up;
	}
	return NODE_NONE;
}

static bool ends_all(const char *name)
{
	return !strcmp(name, "exit") || !strcmp(name, "_exit") || !strcmp(name, "abort") || !strcmp(name, "pthread_exit");
}

/* Whether who comes to the block's end is elsewhere then than behind it, and within outer still: "return", say, but not "break" out
 * of a loop that stands within outer. */
static bool is_left(struct visit *visit, uint32_t block, uint32_t outer)
{
	uint32_t last = node_last_child(visit, block), target;
	switch (last == NODE_NONE ? 0 : (int)visit->nodes[last].kind) {
	case CXCursor_ReturnStmt: case CXCursor_GotoStmt: case CXCursor_IndirectGotoStmt:
		return true;
	case CXCursor_CallExpr:
		target = visit_call_target(visit, last);
		return target != NODE_NONE && ends_all(visit->entities[target].name);
	case CXCursor_BreakStmt: case CXCursor_ContinueStmt:
		for (uint32_t up = block; up != NODE_NONE && up > outer; up = visit->nodes[up].parent) {
			int kind = (int)visit->nodes[up].kind;
			if (kind == CXCursor_WhileStmt || kind == CXCursor_DoStmt || kind == CXCursor_ForStmt || kind == CXCursor_SwitchStmt)
				return false;
		}
		return true;
	default:
		return false;
	}
}

bool visit_locks_held(struct held_locks *locks, uint32_t node)
{
	bool is_held = false;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < locks->count; i++)
		if (node < locks->items[i].end) {
			locks->items[kept++] = locks->items[i];
			is_held |= is_sure(&locks->items[i], node);
		}
	locks->count = kept;
	return is_held;
}

static void take(struct held_locks *locks, uint32_t call, uint32_t symbol, uint32_t block)
{
	const struct held_lock lock = {.symbol = symbol, .block = block, .end = locks->visit->nodes[block].end, .paused_until = call + 1,
				       .doubted_from = NODE_NONE};
	for (uint32_t i = 0; i < locks->count; i++)
		if (locks->items[i].symbol == symbol) { /* again after a pause, or twice on ways that exclude each other */
			if (locks->items[i].paused_until > call)
				locks->items[i].paused_until = call + 1;
			locks->items[i].doubted_from = NODE_NONE;
			return;
		}
	if (locks->count < sizeof locks->items / sizeof *locks->items)
		locks->items[locks->count++] = lock;
}

/* A nested block that gives it back does not hold it from there to its own end. Where it does not leave, nobody can say what is held
 * behind the statement it belongs to, until the lock is taken again. */
static void set_aside(struct visit *visit, struct held_lock *lock, uint32_t block)
{
	uint32_t statement = visit->nodes[block].parent;
	lock->paused_until = visit->nodes[block].end;
	if (!is_left(visit, block, lock->block))
		lock->doubted_from = visit->nodes[visit->nodes[statement].kind == CXCursor_IfStmt ? statement : block].end;
}

static bool give(struct held_locks *locks, uint32_t symbol, uint32_t block)
{
	for (uint32_t i = locks->count; i-- > 0;) {
		if (locks->items[i].symbol != symbol)
			continue;
		if (block == locks->items[i].block)
			memmove(&locks->items[i], &locks->items[i + 1], (--locks->count - i) * sizeof *locks->items);
		else
			set_aside(locks->visit, &locks->items[i], block);
		return true;
	}
	return false;
}

/* ---- pthread_cleanup_push(unlock, &lock) ... pthread_cleanup_pop(1), by what glibc's macros make of them ---- */

static uint32_t cleanup_argument(struct visit *visit, uint32_t call)
{
	for (uint32_t node = call; node-- > 0 && call - node < 256;)
		if (visit->nodes[node].kind == CXCursor_VarDecl) {
			CXString name = clang_getCursorSpelling(visit->nodes[node].cursor);
			bool is_argument = !strcmp(clang_getCString(name) ? clang_getCString(name) : "", "__cancel_arg");
			clang_disposeString(name);
			uint32_t value = is_argument ? node_last_child(visit, node) : NODE_NONE;
			if (is_argument)
				return value == NODE_NONE ? FACTS_NONE : lock_symbol(visit, value);
		}
	return FACTS_NONE;
}

static void follow_cleanup(struct held_locks *locks, uint32_t call, const char *name)
{
	enum { ROOM = sizeof locks->cleanups / sizeof *locks->cleanups };
	if (!strcmp(name, "__pthread_register_cancel")) {
		if (locks->cleanup_depth < ROOM)
			locks->cleanups[locks->cleanup_depth] = cleanup_argument(locks->visit, call);
		locks->cleanup_depth++;
	} else if (!strcmp(name, "__pthread_unregister_cancel") && locks->cleanup_depth) {
		uint32_t symbol = --locks->cleanup_depth < ROOM ? locks->cleanups[locks->cleanup_depth] : FACTS_NONE;
		uint32_t block = block_of(locks->visit, call);
		if (block != NODE_NONE)
			give(locks, symbol, block); /* of no name: maybe that one */
	}
}

void visit_locks_call(struct held_locks *locks, uint32_t call, const char *name, bool is_outside, uint32_t from, uint32_t callee)
{
	struct visit *visit = locks->visit;
	uint32_t argument = node_next(visit, node_child(visit, call));
	enum use use = is_outside ? use_of(name) : use_of_own(visit, call, name, &argument);
	if (!use && !is_outside)
		say_held(locks, from, callee, call);
	else if (!use)
		follow_cleanup(locks, call, name);
	uint32_t block = use ? block_of(visit, call) : NODE_NONE;
	if (block == NODE_NONE)
		return;
	uint32_t symbol = argument == NODE_NONE ? FACTS_NONE : lock_symbol(visit, argument);
	if (use == USE_TAKES) {
		say(locks, from, FACTS_NONE, symbol, call);
		say_held(locks, from, symbol, call);
		take(locks, call, symbol, block);
	} else if (!give(locks, symbol, block)) {
		say(locks, from, symbol, symbol, call);
	}
}
