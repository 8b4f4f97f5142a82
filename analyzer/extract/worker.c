/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker process. libclang may crash, hang or eat memory here, and only here: the pool sees to the rest. */
#include "extract/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/frame.h"
#include "extract/prefix.h"
#include "extract/unit_facts.h"
#include "extract/visit.h"
#include "facts/facts.h"

#define WORKER_STACK ((rlim_t)100 << 20) /* below the 128 MiB that the kernel leaves free under any main stack */
#define KEPT_BUFFER ((size_t)8 << 20)    /* a larger answer's memory is given back */

struct worker {
	const struct worker_setup *setup;
	int socket;
	CXIndex index;
	CXIndex local_index;     /* shows of a unit with a prefix only what is its own */
	struct prefix **prefixes; /* by number; those used so far */
	struct interner *sent;   /* ids of chunks given to the pool */
	struct buf out;          /* frames of the job at hand */
};

/* The chunks of the unit at hand. */
struct collecting {
	struct worker *worker;
	const char *left_out;    /* path of a file that does not exist; NULL */
	struct arena *arena;
	struct chunk_ref *chunks;
	size_t count, capacity;
};

static void collect(struct collecting *collecting, const char *path, struct hash128 id)
{
	mem_grow(&collecting->chunks, &collecting->capacity, collecting->count + 1, sizeof *collecting->chunks);
	collecting->chunks[collecting->count++] =
		(struct chunk_ref){.path = arena_strdup(collecting->arena, path), .id = id};
}

static void take_chunk(void *context, const char *path, const void *bytes, size_t length)
{
	struct collecting *collecting = context;
	struct worker *worker = collecting->worker;
	if (collecting->left_out && strcmp(path, collecting->left_out) == 0)
		return;
	struct hash128 id = hash_bytes(bytes, length);
	collect(collecting, path, id);
	uint32_t known;
	if (interner_find(worker->sent, (const char *)&id, sizeof id, &known))
		return;
	frame_append(&worker->out, FRAME_CHUNK, &id, sizeof id, bytes, length);
}

static void discard_answer(struct worker *worker)
{
	buf_finish(&worker->out);
	buf_init(&worker->out, FRAMES_CEILING);
}

static void answer_failed(struct worker *worker, const struct command *command, const char *reason)
{
	struct buf facts;
	buf_init(&facts, FRAME_CEILING);
	unit_facts_make_failed(command, reason, &facts);
	struct unit_report report = {.status = UNIT_FAILED, .facts = facts.data, .facts_length = facts.length};
	frame_append_unit(&worker->out, &report);
	buf_finish(&facts);
}

static const char *parse_failure(enum CXErrorCode code)
{
	switch (code) {
	case CXError_Crashed: return "libclang crashed";
	case CXError_InvalidArguments: return "libclang refused the arguments";
	case CXError_ASTReadError: return "libclang could not read a precompiled prefix";
	default: return "libclang could not parse it";
	}
}

/* From now on the pool has these chunks. */
static void remember_sent(struct worker *worker, const struct collecting *collecting)
{
	for (size_t i = 0; i < collecting->count; i++)
		interner_add(worker->sent, (const char *)&collecting->chunks[i].id, sizeof collecting->chunks[i].id);
}

static int visit(struct worker *worker, CXTranslationUnit unit, const struct command *command,
		 const struct prefix *prefix, struct collecting *collecting, struct visit_summary *summary,
		 struct err *err)
{
	struct source_tree tree = {.root = worker->setup->list->root, .directory = command->directory};
	struct visit_known known = {.is_known = prefix_is_known, .context = (void *)prefix};
	if (prefix) {
		known.paths = prefix->paths;
		known.path_count = prefix->path_count;
		known.includes = prefix->includes;
		known.include_count = prefix->include_count;
	}
	struct visit_sink sink = {.chunk = take_chunk, .context = collecting};
	return visit_unit(unit, &tree, command, prefix ? &known : NULL, &sink, summary, err);
}

/* Visits a parsed unit and appends its frames. prefix: it was parsed with; NULL. Errors: of the visitor; ERR_LIMIT where
 * there is too much to say. Then the frames are discarded. */
