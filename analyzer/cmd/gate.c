/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline gate: exit 1 where the policy forbids what changed in the architecture. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/drift_told.h"
#include "cmd/gate_policy.h"
#include "cmd/revision_pair.h"
#include "cmd/session.h"
#include "cmd/target.h"
#include "cmd/terminal.h"
#include "cmd/vcs.h"
#include "cmd/verdicts.h"
#include "reports/export.h"

#define PLACES 2 /* of an event, for people */
static const size_t shown_of_kind[] = {[GATE_IGNORED] = 3, [GATE_WARNED] = 5, [GATE_FAILED] = 50}; /* likewise; the rest is counted */

/* ---- for people ---- */

static enum gate_verdict verdict_of(const struct gate_row *row)
{
	return row->status == GATE_FIXED ? GATE_IGNORED : row->verdict;
}

static void append_row(struct buf *out, FILE *stream, const struct gate_row *row)
{
	static const enum terminal_style styles[] = {STYLE_GREEN, STYLE_YELLOW, STYLE_RED};
	static const char *const words[] = {"better", "warn", "FAIL"};
	enum gate_verdict verdict = verdict_of(row);
	buf_printf(out, "%s%-6s%s ", terminal_style(stream, styles[verdict]), words[verdict], terminal_style(stream, STYLE_PLAIN));
	terminal_append(out, row->kind, strlen(row->kind));
	buf_append_char(out, ' ');
	terminal_append(out, row->subject, strlen(row->subject));
	if (*row->detail) {
		buf_append_string(out, ": ");
		terminal_append(out, row->detail, strlen(row->detail));
	}
	buf_append_char(out, '\n');
	if (row->status == GATE_FIXED)
		return;
	for (size_t i = 0; i < row->place_count && i < PLACES; i++) {
		if (gate_place_is_told(row->detail, row->places[i].symbol, row->places[i].file))
			continue;
		buf_append_string(out, "       ");
		terminal_append(out, row->places[i].file, strlen(row->places[i].file));
		buf_printf(out, row->places[i].line ? ":%u  " : "  ", row->places[i].line);
		terminal_append(out, row->places[i].user, strlen(row->places[i].user));
		buf_append_string(out, *row->places[i].user && *row->places[i].symbol ? " uses " : "");
		terminal_append(out, row->places[i].symbol, strlen(row->places[i].symbol));
		buf_append_char(out, '\n');
	}
	if (row->file && !row->place_count && (row->line || strcmp(row->file, row->subject))) {
		buf_append_string(out, "       ");
		terminal_append(out, row->file, strlen(row->file));
		buf_printf(out, row->line ? ":%u\n" : "\n", row->line);
	}
}

/* Rows of one verdict and kind stand together: those beyond the first few are counted. */
static void append_rows(struct buf *out, FILE *stream, const struct gate_report *report)
{
	for (size_t i = 0, end; i < report->row_count; i = end) {
		const struct gate_row *first = &report->rows[i];
		size_t shown = shown_of_kind[verdict_of(first)];
		for (end = i; end < report->row_count && report->rows[end].status == first->status && report->rows[end].verdict == first->verdict &&
		     !strcmp(report->rows[end].kind, first->kind); end++)
			if (first->status != GATE_KNOWN && end - i < shown)
				append_row(out, stream, &report->rows[end]);
		if (first->status == GATE_KNOWN || end - i <= shown)
			continue;
		buf_printf(out, "       ... and %zu more of %s\n", end - i - shown, first->kind);
	}
}

static void append_advice(struct buf *out, const struct gate_report *report)
{
	for (size_t i = 0; i < report->row_count; i++) {
		const struct gate_row *row = &report->rows[i];
		bool first = true;
		if (row->status != GATE_NEW || row->verdict != GATE_FAILED || !*row->advice)
			continue;
		for (size_t k = 0; k < i; k++)
			first &= strcmp(report->rows[k].kind, row->kind) != 0;
		if (first)
			buf_printf(out, "%s: %s\n", row->title, row->advice);
	}
}

