/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline query: SQL of the user over the public views. */
#include <string.h>

#include "cmd/session.h"
#include "cmd/terminal.h"

static void print_schema(void)
{
	for (const struct view_column *row = model_schema(); row->view; row++)
		if (!row->column)
			printf("%s%s%s%s: %s\n", row == model_schema() ? "" : "\n", terminal_style(stdout, STYLE_BOLD), row->view,
			       terminal_style(stdout, STYLE_PLAIN), row->description);
		else
			printf("  %-18s %s\n", row->column, row->description);
}

static int run_query(const struct options *options, int *code, struct err *err)
{
	(void)code;
	if (options_has(options, "schema")) {
		print_schema();
		return 0;
	}
	if (options->operand_count != 1)
		return err_set(err, ERR_INPUT, options->operand_count ? "sightline query: quote the SQL: sightline query 'SELECT ...'"
								      : "sightline query: give one SELECT, or --schema for the views");
	struct session session;
	struct rows *rows = NULL;
	int result = session_open(options, &session, err);
	if (result)
		return result;
	struct query_parameter parameters[] = {{":release", session.release}};
	result = model_query_foreign(session.model, options->operands[0], parameters, 1, 0, &rows, err);
	if (!result)
		result = output_rows(stdout, rows, session.format, false, "no rows", err);
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
		       "A query that takes too many steps is stopped.",
	.examples =
		"  sightline query --schema\n      the views and their columns\n"
		"  sightline query \"SELECT name, file, cognitive FROM functions WHERE release = :release ORDER BY cognitive DESC LIMIT 10\"\n"
		"      the ten functions that are hardest to read",
	.options = query_options, .run = run_query,
};
