/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool: forks workers, hands out units, takes facts in, and outlives whatever happens to a worker. Knows nothing of
 * clang: worker.c does. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "extract/frame.h"
#include "extract/inputs.h"
#include "extract/unit_facts.h"
#include "extract/worker.h"
#include "facts/facts.h"

#define DEFAULT_SECONDS 120
#define DEFAULT_BYTES ((size_t)4 << 30)
#define NO_TASK SIZE_MAX

enum task_state { TASK_WAITING, TASK_RUNNING, TASK_RETRY, TASK_DONE };

/* One unit to be parsed. */
struct task {
	size_t command;
	off_t size; /* of the main file: large ones go first */
	enum task_state state;
};

/* One shared prefix. */
struct prefix_state {
	enum { PREFIX_PLANNED, PREFIX_BUILDING, PREFIX_READY, PREFIX_DROPPED } state;
	uint32_t users_left;
	uint32_t used, refused; /* units that were parsed with it, and those that had to do without */
};

struct process {
	pid_t pid;         /* 0: no process */
	int socket;
	bool busy;
	size_t task;       /* busy with it; NO_TASK: with building prefix */
	uint32_t prefix;   /* that it builds or parses with; PREFIX_NONE */
	int64_t deadline;  /* monotonic milliseconds */
	bool timed_out;
	struct buf in;     /* bytes not yet taken as frames */
	size_t received;   /* bytes of the task at hand */
};

struct pool {
	const struct command_list *list;
	const struct extract_options *options;
	const struct extract_sink *sink;
	const struct progress *progress;
	struct worker_setup setup;
	struct input_checker *checker;
	struct interner *given;  /* ids of chunks that the sink has */
	struct task *tasks;
	size_t task_count;
	struct prefix_plan *plan;        /* NULL: nothing is shared */
	struct prefix_state *prefixes;
	size_t next;             /* tasks before it are no longer TASK_WAITING */
	size_t done;
	bool has_idle_work;      /* as the sink said last */
	bool retrying;           /* second round: one unit at a time, each in a process of its own */
	struct process *processes;
	size_t process_count;
	struct extract_statistics statistics;
};

/* Set by the handlers below. One extraction runs per process at a time. */
static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
	interrupted = number;
}

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned unit_seconds(const struct pool *pool)
{
	return pool->options->unit_seconds ? pool->options->unit_seconds : DEFAULT_SECONDS;
}

/* ---- processes ---- */

static int start_process(struct pool *pool, struct process *process, struct err *err)
{
	int sockets[2];
	pid_t parent = getpid();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
		return err_errno(err, ERR_INTERNAL, errno, "cannot talk to a worker process");
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0) {
		int why = errno;
		close(sockets[0]);
		close(sockets[1]);
		return err_errno(err, ERR_INTERNAL, why, "cannot start a worker process");
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		worker_run(&pool->setup, sockets[1]);
	}
	close(sockets[1]);
	process->pid = pid;
	process->socket = sockets[0];
	process->busy = false;
	process->timed_out = false;
	process->received = 0;
	buf_init(&process->in, FRAMES_CEILING);
	return 0;
}

/* Ends the process, if it has not ended, and returns its wait status. */
static int stop_process(struct process *process)
{
	int status = 0;
	if (!process->pid)
		return 0;
	kill(process->pid, SIGKILL);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(process->socket);
	buf_finish(&process->in);
	process->pid = 0;
	process->busy = false;
	return status;
}

static int send_job(struct process *process, const struct job *job)
{
	/* A job is smaller than any socket buffer: it goes whole or not at all. */
	ssize_t sent;
	do
		sent = send(process->socket, job, sizeof *job, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof *job ? 0 : -1;
}

/* ---- what comes back ---- */

/* One user less: the last one takes the files away. */
static void release_prefix(struct pool *pool, uint32_t number)
{
	static const char *const SUFFIXES[] = {".pch", ".known"};
	if (number == PREFIX_NONE || --pool->prefixes[number].users_left)
		return;
	for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
		char *path = prefix_plan_path(pool->plan, number, SUFFIXES[i]);
		unlink(path);
		free(path);
	}
}

