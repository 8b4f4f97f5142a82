/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline rules: what is checked, explained, and tried out on a release. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/rules_against.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "cmd/verdicts.h"

static void append_key(struct buf *out, const char *key, const char *value, bool first)
{
	if (!first)
		buf_append_string(out, ", ");
	output_json_string(out, key, strlen(key));
	buf_append_string(out, ": ");
	output_json_string(out, value, strlen(value));
}

static void append_json(struct buf *out, const struct rule *rule)
{
	append_key(out, "rule", rule->id, true);
	append_key(out, "name", rule->name, false);
	append_key(out, "title", rule->title, false);
	append_key(out, "goal", rule->goal, false);
	append_key(out, "severity", rule->severity, false);
	buf_printf(out, ", \"effort_minutes\": %u, \"is_off\": %d", rule->effort_minutes, rule->is_off);
	append_key(out, "since", rule->since, false);
	append_key(out, "why", rule->why, false);
	append_key(out, "fix", rule->fix, false);
	append_key(out, "example", rule->example, false);
	buf_append_string(out, ", \"parameters\": {");
	for (size_t i = 0; i < rule->parameter_count; i++)
		append_key(out, rule->parameters[i].name + 1, rule->parameters[i].value, i == 0);
	buf_append_string(out, "}");
	append_key(out, "path", rule->path, false);
}

static void print_json(const struct rule_set *rules)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	for (size_t i = 0; i < rules->count; i++) {
		buf_append_string(&out, i ? ",\n {" : "[{");
		append_json(&out, &rules->rules[i]);
		buf_append_char(&out, '}');
	}
	buf_append_string(&out, rules->count ? "]\n" : "[]\n");
	fwrite(out.data, 1, out.length, stdout);
	buf_finish(&out);
}

static void print_csv(const struct rule_set *rules)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	buf_append_string(&out, "rule,name,goal,severity,effort_minutes,is_off,title\r\n");
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];
		const char *const fields[] = {rule->id, rule->name, rule->goal, rule->severity};
		for (size_t k = 0; k < 4; k++) {
			output_csv_field(&out, fields[k], strlen(fields[k]));
			buf_append_char(&out, ',');
		}
		buf_printf(&out, "%u,%d,", rule->effort_minutes, rule->is_off);
		output_csv_field(&out, rule->title, strlen(rule->title));
		buf_append_string(&out, "\r\n");
	}
	fwrite(out.data, 1, out.length, stdout);
	buf_finish(&out);
}

static void print_table(const struct rule_set *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];
		struct buf line;
		buf_init(&line, BUF_NO_CEILING);
		buf_printf(&line, "%-5s %-15s %-8s ", rule->id, rule->goal, rule->is_off ? "off" : rule->severity);
		buf_append_string(&line, rule->title);
		terminal_print(stdout, "", line.data, "\n");
		buf_finish(&line);
	}
}

static int list_rules(const struct session *session, const struct rule_set *rules)
{
	switch (session->format) {
	case OUTPUT_JSON: print_json(rules); break;
	case OUTPUT_CSV: print_csv(rules); break;
	default: print_table(rules);
	}
	return 0;
}

static void print_part(const char *heading, const char *text)
{
	printf("\n%s%s%s\n", terminal_style(stdout, STYLE_BOLD), heading, terminal_style(stdout, STYLE_PLAIN));
	char *copy = mem_strdup(text), *rest = copy;
	for (char *line; (line = strsep(&rest, "\n"));)
		terminal_print(stdout, "  ", line, "\n");
	free(copy);
}

/* The SQL behind the header. */
static const char *select_of(const struct rule *rule)
{
	const char *at = rule->sql;
	while (!strncmp(at, "--", 2)) {
		at = strchrnul(at, '\n');
		at += *at == '\n';
	}
	return at;
}

static int show_rule(const struct session *session, const struct rule_set *rules, const char *name, struct err *err)
{
	const struct rule *rule = rules_find(rules, name);
	if (!rule)
		return err_set(err, ERR_NOT_FOUND, "there is no rule \"%s\"; 'sightline rules' lists them", name);
	if (session->format == OUTPUT_JSON) {
		struct buf out;
		buf_init(&out, BUF_NO_CEILING);
		append_json(&out, rule);
		printf("[{%s}]\n", out.data);
		buf_finish(&out);
		return 0;
	}
	terminal_print(stdout, "", rule->id, " ");
	terminal_print(stdout, "", rule->title, "\n");
	terminal_print(stdout, "", rule->goal, ", ");
	terminal_print(stdout, "", rule->severity, "");
	printf(", about %u minutes each%s, since ", rule->effort_minutes, rule->is_off ? ", switched off" : "");
	terminal_print(stdout, "", rule->since, "\n");
	print_part("Why", rule->why);
	print_part("What to do", rule->fix);
	print_part("Seen in", rule->example);
	for (size_t i = 0; i < rule->parameter_count; i++) {
		terminal_print(stdout, i ? "  " : "\nParameters\n  ", rule->parameters[i].name + 1, " = ");
		terminal_print(stdout, "", rule->parameters[i].value, ": ");
		terminal_print(stdout, "", rule->parameters[i].meaning, "\n");
	}
	print_part("SQL", select_of(rule));
	return 0;
}