static int answer_visited(struct worker *worker, CXTranslationUnit unit, const struct command *command,
			  const struct prefix *prefix, struct err *err)
{
	struct arena *arena = arena_create();
	struct collecting collecting = {.worker = worker, .arena = arena};
	struct visit_summary summary = {.arena = arena};
	struct buf facts;
	buf_init(&facts, FRAME_CEILING);
	int result = visit(worker, unit, command, prefix, &collecting, &summary, err);
	if (result == 0) {
		for (size_t i = 0; prefix && i < prefix->chunk_count; i++)
			collect(&collecting, prefix->chunks[i].path, prefix->chunks[i].id);
		struct unit_report report = {.prefix_used = prefix != NULL, .inputs = summary.inputs};
		if (prefix)
			prefix_merge_inputs(prefix, arena, &report.inputs);
		report.status = unit_facts_make(command, &summary, collecting.chunks, collecting.count, &facts);
		report.facts = facts.data;
		report.facts_length = facts.length;
		frame_append_unit(&worker->out, &report);
		if (facts.overflow || worker->out.overflow)
			result = err_set(err, ERR_LIMIT, "its facts exceed %zu MiB", FRAMES_CEILING >> 20);
	}
	if (result == 0)
		remember_sent(worker, &collecting);
	else
		discard_answer(worker);
	buf_finish(&facts);
	free(collecting.chunks);
	arena_destroy(arena);
	return result;
}

#define PARSE_OPTIONS (CXTranslationUnit_DetailedPreprocessingRecord | CXTranslationUnit_KeepGoing)

static void answer_plain(struct worker *worker, const struct command *command)
{
	CXTranslationUnit unit = NULL;
	struct err err = {0};
	enum CXErrorCode code = clang_parseTranslationUnit2(worker->index, command->file, command->arguments,
							    (int)command->argument_count, NULL, 0, PARSE_OPTIONS, &unit);
	if (code != CXError_Success)
		answer_failed(worker, command, parse_failure(code));
	else if (answer_visited(worker, unit, command, NULL, &err) != 0)
		answer_failed(worker, command, err.text);
	if (unit)
		clang_disposeTranslationUnit(unit);
}

/* ---- shared prefixes ---- */

static const struct prefix *find_prefix(struct worker *worker, uint32_t number)
{
	if (!worker->prefixes[number])
		worker->prefixes[number] = prefix_load(worker->setup->prefixes, number);
	return worker->prefixes[number];
}

/* Parses with the prefix and answers. False on any doubt: then nothing is answered. */
static bool answer_with_prefix(struct worker *worker, const struct command *command, const struct prefix *prefix)
{
	struct words arguments = {0};
	CXTranslationUnit unit = NULL;
	struct err err = {0};
	for (size_t i = 0; i < command->argument_count; i++)
		words_add(&arguments, command->arguments[i]);
	words_add(&arguments, "-include-pch");
	words_add(&arguments, prefix->path);
	enum CXErrorCode code = clang_parseTranslationUnit2(worker->local_index, command->file, arguments.items,
							    (int)arguments.count, NULL, 0, PARSE_OPTIONS, &unit);
	bool done = code == CXError_Success && prefix_agrees(prefix, worker->setup->list->root, unit) &&
		    answer_visited(worker, unit, command, prefix, &err) == 0;
	if (unit)
		clang_disposeTranslationUnit(unit);
	words_finish(&arguments);
	return done;
}

/* Copies paths but for left_out. */
static void keep_paths(struct arena *arena, const char *const *paths, size_t count, const char *const left_out[2],
		       const char ***kept, size_t *kept_count)
{
	*kept = mem_alloc((count + 1) * sizeof **kept);
	*kept_count = 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(paths[i], left_out[0]) != 0 && strcmp(paths[i], left_out[1]) != 0)
			(*kept)[(*kept_count)++] = arena_strdup(arena, paths[i]);
}

/* Visits the prefix's own parse: gives its chunks, and fills prefix in. */
static bool visit_prefix(struct worker *worker, CXTranslationUnit unit, uint32_t number, struct prefix *prefix)
{
	const struct command_list *list = worker->setup->list;
	const struct planned_prefix *planned = &worker->setup->prefixes->prefixes[number];
	struct command command = list->commands[planned->command];
	struct visit_summary summary = {.arena = arena_create()};
	struct err err = {0};
	command.file = planned->source;
	command.path = path_below(planned->source, list->root);
	struct collecting collecting = {.worker = worker, .left_out = command.path, .arena = prefix->arena};
	bool done = visit(worker, unit, &command, NULL, &collecting, &summary, &err) == 0 && !worker->out.overflow &&
		    !summary.errors && !summary.missing_headers && !summary.diagnostic_count;
	if (done) {
		const char *const left_out[] = {command.path, command.file};
		prefix->chunks = collecting.chunks;
		prefix->chunk_count = collecting.count;
		keep_paths(prefix->arena, summary.inputs.files, summary.inputs.file_count, left_out,
			   &prefix->inputs.files, &prefix->inputs.file_count);
		keep_paths(prefix->arena, summary.inputs.absent, summary.inputs.absent_count, left_out,
			   &prefix->inputs.absent, &prefix->inputs.absent_count);
		remember_sent(worker, &collecting);
	} else {
		free(collecting.chunks);
	}
	arena_destroy(summary.arena);
	return done;
}

