/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline trace: runs a program with the agent in it, and adds what was seen to the release. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/trace_format.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/launch.h"
#include "cmd/observe.h"
#include "cmd/own.h"
#include "cmd/patch_plans.h"
#include "cmd/reference.h"

#define AGENT_NAME "libsightline-agent.so"
#define SAMPLE_NANOSECONDS 4000000 /* CPU time between samples; timers follow the kernel's tick, which is seldom faster */
#define APIS_LARGEST 65535 /* what the agent reads of --apis */
#define STRAGGLERS_MILLISECONDS 300 /* children that end with their parent get so long */

struct trace {
	const struct options *options;
	struct session session;
	struct terminal_progress progress;
	struct program program;
	struct traces traces;
	struct trace_files files;
	char *agent, *apis;   /* files */
	struct interner *compacted;
	int status;           /* of waitpid */
};

/* ---- before it runs ---- */

static char *agent_beside(const char *folder, const char *below)
{
	struct buf path;
	buf_init(&path, BUF_NO_CEILING);
	buf_printf(&path, "%s%s/" AGENT_NAME, folder, below);
	char *real = access(path.data, R_OK) ? NULL : realpath(path.data, NULL);
	buf_finish(&path);
	return real;
}

/* SIGHTLINE_AGENT_LIBRARY; beside this program, as a build leaves it; where an installation puts it. */
static int find_agent(char **out, struct err *err)
{
	const char *override = getenv("SIGHTLINE_AGENT_LIBRARY");
	char self[PATH_MAX];
	if (override && *override) {
		*out = realpath(override, NULL);
		return *out ? 0 : err_errno(err, ERR_INPUT, errno, "SIGHTLINE_AGENT_LIBRARY=%s: cannot be read", override);
	}
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	self[length < 0 ? 0 : length] = 0;
	char *slash = strrchr(self, '/');
	if (slash)
		*slash = 0;
	*out = agent_beside(self, "");
	if (!*out)
		*out = agent_beside(self, "/../" SIGHTLINE_LIBRARY_FOLDER "/sightline");
	if (!*out)
		*out = agent_beside(SIGHTLINE_PREFIX, "/" SIGHTLINE_LIBRARY_FOLDER "/sightline");
	if (!*out)
		return err_set(err, ERR_INTERNAL, AGENT_NAME " is not beside %s/sightline nor in its library folder; build it, or say where it is "
			       "with SIGHTLINE_AGENT_LIBRARY", self);
	/* The loader splits LD_PRELOAD there, and has no way to quote it. */
	if (strpbrk(*out, ": "))
		return err_set(err, ERR_INPUT, "%s: the loader cannot preload a library whose path has a blank or a colon in it; put it elsewhere "
			       "and say where with SIGHTLINE_AGENT_LIBRARY", *out);
	return 0;
}

static void append_escaped(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, ";%s=", name);
	for (; *value; value++)
		if (strchr(";%", *value) || (unsigned char)*value <= ' ' || (unsigned char)*value >= 0x7f)
			buf_printf(out, "%%%02x", (unsigned char)*value);
		else
			buf_append_char(out, *value);
}

static bool is_among(const char *word, const char *const *names, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (!strcmp(word, names[i]))
			return true;
	return false;
}

/* A row of --apis, as agent/apis.c reads it: a function, kind, type, operation, and one or two numbers of arguments. The agent
 * leaves out what makes no sense, and has nobody to tell. */
static const char *fault_of_api(char *line)
{
	static const char *const kinds[] = TRACE_RESOURCE_NAMES, *const operations[] = TRACE_OPERATION_NAMES;
	char *words[7], *rest = line;
	size_t count = 0;
	line[strcspn(line, "#")] = 0;
	for (char *word; count < 7 && (word = strtok_r(rest, " \t\r", &rest));)
		words[count++] = word;
	if (!count)
		return NULL;
	if (count < 5 || count > 6)
		return "has not the 5 or 6 words FUNCTION KIND TYPE OPERATION TEXT [LENGTH]";
	if (!is_among(words[1], kinds, TRACE_RESOURCE_KINDS))
		return "names no kind of resource in its second word (sql, topic, host, file ...)";
	if (!is_among(words[3], operations, TRACE_OPERATIONS))
		return "names no operation in its fourth word (prepare, publish, subscribe, open ...)";
	for (size_t i = 4; i < count; i++)
		if (words[i][0] < '1' || words[i][0] > '6' || words[i][1])
			return "has a number of an argument that is not 1 to 6";
	return NULL;
}

