/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/debt_explain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/debt.h"
#include "cmd/terminal.h"

int debt_explain_all(const struct session *session, struct err *err)
{
	const char *scope = "";
	for (const struct debt_formula *formula = debt_formulas(); formula->metric; formula++) {
		if (strcmp(scope, formula->scope)) {
			scope = formula->scope;
			printf("\n");
			printf("%sMetrics of %s%s%s\n", terminal_style(stdout, STYLE_BOLD), !strcmp(scope, "codebase") ? "the " : "a ", scope,
			       terminal_style(stdout, STYLE_PLAIN));
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
int debt_explain_all_json(struct err *err)
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

/* ---- one subject ---- */

/* Numbers by name: those that formulas speak of. */
struct known { struct interner *names; double *values; size_t capacity; };

static const double *value_of(const struct known *known, const char *name, size_t length)
{
	uint32_t id;
	return interner_find(known->names, name, length, &id) ? &known->values[id] : NULL;
}

static int read_known(const struct session *session, const char *scope, const char *subject, struct known *known, struct err *err)
{
	const char *parameters[] = {session->release, scope, subject};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "debt_of_subject", parameters, 3, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		uint32_t id = interner_add_string(known->names, rows_text(rows, 0, NULL));
		mem_grow(&known->values, &known->capacity, (size_t)id + 1, sizeof *known->values);
		known->values[id] = rows_real(rows, 1);
	}
	rows_close(rows);
	return result;
}

static size_t word_length(const char *at)
{
	size_t length = 0;
	while (isalpha((unsigned char)at[length]) || at[length] == '_' || (length && isdigit((unsigned char)at[length])))
		length++;
	return length;
}

static bool is_function(const char *word, size_t length)
{
	static const char *const names[] = {"ramp", "ln", "log2", "abs", "sqrt", "min", "max", "pow"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == length && !strncmp(names[i], word, length))
			return true;
	return false;
}

/* The formula with numbers for names: metrics, and mean(metric). False: it is told in words, or names nothing that is known. */
static bool substitute(const struct known *known, const char *formula, struct buf *out)
{
	bool found = false;
	for (const char *at = formula; *at && *at != ';' && *at != ':';) {
		size_t length = word_length(at);
		const double *value = NULL;
		if (length == 4 && !strncmp(at, "mean(", 5)) {
			char name[64] = "mean:";
			size_t inner = strcspn(at + 5, ")");
			if (inner < sizeof name - 6 && at[5 + inner] == ')') {
				strncat(name, at + 5, inner);
				value = value_of(known, name, strlen(name));
				length = value ? 6 + inner : length;
			}
		} else if (length) {
			value = value_of(known, at, length);
		}
		if (length && !value && !is_function(at, length))
			return false;
		if (value)
			buf_printf(out, "%.5g", *value);
		else
			buf_append(out, at, length ? length : 1);
		found |= value != NULL;
		at += length ? length : 1;
	}
	return found;
}

static void print_metric(const struct known *known, const struct debt_formula *formula)
{
	const double *value = value_of(known, formula->metric, strlen(formula->metric));
	struct buf numbers;
	if (!value)
		return;
	buf_init(&numbers, BUF_NO_CEILING);
	printf("  %s%-18s %8.2f%s  %s\n", terminal_style(stdout, STYLE_BOLD), formula->metric, *value, terminal_style(stdout, STYLE_PLAIN),
	       formula->title);
	printf("  %-18s %8s  = %s\n", "", "", formula->formula);
	if (substitute(known, formula->formula, &numbers))
		printf("  %-18s %8s  = %s\n", "", "", numbers.data);
	buf_finish(&numbers);
}

static int print_evidence(const struct session *session, const char *scope, const char *subject, struct err *err)
{
	const char *parameters[] = {session->release, scope, subject};
	struct rows *rows = NULL;
	printf("\n%sWhere it comes from%s\n", terminal_style(stdout, STYLE_BOLD), terminal_style(stdout, STYLE_PLAIN));
	int result = model_query_named(session->model, "debt_evidence", parameters, 3, &rows, err);
	if (!result)
		result = output_rows(stdout, rows, OUTPUT_TABLE, true, "nothing", stdout, err);
	rows_close(rows);
	return result;
}

static int print_subject(const struct session *session, const char *scope, const char *subject, struct err *err)
{
	/* What is made of others first; those that are measured follow. */
	static const char *const first[] = {"debt_score", "debt_structure", "debt_entanglement", "debt_reach", "debt_modularity", "debt_smells",
					    "debt_interest", "principal_hours", "interest_hours", "element_score"};
	struct known known = {.names = interner_create()};
	int result = read_known(session, scope, subject, &known, err);
	terminal_print(stdout, terminal_style(stdout, STYLE_BOLD), *subject ? subject : "codebase", "");
	printf("%s (%s)\n", terminal_style(stdout, STYLE_PLAIN), scope);
	for (size_t i = 0; !result && i < sizeof first / sizeof *first; i++)
		for (const struct debt_formula *formula = debt_formulas(); formula->metric; formula++)
			if (!strcmp(formula->scope, scope) && !strcmp(formula->metric, first[i]))
				print_metric(&known, formula);
	for (const struct debt_formula *formula = debt_formulas(); !result && formula->metric; formula++) {
		size_t i = 0;
		while (i < sizeof first / sizeof *first && strcmp(formula->metric, first[i]) != 0)
			i++;
		if (i == sizeof first / sizeof *first && !strcmp(formula->scope, scope))
			print_metric(&known, formula);
	}
	interner_destroy(known.names);
	free(known.values);
	if (!result && strcmp(scope, "function") != 0)
		result = print_evidence(session, scope, subject, err);
	return result;
}

int debt_explain_subject(const struct session *session, const char *name, struct err *err)
{
	const char *parameters[] = {session->release, name};
	struct rows *rows = NULL;
	bool has_row = false, any = false;
	int result = model_query_named(session->model, "debt_subject", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		char *scope = mem_strdup(rows_text(rows, 0, NULL)), *subject = mem_strdup(rows_text(rows, 1, NULL));
		if (any)
			printf("\n");
		any = true;
		result = print_subject(session, scope, subject, err);
		free(scope);
		free(subject);
	}
	rows_close(rows);
	if (!result && !any)
		result = err_set(err, ERR_NOT_FOUND, "release %s has no file, domain or function \"%s\"; 'codebase' stands for all of it",
				 session->release, name);
	return result;
}
