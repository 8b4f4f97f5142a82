/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline show NAME: one function, file, domain, resource, variable, type or macro, and what is around it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/session.h"
#include "cmd/terminal.h"

/* A thing that can be shown: "find" gives (id, title, ...) rows for a name; each section's query takes the id. */
struct section { const char *title, *query, *none; };
struct kind { const char *name, *find; struct section sections[12]; };

static const struct kind KINDS[] = {
	{"function", "show_function", {{"Callers", "show_callers", "none known"}, {"Callees", "show_callees", "none"},
				       {"Uses", "show_uses", "nothing"}, {"Used by (address taken)", "show_used_by", "nobody"},
				       {"Resources", "show_function_resources", "none seen"}}},
	{"file", "show_file", {{"Why it is there", "show_file_why", "not known"},
			       {"Functions", "show_file_functions", "none"}, {"Depends on", "show_file_out", "nothing"},
			       {"Needed by", "show_file_in", "nobody"}, {"Includes", "show_file_includes", "nothing"},
			       {"Left out by every configuration", "show_file_regions", "nothing"}}},
	{"domain", "show_domain", {{"Files", "show_domain_files", "none"}, {"Depends on", "show_domain_out", "nothing"},
				   {"Depends upward on", "show_domain_upward", "nothing"}, {"Needed by", "show_domain_in", "nobody"},
				   {"Near the border", "show_domain_border", "none"},
				   {"Coarser and finer", "show_domain_tree", "nothing"},
				   {"Exclusivity", "show_domain_exclusivity", "none"}, {"Entry points", "show_domain_entries", "none"},
				   {"Resources", "show_domain_resources", "none"}, {"Metrics", "show_domain_metrics", "none"}}},
	{"variable", "show_variable", {{"Used by", "show_used_by", "nobody"}}},
	{"type", "show_type", {{"Used by", "show_used_by", "nobody"}}},
	{"macro", "show_macro", {{"Used by", "show_used_by", "nobody"}}},
	{"resource", "show_resource", {{"Used by", "show_resource_users", "nobody"},
				       {"Locks taken together", "show_resource_orders", "none"}}},
};

static void print_title(const struct rows *rows, const char *kind)
{
	struct buf title;
	buf_init(&title, BUF_NO_CEILING);
	for (size_t i = 1; i < rows_columns(rows); i++) {
		size_t length;
		const char *text = rows_text(rows, i, &length);
		if (!length)
			continue;
		buf_printf(&title, i == 1 ? "%s " : "  %s ", i == 1 ? kind : rows_name(rows, i));
		if (rows_type(rows, i) == VALUE_REAL)
			buf_printf(&title, "%.3g", rows_real(rows, i));
		else
			terminal_append(&title, text, length);
	}
	printf("%s%s%s\n", terminal_style(stdout, STYLE_BOLD), title.data ? title.data : "", terminal_style(stdout, STYLE_PLAIN));
	buf_finish(&title);
}

static int show_table(const struct session *session, const struct kind *kind, const char *id, struct err *err)
{
	int result = 0;
	for (const struct section *section = kind->sections; !result && section->title; section++) {
		const char *parameters[] = {session->release, id};
		struct rows *rows = NULL;
		printf("\n%s%s%s\n", terminal_style(stdout, STYLE_BOLD), section->title, terminal_style(stdout, STYLE_PLAIN));
		result = model_query_named(session->model, section->query, parameters, 2, &rows, err);
		if (!result)
			result = output_rows(stdout, rows, OUTPUT_TABLE, true, section->none, stdout, err);
		rows_close(rows);
	}
	return result;
}

static void append_key(struct buf *out, const char *title)
{
	char key[64];
	size_t i = 0;
	for (; title[i] && i + 1 < sizeof key; i++)
		key[i] = title[i] == ' ' ? '_' : (char)(title[i] >= 'A' && title[i] <= 'Z' ? title[i] + 32 : title[i]);
	key[i] = 0;
	key[strcspn(key, "(")] = 0;
	if (*key && key[strlen(key) - 1] == '_')
		key[strlen(key) - 1] = 0;
	output_json_string(out, key, strlen(key));
}

