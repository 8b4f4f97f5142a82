/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where control enters: by what kind of function it is, by whom it is given to, by who may call it from outside. */
#include "analysis/entry_points.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Functions outside that start or keep what they are given: (name, argument) -> kind of entry. */
static const struct { const char *name; uint32_t argument; const char *kind; } STARTERS[] = {
	{"pthread_create", 2, "thread"}, {"thrd_create", 1, "thread"}, {"clone", 0, "thread"},
	{"signal", 1, "signal"}, {"sigset", 1, "signal"}, {"bsd_signal", 1, "signal"}, {"sysv_signal", 1, "signal"},
	{"__sysv_signal", 1, "signal"}, {"atexit", 0, "destructor"}, {"on_exit", 0, "destructor"},
};

/* Functions outside that are handed any pointer and call none: a pointer printed, copied or freed is no callback. */
static const char *const KEEPERS[] = {
	"asprintf", "calloc", "dprintf", "fprintf", "fputs", "fread", "free", "fwprintf", "fwrite", "malloc", "malloc_usable_size", "memchr", "memcmp", "memcpy",
	"memmove", "mempcpy", "memset", "printf", "puts", "read", "realloc", "reallocarray", "recv", "send", "snprintf", "sprintf", "strcmp",
	"strcpy", "strlen", "strncmp", "strncpy", "syslog", "vasprintf", "vdprintf", "vfprintf", "vprintf", "vsnprintf", "vsprintf",
	"wprintf", "write",
};

static void entry_add(struct entry_points *entries, uint32_t symbol, const char *kind)
{
	mem_grow(&entries->items, &entries->capacity, entries->count + 1, sizeof *entries->items);
	entries->items[entries->count++] = (struct entry_point){symbol, kind};
}

static bool is_public(const struct graph_file *file)
{
	return file->is_installed || !strncmp(file->path, "include/", 8) || strstr(file->path, "/include/");
}

static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) : 0;
}

/* Folders in which some function is hidden: the others there are meant for others. */
static struct interner *hiding_folders(const struct graph *graph)
{
	struct interner *folders = interner_create();
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		const char *path = graph->files[function->file].path;
		if ((function->flags & FUNCTION_HIDDEN) && !(function->flags & FUNCTION_STATIC))
			interner_add(folders, path, folder_length(path));
	}
	return folders;
}

enum { DECLARED = 1, DECLARED_PUBLICLY };

static uint8_t *find_declared(const struct graph *graph)
{
	uint8_t *declared = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *declared);
	for (uint32_t i = 0; i < graph->declaration_count; i++) {
		const struct graph_declaration *row = &graph->declarations[i];
		if (row->symbol == GRAPH_NONE || !graph->files[row->file].is_header || row->is_definition)
			continue;
		if (is_public(&graph->files[row->file]))
			declared[row->symbol] = DECLARED_PUBLICLY;
		else if (!declared[row->symbol])
			declared[row->symbol] = DECLARED;
	}
	return declared;
}

static void add_exports(const struct graph *graph, bool has_main, struct entry_points *entries)
{
	struct interner *hiding = hiding_folders(graph);
	uint8_t *declared = find_declared(graph);
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		const char *path = graph->files[function->file].path;
		uint32_t ignored;
		if ((function->flags & (FUNCTION_STATIC | FUNCTION_HIDDEN | FUNCTION_INLINE_ONLY)) ||
		    !strcmp(graph->symbols[function->symbol].name, "main"))
			continue;
		uint8_t how = declared[function->symbol];
		if (how == DECLARED_PUBLICLY || !has_main ||
		    (how == DECLARED && interner_find(hiding, path, folder_length(path), &ignored)))
			entry_add(entries, function->symbol, "export");
	}
	interner_destroy(hiding);
	free(declared);
}

static int compare_keeper(const void *name, const void *keeper)
{
	return strcmp(name, *(const char *const *)keeper);
}

/* NULL: none, what it is given to never calls it. */
static const char *callback_kind(const struct graph *graph, const struct indirect_callback *callback)
{
	for (size_t i = 0; i < sizeof STARTERS / sizeof *STARTERS; i++)
		if (callback->argument == STARTERS[i].argument &&
		    !strcmp(graph->symbols[callback->outside].name, STARTERS[i].name))
			return STARTERS[i].kind;
	const char *name = graph->symbols[callback->outside].name;
	bool keeps = bsearch(name, KEEPERS, sizeof KEEPERS / sizeof *KEEPERS, sizeof *KEEPERS, compare_keeper) != NULL;
	return keeps || !strncmp(name, "__builtin_", 10) ? NULL : "callback";
}