static int check_apis(const char *path, struct err *err)
{
	char *text = NULL, *rest;
	size_t length, number = 0;
	int result = file_read(path, APIS_LARGEST, &text, &length, err);
	rest = text;
	for (char *line; !result && (line = strsep(&rest, "\n"));) {
		const char *fault = (number++, fault_of_api(line));
		if (fault)
			result = err_set(err, ERR_INPUT, "--apis %s:%zu: %s", path, number, fault);
	}
	free(text);
	return result;
}

static int check_options(struct trace *trace, struct err *err)
{
	const char *mode = options_value(trace->options, "mode"), *apis = options_value(trace->options, "apis");
	static const char *const modes[] = {"auto", "fentry", "instrument", "patch", "plt"};
	bool known = !mode;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		known |= mode && !strcmp(mode, modes[i]);
	if (!known)
		return err_set(err, ERR_INPUT, "--mode %s: there is auto, fentry, instrument, patch and plt", mode);
	trace->apis = apis ? realpath(apis, NULL) : NULL;
	if (apis && (!trace->apis || access(trace->apis, R_OK)))
		return err_errno(err, ERR_INPUT, errno, "--apis %s: cannot be read", apis);
	return apis ? check_apis(trace->apis, err) : 0;
}

static void agent_options(const struct trace *trace, struct buf *out)
{
	const char *mode = options_value(trace->options, "mode");
	append_escaped(out, "dir", trace->traces.folder);
	out->data[0] = ' '; /* no separator in front of the first */
	append_escaped(out, "mode", mode ? mode : "auto");
	append_escaped(out, "run", trace->traces.run_id);
	append_escaped(out, "follow", options_has(trace->options, "no-follow") ? "0" : "1");
	if (options_has(trace->options, "sample"))
		buf_printf(out, ";sample=%d", SAMPLE_NANOSECONDS);
	if (options_has(trace->options, "time"))
		buf_append_string(out, ";time=1");
	if (trace->traces.paused)
		buf_append_string(out, ";paused=1");
	if (trace->apis)
		append_escaped(out, "apis", trace->apis);
	bool is_auto = !mode || !strcmp(mode, "auto");
	if (is_auto) {
		struct buf own;
		own_paths(trace->session.root, trace->program.path, &own);
		append_escaped(out, "own", own.data);
		buf_finish(&own);
	}
	char *cache = is_auto || !strcmp(mode, "patch") ? patch_plans_folder() : NULL;
	if (cache)
		append_escaped(out, "cache", cache);
	free(cache);
}

/* ---- after it ran ---- */

/* Looked for anew each time: a process that was forked last may not have made its file yet. */
static int find_traces(struct trace *trace, struct err *err)
{
	char ids[128];
	struct timespec pause = {0, 10000000};
	int result;
	for (int i = 0;; i++) {
		nanosleep(&pause, NULL);
		trace_files_finish(&trace->files);
		result = trace_files_find(trace->traces.folder, &trace->files, err);
		if (result || i >= STRAGGLERS_MILLISECONDS / 10 || !trace_files_running(&trace->files, ids, sizeof ids))
			return result;
	}
}

static int keep(const struct trace *trace, const char *path, struct err *err)
{
	int result = trace_files_join(&trace->files, path, false, err);
	if (!result && !trace->session.quiet)
		observe_say("wrote %s: %zu %s", path, trace->files.count, trace->files.count == 1 ? "process" : "processes");
	return result;
}

/* What is still being written to is left where it is. */
static void leave_running(struct trace *trace, size_t running, const char *ids, bool *keep_folder)
{
	*keep_folder = true;
	observe_say("%zu traced %s still running (%s) and %s recorded on; afterwards: sightline ingest %s", running,
		    running == 1 ? "process is" : "processes are", ids, running == 1 ? "is" : "are", trace->traces.folder);
}

static void tell_end(const struct trace *trace)
{
	int code = launch_exit_code(trace->status);
	const char *name = path_basename(trace->program.path);
	if (code > 128 && (trace->status & 0x7f))
		observe_say("%s was ended by signal %d (%s)", name, trace->status & 0x7f, strsignal(trace->status & 0x7f));
	else if (code)
		observe_say("%s ended with exit code %d", name, code);
}

