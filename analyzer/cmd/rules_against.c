/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/rules_against.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "check/findings.h"
#include "cmd/terminal.h"
#include "cmd/verdicts.h"

#define LISTED 20 /* findings per rule and release that are named */

/* One release and what the rules say of it. */
struct checked {
	char *release;
	struct findings findings;
	struct interner *prints; /* of rule and fingerprint */
};

struct against {
	struct session *session;
	struct rule_set *rules;
	struct checked *checked; size_t count, capacity;
	bool first_row;          /* of JSON */
};

static void add_print(struct interner *prints, const struct finding *finding)
{
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s %s", finding->rule->id, finding->fingerprint);
	interner_add(prints, text.data, text.length);
	buf_finish(&text);
}

static bool has_print(const struct interner *prints, const struct finding *finding)
{
	struct buf text;
	uint32_t id;
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "%s %s", finding->rule->id, finding->fingerprint);
	bool found = interner_find(prints, text.data, text.length, &id);
	buf_finish(&text);
	return found;
}

/* Names of the releases, oldest first. */
static int list_releases(struct against *against, const char *glob, const char *newest, struct err *err)
{
	const char *parameters[] = {glob, newest};
	struct rows *rows = NULL;
	bool has_row;
	int result = model_query_named(against->session->model, "rules_against", parameters, 2, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		mem_grow(&against->checked, &against->capacity, against->count + 1, sizeof *against->checked);
		against->checked[against->count++] = (struct checked){.release = mem_strdup(rows_text(rows, 0, NULL))};
	}
	rows_close(rows);
	if (!result && (!against->count || (against->count == 1 && strcmp(glob, newest) != 0)))
		result = err_set(err, ERR_NOT_FOUND, "no release matches \"%s\"; 'sightline releases' lists them, 'sightline replay' makes them of tags",
				 glob);
	return result;
}

static int check_all(struct against *against, struct err *err)
{
	int result = 0;
	for (size_t i = 0; !result && i < against->count; i++) {
		struct checked *checked = &against->checked[i];
		checked->prints = interner_create();
		result = findings_collect(against->session->model, NULL, checked->release, against->rules, verdicts_skipped_domains, &checked->findings, err);
		for (size_t f = 0; !result && f < checked->findings.count; f++)
			add_print(checked->prints, &checked->findings.items[f]);
	}
	return result;
}

/* ---- printing ---- */

/* Findings of a rule that are in one and not in the other (NULL: all); each is given to print, where there is one, as of release at. */
static size_t differ(struct against *against, const struct rule *rule, const struct checked *in, const struct checked *not_in,
		     void (*print)(struct against *, const char *at, const struct finding *, size_t number, char), const char *at, char sign)
{
	size_t count = 0;
	for (size_t f = 0; f < in->findings.count; f++) {
		const struct finding *finding = &in->findings.items[f];
		if (finding->rule != rule || (not_in && has_print(not_in->prints, finding)))
			continue;
		if (print)
			print(against, at, finding, count, sign);
		count++;
	}
	return count;
}

static void print_line(struct against *against, const char *at, const struct finding *finding, size_t number, char sign)
{
	(void)against;
	(void)at;
	struct buf line;
	if (number >= LISTED)
		return;
	buf_init(&line, BUF_NO_CEILING);
	if (finding->file)
		buf_append_string(&line, finding->file);
	if (finding->file && finding->line)
		buf_printf(&line, ":%u", finding->line);
	buf_append_string(&line, finding->file ? "  " : "");
	buf_append_string(&line, finding->message);
	printf("    %c ", sign);
	terminal_print(stdout, "", line.data, "\n");
	buf_finish(&line);
}

static void append_text(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, ", \"%s\": ", key);
	if (text)
		output_json_string(out, text, strlen(text));
	else
		buf_append_string(out, "null");
}

