/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline serve: the page of the newest release, for a browser on this machine. Tables are made once per state of the model, kept
 * compressed, and handed out as the page asks for them; a model that has changed is read again. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/hash.h"
#include "base/mem.h"
#include "cmd/page.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "net/httpd.h"

/* What is handed out: never changed once it is made. */
struct shown {
	struct interner *names;
	struct blob { char *bytes; size_t length; } *tables; size_t capacity; /* by id of names; deflated */
	char *html; size_t html_length;
	char state[HASH_HEX_LENGTH + 1];
};

struct serving {
	const struct options *options;
	pthread_mutex_t lock;
	struct shown *shown;  /* NULL: the model cannot be read */
	struct stat seen[2];  /* of the database and what SQLite keeps beside it */
};

/* ---- making ---- */

static int append(void *context, const void *bytes, size_t length)
{
	buf_append(context, bytes, length);
	return 0;
}

static int take_table(void *context, const struct report_table *table)
{
	struct shown *shown = context;
	struct buf packed;
	buf_init(&packed, BUF_NO_CEILING);
	struct report_output output = {append, &packed};
	int status = report_table_packed(table, &output);
	uint32_t id = interner_add_string(shown->names, table->name);
	mem_grow(&shown->tables, &shown->capacity, (size_t)id + 1, sizeof *shown->tables);
	shown->tables[id].bytes = buf_take(&packed, &shown->tables[id].length);
	return status;
}

static void shown_destroy(struct shown *shown)
{
	if (!shown)
		return;
	for (uint32_t i = 0; i < interner_count(shown->names); i++)
		free(shown->tables[i].bytes);
	free(shown->tables);
	interner_destroy(shown->names);
	free(shown->html);
	free(shown);
}

static int make_html(struct shown *shown, const char *title, struct err *err)
{
	struct buf html;
	struct report_error error = {""};
	buf_init(&html, BUF_NO_CEILING);
	struct report_output output = {append, &html};
	int failed = report_page_served(title, &output, &error);
	shown->html = buf_take(&html, &shown->html_length);
	return failed ? err_set(err, ERR_INTERNAL, "the page cannot be made: %s", error.text) : 0;
}

static void make_state(struct shown *shown)
{
	struct hasher *hasher = hasher_create();
	for (uint32_t i = 0; i < interner_count(shown->names); i++) {
		hasher_add_string(hasher, interner_text(shown->names, i));
		hasher_add(hasher, shown->tables[i].bytes, shown->tables[i].length);
	}
	hash_hex(hasher_result(hasher), shown->state);
	hasher_destroy(hasher);
}

static void look(const char *database, struct stat seen[2])
{
	struct buf beside;
	buf_init(&beside, BUF_NO_CEILING);
	buf_printf(&beside, "%s-wal", database);
	memset(seen, 0, 2 * sizeof *seen);
	if (stat(database, &seen[0]))
		memset(&seen[0], 0, sizeof seen[0]);
	if (stat(beside.data, &seen[1]))
		memset(&seen[1], 0, sizeof seen[1]);
	buf_finish(&beside);
}

/* seen: what the files were before anything was read of them. */
static int make(const struct options *options, struct shown **out, char **database, struct stat seen[2], struct err *err)
{
	struct session session;
	struct page *page = NULL;
	char *title = NULL;
	int stopped = 0, result = session_open(options, &session, err);
	if (result)
		return result;
	look(session.database, seen);
	struct shown *shown = mem_zalloc(1, sizeof *shown);
	shown->names = interner_create();
	result = page_create(&session, options_value(options, "base"), &page, err);
	if (!result)
		result = page_tables(page, take_table, shown, &stopped, err);
	if (!result && stopped)
		result = err_set(err, ERR_INTERNAL, "the tables of the page cannot be compressed");
	if (!result)
		result = model_codebase(session.model, &title, err);
	if (!result)
		result = make_html(shown, title && *title ? title : "codebase", err);
	make_state(shown);
	if (!result && database)
		*database = mem_strdup(session.database);
	page_destroy(page);
	free(title);
	session_finish(&session);
	if (result)
		shown_destroy(shown);
	else
		*out = shown;
	return result;
}

/* ---- handing out ---- */

static void give(struct httpd_reply *reply, const char *type, const void *bytes, size_t length)
{
	reply->status = 200;
	reply->type = type;
	reply->bytes = mem_alloc(length + 1);
	memcpy(reply->bytes, bytes, length);
	reply->length = length;
}