static int write_text(const struct gate_report *report, FILE *stream)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	const size_t (*counts)[3] = report->counts;
	size_t broken = 0, known = counts[GATE_KNOWN][GATE_FAILED] + counts[GATE_KNOWN][GATE_WARNED];
	size_t fixed = counts[GATE_FIXED][GATE_IGNORED];
	append_rows(&out, stream, report);
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct gate_limit *limit = &report->limits[i];
		broken += limit->is_broken;
		if (limit->is_broken)
			buf_printf(&out, "%sFAIL%s   limit %s: from %.6g to %.6g, may get worse by %.6g\n", terminal_style(stream, STYLE_RED),
				   terminal_style(stream, STYLE_PLAIN), limit->measure, limit->before, limit->after, limit->most);
	}
	for (size_t i = 0; i < report->note_count; i++) {
		buf_append_string(&out, "note: ");
		terminal_append(&out, report->notes[i], strlen(report->notes[i]));
		buf_append_char(&out, '\n');
	}
	append_advice(&out, report);
	if (report->baseline_grown)
		buf_printf(&out, "note: the baseline accepts %zu more than it did at the base\n", report->baseline_grown);
	terminal_append(&out, report->base, strlen(report->base));
	buf_append_string(&out, " -> ");
	terminal_append(&out, report->head, strlen(report->head));
	buf_printf(&out, ": %s%s%s; new: %zu forbidden, %zu to look at; known: %zu; fixed: %zu; stale in the baseline: %zu\n",
		   terminal_style(stream, report->has_failed ? STYLE_RED : STYLE_GREEN), report->has_failed ? "failed" : "passed",
		   terminal_style(stream, STYLE_PLAIN), counts[GATE_NEW][GATE_FAILED] + broken, counts[GATE_NEW][GATE_WARNED], known, fixed,
		   report->stale_count);
	bool failed = fwrite(out.data, 1, out.length, stream) != out.length;
	buf_finish(&out);
	return failed ? -1 : 0;
}

/* ---- for scanners of code: each kind is a rule, each row a finding ---- */

/* A reader of such formats sees one text and no heading. */
static char *one_line(const struct gate_row *row)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s: ", row->title);
	buf_append_string(&text, row->subject);
	if (*row->detail)
		buf_append_string(&text, ": ");
	buf_append_string(&text, row->detail);
	return buf_take(&text, NULL);
}

static char *limit_line(const struct gate_limit *limit)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "Limit %s: from %.6g to %.6g, may get worse by %.6g", limit->measure, limit->before, limit->after, limit->most);
	return buf_take(&text, NULL);
}

struct finding_list {
	const char *prefix;   /* where the codebase lies in its repository, from whose root servers count; "" */
	struct export_rule *rules; struct export_finding *findings; size_t rule_count, count;
};

/* rule: taken over where its id is new. finding: message: heap, taken; file without the prefix. */
static void add_finding(struct finding_list *list, struct export_rule rule, struct export_finding finding)
{
	size_t at = 0;
	finding.file = *list->prefix ? path_join(list->prefix, finding.file) : mem_strdup(finding.file);
	while (at < list->rule_count && strcmp(list->rules[at].id, rule.id))
		at++;
	if (at == list->rule_count)
		list->rules[list->rule_count++] = rule;
	finding.rule = (uint32_t)at;
	list->findings[list->count++] = finding;
}

/* All that is new, so that nothing that fails is missing. */
static void list_findings(const struct gate_report *report, struct finding_list *list)
{
	for (size_t i = 0; i < report->row_count; i++) {
		const struct gate_row *row = &report->rows[i];
		if (row->status == GATE_NEW)
			add_finding(list, (struct export_rule){.id = row->kind, .name = row->kind, .title = row->title, .goal = "velocity",
				.why = row->why, .fix = row->advice, .severity = EXPORT_MINOR, .is_builtin = true},
				(struct export_finding){.severity = row->verdict == GATE_FAILED ? EXPORT_CRITICAL : EXPORT_MINOR,
				.file = row->shown_at, .line = row->shown_line, .subject = row->subject, .message = one_line(row),
				.fingerprint = row->fingerprint});
	}
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct gate_limit *limit = &report->limits[i];
		if (limit->is_broken)
			add_finding(list, (struct export_rule){.id = "limit", .name = "limit", .title = "A limit on what gets worse", .goal = "velocity",
				.why = "sightline.yaml says by how much this may get worse, and it got worse by more.",
				.fix = "See 'sightline drift' for what caused it; else raise the limit.", .severity = EXPORT_CRITICAL, .is_builtin = true},
				(struct export_finding){.severity = EXPORT_CRITICAL, .file = limit->shown_at, .line = limit->shown_line,
				.subject = limit->measure, .message = limit_line(limit), .fingerprint = limit->fingerprint});
	}
}

static int write_findings(const struct gate_report *report, const char *format_name, const char *root, const struct report_output *output)
{
	struct err no_repository;
	char *top = NULL;
	const char *prefix = vcs_top(root, &top, &no_repository) ? NULL : path_below(root, top);
	const struct export_format *format = export_formats();
	size_t most = report->row_count + report->limit_count + 1;
	struct finding_list list = {.prefix = prefix ? prefix : "", .rules = mem_zalloc(most, sizeof *list.rules), .findings = mem_zalloc(most, sizeof *list.findings)};
	while (strcmp(format->name, format_name))
		format++;
	list_findings(report, &list);
	struct export export = {.codebase = report->codebase, .release = report->head, .commit = "", .version = report->version,
		.category = "sightline-gate", .rules = list.rules, .rule_count = list.rule_count, .findings = list.findings,
		.finding_count = list.count};
	int result = format->write(&export, EXPORT_FINDINGS, output);
	for (size_t i = 0; i < list.count; i++) {
		free((char *)list.findings[i].message);
		free((char *)list.findings[i].file);
	}
	free(top);
	free(list.rules);
	free(list.findings);
	return result;
}