static bool is_handler(const struct graph *graph, uint32_t symbol)
{
	if (graph->function_of[symbol] == GRAPH_NONE)
		return false;
	const char *signature = graph->functions[graph->function_of[symbol]].signature;
	return !strcmp(signature, "void (int)") || !strncmp(signature, "void (int, siginfo_t *", 22) ||
	       !strncmp(signature, "void (int, struct siginfo", 25);
}

static bool is_loop(const char *name)
{
	static const char *const names[] = {"event_set", "event_assign", "event_new", "signal_set", "uv_signal_start", "ev_signal_start",
					    "g_unix_signal_add"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* sa.sa_handler = f: a field of a system struct has no slot; glibc spells it __sigaction_handler. Functions whose signature is
 * a handler's, whose address is taken by a function that calls sigaction, or that calls one which hands on what it is given:
 * calls sigaction and takes no handler's address itself. Where that asks a library's event loop, too, the loop calls what it is
 * given, as a callback like others. */
static void add_signal_handlers(const struct graph *graph, struct entry_points *entries)
{
	enum { CALLS = 1, TAKES = 2, CALLS_WRAPPER = 4, ASKS_LOOP = 8 };
	uint8_t *does = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *does);
	uint8_t *asked = mem_zalloc((size_t)graph->symbol_count + 1, sizeof *asked); /* what whoever calls it does by that */
	for (uint32_t i = 0; i < graph->symbol_count; i++)
		asked[i] = !strcmp(graph->symbols[i].name, "sigaction") ? CALLS : is_loop(graph->symbols[i].name) ? ASKS_LOOP : 0;
	for (uint32_t i = 0; i < graph->call_count; i++)
		does[graph->calls[i].caller] |= asked[graph->calls[i].callee];
	free(asked);
	for (uint32_t i = 0; i < graph->use_count; i++)
		if (graph->uses[i].kind == REF_ADDRESS && graph->uses[i].from != GRAPH_NONE && is_handler(graph, graph->uses[i].to))
			does[graph->uses[i].from] |= TAKES;
	for (uint32_t i = 0; i < graph->call_count; i++)
		if ((does[graph->calls[i].callee] & (CALLS | TAKES | ASKS_LOOP)) == CALLS)
			does[graph->calls[i].caller] |= CALLS_WRAPPER;
	for (uint32_t i = 0; i < graph->use_count; i++) {
		const struct graph_use *use = &graph->uses[i];
		if (use->kind == REF_ADDRESS && use->from != GRAPH_NONE && (does[use->from] & (CALLS | CALLS_WRAPPER)) &&
		    is_handler(graph, use->to))
			entry_add(entries, use->to, "signal");
	}
	free(does);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry_point *x = a, *y = b;
	if (x->symbol != y->symbol)
		return x->symbol < y->symbol ? -1 : 1;
	return strcmp(x->kind, y->kind);
}

void entry_points_find(const struct graph *graph, const struct indirect_result *indirect, struct entry_points *entries)
{
	*entries = (struct entry_points){0};
	bool has_main = false;
	for (uint32_t i = 0; i < graph->function_count; i++) {
		const struct graph_function *function = &graph->functions[i];
		if (!strcmp(graph->symbols[function->symbol].name, "main") && !(function->flags & FUNCTION_STATIC)) {
			entry_add(entries, function->symbol, "main");
			has_main = true;
		}
		if (function->flags & FUNCTION_CONSTRUCTOR)
			entry_add(entries, function->symbol, "constructor");
		if (function->flags & FUNCTION_DESTRUCTOR)
			entry_add(entries, function->symbol, "destructor");
	}
	for (size_t i = 0; i < indirect->callback_count; i++) {
		const struct indirect_callback *callback = &indirect->callbacks[i];
		const char *kind = graph->function_of[callback->function] != GRAPH_NONE ? callback_kind(graph, callback) : NULL;
		if (kind)
			entry_add(entries, callback->function, kind);
	}
	add_signal_handlers(graph, entries);
	add_exports(graph, has_main, entries);
	if (entries->count)
		qsort(entries->items, entries->count, sizeof *entries->items, compare_entries);
	size_t kept = 0;
	for (size_t i = 0; i < entries->count; i++)
		if (!kept || compare_entries(&entries->items[kept - 1], &entries->items[i]) != 0)
			entries->items[kept++] = entries->items[i];
	entries->count = kept;
}

void entry_points_finish(struct entry_points *points)
{
	free(points->items);
	*points = (struct entry_points){0};
}

bool entry_kind_is_program(const char *kind)
{
	return strcmp(kind, "callback") != 0 && strcmp(kind, "export") != 0;
}
