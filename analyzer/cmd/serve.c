/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline serve: the page of the newest release, for a browser on this machine. The model is held open as it was at one moment; a
 * table is queried when the page asks for it, and kept compressed while there is room. A model that has changed is opened anew. */
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
#include "cmd/page_cache.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "net/httpd.h"

#define KEPT_BYTES (64u << 20) /* of tables that were asked for */

/* What is shown: the model at one moment. */
struct shown {
	struct session session;
	struct page *page;
	struct page_cache *tables;
	char *html; size_t html_length;
	char state[HASH_HEX_LENGTH + 1]; /* another where any table may differ */
	bool has_failed;                 /* and that was told */
};

struct serving {
	const struct options *options;
	pthread_mutex_t lock;
	struct shown *shown;  /* NULL: the model cannot be read */
	struct stat seen[2];  /* of the database and what SQLite keeps beside it */
};

/* ---- opening ---- */

static int append(void *context, const void *bytes, size_t length)
{
	buf_append(context, bytes, length);
	return 0;
}

static void shown_destroy(struct shown *shown)
{
	if (!shown)
		return;
	page_destroy(shown->page);
	page_cache_destroy(shown->tables);
	session_finish(&shown->session);
	free(shown->html);
	free(shown);
}

static int make_html(struct shown *shown, struct err *err)
{
	struct buf html;
	struct report_error error = {""};
	char *title = NULL;
	int result = model_codebase(shown->session.model, &title, err);
	if (result)
		return result;
	buf_init(&html, BUF_NO_CEILING);
	struct report_output output = {append, &html};
	int failed = report_page_served(*title ? title : "codebase", &output, &error);
	shown->html = buf_take(&html, &shown->html_length);
	free(title);
	return failed ? err_set(err, ERR_INTERNAL, "the page cannot be made: %s", error.text) : 0;
}

static int make_state(struct shown *shown, struct err *err)
{
	struct hasher *hasher = hasher_create();
	struct rows *rows = NULL;
	bool has_row;
	hasher_add_string(hasher, shown->session.release);
	hasher_add_string(hasher, page_base(shown->page) ? page_base(shown->page) : "");
	int result = model_query_named(shown->session.model, "page_state", NULL, 0, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		for (size_t i = 0; i < rows_columns(rows); i++)
			hasher_add_string(hasher, rows_text(rows, i, NULL));
	rows_close(rows);
	hash_hex(hasher_result(hasher), shown->state);
	hasher_destroy(hasher);
	return result;
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

/* seen: what the files were before anything was read of them. Takes as long for a large model as for a small one. */
static int make(const struct options *options, struct shown **out, char **database, struct stat seen[2], struct err *err)
{
	struct shown *shown = mem_zalloc(1, sizeof *shown);
	int result = session_start(options, NULL, &shown->session, err);
	if (!result) {
		look(shown->session.database, seen);
		session_finish(&shown->session);
		result = session_open(options, &shown->session, err);
	}
	if (!result)
		result = model_hold(shown->session.model, err);
	if (!result)
		result = page_create(&shown->session, options_value(options, "base"), &shown->page, err);
	if (!result)
		result = make_html(shown, err);
	if (!result)
		result = make_state(shown, err);
	shown->tables = page_cache_create(KEPT_BYTES);
	if (result) {
		shown_destroy(shown);
		return result;
	}
	if (database)
		*database = mem_strdup(shown->session.database);
	*out = shown;
	return 0;
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

/* A table on its way: what was asked for is handed out, and all that was made along with it is kept. */
struct delivery { struct page_cache *tables; const char *name; struct httpd_reply *reply; };

static int take_table(void *context, const struct report_table *table)
{
	struct delivery *delivery = context;
	struct buf packed;
	size_t length;
	buf_init(&packed, BUF_NO_CEILING);
	struct report_output output = {append, &packed};
	int status = report_table_packed(table, &output);
	char *bytes = buf_take(&packed, &length);
	if (status) {
		free(bytes);
		return status;
	}
	if (!strcmp(table->name, delivery->name))
		give(delivery->reply, "application/json; charset=utf-8", bytes, length);
	page_cache_put(delivery->tables, table->name, bytes, length);
	return 0;
}

static void fail(struct shown *shown, struct httpd_reply *reply, const char *why)
{
	static const char gone[] = "The model cannot be read; sightline serve says why.\n";
	if (shown && !shown->has_failed)
		terminal_print(stderr, "sightline: error: ", why, "\n");
	if (shown)
		shown->has_failed = true;
	free(reply->bytes);
	give(reply, "text/plain; charset=utf-8", gone, sizeof gone - 1);
	reply->status = 503;
}

static void give_table(struct shown *shown, const char *name, struct httpd_reply *reply)
{
	const char *bytes;
	size_t length;
	bool found = true;
	int stopped = 0;
	struct err err;
	struct delivery delivery = {shown->tables, name, reply};
	if (page_cache_get(shown->tables, name, &bytes, &length)) {
		give(reply, "application/json; charset=utf-8", bytes, length);
	} else if (page_table(shown->page, name, take_table, &delivery, &found, &stopped, &err)) {
		fail(shown, reply, err.text);
		return;
	} else if (stopped) {
		fail(shown, reply, "a table cannot be compressed");
		return;
	}
	reply->is_deflated = reply->bytes != NULL;
}

/* path: "STATE/NAME". A page never gets tables of two states: their numbers would not fit together. */
static void give_table_at(struct shown *shown, const char *path, struct httpd_reply *reply)
{
	static const char changed[] = "The model has changed; load the page again.\n";
	size_t length = strlen(shown->state);
	if (strnlen(path, length + 1) <= length || path[length] != '/')
		return;
	if (!strncmp(path, shown->state, length)) {
		give_table(shown, path + length + 1, reply);
		return;
	}
	give(reply, "text/plain; charset=utf-8", changed, sizeof changed - 1);
	reply->status = 410;
}

static void answer(void *context, const char *path, struct httpd_reply *reply)
{
	struct serving *serving = context;
	pthread_mutex_lock(&serving->lock);
	struct shown *shown = serving->shown;
	if (!shown)
		fail(NULL, reply, NULL);
	else if (!*path)
		give(reply, "text/html; charset=utf-8", shown->html, shown->html_length);
	else if (!strcmp(path, "state"))
		give(reply, "text/plain; charset=utf-8", shown->state, strlen(shown->state));
	else if (!strncmp(path, "data/", 5))
		give_table(shown, path + 5, reply);
	else if (!strncmp(path, "at/", 3))
		give_table_at(shown, path + 3, reply);
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
	.description = "Serves the page that 'sightline report --format html' writes; its tables are queried as views need them, so that it opens\n"
		       "at once however large the codebase is. A page that is open loads itself anew when a scan has finished. Nothing is written, and\n"
		       "the address, which is printed, has a random token: other users and other sites cannot ask. Ends with Ctrl-C.",
	.examples = "  sightline serve\n      prints the address to open\n"
		    "  sightline serve --port 8080 --release v2.4\n      a fixed port, and a release",
	.options = serve_options, .run = run_serve,
};