/* A prefix that most of its users cannot do with costs more than it gives. */
static void judge_prefix(struct pool *pool, uint32_t number, bool used)
{
	struct prefix_state *prefix = &pool->prefixes[number];
	*(used ? &prefix->used : &prefix->refused) += 1;
	if (prefix->refused >= 3 && prefix->refused > prefix->used)
		prefix->state = PREFIX_DROPPED;
}

static int finish_task(struct pool *pool, struct task *task, const struct unit_report *report, struct err *err)
{
	struct extracted_unit unit = {.command = task->command, .facts = report->facts,
				      .facts_length = report->facts_length, .inputs = report->inputs};
	const struct command *command = &pool->list->commands[task->command];
	unit.facts_id = hash_bytes(report->facts, report->facts_length);
	unit.input_key = input_checker_key(pool->checker, command, &report->inputs);
	task->state = TASK_DONE;
	pool->done++;
	pool->statistics.units++;
	switch (report->status) {
	case UNIT_OK: pool->statistics.ok++; break;
	case UNIT_PARTIAL: pool->statistics.partial++; break;
	default: pool->statistics.failed++; break;
	}
	release_prefix(pool, pool->plan ? pool->plan->of_command[task->command] : PREFIX_NONE);
	pool->statistics.prefix_units += report->prefix_used;
	int result = pool->sink->unit(pool->sink->context, &unit, err);
	progress_report(pool->progress, "reading units", pool->done, pool->task_count, command->path);
	return result;
}

static int fail_task(struct pool *pool, struct task *task, const char *reason, struct err *err)
{
	struct buf facts;
	buf_init(&facts, FRAME_CEILING);
	unit_facts_make_failed(&pool->list->commands[task->command], reason, &facts);
	struct unit_report report = {.status = UNIT_FAILED, .facts = facts.data, .facts_length = facts.length};
	int result = finish_task(pool, task, &report, err);
	buf_finish(&facts);
	return result;
}

static int take_chunk(struct pool *pool, const unsigned char *payload, size_t length, struct err *err)
{
	struct hash128 id;
	memcpy(&id, payload, sizeof id);
	uint32_t before = interner_count(pool->given);
	if (interner_add(pool->given, (const char *)&id, sizeof id) < before)
		return 0;
	return pool->sink->chunk(pool->sink->context, id, payload + sizeof id, length - sizeof id, err);
}

static int take_frame(struct pool *pool, struct process *process, uint32_t type, const unsigned char *payload,
		      size_t length, bool *sane, struct err *err)
{
	struct unit_report report;
	if (type == FRAME_CHUNK && length >= sizeof(struct hash128))
		return take_chunk(pool, payload, length, err);
	if (type == FRAME_PREFIX && process->busy && process->task == NO_TASK && length == 1) {
		process->busy = false;
		process->received = 0;
		pool->prefixes[process->prefix].state = payload[0] ? PREFIX_READY : PREFIX_DROPPED;
		pool->statistics.prefixes += payload[0] != 0;
		return 0;
	}
	if (type == FRAME_UNIT && process->busy && process->task != NO_TASK &&
	    frame_decode_unit(payload, length, &report)) {
		struct task *task = &pool->tasks[process->task];
		process->busy = false;
		process->received = 0;
		if (process->prefix != PREFIX_NONE)
			judge_prefix(pool, process->prefix, report.prefix_used);
		int result = finish_task(pool, task, &report, err);
		unit_report_finish(&report);
		return result;
	}
	*sane = false;
	return 0;
}

