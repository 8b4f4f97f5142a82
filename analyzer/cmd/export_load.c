/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/export_load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "cmd/verdicts.h"

#define EVIDENCE "20" /* findings shown of one task */

static char *copy(struct loaded_export *loaded, const struct rows *rows, size_t column)
{
	size_t length;
	const char *text = rows_text(rows, column, &length);
	return arena_strndup(loaded->arena, text, length);
}

static char *copy_or_null(struct loaded_export *loaded, const struct rows *rows, size_t column)
{
	return rows_type(rows, column) == VALUE_NULL ? NULL : copy(loaded, rows, column);
}

/* What a tracker takes as part of a label: letters, digits, "._-". Where something else became "-", a hash keeps it apart. */
static void append_slug(struct buf *out, const char *text)
{
	bool changed = !*text || strlen(text) > 80;
	for (size_t i = 0; text[i] && i < 80; i++) {
		char c = text[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("._-", c);
		changed |= !plain;
		buf_append_char(out, plain ? c : '-');
	}
	if (changed) {
		char hex[HASH_HEX_LENGTH + 1];
		hash_hex(hash_bytes(text, strlen(text)), hex);
		buf_printf(out, "-%.8s", hex);
	}
}

static const char *external_id(struct loaded_export *loaded, const char *kind, const char *key)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s:%s%s", loaded->export.codebase, kind, key);
	const char *id = arena_strndup(loaded->arena, text.data, text.length);
	buf_finish(&text);
	return id;
}

static const char *label(struct loaded_export *loaded, const char *kind, const char *key)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_append_string(&text, "sightline-");
	append_slug(&text, loaded->export.codebase);
	buf_printf(&text, "-%s", kind);
	append_slug(&text, key);
	const char *out = arena_strndup(loaded->arena, text.data, text.length);
	buf_finish(&text);
	return out;
}

/* ---- rules ---- */

struct rule_table { struct interner *ids; size_t capacity; };

/* Which of the exported rules has that id; it is added where it is new. A rule that is not there any more still has its id. */
static uint32_t rule_of(struct loaded_export *loaded, struct rule_table *table, const char *id, const char *goal,
			enum export_severity severity)
{
	uint32_t at = interner_add_string(table->ids, id);
	if (at < loaded->export.rule_count)
		return at;
	mem_grow(&loaded->rules_out, &table->capacity, loaded->export.rule_count + 1, sizeof *loaded->rules_out);
	const struct rule *rule = rules_find(&loaded->rules, id);
	struct export_rule *out = &loaded->rules_out[loaded->export.rule_count++];
	*out = (struct export_rule){.id = arena_strdup(loaded->arena, id), .goal = arena_strdup(loaded->arena, goal), .severity = severity,
				    .why = "This rule is no longer among those in use.", .fix = ""};
	out->name = out->title = out->id;
	if (!rule)
		return at;
	out->name = rule->name;
	out->title = rule->title;
	out->why = rule->why;
	out->fix = rule->fix;
	out->is_builtin = rule->is_builtin;
	int rank = rule_severity_rank(rule->severity);
	if (rank >= 0)
		out->severity = (enum export_severity)rank;
	return at;
}

/* ---- findings ---- */

const char *export_prefixed(struct loaded_export *loaded, const char *prefix, const char *file)
{
	if (!file || !prefix || !*prefix || *file == '/')
		return file;
	char *path = path_join(prefix, file);
	const char *out = arena_strdup(loaded->arena, path);
	free(path);
	return out;
}

