/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline flows: entry points, what they reach, and what they were seen to do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/sequence.h"
#include "cmd/session.h"
#include "cmd/terminal.h"

struct entry { char *id, *name, *file; bool is_entered; };

static void entry_finish(struct entry *entry)
{
	free(entry->id);
	free(entry->name);
	free(entry->file);
}

/* Those of that name, or all, the one that was entered most first. */
static int find_entries(const struct session *session, const char *name, struct entry **out, size_t *count, struct err *err)
{
	const char *parameters[] = {session->release, name};
	struct rows *rows = NULL;
	size_t capacity = 0;
	bool has_row;
	*out = NULL;
	*count = 0;
	int result = model_query_named(session->model, "flows_entry", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(out, &capacity, *count + 1, sizeof **out);
		(*out)[(*count)++] = (struct entry){mem_strdup(rows_text(rows, 0, NULL)), mem_strdup(rows_text(rows, 1, NULL)),
						    mem_strdup(rows_text(rows, 2, NULL)), rows_integer(rows, 3) > 0};
	}
	rows_close(rows);
	if (!result && !*count && name)
		result = err_set(err, ERR_NOT_FOUND, "release %s has no entry point \"%s\" (main, thread, signal handler, constructor, destructor, callback, "
				 "export); 'sightline flows' lists those of programs", session->release, name);
	return result;
}

/* ---- the diagram ---- */

struct calls { struct sequence_call *items; size_t count, capacity; };

static int read_calls(const struct session *session, const struct entry *entry, struct arena *arena, struct calls *out,
		      struct err *err)
{
	const char *parameters[] = {session->release, entry->id};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "flows_calls", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&out->items, &out->capacity, out->count + 1, sizeof *out->items);
		const char *how = rows_text(rows, 5, NULL);
		out->items[out->count++] = (struct sequence_call){
			.caller = rows_integer(rows, 0), .callee = rows_integer(rows, 1), .name = arena_strdup(arena, rows_text(rows, 2, NULL)),
			.count = (uint64_t)rows_integer(rows, 4), .is_counted = strcmp(how, "sampled") && strcmp(how, "stack"),
		};
		if (rows_type(rows, 3) != VALUE_NULL)
			out->items[out->count - 1].domain = arena_strdup(arena, rows_text(rows, 3, NULL));
	}
	rows_close(rows);
	return result;
}

static int domain_of(const struct session *session, const struct entry *entry, struct arena *arena, const char **out, struct err *err)
{
	const char *parameters[] = {session->release, entry->id};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "function_domain", parameters, 2, &rows, err);
	if (!result && !(result = rows_next(rows, &has_row, err)))
		*out = arena_strdup(arena, has_row ? rows_text(rows, 0, NULL) : "");
	rows_close(rows);
	return result;
}

static int write_out(void *context, const void *bytes, size_t length)
{
	return fwrite(bytes, 1, length, context) == length ? 0 : -1;
}

static int draw(const struct session *session, const struct entry *entry, struct err *err)
{
	struct arena *arena = arena_create();
	struct calls calls = {0};
	struct report_sequence sequence;
	struct report_output output = {write_out, stdout};
	const char *domain = "";
	struct buf title;
	buf_init(&title, BUF_NO_CEILING);
	int result = read_calls(session, entry, arena, &calls, err);
	if (!result && !calls.count)
		result = err_set(err, ERR_NOT_FOUND, "nothing was seen on threads of %s (%s); trace the program that it is in: sightline trace -- "
				 "PROGRAM", entry->name, entry->file);
	if (!result)
		result = domain_of(session, entry, arena, &domain, err);
	if (!result) {
		sequence_make(calls.items, calls.count, strtoll(entry->id, NULL, 10), domain, arena, &sequence);
		buf_printf(&title, "%s (%s), release %s", entry->name, entry->file, session->release);
		sequence.title = title.data;
		if (report_mermaid(&sequence, &output) || fflush(stdout))
			result = err_errno(err, ERR_IO, errno, "cannot write the output");
	}
	free(calls.items);
	buf_finish(&title);
	arena_destroy(arena);
	return result;
}

/* ---- rows ---- */

/* Through which domains, with which resources: before the functions, which may be thousands. */
static int print_summary(const struct session *session, const struct entry *entry, struct err *err)
{
	static const char *const QUERIES[][3] = {{"Domains", "flows_of_domains", "none known"}, {"Resources", "flows_of_resources", "none known"}};
	int result = 0;
	for (size_t i = 0; !result && i < sizeof QUERIES / sizeof *QUERIES; i++) {
		const char *parameters[] = {session->release, entry->id};
		struct rows *rows = NULL;
		printf("%s%s%s\n", terminal_style(stdout, STYLE_BOLD), QUERIES[i][0], terminal_style(stdout, STYLE_PLAIN));
		result = model_query_named(session->model, QUERIES[i][1], parameters, 2, &rows, err);
		if (!result)
			result = output_rows(stdout, rows, OUTPUT_TABLE, true, QUERIES[i][2], stdout, err);
		rows_close(rows);
		printf("\n");
	}
	if (!result)
		printf("%sFunctions%s\n", terminal_style(stdout, STYLE_BOLD), terminal_style(stdout, STYLE_PLAIN));
	return result;
}