static int take_in(struct trace *trace, bool *keep_folder, struct err *err)
{
	const char *output = options_value(trace->options, "output"), *release = options_value(trace->options, "release");
	struct observe_outcome outcome = {0};
	struct err none = {0};
	char ids[128];
	int result = find_traces(trace, &none);
	if (result) {
		observe_say("the agent left no trace of %s: it could not write to %s, or the program was ended before it was loaded",
			    trace->program.path, trace->traces.folder);
		return 0;
	}
	size_t running = trace_files_running(&trace->files, ids, sizeof ids);
	if (output && (result = keep(trace, output, err)))
		return result;
	result = observe_has_release(&trace->session, release, &none);
	if (result == ERR_NOT_FOUND || (result && output && !release)) {
		*keep_folder = !output;
		const char *where = output ? output : trace->traces.folder;
		observe_say("%s; the trace is kept in %s: scan the tree that was built, then: sightline ingest %s", none.text, where, where);
		if (running)
			leave_running(trace, running, ids, keep_folder);
		return release ? err_set(err, ERR_INPUT, "%s", none.text) : 0;
	}
	result = observe_files(&trace->session, release, &trace->files, options_has(trace->options, "force"), &trace->progress, &outcome,
			       err);
	*keep_folder = result && !output;
	if (result && !output)
		observe_say("the trace is kept in %s", trace->traces.folder);
	if (!result && !trace->session.quiet) {
		observe_say("%zu %s of %s; release %s now shows", trace->files.count, trace->files.count == 1 ? "process" : "processes",
			    path_basename(trace->program.path), trace->session.release);
		result = observe_print(&trace->session, err);
	}
	if (running)
		leave_running(trace, running, ids, keep_folder);
	return result;
}

static void compact(void *context)
{
	struct trace *trace = context;
	traces_compact(&trace->traces, trace->compacted);
}

/* Below the codebase; where that cannot be written, and the trace is kept elsewhere, there. */
static int make_folder(struct trace *trace, struct err *err)
{
	const char *output = options_value(trace->options, "output");
	bool paused = options_has(trace->options, "paused");
	char *parent = path_join(trace->session.root, ".sightline/traces");
	int result = traces_create(parent, paused, &trace->traces, err);
	free(parent);
	if (!result || !output)
		return result;
	const char *slash = strrchr(output, '/');
	parent = slash == output ? mem_strdup("/") : slash ? mem_strndup(output, (size_t)(slash - output)) : mem_strdup(".");
	*err = (struct err){0};
	result = traces_create(parent, paused, &trace->traces, err);
	free(parent);
	return result;
}

static int record(struct trace *trace, int *code, struct err *err)
{
	const struct options *options = trace->options;
	struct buf value;
	bool keep_folder = true;
	int result = make_folder(trace, err);
	if (result)
		return result;
	session_hide(&trace->session);
	buf_init(&value, BUF_NO_CEILING);
	agent_options(trace, &value);
	struct launch launch = {&trace->program, options->operands, trace->agent, value.data + 1, compact, trace};
	if (!trace->session.quiet)
		observe_say("recording%s; sightline trace --control %s pause|resume|snapshot", trace->traces.paused ? " is paused" : "",
			    trace->traces.folder);
	result = launch_run(&launch, &trace->status, err);
	buf_finish(&value);
	if (result) {
		traces_remove(&trace->traces);
		return result;
	}
	*code = launch_exit_code(trace->status);
	if (!trace->session.quiet)
		tell_end(trace);
	result = take_in(trace, &keep_folder, err);
	if (keep_folder)
		compact(trace);
	else
		traces_remove(&trace->traces);
	return result;
}

/* ---- --control ---- */

/* A copy of what there is so far; ingested like a whole run, whose place it holds until that comes. */
static int take_snapshot(struct trace *trace, const char *folder, struct err *err)
{
	const char *output = options_value(trace->options, "output");
	struct observe_outcome outcome;
	struct buf copy;
	int result = trace_files_find(folder, &trace->files, err);
	if (result)
		return result;
	buf_init(&copy, BUF_NO_CEILING);
	if (output)
		buf_append_string(&copy, output);
	else
		buf_printf(&copy, "%s/snapshot-%ld", folder, (long)getpid());
	result = trace_files_join(&trace->files, copy.data, true, err);
	trace_files_finish(&trace->files);
	if (!result && output) {
		if (!trace->session.quiet)
			observe_say("wrote %s; to add it to a release: sightline ingest %s", output, output);
	} else if (!result) {
		result = trace_files_find(copy.data, &trace->files, err);
		if (!result)
			result = observe_files(&trace->session, options_value(trace->options, "release"), &trace->files,
					       options_has(trace->options, "force"), &trace->progress, &outcome, err);
		unlink(copy.data);
		if (!result && !trace->session.quiet)
			result = observe_print(&trace->session, err);
	}
	buf_finish(&copy);
	return result;
}