static void answer(void *context, const char *path, struct httpd_reply *reply)
{
	struct serving *serving = context;
	uint32_t id;
	pthread_mutex_lock(&serving->lock);
	const struct shown *shown = serving->shown;
	if (!shown) {
		static const char gone[] = "The model cannot be read; sightline serve says why.\n";
		give(reply, "text/plain; charset=utf-8", gone, sizeof gone - 1);
		reply->status = 503;
	} else if (!*path) {
		give(reply, "text/html; charset=utf-8", shown->html, shown->html_length);
	} else if (!strcmp(path, "state")) {
		give(reply, "text/plain; charset=utf-8", shown->state, strlen(shown->state));
	} else if (!strncmp(path, "data/", 5) && interner_find(shown->names, path + 5, strlen(path + 5), &id)) {
		give(reply, "application/json; charset=utf-8", shown->tables[id].bytes, shown->tables[id].length);
		reply->is_deflated = true;
	}
	pthread_mutex_unlock(&serving->lock);
}

/* ---- watching ---- */

static bool has_changed(const struct stat a[2], const struct stat b[2])
{
	for (unsigned i = 0; i < 2; i++)
		if (a[i].st_ino != b[i].st_ino || a[i].st_size != b[i].st_size || a[i].st_mtim.tv_sec != b[i].st_mtim.tv_sec ||
		    a[i].st_mtim.tv_nsec != b[i].st_mtim.tv_nsec)
			return true;
	return false;
}

static void read_again(struct serving *serving)
{
	struct shown *fresh = NULL, *old;
	struct err why = {0};
	int result = make(serving->options, &fresh, NULL, serving->seen, &why);
	pthread_mutex_lock(&serving->lock);
	old = serving->shown;
	serving->shown = fresh;
	pthread_mutex_unlock(&serving->lock);
	shown_destroy(old);
	if (result)
		terminal_print(stderr, "sightline: error: ", why.text, "; serving goes on once it can be read\n");
}

/* Until a signal asks for the end. A model is read again once it has been left alone for a second: a scan writes in several steps. */
static void serve(struct serving *serving, const char *database, const sigset_t *ends)
{
	const struct timespec second = {1, 0};
	struct stat before[2], now[2];
	memcpy(before, serving->seen, sizeof before);
	bool is_stale = false;
	for (;;) {
		int number = sigtimedwait(ends, NULL, &second);
		if (number > 0)
			return;
		look(database, now);
		bool moving = has_changed(before, now);
		memcpy(before, now, sizeof before);
		is_stale |= moving;
		if (is_stale && !moving) {
			read_again(serving);
			look(database, before); /* reading makes files beside it come and go */
			is_stale = false;
		}
	}
}

static int parse_port(const struct options *options, unsigned *port, struct err *err)
{
	const char *text = options_value(options, "port");
	char *end;
	*port = 0;
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (!*text || *end || *text == '-' || value > 65535)
		return err_set(err, ERR_INPUT, "--port %s: give a number up to 65535; 0: any that is free", text);
	*port = (unsigned)value;
	return 0;
}

static int run_serve(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct serving serving = {.options = options};
	struct httpd_options how = {.address = options_value(options, "listen"), .answer = answer, .context = &serving};
	struct httpd *server = NULL;
	char *database = NULL;
	sigset_t ends;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline serve: \"%s\" is unexpected; see 'sightline serve --help'", options->operands[0]);
	int result = parse_port(options, &how.port, err);
	if (!result)
		result = make(options, &serving.shown, &database, serving.seen, err);
	if (result)
		return result;
	/* Blocked before there are threads: only serve() takes them. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	pthread_mutex_init(&serving.lock, NULL);
	result = httpd_start(&how, &server, err);
	if (!result) {
		printf("%s\n", httpd_url(server));
		if (fflush(stdout))
			result = err_errno(err, ERR_IO, errno, "the address cannot be written");
		if (!result && !options_has(options, "quiet"))
			fputs("sightline: serving; open the address in a browser of this machine, and end with Ctrl-C\n", stderr);
		if (!result)
			serve(&serving, database, &ends);
		httpd_stop(server);
	}
	pthread_mutex_destroy(&serving.lock);
	shown_destroy(serving.shown);
	free(database);
	return result;
}

static const struct option_spec serve_options[] = {
	{0, "listen", "ADDRESS", "numeric address to listen at (default: 127.0.0.1, which only this machine reaches)"},
	{0, "port", "N", "port (default: any that is free)"},
	{0, "base", "NAME", "the older release to compare with (default: the one before)"},
	OPTION_RELEASE, {0, NULL, NULL, NULL},
};
const struct command_spec command_serve = {
	.name = "serve", .synopsis = "[OPTIONS]", .summary = "show the page in a browser, and anew after each scan",
	.description = "Serves the page that 'sightline report --format html' writes; its tables are fetched as views need them, so that it opens at\n"
		       "once however large the codebase is. A page that is open loads itself anew when a scan has finished. Nothing is written, and\n"
		       "the address, which is printed, has a random token: other users and other sites cannot ask. Ends with Ctrl-C.",
	.examples = "  sightline serve\n      prints the address to open\n"
		    "  sightline serve --port 8080 --release v2.4\n      a fixed port, and a release",
	.options = serve_options, .run = run_serve,
};
