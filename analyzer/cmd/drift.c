/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline drift: what changed in the architecture between two releases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/drift_load.h"
#include "cmd/drift_told.h"
#include "cmd/session.h"

/* Which events are asked for. */
struct asked { const char *kinds[DRIFT_KINDS]; size_t kind_count; enum drift_severity severity; };

static int parse(const struct options *options, struct asked *asked, struct err *err)
{
	const char *severity = options_value(options, "severity");
	enum drift_kind kind;
	*asked = (struct asked){.severity = DRIFT_INFO};
	if (options->operand_count != 2)
		return err_set(err, ERR_INPUT, "sightline drift: give two releases, the older one first; 'sightline releases' lists them");
	if (severity && !drift_severity_find(severity, &asked->severity))
		return err_set(err, ERR_INPUT, "--severity: \"%s\" is none of info, minor, major and critical", severity);
	for (size_t i = 0; i < options->value_count; i++) {
		if (strcmp(options->values[i].option->name, "kind"))
			continue;
		if (!drift_kind_find(options->values[i].value, &kind))
			return err_set(err, ERR_INPUT, "--kind: there is no kind \"%s\" of event; 'sightline drift --help' lists them",
				       options->values[i].value);
		if (asked->kind_count < DRIFT_KINDS)
			asked->kinds[asked->kind_count++] = options->values[i].value;
	}
	return 0;
}

static bool is_asked(const struct asked *asked, const struct drift_event *event)
{
	bool named = !asked->kind_count;
	for (size_t i = 0; i < asked->kind_count; i++)
		named |= !strcmp(asked->kinds[i], drift_kind_info(event->kind)->name);
	return named && event->severity >= asked->severity;
}

/* The view events is to show what was found. That a model cannot be written to is no reason to keep it from the user. */
static void keep(const struct session *session, const struct drift_loaded *loaded)
{
	const char *pair[] = {loaded->input.releases[0].name, loaded->input.releases[1].name};
	struct rows *rows = NULL;
	struct model *model = NULL;
	struct err ignored = {0};
	bool is_known = false;
	if (!model_query_named(session->model, "event_compared", pair, 2, &rows, &ignored))
		rows_next(rows, &is_known, &ignored);
	rows_close(rows);
	if (is_known || model_open(session->database, MODEL_WRITE, &model, &ignored))
		return;
	drift_store(model, loaded, &ignored);
	model_close(model);
}

static int run_drift(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct asked asked;
	struct session session;
	struct drift_loaded loaded;
	int result = parse(options, &asked, err);
	if (!result)
		result = session_open(options, &session, err);
	if (result)
		return result;
	result = drift_load(session.model, options->operands[0], options->operands[1], session.config, session.root, &loaded, err);
	if (!result) {
		const struct drift_event **events = mem_zalloc(loaded.drift->count + 1, sizeof *events);
		size_t count = 0;
		for (size_t i = 0; i < loaded.drift->count; i++)
			if (is_asked(&asked, &loaded.drift->events[i]))
				events[count++] = &loaded.drift->events[i];
		keep(&session, &loaded);
		result = drift_told(stdout, &loaded, events, count, session.format, options_has(options, "all"), err);
		free(events);
		drift_loaded_finish(&loaded);
	}
	session_finish(&session);
	return result;
}

static const struct option_spec drift_options[] = {
	{0, "kind", "KIND", "only events of this kind (may be given more than once)"},
	{0, "severity", "info|minor|major|critical", "only these and worse ones"},
	{0, "all", NULL, "tables: every event, with all the places it comes from"},
	OPTION_FORMAT, {0, NULL, NULL, NULL},
};
const struct command_spec command_drift = {
	.name = "drift", .synopsis = "OLD NEW [OPTIONS]", .summary = "tell what changed in the architecture between two releases",
	.description =
		"Things are matched before they are compared: a file that was renamed, a function that moved and a domain that goes by\n"
		"another name are neither gone nor new. Line numbers, order, layout, comments and names of locals make no event.\n"
		"Public are headers that build files install (view public_headers), else those below a folder \"include\"; \"api:\" in\n"
		"sightline.yaml overrides that.\n\n"
		"Kinds: domain_added, domain_removed, domain_renamed, domain_split, domain_merged, file_moved, file_renamed,\n"
		"function_moved, function_renamed, dependency_added, dependency_removed, cycle_added, cycle_broken, cycle_grown,\n"
		"cycle_shrunk, violation_added, violation_fixed, finding_added, finding_fixed, debt_up, debt_down, complexity_up,\n"
		"complexity_down, high_debt_added, high_debt_removed, exclusivity_up, exclusivity_down, common_added, common_removed,\n"
		"dead_code_grown, dead_code_shrunk, entry_point_added, entry_point_removed, resource_added, resource_removed,\n"
		"resource_shared, resource_exclusive, global_shared, global_exclusive, library_added, library_removed, api_breaking,\n"
		"api_compatible; and where both releases were traced: call_observed, flow_gone.\n\n"
		"The view events has the events of each release and the one before it, and of every pair that was asked for here.",
	.examples = "  sightline drift v2.4 v2.5\n      what happened to the architecture since 2.4\n"
		    "  sightline drift v2.4 v2.5 --severity major\n      what should be talked about\n"
		    "  sightline drift v2.4 v2.5 --kind api_breaking --kind api_compatible\n      the release note of a library\n"
		    "  sightline drift v2.4 v2.5 --format json\n      for a program, with the places that each event comes from",
	.options = drift_options, .run = run_drift,
};
