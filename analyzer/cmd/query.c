/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline query: SQL of the user over the public views. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/session.h"
#include "cmd/terminal.h"

#define SECONDS 30 /* of processor time; the model stops a query long before that, unless it is within one step */

static void print_schema_text(void)
{
	for (const struct view_column *row = model_schema(); row->view; row++)
		if (!row->column)
			printf("%s%s%s%s: %s\n", row == model_schema() ? "" : "\n", terminal_style(stdout, STYLE_BOLD), row->view,
			       terminal_style(stdout, STYLE_PLAIN), row->description);
		else
			printf("  %-18s %s\n", row->column, row->description);
}

/* One row per column, with its view. */
static void print_schema_rows(enum output_format format)
{
	void (*field)(struct buf *out, const char *text, size_t length) =
		format == OUTPUT_JSON ? output_json_string : output_csv_field;
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	if (format == OUTPUT_CSV)
		buf_append_string(&out, "view,column,description\r\n");
	const char *before = "[\n  ";
	for (const struct view_column *row = model_schema(); row->view; row++) {
		if (!row->column)
			continue;
		const char *const values[] = {row->view, row->column, row->description};
		static const char *const keys[] = {"{\"view\": ", ", \"column\": ", ", \"description\": "};
		if (format == OUTPUT_JSON)
			buf_append_string(&out, before);
		before = ",\n  ";
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			buf_append_string(&out, format == OUTPUT_JSON ? keys[i] : i ? "," : "");
			field(&out, values[i], strlen(values[i]));
		}
		buf_append_string(&out, format == OUTPUT_JSON ? "}" : "\r\n");
	}
	if (format == OUTPUT_JSON)
		buf_append_string(&out, "\n]\n");
	fwrite(out.data, 1, out.length, stdout);
	buf_finish(&out);
}

static int print_schema(const struct options *options, struct err *err)
{
	enum output_format format;
	int result = output_format_parse(options_value(options, "format"), &format, err);
	if (result)
		return result;
	if (format == OUTPUT_TABLE)
		print_schema_text();
	else
		print_schema_rows(format);
	return 0;
}

static void out_of_time(int signal)
{
	(void)signal;
	static const char text[] = "sightline: error: the query took too long and was stopped; compare shorter strings\n";
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(EXIT_BAD_INPUT);
}

/* SQLite can be stopped between steps only, and one comparison of long strings is one step. Nothing is being written that
 * dying here could harm. */
static void limit_time(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_CPU, &limit))
		return;
	signal(SIGXCPU, out_of_time);
	if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur <= SECONDS)
		return; /* the caller's limit is as good */
	limit.rlim_cur = SECONDS;
	setrlimit(RLIMIT_CPU, &limit);
}

static int run_query(const struct options *options, int *code, struct err *err)
{
	(void)code;
	if (options_has(options, "schema"))
		return print_schema(options, err);
	if (options->operand_count != 1)
		return err_set(err, ERR_INPUT, options->operand_count ? "sightline query: quote the SQL: sightline query 'SELECT ...'"
								      : "sightline query: give one SELECT, or --schema for the views");
	struct session session;
	struct rows *rows = NULL;
	int result = session_open(options, &session, err);
	if (result)
		return result;
	limit_time();
	struct query_parameter parameters[] = {{.name = ":release", .value = session.release}};
	result = model_query_foreign(session.model, options->operands[0], parameters, 1, 0, &rows, err);
	if (!result)
		result = output_rows(stdout, rows, session.format, false, "no rows", stderr, err);
	rows_close(rows);
	session_finish(&session);
	return result;
}

static const struct option_spec query_options[] = {
	{0, "schema", NULL, "print the views with a line on each column"}, {'r', "release", "NAME", "value of :release (default: the newest)"},
	OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_query = {
	.name = "query", .synopsis = "'SELECT ...' | --schema", .summary = "ask the model in SQL",
	.description = "Runs one SELECT, read-only, over the public views and nothing else. :release is bound to the release asked for.\n"
		       "A query that takes too many steps or too long is stopped.",
	.examples =
		"  sightline query --schema\n      the views and their columns\n"
		"  sightline query \"SELECT name, file, cognitive FROM functions WHERE release = :release ORDER BY cognitive DESC LIMIT 10\"\n"
		"      the ten functions that are hardest to read",
	.options = query_options, .run = run_query,
};