static bool is_findings_format(const char *format)
{
	return !strcmp(format, "sarif") || !strcmp(format, "gitlab");
}

static const struct gate_format *find_report_format(const char *format)
{
	const struct gate_format *found = gate_formats();
	while (found->name && strcmp(found->name, format))
		found++;
	return found->name ? found : NULL;
}

static int write_report(const struct gate_report *report, const char *format, const char *path, const char *root, struct err *err)
{
	struct target target;
	int result = target_open(&target, path, err);
	if (result)
		return result;
	struct report_output output = {target_write, target.stream};
	int failed = !strcmp(format, "text") ? write_text(report, target.stream)
		   : is_findings_format(format) ? write_findings(report, format, root, &output) : find_report_format(format)->write(report, &output);
	if (failed || fflush(target.stream))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path ? path : "the output");
	return target_close(&target, result, err);
}

/* ---- running ---- */

static const char *format_of(const struct options *options)
{
	const char *path = options_value(options, "output"), *dot = path ? strrchr(path_basename(path), '.') : NULL;
	static const char *const suffixes[][2] = {{".md", "markdown"}, {".json", "json"}, {".sarif", "sarif"}, {".xml", "junit"}};
	if (options_has(options, "format"))
		return options_value(options, "format");
	for (size_t i = 0; dot && i < sizeof suffixes / sizeof *suffixes; i++)
		if (!strcmp(dot, suffixes[i][0]))
			return suffixes[i][1];
	return "text";
}

static int check_options(const struct options *options, struct err *err)
{
	const char *format = format_of(options);
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline gate: \"%s\" is unexpected; did you mean --base %s?", options->operands[0],
			       options->operands[0]);
	if (options_has(options, "base") == options_has(options, "git"))
		return err_set(err, ERR_INPUT, "sightline gate: say what to compare with: either --base RELEASE ('sightline releases' lists those "
			       "that are stored) or --git REVISION (both are scanned as needed)");
	if (strcmp(format, "text") && !is_findings_format(format) && !find_report_format(format))
		return err_set(err, ERR_INPUT, "--format %s: there is text, json, sarif, markdown, junit and gitlab", format);
	return 0;
}

/* A release that is missing is the user's to make: say how. */
static int find_base(const struct session *session, const char *base, struct err *err)
{
	char *name = NULL;
	int result = model_release_resolve(session->model, base, &name, err);
	free(name);
	if (result != ERR_NOT_FOUND)
		return result;
	return err_set(err, ERR_INPUT, "%s: there is no release \"%s\" to compare with; where it is a revision of git, use 'sightline gate --git %s'; "
		       "else scan it: sightline scan DIR --release %s --db %s", session->database, base, base, base, session->database);
}

/* Opens the model, and has both releases in it. pair: what they are called. */
static int find_releases(const struct options *options, struct session *session, struct revision_pair *pair, struct err *err)
{
	const char *revision = options_value(options, "git"), *head = options_value(options, "head");
	int result;
	if (revision) {
		result = session_start(options, NULL, session, err);
		if (result)
			return result;
		result = gate_policy_check(session->config, err);
		if (!result)
			result = revision_pair_make(options, session, revision, head, pair, err);
	} else {
		result = session_open(options, session, err);
		if (result)
			return result;
		result = gate_policy_check(session->config, err);
		if (!result)
			result = find_base(session, options_value(options, "base"), err);
		if (!result)
			*pair = (struct revision_pair){mem_strdup(options_value(options, "base")), mem_strdup(head ? head : session->release), NULL};
	}
	if (result)
		session_finish(session);
	return result;
}

static int update_baseline(const struct session *session, const struct gate_baseline *baseline, struct gate_report *report, struct err *err)
{
	size_t added, removed;
	if (!baseline->path)
		return err_set(err, ERR_INPUT, "--update-baseline: no baseline file is named; put 'baseline: sightline-baseline.txt' into "
			       "sightline.yaml, or give --baseline FILE");
	int result = gate_baseline_update(baseline, report, &added, &removed, err);
	if (!result && !session->quiet) {
		char said[120];
		snprintf(said, sizeof said, ": %zu line%s added, %zu taken out; commit it\n", added, added == 1 ? "" : "s", removed);
		terminal_print(stderr, "sightline: ", baseline->path, said);
	}
	return result;
}

