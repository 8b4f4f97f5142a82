/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/findings.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/beside.h"
#include "facts/fingerprint.h"

#define RULE_STEPS UINT64_C(300000000) /* of SQLite's machine: some seconds */
#define GENERATED "SELECT DISTINCT file FROM functions WHERE release = :release AND (name GLOB '*yyparse' OR name GLOB '*yy_create_buffer')"
#define RULE_FINDINGS 20000            /* more of one rule are noise; the rule is told to be at fault */

enum column { COLUMN_FILE, COLUMN_LINE, COLUMN_SUBJECT, COLUMN_MESSAGE, COLUMN_REQUIRED, COLUMN_DOMAIN = COLUMN_REQUIRED,
	      COLUMN_EFFORT, COLUMN_SEVERITY, COLUMN_TASK, COLUMN_CUT_FROM, COLUMN_CUT_TO, COLUMN_COUNT };
static const char *const column_names[COLUMN_COUNT] = {"file", "line", "subject", "message", "domain", "effort_minutes", "severity",
						       "task", "cut_from", "cut_to"};

/* What one rule says. Nobody but the thread that runs it writes here. */
struct rule_result {
	struct finding *items; size_t count, capacity;
	int code;
	struct err problem;
};

struct collecting { /* shared by the threads: read only, but for what is said otherwise */
	const char *release;
	const struct rule_set *set;
	const char *const *skip;
	struct findings *out;        /* its files and domains; runs: as results */
	struct rule_result *results; /* one per rule, written by the thread that took it */
	atomic_size_t next;          /* rule to take */
};

struct collector { /* one thread's */
	struct collecting *shared;
	struct model *model;
	struct arena *arena;
	struct rule_result *result; /* of the rule at hand, and so the rest */
	struct interner *seen;      /* fingerprints: ids are places in result->items */
	int at[COLUMN_COUNT];       /* -1: it has no such column */
};

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int load_domains(struct model *model, const char *name, struct findings *out, struct err *err)
{
	struct query_parameter release = {.name = ":release", .value = name};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_foreign(model, "SELECT file, domain FROM files WHERE release = :release", &release, 1, 0, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		uint32_t id = interner_add_string(out->files, rows_text(rows, 0, NULL));
		mem_grow(&out->domain_of, &out->domain_capacity, (size_t)id + 1, sizeof *out->domain_of);
		out->domain_of[id] = rows_type(rows, 1) == VALUE_NULL ? NULL : arena_strdup(out->arena, rows_text(rows, 1, NULL));
	}
	rows_close(rows);
	return result;
}

/* sql: of the files of a release */
static int load_files(struct model *model, const char *name, const char *sql, struct interner *out, struct err *err)
{
	struct query_parameter release = {.name = ":release", .value = name};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_foreign(model, sql, &release, 1, 0, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row)
		interner_add_string(out, rows_text(rows, 0, NULL));
	rows_close(rows);
	return result;
}

static int find_columns(struct collector *c, const struct rule *rule, const struct rows *rows, struct err *err)
{
	for (int i = 0; i < COLUMN_COUNT; i++)
		c->at[i] = -1;
	for (size_t k = 0; k < rows_columns(rows); k++) {
		int i = 0;
		while (i < COLUMN_COUNT && strcmp(column_names[i], rows_name(rows, k)) != 0)
			i++;
		if (i == COLUMN_COUNT)
			return err_set(err, ERR_INPUT, "%s: column \"%s\" is none of a finding's: file, line, subject, message, domain, "
				       "effort_minutes, severity, task, cut_from, cut_to", rule->path, rows_name(rows, k));
		c->at[i] = (int)k;
	}
	for (int i = 0; i < COLUMN_REQUIRED; i++)
		if (c->at[i] < 0)
			return err_set(err, ERR_INPUT, "%s: the SELECT yields no column \"%s\"", rule->path, column_names[i]);
	return 0;
}

/* A column's text; NULL where it is NULL or not there. */
static const char *cell(const struct collector *c, const struct rows *rows, enum column column)
{
	if (c->at[column] < 0 || rows_type(rows, (size_t)c->at[column]) == VALUE_NULL)
		return NULL;
	size_t length;
	const char *bytes = rows_text(rows, (size_t)c->at[column], &length);
	const char *copy = arena_strndup(c->arena, bytes, length);
	return copy;
}

