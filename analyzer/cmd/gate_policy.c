/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/gate_policy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/complaint.h"
#include "facts/fingerprint.h"

struct policy { enum gate_verdict verdict; enum drift_severity severity; /* from there on */ };

/* What is not listed is ignored: renames and moves, what is for the better, what only grows the code. */
static const struct { enum drift_kind kind; struct policy policy; } defaults[] = {
	{DRIFT_VIOLATION_ADDED, {GATE_FAILED, DRIFT_INFO}},
	{DRIFT_CYCLE_ADDED, {GATE_FAILED, DRIFT_MAJOR}},
	{DRIFT_CYCLE_GROWN, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_DEPENDENCY_ADDED, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_API_BREAKING, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_FINDING_ADDED, {GATE_WARNED, DRIFT_MAJOR}},
	{DRIFT_DEBT_UP, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_COMPLEXITY_UP, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_HIGH_DEBT_ADDED, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_GLOBAL_SHARED, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_RESOURCE_SHARED, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_LIBRARY_ADDED, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_DOMAIN_MERGED, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_DEAD_CODE_GROWN, {GATE_WARNED, DRIFT_INFO}},
	{DRIFT_FLOW_GONE, {GATE_WARNED, DRIFT_INFO}},
};

/* Measures of the codebase that a limit can be set on: the metrics of that scope; more is worse unless it says so. */
static const struct { const char *name; bool more_is_better; } measures[] = {
	{"debt_score", false}, {"debt_entanglement", false}, {"debt_reach", false}, {"debt_modularity", false}, {"debt_smells", false},
	{"debt_interest", false}, {"debt_structure", false}, {"principal_hours", false}, {"interest_hours", false}, {"sqale_ratio", false},
	{"propagation_cost", false}, {"relative_cyclicity", false}, {"nccd", false}, {"acd", false}, {"ccd", false}, {"cycle_groups", false},
	{"largest_cycle", false}, {"turbomq", true},
};
#define MEASURES (sizeof measures / sizeof *measures)

static size_t find_measure(const char *name)
{
	size_t i = 0;
	while (i < MEASURES && strcmp(measures[i].name, name))
		i++;
	return i;
}

static int refuse(const struct config *config, unsigned line, unsigned column, const char *what, const struct complaint_guess *guess,
		  const char *where, struct err *err)
{
	const struct complaint_quote quote = complaint_quote(guess->wanted, strlen(guess->wanted));
	if (guess->nearest)
		return err_set(err, ERR_INPUT, "%s:%u:%u: unknown %s %s, did you mean \"%s\"?", config->path, line, column, what, quote.text,
			       guess->nearest);
	return err_set(err, ERR_INPUT, "%s:%u:%u: unknown %s %s, %s", config->path, line, column, what, quote.text, where);
}

int gate_policy_check(const struct config *config, struct err *err)
{
	for (size_t i = 0; i < config->gate.event_count; i++) {
		const struct config_gate_event *event = &config->gate.events[i];
		struct complaint_guess guess = {.wanted = event->kind};
		enum drift_kind kind;
		if (drift_kind_find(event->kind, &kind))
			continue;
		for (unsigned k = 0; k < DRIFT_KINDS; k++)
			complaint_offer(&guess, drift_kind_info((enum drift_kind)k)->name);
		return refuse(config, event->line, event->column, "kind of event", &guess, "'sightline drift --help' lists them", err);
	}
	for (size_t i = 0; i < config->gate.limit_count; i++) {
		const struct config_gate_limit *limit = &config->gate.limits[i];
		struct complaint_guess guess = {.wanted = limit->measure};
		if (find_measure(limit->measure) < MEASURES)
			continue;
		for (size_t k = 0; k < MEASURES; k++)
			complaint_offer(&guess, measures[k].name);
		return refuse(config, limit->line, limit->column, "measure", &guess, "'sightline debt --explain' lists them", err);
	}
	return 0;
}

