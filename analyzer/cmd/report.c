/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline report: a page, pictures of a release, and what other programs read. A writer of reports/ prints what drawing.c fills. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/drawing.h"
#include "cmd/report_page.h"
#include "cmd/session.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "cmd/trend.h"
#include "reports/report.h"

static int write_report(const struct report *report, const struct report_format *format, const char *path, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	struct report_output output = {target_write, target.stream};
	struct report_error error = {""};
	if (format->write(report, &output, &error) || fflush(target.stream))
		result = error.text[0] ? err_set(err, ERR_INTERNAL, "the %s writer failed: %s", format->name, error.text)
				       : err_errno(err, ERR_IO, errno, "%s: cannot be written", path ? path : "the output");
	return target_close(&target, result, err);
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);
	return length >= tail && !strcmp(text + length - tail, suffix);
}

static bool is_page(const char *name, const char *path)
{
	const char *dot = path ? strrchr(path_basename(path), '.') : NULL;
	return !strcmp(name ? name : dot ? dot + 1 : "", "html");
}

static int find_format(const char *name, const char *path, const struct report_format **out, struct err *err)
{
	const char *dot = path ? strrchr(path_basename(path), '.') : NULL;
	if (!name && path && has_suffix(path, ".cc.json"))
		name = "cc.json";
	if (!name)
		name = dot ? dot + 1 : "dot"; /* "-o picture.svg" says enough */
	struct buf known;
	buf_init(&known, 200);
	buf_append_string(&known, "html");
	for (const struct report_format *format = report_formats(); format->name; format++) {
		if (!strcmp(format->name, name) || (format->extension && !strcmp(format->extension, name))) {
			*out = format;
			buf_finish(&known);
			return 0;
		}
		buf_printf(&known, ", %s", format->name);
	}
	int result = err_set(err, ERR_INPUT, "sightline report: no format \"%s\"; there is: %s", name, known.data);
	buf_finish(&known);
	return result;
}

static int parse_top(const struct options *options, size_t *top, struct err *err)
{
	const char *text = options_value(options, "top");
	char *end;
	if (!text)
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || end == text || *text == '-' || value < 1 || value > 10000)
		return err_set(err, ERR_INPUT, "--top %s: give a number from 1 to 10000", text);
	*top = value;
	return 0;
}

/* What of the options does not go together with a format; else fills in what the format needs. */
static int check_asked(const struct report_format *format, struct drawing_options *what, const char *path, struct err *err)
{
	bool to_terminal = (!path || !strcmp(path, "-")) && isatty(STDOUT_FILENO);
	if (what->focus && what->of_files)
		return err_set(err, ERR_INPUT, "--focus and --files exclude each other: a domain in focus is told by its files");
	if (what->of_files && (format->needs & REPORT_HAS_LEVELS))
		return err_set(err, ERR_INPUT, "--files: a report as %s has domains and files by itself; leave --files out", format->name);
	if (to_terminal && (format->needs & REPORT_IS_BINARY))
		return err_set(err, ERR_INPUT, "%s is nothing for a terminal; name a file: -o architecture.%s", format->name, format->name);
	what->needs = format->needs;
	return 0;
}

static int run_report(const struct options *options, int *code, struct err *err)
{
	(void)code;
	const struct report_format *format = NULL;
	const char *path = options_value(options, "output");
	struct drawing drawing;
	struct session session;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline report: \"%s\" is unexpected; did you mean -o %s?", options->operands[0],
			       options->operands[0]);
	size_t top = 0;
	bool trend = options_has(options, "trend"), page = !trend && is_page(options_value(options, "format"), path);
	const char *wanted = options_value(options, "format");
	int result = page ? 0 : find_format(trend && !wanted && !path ? "svg" : wanted, path, &format, err);
	if (!result && trend && strcmp(format->name, "svg"))
		result = err_set(err, ERR_INPUT, "sightline report --trend: draws svg, not %s", format->name);
	if (!result)
		result = parse_top(options, &top, err);
	struct drawing_options what = {.focus = options_value(options, "focus"), .of_files = options_has(options, "files"),
				       .base = options_value(options, "base")};
	if (!result && page && (what.focus || what.of_files || top))
		result = err_set(err, ERR_INPUT, "--focus, --files and --top: the page has every part of the codebase by itself; leave them out");
	else if (!result && !page)
		result = check_asked(format, &what, path, err);
	struct options without_format = *options; /* --format is a picture's here, not that of rows */
	struct option_value *values = mem_zalloc(options->value_count + 1, sizeof *values);
	without_format.values = values;
	without_format.value_count = 0;
	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "format"))
			values[without_format.value_count++] = options->values[i];
	if (!result)
		result = trend ? session_start(&without_format, NULL, &session, err) : session_open(&without_format, &session, err);
	free(values);
	if (!result && trend)
		return trend_report(options, &session, path, err);
	if (result)
		return result;
	drawing_init(&drawing);
	drawing.report.top_nodes = top;
	char *title = NULL;
	result = model_codebase(session.model, &title, err);
	drawing.report.title = title && *title ? title : "codebase";
	if (!result && page)
		result = report_page_write(&session, what.base, drawing.report.title, path, err);
	if (!result && !page)
		result = drawing_fill(&drawing, &session, &what, err);
	if (!result && !page)
		result = write_report(&drawing.report, format, path, err);
	if (!result && path && strcmp(path, "-") && !session.quiet)
		terminal_print(stderr, "sightline: wrote ", path, "\n");
	if (!result)
		result = session_print_coverage(&session, stderr, err);
	free(title);
	drawing_finish(&drawing);
	session_finish(&session);
	return result;
}