static void answer_prefix(struct worker *worker, uint32_t number)
{
	CXTranslationUnit unit = NULL;
	const struct prefix_plan *plan = worker->setup->prefixes;
	struct prefix *prefix = prefix_build(plan, worker->setup->list, number, worker->index, &unit);
	unsigned char built = prefix && visit_prefix(worker, unit, number, prefix) && prefix_store(plan, number, prefix);
	if (unit)
		clang_disposeTranslationUnit(unit);
	if (built) {
		worker->prefixes[number] = prefix;
	} else {
		discard_answer(worker);
		prefix_destroy(prefix);
	}
	frame_append(&worker->out, FRAME_PREFIX, &built, sizeof built, NULL, 0);
}

static void answer(struct worker *worker, const struct job *job)
{
	const struct command *command = &worker->setup->list->commands[job->command];
	if (job->kind == JOB_PREFIX) {
		answer_prefix(worker, job->prefix);
		return;
	}
	const struct prefix *prefix = job->prefix == PREFIX_NONE ? NULL : find_prefix(worker, job->prefix);
	if (!prefix || !answer_with_prefix(worker, command, prefix))
		answer_plain(worker, command);
}

/* ---- the process ---- */

static bool read_job(int socket, struct job *job)
{
	size_t got = 0;
	while (got < sizeof *job) {
		ssize_t count = read(socket, (char *)job + got, sizeof *job - got);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		got += (size_t)count;
	}
	return true;
}

static bool write_all(int socket, const char *bytes, size_t length)
{
	while (length) {
		ssize_t count = write(socket, bytes, length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		bytes += count;
		length -= (size_t)count;
	}
	return true;
}

static void set_limit(int what, rlim_t wanted)
{
	struct rlimit limit;
	if (getrlimit(what, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted ? limit.rlim_max : wanted;
	setrlimit(what, &limit);
}

/* Cuts the child off from everything that is the parent's. */
static void become_worker(const struct worker_setup *setup, int *socket)
{
	static const int DEFAULTED[] = {SIGTERM, SIGHUP, SIGPIPE, SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGCHLD};
	for (size_t i = 0; i < sizeof DEFAULTED / sizeof *DEFAULTED; i++)
		signal(DEFAULTED[i], SIG_DFL);
	signal(SIGINT, SIG_IGN); /* the terminal sends it to all of us: the parent decides */
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		if (null >= 0)
			dup2(null, fd); /* a dying libclang prints; only cmd/ may */
	if (*socket != 3) {
		dup2(*socket, 3);
		*socket = 3;
	}
	close_range(4, ~0U, 0);

	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_AS, setup->memory_bytes);
	set_limit(RLIMIT_STACK, WORKER_STACK);
	/* Parse on this thread, whose stack is large; and die of a crash: the pool starts a fresh worker, which is
	 * safer than going on in the ruins. */
	setenv("LIBCLANG_NOTHREADS", "1", 1);
	setenv("LIBCLANG_DISABLE_CRASH_RECOVERY", "1", 1);
}

_Noreturn void worker_run(const struct worker_setup *setup, int socket)
{
	struct worker worker = {.setup = setup, .sent = interner_create()};
	struct job job;
	become_worker(setup, &socket);
	worker.socket = socket;
	worker.index = clang_createIndex(0, 0);
	worker.local_index = clang_createIndex(1, 0);
	worker.prefixes = mem_zalloc(setup->prefixes ? setup->prefixes->count : 0, sizeof *worker.prefixes);
	buf_init(&worker.out, FRAMES_CEILING);
	while (read_job(socket, &job)) {
		answer(&worker, &job);
		if (!write_all(socket, worker.out.data, worker.out.length))
			break;
		if (worker.out.capacity > KEPT_BUFFER)
			discard_answer(&worker);
		else
			buf_clear(&worker.out);
	}
	_exit(0); /* not exit(): what the parent registered is not ours to run */
}