/* Runs every rule without storing what it says. */
static int check_rules(const struct options *options, struct session *session, struct rule_set *rules, int *code, struct err *err)
{
	struct findings findings;
	const char *against = options_value(options, "against"), *only = options->operand_count > 1 ? options->operands[1] : NULL;
	int result = model_open(session->database, MODEL_READ, &session->model, err);
	if (!result)
		result = model_release_resolve(session->model, options_value(options, "release"), &session->release, err);
	if (!result && against) {
		result = rules_against(session, rules, only, against, session->release, err);
		verdicts_tell_problems(rules);
		*code = rules->problem_count ? EXIT_BAD_INPUT : EXIT_DONE;
		return result;
	}
	if (!result)
		result = findings_collect(session->model, NULL, session->release, rules, verdicts_skipped_domains, &findings, err);
	if (result)
		return result;
	double seconds = 0;
	for (size_t i = 0; i < rules->count; i++) {
		seconds += findings.runs[i].seconds;
		printf("%-5s %7zu findings %8.1f ms  %s%s\n", rules->rules[i].id, findings.runs[i].findings, findings.runs[i].seconds * 1e3,
		       rules->rules[i].name, findings.runs[i].failed ? "  BROKEN" : rules->rules[i].is_off ? "  off" : "");
	}
	printf("%zu rules, %zu findings, %.0f ms, %zu problems\n", rules->count, findings.count, seconds * 1e3, rules->problem_count);
	verdicts_tell_problems(rules);
	*code = rules->problem_count ? EXIT_BAD_INPUT : EXIT_DONE;
	findings_finish(&findings);
	return 0;
}

static int run_rules(const struct options *options, int *code, struct err *err)
{
	const char *verb = options->operand_count ? options->operands[0] : "list";
	bool list = !strcmp(verb, "list"), show = !strcmp(verb, "show"), check = !strcmp(verb, "check");
	size_t wanted = !options->operand_count ? 0 : show ? 2 : 1;
	if (check && options_has(options, "against") && options->operand_count == 2)
		wanted = 2; /* one rule alone */
	if (!check && options_has(options, "against"))
		return err_set(err, ERR_INPUT, "--against is for 'sightline rules check'");
	if (!(list || show || check) || options->operand_count != wanted)
		return err_set(err, ERR_INPUT, show ? "sightline rules show: give one rule's id or name"
						    : "sightline rules: \"%s\" is none of list, show ID and check", options->operands[0]);
	struct session session;
	struct rule_set rules;
	int result = session_start(options, NULL, &session, err);
	if (result)
		return result;
	result = verdicts_load_rules(session.config, &rules, err);
	if (result) {
		session_finish(&session);
		return result;
	}
	if (!check)
		verdicts_tell_problems(&rules);
	result = check ? check_rules(options, &session, &rules, code, err)
		       : show ? show_rule(&session, &rules, options->operands[1], err) : list_rules(&session, &rules);
	rules_finish(&rules);
	session_finish(&session);
	return result;
}

static const struct option_spec rules_options[] = {
	OPTION_RULES, OPTION_RELEASE,
	{0, "against", "RELEASE", "check: on stored releases, too (a name or a glob), and tell what is new in each"},
	OPTION_FORMAT, {0, NULL, NULL, NULL}};
const struct command_spec command_rules = {
	.name = "rules", .synopsis = "[list | show ID | check [ID --against RELEASE]]", .summary = "list, explain and try the rules",
	.description =
		"A rule is one file of SQL: a comment that says what it finds, why that matters and what to do, and one SELECT over the\n"
		"public views. Those built in are extended, or replaced by id, by the files of --rules DIR; 'rules:' in sightline.yaml\n"
		"switches one off, or sets its severity and parameters. 'check' runs all of them on a release without storing anything,\n"
		"tells what each took, and ends with 2 where one is broken; the others run all the same. With --against it tells what rules\n"
		"of your own (without such: all rules) would have found in releases that are stored, before anyone is stopped by them.",
	.examples = "  sightline rules\n      all of them\n  sightline rules show V001\n      why, what to do, and the SQL\n"
		    "  sightline rules check --rules my-rules\n      does what I wrote run?\n"
		    "  sightline rules check --rules my-rules --against 'v2.*'\n      what would it have said of the last releases?",
	.options = rules_options, .run = run_rules,
};