static int show_json(const struct session *session, const struct kind *kind, const struct rows *found, const char *id,
		     struct buf *out, struct err *err)
{
	int result = 0;
	buf_printf(out, "%s  {\"kind\": \"%s\"", out->length > 1 ? ",\n" : "\n", kind->name);
	for (size_t i = 1; i < rows_columns(found); i++) {
		size_t length;
		const char *text = rows_text(found, i, &length);
		buf_printf(out, ", \"%s\": ", rows_name(found, i));
		if (rows_type(found, i) == VALUE_TEXT)
			output_json_string(out, text, length);
		else
			buf_append_string(out, length ? text : "null");
	}
	for (const struct section *section = kind->sections; !result && section->title; section++) {
		const char *parameters[] = {session->release, id};
		struct rows *rows = NULL;
		buf_append_string(out, ", ");
		append_key(out, section->title);
		buf_append_string(out, ": [");
		result = model_query_named(session->model, section->query, parameters, 2, &rows, err);
		if (!result)
			result = output_json_objects(out, rows, err);
		buf_append_char(out, ']');
		rows_close(rows);
	}
	buf_append_char(out, '}');
	return result;
}

static int show_kind(const struct session *session, const struct kind *kind, const char *name, size_t *shown, struct buf *json,
		     struct err *err)
{
	const char *parameters[] = {session->release, name};
	struct rows *found = NULL;
	bool has_row;
	int result = model_query_named(session->model, kind->find, parameters, 2, &found, err);
	while (!result && !(result = rows_next(found, &has_row, err)) && has_row) {
		char *id = mem_strdup(rows_text(found, 0, NULL));
		if (session->format == OUTPUT_JSON) {
			result = show_json(session, kind, found, id, json, err);
		} else {
			if (*shown)
				printf("\n\n");
			print_title(found, kind->name);
			result = show_table(session, kind, id, err);
		}
		++*shown;
		free(id);
	}
	rows_close(found);
	return result;
}

/* Names that look like the one asked for. */
static int not_found(const struct session *session, const char *name, struct err *err)
{
	const char *parameters[] = {session->release, name};
	struct rows *rows = NULL;
	bool has_row;
	struct buf like;
	buf_init(&like, 500);
	int result = model_query_named(session->model, "show_like", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		buf_printf(&like, "%s%s", like.length ? ", " : "", rows_text(rows, 0, NULL));
	rows_close(rows);
	if (!result)
		result = err_set(err, ERR_NOT_FOUND, "release %s has no function, file, domain, resource, variable, type or macro \"%s\"%s%s",
				 session->release, name, like.length ? "; there is: " : "", like.length ? like.data : "");
	buf_finish(&like);
	return result;
}

static int run_show(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct session session;
	if (options->operand_count != 1)
		return err_set(err, ERR_INPUT, "sightline show: name one function, file, domain, resource, variable, type or macro");
	int result = session_open(options, &session, err);
	if (result)
		return result;
	struct buf json;
	size_t shown = 0;
	buf_init(&json, BUF_NO_CEILING);
	buf_append_char(&json, '[');
	if (session.format == OUTPUT_CSV)
		result = err_set(err, ERR_INPUT, "sightline show prints tables or JSON; for CSV use 'sightline query'");
	for (size_t i = 0; !result && i < sizeof KINDS / sizeof *KINDS; i++)
		result = show_kind(&session, &KINDS[i], options->operands[0], &shown, &json, err);
	if (!result && !shown)
		result = not_found(&session, options->operands[0], err);
	if (!result && session.format == OUTPUT_JSON)
		printf("%s\n]\n", json.data);
	buf_finish(&json);
	session_finish(&session);
	return result;
}

static const struct option_spec show_options[] = {OPTION_RELEASE, {0, "format", "table|json", "how it is printed (default: table)"},
						  {0, NULL, NULL, NULL}};
const struct command_spec command_show = {
	.name = "show", .synopsis = "NAME [OPTIONS]", .summary = "show one function, file, domain, resource, variable, type or macro",
	.description = "Everything of that name, with what it depends on and what depends on it. A file may be named by the end of its path.",
	.examples = "  sightline show main\n      its callers and callees\n  sightline show src/server.c\n      what is in it, what needs it\n"
		    "  sightline show networking --format json\n      a domain, for a program",
	.options = show_options, .run = run_show,
};