static void print_json(struct against *against, const char *at, const struct finding *finding, size_t number, char sign)
{
	(void)number;
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	buf_append_string(&out, against->first_row ? "\n{\"release\": " : ",\n{\"release\": ");
	output_json_string(&out, at, strlen(at));
	append_text(&out, "status", sign == '+' ? "new" : sign == '-' ? "gone" : "first");
	append_text(&out, "rule", finding->rule->id);
	append_text(&out, "severity", finding->severity);
	append_text(&out, "file", finding->file);
	buf_printf(&out, finding->line ? ", \"line\": %u" : ", \"line\": null", finding->line);
	append_text(&out, "subject", finding->subject);
	append_text(&out, "message", finding->message);
	append_text(&out, "fingerprint", finding->fingerprint);
	printf("%s}", out.data);
	against->first_row = false;
	buf_finish(&out);
}

static void print_more(size_t count, char sign)
{
	if (count > LISTED)
		printf("    %c and %zu more\n", sign, count - LISTED);
}

static void print_rule(struct against *against, const struct rule *rule, bool with_findings)
{
	printf("%s", terminal_style(stdout, STYLE_BOLD));
	terminal_print(stdout, "", rule->id, "  ");
	terminal_print(stdout, "", rule->title, "");
	printf("%s%s\n", terminal_style(stdout, STYLE_PLAIN), rule->is_off ? " (switched off)" : "");
	for (size_t i = 0; i < against->count; i++) {
		const struct checked *now = &against->checked[i], *before = i ? &against->checked[i - 1] : NULL;
		size_t all = differ(against, rule, now, NULL, NULL, NULL, 0), fresh = before ? differ(against, rule, now, before, NULL, NULL, 0) : 0;
		size_t gone = before ? differ(against, rule, before, now, NULL, NULL, 0) : 0;
		printf("  ");
		terminal_print(stdout, "", now->release, "");
		printf(": %zu %s", all, all == 1 ? "finding" : "findings");
		if (before)
			printf(", %zu new, %zu gone", fresh, gone);
		printf("\n");
		if (!with_findings || !before)
			continue;
		print_more(differ(against, rule, now, before, print_line, now->release, '+'), '+');
		print_more(differ(against, rule, before, now, print_line, now->release, '-'), '-');
	}
}

static void print_rule_json(struct against *against, const struct rule *rule)
{
	for (size_t i = 0; i < against->count; i++) {
		const struct checked *now = &against->checked[i], *before = i ? &against->checked[i - 1] : NULL;
		differ(against, rule, now, before, print_json, now->release, before ? '+' : '=');
		if (before)
			differ(against, rule, before, now, print_json, now->release, '-');
	}
}

static bool has_findings(const struct against *against, size_t rule)
{
	for (size_t i = 0; i < against->count; i++)
		if (against->checked[i].findings.runs[rule].findings)
			return true;
	return false;
}

static void print_all(struct against *against, const struct rule *only)
{
	bool own = only, json = against->session->format == OUTPUT_JSON;
	size_t shown = 0;
	for (size_t i = 0; i < against->rules->count; i++)
		own |= !against->rules->rules[i].is_builtin;
	against->first_row = true;
	if (json)
		printf("[");
	for (size_t i = 0; i < against->rules->count; i++) {
		const struct rule *rule = &against->rules->rules[i];
		if (only ? rule != only : own ? rule->is_builtin : !has_findings(against, i))
			continue;
		shown++;
		if (json)
			print_rule_json(against, rule);
		else
			print_rule(against, rule, own);
	}
	if (json)
		printf("%s]\n", against->first_row ? "" : "\n");
	else if (!shown)
		printf("no rule finds anything in these releases\n");
}

int rules_against(struct session *session, struct rule_set *rules, const char *only, const char *glob, const char *newest, struct err *err)
{
	struct against against = {.session = session, .rules = rules};
	const struct rule *rule = only ? rules_find(rules, only) : NULL;
	if (only && !rule)
		return err_set(err, ERR_NOT_FOUND, "there is no rule \"%s\"; 'sightline rules' lists them", only);
	if (session->format == OUTPUT_CSV)
		return err_set(err, ERR_INPUT, "sightline rules check --against: --format is table or json");
	int result = list_releases(&against, glob, newest, err);
	if (!result)
		result = check_all(&against, err);
	if (!result)
		print_all(&against, rule);
	for (size_t i = 0; i < against.count; i++) {
		free(against.checked[i].release);
		interner_destroy(against.checked[i].prints);
		if (against.checked[i].findings.arena)
			findings_finish(&against.checked[i].findings);
	}
	free(against.checked);
	return result;
}