static uint32_t number(const struct collector *c, const struct rows *rows, enum column column, uint32_t otherwise)
{
	if (c->at[column] < 0 || rows_type(rows, (size_t)c->at[column]) == VALUE_NULL)
		return otherwise;
	int64_t value = rows_integer(rows, (size_t)c->at[column]);
	return value < 0 ? 0 : value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static const char *fingerprint_of(struct collector *c, const struct finding *finding)
{
	char hex[HASH_HEX_LENGTH + 1];
	fingerprint_of_finding(finding->rule->id, finding->rule->is_one_everywhere ? NULL : finding->file, finding->subject, hex);
	return arena_strdup(c->arena, hex);
}

static const char *domain_of_file(const struct findings *findings, const char *file)
{
	uint32_t id;
	return file && interner_find(findings->files, file, strlen(file), &id) ? findings->domain_of[id] : NULL;
}

static bool is_generated(const struct findings *findings, const char *file)
{
	uint32_t id;
	return file && interner_find(findings->generated, file, strlen(file), &id);
}

static bool is_in_tests(const struct finding *finding)
{
	return finding->domain && (!strcmp(finding->domain, "tests") || !strncmp(finding->domain, "tests-", 6));
}

/* What nobody runs in production, or somebody else mends: SQL says the same in queries/tasks.sql. */
static bool is_aside(const struct findings *findings, const struct finding *finding)
{
	uint32_t id;
	return is_in_tests(finding) ||
	       (finding->file && interner_find(findings->carried, finding->file, strlen(finding->file), &id));
}

static bool is_skipped(const struct collector *c, const char *domain)
{
	for (const char *const *skip = c->shared->skip; domain && skip && *skip; skip++)
		if (!strcmp(domain, *skip))
			return true;
	return false;
}

static const char *cause_of(const struct finding *finding, const char *said)
{
	if (said)
		return said;
	switch (finding->rule->cause) {
	case RULE_CAUSE_FILE: return finding->file ? finding->file : finding->subject;
	case RULE_CAUSE_DOMAIN: return finding->domain ? finding->domain : "";
	case RULE_CAUSE_CODEBASE: return "";
	default: return finding->subject;
	}
}

/* Of rows with one fingerprint the first stands for all, so that it does not matter in which order they come. */
static bool is_before(const struct finding *a, const struct finding *b)
{
	int files = strcmp(a->file ? a->file : "", b->file ? b->file : "");
	int order = strcmp(a->message, b->message);
	if (!order)
		order = strcmp(a->cause, b->cause);
	return files ? files < 0 : a->line != b->line ? a->line < b->line : order < 0;
}

static void take_row(struct collector *c, const struct rule *rule, const struct rows *rows)
{
	const char *subject = cell(c, rows, COLUMN_SUBJECT), *message = cell(c, rows, COLUMN_MESSAGE);
	const char *severity = cell(c, rows, COLUMN_SEVERITY);
	struct finding finding = {
		.rule = rule, .severity = severity && rule_is_severity(severity) ? severity : rule->severity,
		.domain = cell(c, rows, COLUMN_DOMAIN), .file = cell(c, rows, COLUMN_FILE), .line = number(c, rows, COLUMN_LINE, 0),
		.subject = subject ? subject : "", .message = message ? message : rule->title,
		.effort_minutes = number(c, rows, COLUMN_EFFORT, rule->effort_minutes),
	};
	if (!finding.domain)
		finding.domain = domain_of_file(c->shared->out, finding.file);
	if (is_skipped(c, finding.domain) || is_skipped(c, domain_of_file(c->shared->out, finding.file)) ||
	    is_generated(c->shared->out, finding.file))
		return;
	finding.is_aside = is_aside(c->shared->out, &finding);
	/* How a program fares in production does not matter there. */
	if (is_in_tests(&finding) && strcmp(rule->goal, "velocity") != 0)
		finding.severity = "info";
	finding.fingerprint = fingerprint_of(c, &finding);
	finding.cut_from = cell(c, rows, COLUMN_CUT_FROM);
	finding.cut_to = cell(c, rows, COLUMN_CUT_TO);
	finding.cause = cause_of(&finding, cell(c, rows, COLUMN_TASK));
	/* While a rule runs its findings stand where their fingerprints were seen first; the rule is part of each. */
	struct rule_result *result = c->result;
	uint32_t known = interner_count(c->seen), at = interner_add_string(c->seen, finding.fingerprint);
	if (at < known) {
		if (is_before(&finding, &result->items[at]))
			result->items[at] = finding;
		return;
	}
	mem_grow(&result->items, &result->capacity, result->count + 1, sizeof *result->items);
	result->items[result->count++] = finding;
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->file ? x->file : "", y->file ? y->file : "");
	if (!order)
		order = x->line < y->line ? -1 : x->line > y->line;
	return order ? order : strcmp(x->subject, y->subject);
}

/* SQLite's message says line and column where it knows them; else the line at which the SELECT begins has to do. */
static int place_error(const struct rule *rule, struct err *err)
{
	unsigned line = 1;
	const char *at = rule->sql;
	if (strstr(err->text, ": line "))
		return err_prefix(err, "%s", rule->path);
	for (; !strncmp(at, "--", 2) && *at; line++) {
		at = strchrnul(at, '\n');
		at += *at == '\n';
	}
	return err_prefix(err, "%s:%u", rule->path, line);
}