/* Takes the whole frames out of the bytes received. *sane: false where they are not what a sound worker sends. */
static int take_frames(struct pool *pool, struct process *process, bool *sane, struct err *err)
{
	struct buf *in = &process->in;
	size_t at = 0;
	int result = 0;
	while (result == 0 && *sane && in->length - at >= sizeof(struct frame_header)) {
		struct frame_header header;
		memcpy(&header, in->data + at, sizeof header);
		if (header.length > FRAME_CEILING || !header.type || header.type >= FRAME_TYPE_END) {
			*sane = false;
			break;
		}
		if (in->length - at - sizeof header < header.length)
			break;
		const unsigned char *payload = (const unsigned char *)in->data + at + sizeof header;
		at += sizeof header + header.length;
		result = take_frame(pool, process, header.type, payload, header.length, sane, err);
	}
	if (at) {
		memmove(in->data, in->data + at, in->length - at);
		in->length -= at;
	}
	return result;
}

static void describe_death(const struct pool *pool, const struct process *process, int status, char *text, size_t size)
{
	if (process->timed_out)
		snprintf(text, size, "timed out after %u s", unit_seconds(pool));
	else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		snprintf(text, size, "crashed (signal %d)", WTERMSIG(status));
	else if (WIFSIGNALED(status))
		snprintf(text, size, "killed (signal %d)", WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
		snprintf(text, size, "ran out of memory");
	else
		snprintf(text, size, "its worker ended (status %d)", WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

/* The process died, hung or talked nonsense: its unit is tried once more at the end, or has failed. */
static int bury_process(struct pool *pool, struct process *process, struct err *err)
{
	bool busy = process->busy;
	struct task *task = process->task == NO_TASK ? NULL : &pool->tasks[process->task];
	/* Whatever ended it came before our SIGKILL, unless it hung. */
	int status = 0;
	bool ended = waitpid(process->pid, &status, WNOHANG) == process->pid;
	if (!ended && !process->timed_out) {
		struct timespec moment = {.tv_nsec = 50000000};
		nanosleep(&moment, NULL); /* its socket is closed: it is about to be gone */
		ended = waitpid(process->pid, &status, WNOHANG) == process->pid;
	}
	if (ended) {
		close(process->socket);
		buf_finish(&process->in);
		process->pid = 0;
		process->busy = false;
	} else {
		status = stop_process(process);
	}
	if (busy && !task)
		pool->prefixes[process->prefix].state = PREFIX_DROPPED;
	if (!busy || !task)
		return 0;
	if (!pool->retrying) {
		task->state = TASK_RETRY;
		pool->statistics.retried++;
		return 0;
	}
	char reason[64];
	describe_death(pool, process, status, reason, sizeof reason);
	return fail_task(pool, task, reason, err);
}

static int receive(struct pool *pool, struct process *process, struct err *err)
{
	char bytes[1 << 16];
	bool sane = true;
	ssize_t got = recv(process->socket, bytes, sizeof bytes, MSG_DONTWAIT);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (got <= 0)
		return bury_process(pool, process, err);
	process->received += (size_t)got;
	buf_append(&process->in, bytes, (size_t)got);
	if (process->received > FRAMES_CEILING + FRAME_CEILING || process->in.overflow)
		sane = false;
	int result = sane ? take_frames(pool, process, &sane, err) : 0;
	if (result == 0 && !sane)
		result = bury_process(pool, process, err);
	return result;
}

/* ---- handing out ---- */

/* What a process is to do next. */
struct work {
	size_t task;     /* NO_TASK: build the prefix */
	uint32_t prefix; /* PREFIX_NONE: none */
};

static bool take_prefix(struct pool *pool, struct work *work)
{
	for (uint32_t i = 0; pool->plan && i < pool->plan->count; i++) {
		if (pool->prefixes[i].state != PREFIX_PLANNED)
			continue;
		pool->prefixes[i].state = PREFIX_BUILDING;
		*work = (struct work){.task = NO_TASK, .prefix = i};
		return true;
	}
	return false;
}

/* The next unit that does not wait for a prefix. A retry goes without one. */
static bool take_task(struct pool *pool, struct work *work)
{
	enum task_state wanted = pool->retrying ? TASK_RETRY : TASK_WAITING;
	while (pool->next < pool->task_count && pool->tasks[pool->next].state != wanted)
		pool->next++;
	for (size_t i = pool->next; i < pool->task_count; i++) {
		const struct task *task = &pool->tasks[i];
		uint32_t prefix = pool->plan && !pool->retrying ? pool->plan->of_command[task->command] : PREFIX_NONE;
		if (task->state != wanted || (prefix != PREFIX_NONE && pool->prefixes[prefix].state == PREFIX_BUILDING))
			continue;
		if (prefix != PREFIX_NONE && pool->prefixes[prefix].state == PREFIX_DROPPED)
			prefix = PREFIX_NONE;
		*work = (struct work){.task = i, .prefix = prefix};
		return true;
	}
	return false;
}

static int give_work(struct pool *pool, struct process *process, const struct work *work, struct err *err)
{
	struct job job = {.kind = JOB_UNIT, .prefix = work->prefix};
	if (!process->pid) {
		int result = start_process(pool, process, err);
		if (result != 0)
			return result;
	}
	if (work->task == NO_TASK) {
		job.kind = JOB_PREFIX;
	} else {
		job.command = (uint32_t)pool->tasks[work->task].command;
		pool->tasks[work->task].state = TASK_RUNNING;
	}
	process->busy = true;
	process->task = work->task;
	process->prefix = work->prefix;
	process->deadline = milliseconds() + (int64_t)unit_seconds(pool) * 1000;
	process->timed_out = false;
	process->received = 0;
	/* A worker that died while idle: what is unsent comes back as its death. */
	(void)send_job(process, &job);
	return 0;
}

static bool any_running(const struct pool *pool)
{
	for (size_t i = 0; i < pool->process_count; i++)
		if (pool->processes[i].busy)
			return true;
	return false;
}

/* Gives work to whoever is idle. *finished: nothing is left and nobody works. */
static int give_out(struct pool *pool, bool *finished, struct err *err)
{
	if (pool->retrying && any_running(pool))
		return 0;
	for (size_t i = 0; i < pool->process_count; i++) {
		struct process *process = &pool->processes[i];
		struct work work;
		if (process->busy)
			continue;
		if (pool->retrying)
			stop_process(process); /* each retry in a fresh process */
		if (!(!pool->retrying && take_prefix(pool, &work)) && !take_task(pool, &work))
			break;
		int result = give_work(pool, process, &work, err);
		if (result != 0)
			return result;
		if (pool->retrying)
			return 0;
	}
	if (any_running(pool))
		return 0;
	if (pool->retrying) {
		*finished = true;
		return 0;
	}
	pool->retrying = true;
	pool->next = 0;
	for (size_t i = 0; i < pool->process_count; i++)
		stop_process(&pool->processes[i]);
	return give_out(pool, finished, err);
}

static int await_news(struct pool *pool, struct err *err)
{
	struct pollfd polled[pool->process_count];
	int64_t now = milliseconds(), wait = 1000;
	for (size_t i = 0; i < pool->process_count; i++) {
		const struct process *process = &pool->processes[i];
		polled[i] = (struct pollfd){.fd = process->pid ? process->socket : -1, .events = POLLIN};
		if (process->busy && process->deadline - now < wait)
			wait = process->deadline > now ? process->deadline - now : 0;
	}
	int ready = poll(polled, pool->process_count, pool->has_idle_work ? 0 : (int)wait);
	if (!ready && pool->has_idle_work)
		pool->has_idle_work = pool->sink->idle(pool->sink->context);
	if (ready < 0 && errno != EINTR)
		return err_errno(err, ERR_INTERNAL, errno, "waiting for worker processes");
	int result = 0;
	now = milliseconds();
	for (size_t i = 0; result == 0 && i < pool->process_count; i++) {
		struct process *process = &pool->processes[i];
		if (ready > 0 && polled[i].revents)
			result = receive(pool, process, err);
		else if (process->busy && now >= process->deadline) {
			process->timed_out = true;
			result = bury_process(pool, process, err);
		}
	}
	return result;
}

/* ---- the run ---- */

static int compare_tasks(const void *left, const void *right)
{
	const struct task *a = left, *b = right;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return a->command < b->command ? -1 : a->command > b->command;
}

/* Longest first, so that the last units to finish are short ones. */
static void plan_tasks(struct pool *pool, const size_t *indices, size_t count)
{
	pool->tasks = mem_zalloc(count, sizeof *pool->tasks);
	pool->task_count = count;
	for (size_t i = 0; i < count; i++) {
		struct stat info;
		pool->tasks[i].command = indices[i];
		if (stat(pool->list->commands[indices[i]].file, &info) == 0)
			pool->tasks[i].size = info.st_size;
	}
	qsort(pool->tasks, count, sizeof *pool->tasks, compare_tasks);
}

static void plan_prefixes(struct pool *pool, const size_t *indices, size_t count)
{
	pool->plan = pool->options->share_prefixes ? prefix_plan_create(pool->list, indices, count) : NULL;
	pool->setup.prefixes = pool->plan;
	if (!pool->plan)
		return;
	pool->prefixes = mem_zalloc(pool->plan->count, sizeof *pool->prefixes);
	for (size_t i = 0; i < pool->plan->count; i++)
		pool->prefixes[i].users_left = pool->plan->prefixes[i].users;
}

static const int CAUGHT[] = {SIGINT, SIGTERM, SIGHUP};
#define CAUGHT_COUNT (sizeof CAUGHT / sizeof *CAUGHT)

static void catch_signals(struct sigaction before[CAUGHT_COUNT])
{
	interrupted = 0;
	for (size_t i = 0; i < CAUGHT_COUNT; i++) {
		struct sigaction ours = {.sa_handler = note_signal};
		sigaction(CAUGHT[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(CAUGHT[i], &ours, NULL);
	}
}

static void release_signals(const struct sigaction before[CAUGHT_COUNT])
{
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		sigaction(CAUGHT[i], &before[i], NULL);
}

static int run(struct pool *pool, struct err *err)
{
	progress_report(pool->progress, "reading units", 0, pool->task_count, NULL);
	for (bool finished = false;;) {
		int result = give_out(pool, &finished, err);
		if (result != 0 || finished)
			return result;
		result = await_news(pool, err);
		if (result != 0)
			return result;
		if (interrupted)
			return err_set(err, ERR_INTERNAL, "interrupted (signal %d)", (int)interrupted);
	}
}

int extract_run(const struct command_list *list, const size_t *indices, size_t count,
		const struct extract_options *options, const struct extract_sink *sink, const struct progress *progress,
		struct extract_statistics *statistics, struct err *err)
{
	struct sigaction before[CAUGHT_COUNT];
	struct timespec since;
	clock_gettime(CLOCK_REALTIME, &since);
	struct pool pool = {.list = list, .options = options, .sink = sink, .progress = progress, .has_idle_work = sink->idle != NULL};
	pool.setup = (struct worker_setup){.list = list,
					   .memory_bytes = options->worker_bytes ? options->worker_bytes : DEFAULT_BYTES};
	pool.process_count = options->jobs ? options->jobs : 1;
	if (pool.process_count > count)
		pool.process_count = count ? count : 1;
	pool.processes = mem_zalloc(pool.process_count, sizeof *pool.processes);
	pool.checker = input_checker_create(list->root, options->tool_version ? options->tool_version : "");
	input_checker_distrust_after(pool.checker, since);
	pool.given = interner_create();
	plan_tasks(&pool, indices, count);
	catch_signals(before);
	plan_prefixes(&pool, indices, count);

	int result = run(&pool, err);

	for (size_t i = 0; i < pool.process_count; i++)
		stop_process(&pool.processes[i]);
	prefix_plan_destroy(pool.plan);
	release_signals(before);
	if (interrupted)
		raise((int)interrupted); /* as if we had not been in between */
	input_checker_destroy(pool.checker);
	interner_destroy(pool.given);
	free(pool.processes);
	free(pool.prefixes);
	free(pool.tasks);
	if (result == 0 && statistics)
		*statistics = pool.statistics;
	return result;
}
