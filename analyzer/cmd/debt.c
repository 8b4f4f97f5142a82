/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline debt: how much, where, why by which formula, what if. */
#include <stdlib.h>
#include <string.h>

#include "analysis/debt.h"
#include "cmd/debt_explain.h"
#include "cmd/terminal.h"
#include "cmd/what_if.h"

static void heading(const char *text)
{
	printf("%s%s%s\n", terminal_style(stdout, STYLE_BOLD), text, terminal_style(stdout, STYLE_PLAIN));
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
		heading("Domains, worst first (debt and its parts: 0 none .. 100)");
		result = session_print(session, "debt_domains", "no domains", err);
	}
	if (!result) {
		printf("\n");
		heading("Files, worst first");
		result = session_print(session, "debt_files", "no files", err);
	}
	if (!result)
		printf("\nhours: to settle what rules find; hours_a_year: what the debt makes changes dearer. sightline debt --explain NAME shows the\n"
		       "arithmetic of a file or domain, --elements the functions and files to take apart, --what-if what a change would bring.\n");
	return result;
}

static int print_elements(const struct session *session, struct err *err)
{
	if (session->format != OUTPUT_TABLE)
		return session_print(session, "debt_elements", NULL, err);
	heading("Functions (score: mean of size, dependencies and dependents, 1 .. 10; 4 and above: take apart)");
	int result = session_print(session, "debt_element_functions", "none above 3", err);
	if (!result) {
		printf("\n");
		heading("Files");
		result = session_print(session, "debt_element_files", "none above 3", err);
	}
	return result;
}

/* ---- the command ---- */

/* Values of --what-if in order; heap. */
static const char **changes_of(const struct options *options, const char *name, size_t *count)
{
	const char **changes = mem_zalloc(options->value_count + 1, sizeof *changes);
	*count = 0;
	for (size_t i = 0; i < options->value_count; i++)
		if (!strcmp(options->values[i].option->name, name))
			changes[(*count)++] = options->values[i].value;
	return changes;
}

static int check(const struct options *options, struct err *err)
{
	bool explained = options_has(options, "explain"), elements = options_has(options, "elements");
	bool changed = options_has(options, "what-if"), forgotten = options_has(options, "forget-task");
	if (options->operand_count > explained)
		return err_set(err, ERR_INPUT, "sightline debt: \"%s\" is unexpected; see 'sightline debt --help'",
			       options->operands[options->operand_count - 1]);
	if (explained + elements + changed + forgotten > 1)
		return err_set(err, ERR_INPUT, "sightline debt: --explain, --elements, --what-if and --forget-task exclude each other");
	if (options_has(options, "save-tasks") && !changed)
		return err_set(err, ERR_INPUT, "sightline debt: --save-tasks saves what --what-if asks; give that, too");
	return 0;
}

static int answer(const struct options *options, struct session *session, struct err *err)
{
	bool people = session->format == OUTPUT_TABLE;
	if (options_has(options, "what-if") || options_has(options, "forget-task")) {
		size_t count;
		bool changed = options_has(options, "what-if");
		const char **changes = changes_of(options, changed ? "what-if" : "forget-task", &count);
		int result = what_if(session, changes, count,
				     !changed ? WHAT_IF_FORGET : options_has(options, "save-tasks") ? WHAT_IF_SAVE : WHAT_IF_TELL, err);
		free(changes);
		return result;
	}
	if (options_has(options, "elements"))
		return print_elements(session, err);
	if (options->operand_count && people)
		return debt_explain_subject(session, options->operands[0], err);
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline debt --explain NAME is for people; for programs: --explain --format json has the formulas, "
			       "debt --format json the numbers");
	if (!people)
		return options_has(options, "explain") && session->format == OUTPUT_JSON ? debt_explain_all_json(err)
											   : session_print(session, "metrics", NULL, err);
	int result = print_digest(session, err);
	return !result && options_has(options, "explain") ? debt_explain_all(session, err) : result;
}

static int run_debt(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct session session;
	int result = check(options, err);
	if (!result)
		result = session_open(options, &session, err);
	if (result)
		return result;
	result = answer(options, &session, err);
	if (!result)
		result = session_print_coverage(&session, stdout, err);
	session_finish(&session);
	return result;
}

static const struct option_spec debt_options[] = {
	{0, "explain", NULL, "each metric's formula, source and SQL; with NAME: its arithmetic and evidence"},
	{0, "elements", NULL, "functions and files of high debt by size, dependencies and dependents"},
	{0, "what-if", "CHANGE", "debt and cycles after 'move FILE DOMAIN' or 'cut A B'; may be repeated"},
	{0, "save-tasks", NULL, "make tasks of what --what-if asks; they count as done once a scan shows so"},
	{0, "forget-task", "CHANGE", "plan a saved change no more"}, OPTION_RELEASE, OPTION_FORMAT,
	{0, NULL, NULL, NULL},
};
const struct command_spec command_debt = {
	.name = "debt", .synopsis = "[--explain [NAME]] [OPTIONS]", .summary = "tell the technical debt, worst first",
	.description = "The debt of a file, a domain and the codebase is a vector, each part 0 (none) to 100: entanglement (ties and cycles), reach\n"
		       "(how much it rests on), modularity (how it disregards domains), smells (complexity and findings) and interest (how often it\n"
		       "must be changed and mended, by the git history of two years; left out where there is none). One score weighs them; hours\n"
		       "tell what settling the findings takes and what the debt costs a year. Each number can be computed again by SQL.\n"
		       "JSON and CSV give every row of the view metrics, with --explain JSON gives the formulas.",
	.examples = "  sightline debt\n      where to look first\n  sightline debt --explain src/main.c\n      why this file, by which arithmetic\n"
		    "  sightline debt --what-if 'move src/util.c net' --what-if 'cut core net'\n      what that would bring, before anybody does it",
	.options = debt_options, .run = run_debt,
};
