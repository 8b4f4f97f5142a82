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

#include "extract/frame.h"
#include "extract/unit_facts.h"
#include "extract/visit.h"
#include "facts/facts.h"

#define WORKER_STACK ((rlim_t)100 << 20) /* below the 128 MiB that the kernel leaves free under any main stack */
#define KEPT_BUFFER ((size_t)8 << 20)    /* a larger answer's memory is given back */

struct worker {
	const struct worker_setup *setup;
	int socket;
	CXIndex index;
	struct interner *sent;   /* ids of chunks given to the pool */
	struct buf out;          /* frames of the job at hand */
};

/* The chunks of the unit at hand. */
struct collecting {
	struct worker *worker;
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

/* Visits a parsed unit and appends its frames. Errors: of the visitor; ERR_LIMIT where there is too much to say. Then
 * the frames are discarded. */
static int answer_visited(struct worker *worker, CXTranslationUnit unit, const struct command *command, struct err *err)
{
	struct arena *arena = arena_create();
	struct collecting collecting = {.worker = worker, .arena = arena};
	struct source_tree tree = {.root = worker->setup->list->root, .directory = command->directory};
	struct visit_sink sink = {.chunk = take_chunk, .context = &collecting};
	struct visit_summary summary = {.arena = arena};
	struct buf facts;
	buf_init(&facts, FRAME_CEILING);
	int result = visit_unit(unit, &tree, command, NULL, &sink, &summary, err);
	if (result == 0) {
		struct unit_report report = {.inputs = summary.inputs};
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

static unsigned parse_options(void)
{
	return CXTranslationUnit_DetailedPreprocessingRecord | CXTranslationUnit_KeepGoing;
}

static void answer_unit(struct worker *worker, const struct command *command)
{
	CXTranslationUnit unit = NULL;
	struct err err = {0};
	enum CXErrorCode code = clang_parseTranslationUnit2(worker->index, command->file, command->arguments,
							    (int)command->argument_count, NULL, 0, parse_options(), &unit);
	if (code != CXError_Success)
		answer_failed(worker, command, parse_failure(code));
	else if (answer_visited(worker, unit, command, &err) != 0)
		answer_failed(worker, command, err.text);
	if (unit)
		clang_disposeTranslationUnit(unit);
}

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
	buf_init(&worker.out, FRAMES_CEILING);
	while (read_job(socket, &job)) {
		answer_unit(&worker, &setup->list->commands[job.command]);
		if (!write_all(socket, worker.out.data, worker.out.length))
			break;
		if (worker.out.capacity > KEPT_BUFFER)
			discard_answer(&worker);
		else
			buf_clear(&worker.out);
	}
	_exit(0); /* not exit(): what the parent registered is not ours to run */
}