static const struct option_spec report_options[] = {
	{0, "format", "html|dot|svg|png|markdown|json|csv|graphml|gexf|mermaid|plantuml|structurizr|cc.json",
	 "what to write (default: by the name of the output, else dot)"},
	{'o', "output", "PATH", "where to (default: standard output)"},
	{0, "focus", "DOMAIN", "the files of one domain and its neighbours"},
	{0, "files", NULL, "a node per file instead of per domain (not html, markdown, structurizr, cc.json)"},
	{0, "top", "N", "pictures: draw the N largest, fold the rest (default: 40)"},
	{0, "base", "NAME", "html, markdown, json: the older release to compare with (default: the one before)"},
	{0, "trend", NULL, "size, domains, debt and cycles over all releases; those that match the glob --release"},
	OPTION_RELEASE, {0, NULL, NULL, NULL},
};
const struct command_spec command_report = {
	.name = "report", .synopsis = "[--format FORMAT] [-o PATH] [--trend]", .summary = "draw the architecture",
	.description = "html: one file for the browser that loads nothing from anywhere: overview, domain map, dependency matrix, hotspots,\n"
		       "flows, resources, drift, findings and tasks with the source lines they are about, and a page for each function, file and\n"
		       "domain. Run it in the codebase, so that it finds the source lines.\n\n"
		       "dot, svg and png: domains sized by lines and coloured by debt with their most important files, dependencies by weight,\n"
		       "cycles marked; after traced runs also what they showed and what they did not. What is not among the top N is folded\n"
		       "and counted. In the SVG, pointing at something tells its numbers and shows only its arrows; a click keeps them.\n\n"
		       "mermaid: the same for a README or a wiki. markdown: a release note: the parts, the worst, what changed, what to do.\n"
		       "json: all of it for programs. csv: a row per dependency. graphml and gexf: every node and dependency with its\n"
		       "numbers, for Gephi, yEd, igraph and networkx. plantuml and structurizr: C4, which 'sightline scan --reference' reads\n"
		       "back. cc.json: files as buildings of a city, for CodeCharta.",
	.examples = "  sightline report -o report.html\n      a page to look around in, and to mail\n"
		    "  sightline report -o architecture.svg\n      a picture for the browser\n"
		    "  sightline report -o architecture.png\n      a picture for slides and chats\n"
		    "  sightline report --focus networking -o networking.svg\n      the files of one domain\n"
		    "  sightline report --format dot | dot -Tpdf > architecture.pdf\n      Graphviz in another format\n"
		    "  sightline report --format markdown --base v2.0 > release-note.md\n      what changed since v2.0, and what to do\n"
		    "  sightline report -o architecture.json\n      everything for a program: jq '.tasks[0].title' architecture.json\n"
		    "  sightline report -o dependencies.csv\n      a row per dependency, for a pivot table or Gephi\n"
		    "  sightline report --files -o files.graphml\n      every file as a node, for networkx, igraph, yEd or Gephi\n"
		    "  sightline report --files -o files.gexf\n      the same for Gephi, coloured\n"
		    "  sightline report --format mermaid >> README.md\n      a flowchart (between ```mermaid and ```)\n"
		    "  sightline report -o architecture.puml\n      a component diagram for PlantUML\n"
		    "  sightline report --format structurizr -o workspace.dsl\n      C4: edit it, and hold the code to it with 'sightline scan --reference workspace.dsl'\n"
		    "  sightline report --trend --release 'v2.*' -o trend.svg\n      size, domains, debt and cycles from release to release\n"
		    "  sightline report -o city.cc.json\n      for CodeCharta",
	.options = report_options, .run = run_report,
};
