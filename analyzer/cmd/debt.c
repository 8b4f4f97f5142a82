/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline debt: metrics of the codebase, debt of its domains and files, and the formulas behind them. */
#include <string.h>

#include "analysis/debt.h"
#include "cmd/session.h"
#include "cmd/terminal.h"

static void heading(const char *text)
{
	printf("%s%s%s\n", terminal_style(stdout, STYLE_BOLD), text, terminal_style(stdout, STYLE_PLAIN));
}

static int explain(const struct session *session, struct err *err)
{
	const char *scope = "";
	for (const struct debt_formula *formula = debt_formulas(); formula->metric; formula++) {
		if (strcmp(scope, formula->scope)) {
			scope = formula->scope;
			printf("\n");
			heading(!strcmp(scope, "file") ? "Metrics of a file" : !strcmp(scope, "domain") ? "Metrics of a domain"
											      : "Metrics of the codebase");
		}
		printf("  %s: %s\n    formula  %s\n    good     %s\n    source   %s\n", formula->metric, formula->title, formula->formula,
		       formula->good, formula->source);
		if (formula->where)
			printf("    only of  %s\n", formula->where);
		printf("    SQL      %s\n", formula->sql);
	}
	terminal_print(stdout, "\nEach SQL statement gives the number again: sightline query '<SQL>' with :release bound to ", session->release,
		       "; :subject stands for\na file or domain in quotes.\n");
	return err->code;
}

/* The formulas for programs: whoever doubts a number can compute it again. */
static int explain_json(struct err *err)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	for (const struct debt_formula *formula = debt_formulas(); formula->metric; formula++) {
		const char *const pairs[][2] = {{"scope", formula->scope}, {"metric", formula->metric}, {"title", formula->title},
						{"formula", formula->formula}, {"good", formula->good}, {"source", formula->source},
						{"sql", formula->sql}, {"where", formula->where ? formula->where : ""}};
		for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
			buf_append_string(&out, i ? ", " : out.length ? ",\n  {" : "[\n  {");
			output_json_string(&out, pairs[i][0], strlen(pairs[i][0]));
			buf_append_string(&out, ": ");
			output_json_string(&out, pairs[i][1], strlen(pairs[i][1]));
		}
		buf_append_char(&out, '}');
	}
	bool written = printf("%s\n]\n", out.data) > 0;
	buf_finish(&out);
	return written ? 0 : err_set(err, ERR_IO, "cannot write the output");
}

static int print_codebase(const struct session *session, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "debt_codebase", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		for (const struct debt_formula *formula = debt_formulas(); formula->metric; formula++)
			if (!strcmp(formula->scope, "codebase") && !strcmp(formula->metric, rows_text(rows, 0, NULL)))
				printf("  %-20s %10.3f  %s (good: %s)\n", formula->metric, rows_real(rows, 1), formula->title, formula->good);
	rows_close(rows);
	return result;
}

static int print_digest(const struct session *session, struct err *err)
{
	heading("Codebase");
	int result = print_codebase(session, err);
	if (!result) {
		printf("\n");
		heading("Domains, worst first (debt 0 none .. 100)");
		result = session_print(session, "debt_domains", "no domains", err);
	}
	if (!result) {
		printf("\n");
		heading("Files, worst first");
		result = session_print(session, "debt_files", "no files", err);
	}
	return result;
}

static int run_debt(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct session session;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline debt: \"%s\" is unexpected; see 'sightline debt --help'", options->operands[0]);
	int result = session_open(options, &session, err);
	if (result)
		return result;
	bool explained = options_has(options, "explain");
	if (explained && session.format == OUTPUT_JSON)
		result = explain_json(err);
	else if (session.format != OUTPUT_TABLE)
		result = session_print(&session, "metrics", NULL, err);
	else
		result = print_digest(&session, err);
	if (!result && session.format == OUTPUT_TABLE && explained)
		result = explain(&session, err);
	else if (!result && session.format == OUTPUT_TABLE)
		printf("\nsightline debt --explain tells the formulas and their sources.\n");
	if (!result)
		result = session_print_coverage(&session, stdout, err);
	session_finish(&session);
	return result;
}

static const struct option_spec debt_options[] = {
	{0, "explain", NULL, "with each metric's formula, source and the SQL that computes it again"}, OPTION_RELEASE, OPTION_FORMAT,
	{0, NULL, NULL, NULL},
};
const struct command_spec command_debt = {
	.name = "debt", .synopsis = "[OPTIONS]", .summary = "tell the technical debt, worst first",
	.description = "Published measures of the dependency structure (propagation cost, cycles, NCCD, TurboMQ) for the codebase, and a\n"
		       "debt score per domain and file. JSON and CSV give every row of the view metrics, with --explain JSON gives the formulas.",
	.examples = "  sightline debt\n      where to look first\n  sightline debt --explain\n      and why",
	.options = debt_options, .run = run_debt,
};