static void read_policy(const struct config *config, struct policy *policies)
{
	static const enum gate_verdict verdicts[] = {[CONFIG_IGNORE] = GATE_IGNORED, [CONFIG_WARN] = GATE_WARNED, [CONFIG_FAIL] = GATE_FAILED};
	enum drift_severity floor = DRIFT_INFO;
	enum drift_kind kind;
	memset(policies, 0, DRIFT_KINDS * sizeof *policies);
	if (config->gate.severity)
		drift_severity_find(config->gate.severity, &floor);
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		policies[defaults[i].kind] = defaults[i].policy;
	for (size_t i = 0; i < config->gate.event_count; i++) {
		const struct config_gate_event *event = &config->gate.events[i];
		if (!drift_kind_find(event->kind, &kind))
			continue;
		policies[kind] = (struct policy){verdicts[event->verdict], DRIFT_INFO};
		if (event->severity)
			drift_severity_find(event->severity, &policies[kind].severity);
	}
	for (unsigned k = 0; k < DRIFT_KINDS; k++)
		policies[k].severity = policies[k].severity > floor ? policies[k].severity : floor;
}

/* ---- where what has no place is shown ---- */

/* Of the newer release's files (of one domain, or all) the first by name; NULL: none. */
static const char *first_file(const struct drift_input *input, uint32_t domain)
{
	const char *first = NULL;
	for (size_t i = 0; i < input->files_count; i++) {
		const struct drift_file *file = &input->files[i];
		if (file->sides & DRIFT_IN_NEW && (domain == DRIFT_NONE || file->domain[1] == domain) && (!first || strcmp(file->path, first) < 0))
			first = file->path;
	}
	return first;
}

/* What is about the whole: the configuration, which forbids it, where it lies in the codebase. */
static const char *place_of_all(struct arena *arena, const struct config *config, const char *root, const struct drift_input *input)
{
	char *absolute = config->path ? realpath(config->path, NULL) : NULL;
	const char *below = absolute ? path_below(absolute, root) : NULL, *place = below && *below ? arena_strdup(arena, below) : NULL;
	free(absolute);
	if (!place)
		place = first_file(input, DRIFT_NONE);
	return place ? place : "sightline.yaml";
}

static void place_row(struct gate_row *row, const struct drift_input *input, const char *all)
{
	row->shown_at = row->file ? row->file : row->place_count ? row->places[0].file : NULL;
	row->shown_line = row->file ? row->line : row->place_count ? row->places[0].line : 0;
	for (uint32_t i = 0; !row->shown_at && i < input->domain_count[1]; i++)
		if (!strcmp(input->domains[1][i].name, row->from ? row->from : row->subject))
			row->shown_at = first_file(input, i);
	if (!row->shown_at)
		row->shown_at = all;
}

static struct gate_row row_of(struct arena *arena, const struct drift_event *event, enum gate_verdict verdict, enum gate_status status)
{
	const struct drift_kind_info *info = drift_kind_info(event->kind);
	struct gate_place *places = arena_zalloc(arena, event->evidence_count + 1, sizeof *places);
	for (size_t i = 0; i < event->evidence_count; i++)
		places[i] = (struct gate_place){event->evidence[i].symbol ? event->evidence[i].symbol : "",
						event->evidence[i].from ? event->evidence[i].from : "", event->evidence[i].file,
						event->evidence[i].line};
	return (struct gate_row){
		.verdict = verdict, .status = status, .kind = info->name, .title = info->title, .why = info->why, .advice = info->advice,
		.severity = drift_severity_name(event->severity), .subject = event->subject, .detail = event->detail, .file = event->file,
		.fingerprint = event->fingerprint, .line = event->line, .from = event->from, .to = event->to,
		.is_gone = event->kind == DRIFT_DEPENDENCY_REMOVED, .places = places, .place_count = event->evidence_count,
		.place_total = event->evidence_total};
}

/* NaN where it was not measured. */
static double measured(const struct drift_loaded *loaded, unsigned side, const char *name)
{
	for (size_t i = 0; i < loaded->input.metrics_count; i++) {
		const struct drift_metric *row = &loaded->input.metrics[i];
		if (row->side == side && !strcmp(row->scope, "codebase") && !strcmp(row->metric, name))
			return row->value;
	}
	return NAN;
}

/* What cannot be judged is told: a limit that holds because nobody measured is none. */
static void note_unmeasured(const struct config_gate_limit *limit, double before, double after, struct gate_judged *judged, const char **notes,
			    size_t *count)
{
	if (!isnan(before) && !isnan(after))
		return;
	const char *release = isnan(before) ? judged->report.base : judged->report.head;
	size_t length = strlen(limit->measure) + strlen(release) + 120;
	char *note = arena_alloc(judged->arena, length);
	snprintf(note, length, "limit %s: not judged, since it was not measured in %s%s", limit->measure, release,
		 strstr(limit->measure, "interest") ? ", which was scanned without history" : "");
	notes[(*count)++] = note;
}