static int control(struct trace *trace, const char *folder, struct err *err)
{
	const struct options *options = trace->options;
	const char *action = options->operand_count == 1 ? options->operands[0] : "";
	if (!strcmp(action, "snapshot"))
		return take_snapshot(trace, folder, err);
	if (strcmp(action, "pause") && strcmp(action, "resume"))
		return err_set(err, ERR_INPUT, "sightline trace --control %s: say one of pause, resume and snapshot", folder);
	return traces_pause(folder, !strcmp(action, "pause"), err);
}

/* ---- the command ---- */

static int run_trace(const struct options *options, int *code, struct err *err)
{
	struct trace trace = {.options = options};
	const char *folder = options_value(options, "control");
	if (!options->operand_count)
		return err_set(err, ERR_INPUT, "sightline trace: name the program to run: sightline trace -- PROGRAM ARGS...");
	int result = session_start(options, NULL, &trace.session, err);
	if (result)
		return result;
	trace.compacted = interner_create();
	terminal_progress_init(&trace.progress, trace.session.quiet);
	if (folder) {
		result = control(&trace, folder, err);
	} else {
		result = check_options(&trace, err);
		if (!result)
			result = reference_use(options, trace.session.config, err);
		if (!result)
			result = program_check(options->operands[0], &trace.program, err);
		if (!result)
			result = find_agent(&trace.agent, err);
		if (!result)
			result = record(&trace, code, err);
	}
	trace_files_finish(&trace.files);
	traces_finish(&trace.traces);
	program_finish(&trace.program);
	interner_destroy(trace.compacted);
	free(trace.agent);
	free(trace.apis);
	session_finish(&trace.session);
	return result;
}

static const struct option_spec trace_options[] = {
	OPTION_RULES, OPTION_REFERENCE,
	{'o', "output", "FILE", "keep the trace in this file, for 'sightline ingest' elsewhere or later"},
	{0, "mode", "auto|fentry|instrument|patch|plt", "how calls are recorded (default: auto, the best for each module)"},
	{0, "sample", NULL, "take samples of the CPU time, too: weights, not counts"},
	{0, "time", NULL, "measure time per function, too (what is built with -finstrument-functions)"},
	{0, "no-follow", NULL, "leave the processes that it starts alone"},
	{0, "paused", NULL, "record nothing until --control DIR resume"},
	{0, "apis", "FILE", "more functions whose arguments name SQL, topics and the like"},
	{'r', "release", "NAME", "the release whose build runs (default: the newest)"},
	{0, "force", NULL, "add the run even if it is of another build than the release, marked as foreign"},
	{0, "control", "DIR", "pause, resume or take a snapshot of the run that records to this folder"},
	{0, NULL, NULL, NULL},
};
const struct command_spec command_trace = {
	.name = "trace", .synopsis = "[OPTIONS] -- PROGRAM ARGS...", .summary = "run a program and record what it does",
	.description =
		"Runs a program, rebuilt for it or not, and records which functions call which, which files, sockets, locks, threads and\n"
		"so on each uses, and from which entry point; adds that to the release. For exact counts of all calls build with\n"
		"-fpatchable-function-entry=5 -g (costs nothing when not traced), or with -pg -mfentry or -finstrument-functions.\n\n"
		"What is built without is recorded by what it is. The codebase's own executables and libraries, whoever starts or loads\n"
		"them, have their functions' first instructions replaced in memory (mode patch): all calls, at up to about twice the\n"
		"time. They are what lies below the root, and the program that is named here if its debug information is of the codebase,\n"
		"or it has symbols alone. Of all else, as shells and compilers, calls into other modules are counted (mode plt), and so\n"
		"where patching is not possible. In both, the call stacks at the resources that are used. --mode patch or plt has all of\n"
		"it one way. Which module was recorded how, and why: sightline query \"SELECT * FROM coverage WHERE what LIKE 'module%'\"\n\n"
		"The program has the terminal, its signals and its exit code to itself: that code is also sightline's (128 + the number of\n"
		"a signal that ended it), unless the program could not be started or its trace not be ingested (2, 3). What the\n"
		"program leaves running is recorded on, and told.",
	.examples =
		"  sightline trace -- ./server --port 7000\n      until it ends or is interrupted\n"
		"  sightline trace -o run.trace -- make check\n      with everything it starts; keep the trace\n"
		"  sightline trace --mode plt -- ./server\n      without changing its code\n"
		"  sightline trace --paused -- ./server &   then\n  sightline trace --control DIR resume; sleep 60; sightline trace --control DIR snapshot\n"
		"      a minute of a server that goes on",
	.options = trace_options, .run = run_trace,
};