static int read_findings(struct loaded_export *loaded, const struct session *session, const struct export_choice *choice, struct err *err)
{
	char least[16];
	struct rule_table table = {.ids = interner_create()};
	struct rows *rows = NULL;
	bool has_row;
	snprintf(least, sizeof least, "%d", choice->severity);
	const char *parameters[] = {session->release, choice->weights, least, choice->domain, choice->rule};
	int result = model_query_named(session->model, "export_findings", parameters, 5, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		bool is_anchored = rows_type(rows, 4) == VALUE_NULL;
		if (choice->needs_place && is_anchored && rows_type(rows, 10) == VALUE_NULL) {
			loaded->placeless++;
			continue;
		}
		if (choice->most && loaded->export.finding_count >= choice->most) {
			loaded->export.left_out++;
			continue;
		}
		mem_grow(&loaded->findings, &loaded->finding_capacity, loaded->export.finding_count + 1, sizeof *loaded->findings);
		struct export_finding *finding = &loaded->findings[loaded->export.finding_count++];
		int64_t rank = rows_integer(rows, 1), line = rows_integer(rows, is_anchored ? 11 : 5);
		*finding = (struct export_finding){.severity = (enum export_severity)rank, .is_anchored = is_anchored,
			.line = line > 0 ? (uint32_t)line : is_anchored ? 1 : 0, .domain = copy_or_null(loaded, rows, 3),
			.file = export_prefixed(loaded, choice->path_prefix, copy_or_null(loaded, rows, is_anchored ? 10 : 4)),
			.subject = copy(loaded, rows, 6), .message = copy(loaded, rows, 7),
			.effort_minutes = (uint32_t)rows_integer(rows, 8), .fingerprint = copy(loaded, rows, 9)};
		mem_grow(&loaded->causes, &loaded->cause_capacity, loaded->export.finding_count, sizeof *loaded->causes);
		loaded->causes[loaded->export.finding_count - 1] = copy_or_null(loaded, rows, 12);
		const char *goal = copy(loaded, rows, 2);
		finding->rule = rule_of(loaded, &table, rows_text(rows, 0, NULL), goal, finding->severity);
	}
	rows_close(rows);
	interner_destroy(table.ids);
	return result;
}

/* ---- tasks ---- */

static const char *goal_text(const char *goal)
{
	static const struct { const char *goal, *text; } texts[] = {
		{"scalability", "What stands in the way of more load on more threads and machines."},
		{"resiliency", "Where a fault of one part takes others with it."},
		{"velocity", "What makes changes slow and their effects hard to foresee."},
		{"cloud-readiness", "What ties the program to one machine and its set-up."},
		{"security", "Where the program can be made to do what it must not."},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!strcmp(texts[i].goal, goal))
			return texts[i].text;
	return "What the rules for this goal found.";
}

/* What makes epics of tasks: NULL names where there are none. */
struct epic_table { struct interner *names; bool by_domain; size_t capacity; };

/* The epic of that domain and goal; it is added where it is new. */
static uint32_t epic_of(struct loaded_export *loaded, struct epic_table *table, const char *domain, const char *goal)
{
	const char *name = table->by_domain ? domain ? domain : "across domains" : goal;
	uint32_t at = interner_add_string(table->names, name);
	if (at < loaded->export.epic_count)
		return at;
	struct buf title;
	buf_init(&title, BUF_NO_CEILING);
	buf_printf(&title, "%s architecture: %s", loaded->export.codebase, name);
	mem_grow(&loaded->epics, &table->capacity, loaded->export.epic_count + 1, sizeof *loaded->epics);
	loaded->epics[loaded->export.epic_count++] = (struct export_epic){
		.external_id = external_id(loaded, "epic-", name), .label = label(loaded, "epic-", name),
		.title = arena_strndup(loaded->arena, title.data, title.length),
		.text = table->by_domain ? "What the rules found in this domain." : goal_text(name),
		.goal = table->by_domain ? NULL : arena_strdup(loaded->arena, goal)};
	buf_finish(&title);
	return at;
}

/* Would the task in this row, and its epic where that is new, be more than is asked for? */
static bool is_full(const struct loaded_export *loaded, const struct epic_table *table, const struct export_choice *choice)
{
	size_t tasks = loaded->export.task_count, items = tasks + loaded->export.epic_count + (table->names ? 2 : 1);
	return (choice->most && tasks >= choice->most) || (choice->most_items && items > choice->most_items);
}

static void take_task(struct loaded_export *loaded, struct epic_table *epics, const struct rows *rows)
{
	mem_grow(&loaded->tasks, &loaded->task_capacity, loaded->export.task_count + 1, sizeof *loaded->tasks);
	struct export_task *task = &loaded->tasks[loaded->export.task_count++];
	int64_t worst = rows_type(rows, 9) == VALUE_NULL ? EXPORT_MINOR : rows_integer(rows, 9);
	*task = (struct export_task){.key = copy(loaded, rows, 0), .title = copy(loaded, rows, 1), .goal = copy(loaded, rows, 2),
		.domain = copy_or_null(loaded, rows, 3), .status = copy(loaded, rows, 4), .rule = copy(loaded, rows, 5),
		.why = copy(loaded, rows, 6), .steps = copy(loaded, rows, 7), .reason = copy(loaded, rows, 8),
		.severity = (enum export_severity)worst, .priority = rows_real(rows, 10),
		.effort_minutes = (uint32_t)rows_integer(rows, 11), .findings = (uint32_t)rows_integer(rows, 12), .epic = EXPORT_NONE,
		.score_change = rows_type(rows, 13) == VALUE_NULL ? NAN : rows_real(rows, 13)};
	const struct rule *rule = rules_find(&loaded->rules, task->rule);
	task->rule_title = rule ? rule->title : task->rule;
	task->external_id = external_id(loaded, "", task->key);
	task->label = label(loaded, "", task->key);
	if (epics->names)
		task->epic = epic_of(loaded, epics, task->domain, task->goal);
}