static void judge_limits(const struct config *config, const char *place, const struct drift_loaded *loaded, struct gate_judged *judged)
{
	struct gate_limit *limits = arena_zalloc(judged->arena, config->gate.limit_count + 1, sizeof *limits);
	size_t note_count = judged->report.note_count;
	const char **notes = arena_zalloc(judged->arena, note_count + config->gate.limit_count + 1, sizeof *notes);
	for (size_t i = 0; i < note_count; i++)
		notes[i] = judged->report.notes[i];
	for (size_t i = 0; i < config->gate.limit_count; i++) {
		const struct config_gate_limit *limit = &config->gate.limits[i];
		double before = measured(loaded, 0, limit->measure), after = measured(loaded, 1, limit->measure);
		double worse = measures[find_measure(limit->measure)].more_is_better ? before - after : after - before;
		/* The sum of what was rounded: a hair over the limit is none. */
		char *fingerprint = arena_alloc(judged->arena, HASH_HEX_LENGTH + 1);
		fingerprint_of_finding("limit", NULL, limit->measure, fingerprint);
		bool is_here = config->path && !strcmp(path_basename(place), path_basename(config->path));
		limits[i] = (struct gate_limit){limit->measure, fingerprint, before, after, limit->most, worse > limit->most + 1e-9, place,
						is_here ? limit->line : 0};
		judged->report.has_failed |= limits[i].is_broken;
		note_unmeasured(limit, before, after, judged, notes, &note_count);
	}
	judged->report.notes = notes;
	judged->report.note_count = note_count;
	judged->report.limits = limits;
	judged->report.limit_count = config->gate.limit_count;
}

/* New ones first, what fails first; of each the order of the events stays. */
static const struct gate_row *sort_rows(struct arena *arena, const struct gate_row *rows, size_t count)
{
	struct gate_row *sorted = arena_zalloc(arena, count + 1, sizeof *sorted);
	size_t filled = 0;
	for (int status = GATE_NEW; status <= GATE_FIXED; status++)
		for (int verdict = GATE_FAILED; verdict >= GATE_IGNORED; verdict--)
			for (size_t i = 0; i < count; i++)
				if ((int)rows[i].status == status && (int)rows[i].verdict == verdict)
					sorted[filled++] = rows[i];
	return sorted;
}

int gate_judge(const struct config *config, const char *root, const struct drift_loaded *loaded, const struct gate_baseline *baseline,
	       struct gate_judged *out, struct err *err)
{
	struct policy policies[DRIFT_KINDS];
	int result = gate_policy_check(config, err);
	if (result)
		return result;
	read_policy(config, policies);
	const struct drift *drift = loaded->drift;
	const char *all;
	struct gate_judged judged = {.arena = arena_create()};
	struct gate_row *rows = arena_zalloc(judged.arena, drift->count + 1, sizeof *rows);
	struct gate_report *report = &judged.report;
	all = place_of_all(judged.arena, config, root, &loaded->input);
	for (size_t i = 0; i < drift->count; i++) {
		const struct drift_event *event = &drift->events[i];
		bool better = drift_kind_info(event->kind)->is_improvement;
		struct policy policy = policies[event->kind];
		enum gate_verdict verdict = better || event->severity < policy.severity ? GATE_IGNORED : policy.verdict;
		if (!better && verdict == GATE_IGNORED)
			continue;
		enum gate_status status = better ? GATE_FIXED : gate_baseline_accepts(baseline, event->fingerprint) ? GATE_KNOWN : GATE_NEW;
		struct gate_row *row = &rows[report->row_count++];
		*row = row_of(judged.arena, event, verdict, status);
		place_row(row, &loaded->input, all);
		report->counts[status][verdict]++;
		report->has_failed |= status == GATE_NEW && verdict == GATE_FAILED;
	}
	report->rows = sort_rows(judged.arena, rows, report->row_count);
	report->base = loaded->input.releases[0].name;
	report->head = loaded->input.releases[1].name;
	report->notes = drift->notes;
	report->note_count = drift->note_count;
	judge_limits(config, all, loaded, &judged);
	*out = judged;
	return 0;
}

void gate_judged_finish(struct gate_judged *judged)
{
	arena_destroy(judged->arena);
	memset(judged, 0, sizeof *judged);
}