static int judge(const struct options *options, struct session *session, const struct drift_loaded *loaded, int *code, struct err *err)
{
	struct gate_baseline baseline;
	struct gate_judged judged = {0};
	char *title = NULL, *path = options_has(options, "baseline") ? mem_strdup(options_value(options, "baseline"))
								       : verdicts_baseline_path(session->config);
	int result = gate_baseline_read(path, &baseline, err);
	free(path);
	if (result)
		return result;
	gate_baseline_rename(&baseline, loaded->drift);
	result = gate_judge(session->config, session->root, loaded, &baseline, &judged, err);
	if (!result)
		result = gate_baseline_stale(&baseline, session->model, judged.report.head, &judged.report, judged.arena, &judged.report.stale,
					     &judged.report.stale_count, err);
	if (!result)
		judged.report.baseline_grown = gate_baseline_grown(&baseline, session->model, session->root, judged.report.base);
	if (!result)
		result = model_codebase(session->model, &title, err);
	judged.report.codebase = title && *title ? title : "codebase";
	judged.report.version = SIGHTLINE_VERSION;
	if (!result)
		result = write_report(&judged.report, format_of(options), options_value(options, "output"), session->root, err);
	if (!result && options_has(options, "update-baseline"))
		result = update_baseline(session, &baseline, &judged.report, err);
	else if (!result && judged.report.has_failed)
		*code = EXIT_GATE;
	free(title);
	gate_judged_finish(&judged);
	gate_baseline_finish(&baseline);
	return result;
}

static int run_gate(const struct options *options, int *code, struct err *err)
{
	struct session session;
	struct drift_loaded loaded;
	struct options without_format = *options; /* --format is a report's here, not that of rows */
	int result = check_options(options, err);
	if (result)
		return result;
	struct option_value *values = mem_zalloc(options->value_count + 1, sizeof *values);
	without_format.values = values;
	without_format.value_count = 0;
	for (size_t i = 0; i < options->value_count; i++)
		if (strcmp(options->values[i].option->name, "format"))
			values[without_format.value_count++] = options->values[i];
	struct revision_pair pair = {0};
	result = find_releases(&without_format, &session, &pair, err);
	free(values);
	if (result)
		return result;
	if (pair.remark && *pair.remark && !session.quiet)
		terminal_print(stderr, "sightline: ", pair.remark, "\n");
	result = drift_load(session.model, pair.base, pair.head, session.config, session.root, &loaded, err);
	if (!result) {
		result = judge(options, &session, &loaded, code, err);
		drift_loaded_finish(&loaded);
	}
	revision_pair_finish(&pair);
	session_finish(&session);
	return result == ERR_NOT_FOUND ? ERR_INPUT : result;
}

static const struct option_spec gate_options[] = {
	{0, "base", "RELEASE", "compare with this stored release"},
	{0, "head", "RELEASE", "what is judged (default: the newest; with --git a revision, default: the working tree)"},
	OPTIONS_REVISION_PAIR, OPTIONS_TREE_SCAN,
	{0, "format", "text|json|sarif|markdown|junit|gitlab", "how the verdict is written (default: by the name of the output, else text)"},
	{'o', "output", "PATH", "where to (default: standard output)"},
	{0, "baseline", "FILE", "what is accepted (default: as sightline.yaml says)"},
	{0, "update-baseline", NULL, "accept what is new, forget what is gone, and pass"},
	{0, NULL, NULL, NULL},
};
const struct command_spec command_gate = {
	.name = "gate", .synopsis = "--base RELEASE | --git REVISION [OPTIONS]", .summary = "fail where the policy forbids what changed in the architecture",
	.description =
		"Compares two releases as 'sightline drift' does, and judges each event by \"gate:\" in sightline.yaml:\n\n"
		"  gate:\n"
		"    severity: minor                  # less severe events are ignored\n"
		"    events: {dependency_added: fail, cycle_grown: warn, finding_added: {verdict: fail, severity: critical}}\n"
		"    limits: {debt_structure: 1, propagation_cost: 0.01}   # how much these may get worse\n\n"
		"Without it, new violations of the declared architecture and new circles fail; other changes for the worse are warnings.\n"
		"An improvement never fails, and there is no limit on how things are, only on how much worse they get. What the baseline\n"
		"accepts is known; its lines hold no line numbers and survive renames. Exit code 1 only where the policy is broken, 2 where\n"
		"there is nothing to compare. In sarif and gitlab, paths start at the repository's root, and what has no place of its own, as\n"
		"a limit, is shown where the policy is written.",
	.examples = "  sightline gate --git origin/main\n      may this branch go in? Nothing need be stored\n"
		    "  sightline gate --base v2.4\n      may this go out?\n"
		    "  sightline gate --git origin/main --format markdown -o comment.md\n      a comment for the merge request\n"
		    "  sightline gate --git origin/main --update-baseline\n      accept what is there, and stop what comes",
	.options = gate_options, .run = run_gate,
};