static int run_rule(struct collector *c, const struct rule *rule, struct err *err)
{
	struct query_parameter *parameters = mem_zalloc(rule->parameter_count + 1, sizeof *parameters);
	struct rows *rows = NULL;
	bool has_row;
	parameters[0] = (struct query_parameter){.name = ":release", .value = c->shared->release};
	for (size_t i = 0; i < rule->parameter_count; i++)
		parameters[i + 1] = (struct query_parameter){.name = rule->parameters[i].name, .value = rule->parameters[i].value,
			.number = rule->parameters[i].number, .is_number = rule->parameters[i].is_number};
	int result = model_query_foreign(c->model, rule->sql, parameters, rule->parameter_count + 1, RULE_STEPS, &rows, err);
	free(parameters);
	if (result)
		return place_error(rule, err);
	result = find_columns(c, rule, rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		if (c->result->count >= RULE_FINDINGS)
			result = err_set(err, ERR_LIMIT, "%s: more than %d findings; those beyond are left out", rule->path, RULE_FINDINGS);
		else
			take_row(c, rule, rows);
	}
	rows_close(rows);
	if (result && !strstr(err->text, rule->path))
		place_error(rule, err);
	if (c->result->count)
		qsort(c->result->items, c->result->count, sizeof *c->result->items, compare_findings);
	return result;
}

/* Takes rules until there are none left. */
static void run_rules(struct collector *c)
{
	const struct rule_set *set = c->shared->set;
	size_t i;
	while ((i = atomic_fetch_add(&c->shared->next, 1)) < set->count) {
		double start = seconds_now();
		if (set->rules[i].is_off)
			continue;
		c->result = &c->shared->results[i];
		c->seen = interner_create();
		c->result->code = run_rule(c, &set->rules[i], &c->result->problem);
		interner_destroy(c->seen);
		c->shared->out->runs[i] = (struct rule_run){c->result->count, seconds_now() - start, c->result->code != 0};
		if (c->result->code == ERR_DATABASE)
			atomic_store(&c->shared->next, set->count); /* the database's fault: it would be that of the others, too */
	}
}

struct other { const struct findings_beside *beside; struct collector collector; };

static void run_beside(void *context)
{
	struct other *other = context;
	if (other->beside->first)
		other->beside->first(other->beside->context);
	run_rules(&other->collector);
}

/* Rule by rule, whoever ran it. Problems go to the set, except those of the database. */
static int join(struct collecting *c, struct rule_set *set, struct err *err)
{
	int result = 0;
	for (size_t i = 0; i < set->count; i++) {
		struct rule_result *from = &c->results[i];
		struct findings *out = c->out;
		if (from->count) {
			mem_grow(&out->items, &out->capacity, out->count + from->count, sizeof *out->items);
			memcpy(out->items + out->count, from->items, from->count * sizeof *out->items);
			out->count += from->count;
		}
		free(from->items);
		if (from->code == ERR_DATABASE && !result)
			result = err_set(err, from->code, "%s", from->problem.text);
		else if (from->code && !result)
			rules_add_problem(set, from->problem.text);
	}
	return result;
}

int findings_collect(struct model *model, const struct findings_beside *beside, const char *release, struct rule_set *set,
		     const char *const *skip, struct findings *out, struct err *err)
{
	struct findings findings = {.arena = arena_create(), .arena_beside = arena_create(), .files = interner_create(),
				    .carried = interner_create(), .generated = interner_create(),
				    .runs = mem_zalloc(set->count + 1, sizeof *findings.runs)};
	int result = load_domains(model, release, &findings, err);
	if (!result)
		result = load_files(model, release, "SELECT file FROM file_domains WHERE release = :release AND told = 'vendored'",
				    findings.carried, err);
	if (!result)
		result = load_files(model, release, GENERATED, findings.generated, err);
	if (!result) {
		struct collecting shared = {.release = release, .set = set, .skip = skip, .out = &findings,
					    .results = mem_zalloc(set->count + 1, sizeof *shared.results)};
		struct collector here = {.shared = &shared, .model = model, .arena = findings.arena};
		struct other other = {beside, {.shared = &shared, .model = beside ? beside->model : NULL, .arena = findings.arena_beside}};
		struct beside thread = {0};
		if (beside)
			beside_begin(&thread, run_beside, &other);
		run_rules(&here);
		beside_end(&thread);
		result = join(&shared, set, err);
		free(shared.results);
	}
	if (result) {
		findings_finish(&findings);
		return result;
	}
	*out = findings;
	return 0;
}

void findings_finish(struct findings *findings)
{
	free(findings->items);
	free(findings->runs);
	free(findings->domain_of);
	interner_destroy(findings->files);
	interner_destroy(findings->carried);
	interner_destroy(findings->generated);
	arena_destroy(findings->arena);
	arena_destroy(findings->arena_beside);
	memset(findings, 0, sizeof *findings);
}