static int read_evidence(struct loaded_export *loaded, const struct session *session, struct err *err)
{
	struct interner *keys = interner_create();
	struct rows *rows = NULL;
	bool has_row;
	for (size_t i = 0; i < loaded->export.task_count; i++)
		interner_add_string(keys, loaded->tasks[i].key);
	const char *parameters[] = {session->release, EVIDENCE};
	size_t most = (size_t)atoi(EVIDENCE);
	int result = model_query_named(session->model, "export_evidence", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		uint32_t at;
		size_t length;
		const char *key = rows_text(rows, 0, &length);
		if (!interner_find(keys, key, length, &at))
			continue;
		struct export_task *task = &loaded->tasks[at];
		struct export_evidence *evidence = (struct export_evidence *)task->evidence;
		if (!evidence)
			task->evidence = evidence = arena_zalloc(loaded->arena, most, sizeof *evidence);
		if (task->evidence_count < most)
			evidence[task->evidence_count++] = (struct export_evidence){copy(loaded, rows, 1), copy(loaded, rows, 2)};
	}
	rows_close(rows);
	interner_destroy(keys);
	return result;
}

static int read_tasks(struct loaded_export *loaded, const struct session *session, const struct export_choice *choice, struct err *err)
{
	char least[16];
	struct epic_table epics = {.names = strcmp(choice->epics, "none") ? interner_create() : NULL,
				   .by_domain = !strcmp(choice->epics, "domain")};
	struct rows *rows = NULL;
	bool has_row;
	snprintf(least, sizeof least, "%d", choice->severity);
	const char *parameters[] = {session->release, choice->weights, choice->status, choice->domain, least, choice->rule};
	int result = model_query_named(session->model, "export_tasks", parameters, 6, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		if (is_full(loaded, &epics, choice))
			loaded->export.left_out++;
		else
			take_task(loaded, &epics, rows);
	}
	rows_close(rows);
	if (epics.names)
		interner_destroy(epics.names);
	return result ? result : read_evidence(loaded, session, err);
}

/* ---- the whole ---- */

static int read_names(struct loaded_export *loaded, const struct session *session, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	char *name = NULL;
	bool has_row = false;
	loaded->export.release = session->release;
	loaded->export.version = SIGHTLINE_VERSION;
	loaded->export.commit = "";
	int result = model_codebase(session->model, &name, err);
	if (!result) {
		const char *given = session->config->export.codebase;
		loaded->export.codebase = arena_strdup(loaded->arena, given ? given : *name ? name : "codebase");
		result = model_query_named(session->model, "export_commit", parameters, 1, &rows, err);
	}
	if (!result)
		result = rows_next(rows, &has_row, err);
	if (!result && has_row)
		loaded->export.commit = copy(loaded, rows, 0);
	rows_close(rows);
	free(name);
	return result;
}

int export_load(const struct session *session, const struct export_choice *choice, struct loaded_export *out, struct err *err)
{
	out->arena = arena_create();
	struct export_choice known = *choice;
	int result = verdicts_load_rules(session->config, &out->rules, err);
	const struct rule *rule = !result && choice->rule ? rules_find(&out->rules, choice->rule) : NULL;
	if (!result && choice->rule && !rule)
		result = err_set(err, ERR_INPUT, "--rule: there is no rule \"%s\"; 'sightline rules' lists them", choice->rule);
	if (rule)
		known.rule = rule->id;
	if (!result)
		result = read_names(out, session, err);
	if (!result)
		result = known.content == EXPORT_TASKS ? read_tasks(out, session, &known, err) : read_findings(out, session, &known, err);
	if (!result && known.content == EXPORT_FINDINGS && known.needs_evidence)
		result = export_load_evidence(out, session, known.path_prefix, err);
	out->export.rules = out->rules_out;
	out->export.findings = out->findings;
	out->export.tasks = out->tasks;
	out->export.epics = out->epics;
	return result;
}

void export_unload(struct loaded_export *loaded)
{
	free(loaded->rules_out);
	free(loaded->findings);
	free(loaded->causes);
	free(loaded->tasks);
	free(loaded->epics);
	if (loaded->rules.arena)
		rules_finish(&loaded->rules);
	arena_destroy(loaded->arena);
	*loaded = (struct loaded_export){0};
}