static int print_others(const struct session *session, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(session->model, "flows_others", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		printf("%s\n", rows_text(rows, 0, NULL));
	rows_close(rows);
	return result;
}

static int print_entries(const struct session *session, const struct entry *entries, size_t count, struct err *err)
{
	int result = 0;
	/* JSON is one array: several entries of one name are told by the first column. */
	if (count > 1 && session->format != OUTPUT_TABLE)
		return err_set(err, ERR_INPUT, "there are %zu entry points of that name; say which as FILE:NAME, as in %s:%s", count,
			       entries[0].file, entries[0].name);
	for (size_t i = 0; !result && i < count; i++) {
		const char *parameters[] = {session->release, entries[i].id};
		struct rows *rows = NULL;
		if (count > 1)
			printf("%s%s (%s)\n", i ? "\n" : "", entries[i].name, entries[i].file);
		if (session->format == OUTPUT_TABLE)
			result = print_summary(session, &entries[i], err);
		if (!result)
			result = model_query_named(session->model, session->format == OUTPUT_TABLE ? "flows_of_digest" : "flows_of", parameters, 2,
						   &rows, err);
		if (!result)
			result = output_rows(stdout, rows, session->format, true, "not stored: one of many callbacks or exports that reach much",
					     stdout, err);
		rows_close(rows);
	}
	return result;
}

/* --format mermaid is this command's own; the session knows those of rows. */
static int open_session(const struct options *options, bool mermaid, struct session *out, struct err *err)
{
	struct options rest = *options;
	if (!mermaid)
		return session_open(options, out, err);
	rest.values = mem_zalloc(options->value_count + 1, sizeof *rest.values);
	rest.value_count = 0;
	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "format"))
			rest.values[rest.value_count++] = options->values[i];
	int result = session_open(&rest, out, err);
	free(rest.values);
	return result;
}

static int run_flows(const struct options *options, int *code, struct err *err)
{
	(void)code;
	const char *format = options_value(options, "format"), *name = options->operand_count ? options->operands[0] : NULL;
	bool mermaid = format && !strcmp(format, "mermaid");
	struct session session;
	struct entry *entries = NULL;
	size_t count = 0;
	if (options->operand_count > 1)
		return err_set(err, ERR_INPUT, "sightline flows: one entry point at a time; \"%s\" is a second one", options->operands[1]);
	int result = open_session(options, mermaid, &session, err);
	if (result)
		return result;
	if (mermaid || name)
		result = find_entries(&session, name, &entries, &count, err);
	if (!result && mermaid && !count)
		result = err_set(err, ERR_NOT_FOUND, "release %s has no entry point of a program: a library?", session.release);
	else if (!result && mermaid && name && count > 1 && (!entries[0].is_entered || entries[1].is_entered))
		result = err_set(err, ERR_INPUT, "there are %zu entry points \"%s\"; say which as FILE:NAME, as in %s:%s", count, name,
				 entries[0].file, entries[0].name);
	else if (!result && mermaid)
		result = draw(&session, &entries[0], err);
	else if (!result && name)
		result = print_entries(&session, entries, count, err);
	else if (!result)
		result = session_print(&session, session.format == OUTPUT_TABLE ? "flows_digest" : "flows",
				       "no entry points of a program (main, thread, signal): a library?", err);
	if (!result && !mermaid && !name && session.format == OUTPUT_TABLE)
		result = print_others(&session, err);
	if (!result && !mermaid)
		result = session_print_coverage(&session, stdout, err);
	for (size_t i = 0; i < count; i++)
		entry_finish(&entries[i]);
	free(entries);
	session_finish(&session);
	return result;
}

static const struct option_spec flows_options[] = {
	OPTION_RELEASE, {0, "format", "table|json|csv|mermaid", "how rows are printed, or a sequence diagram (default: table)"}, {0, NULL, NULL, NULL}};
const struct command_spec command_flows = {
	.name = "flows", .synopsis = "[ENTRY] [OPTIONS]", .summary = "list entry points, what they reach and what they did",
	.description = "For each entry point (main, thread start, signal handler, constructor, destructor) the functions, domains and resources\n"
		       "it reaches by known calls, and how many of the functions were seen in traced runs; callbacks and exports are counted.\n"
		       "For one ENTRY of any kind (a name, or FILE:NAME) its domains, resources and functions. JSON and CSV have the columns\n"
		       "of the view flows. --format mermaid draws what was seen as calls between domains in the order in which they came\n"
		       "first, with repeated ones in loops (default: the entry that was seen most).",
	.examples = "  sightline flows\n      how much of the code each program of the tree uses\n"
		    "  sightline flows worker_main\n      what the threads that start there reach\n"
		    "  sightline flows main --format mermaid > main.mmd\n      a sequence diagram",
	.options = flows_options, .run = run_flows,
};
