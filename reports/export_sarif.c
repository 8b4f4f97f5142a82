/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SARIF 2.1.0 with what GitHub code scanning reads of it, within its limits: texts of 1024 characters, 10 tags of a rule, one location
 * of a result, and a fingerprint that holds no line. */
#include <stdio.h>
#include <string.h>

#include "export_text.h"
#include "json.h"

#define TEXT 1024
#define JOINERS 24 /* characters kept free for them */

static const char *level_of(enum export_severity severity)
{
	return severity == EXPORT_CRITICAL ? "error" : severity == EXPORT_MAJOR ? "warning" : "note";
}

static void put_line(struct json *json, const char *key, const char *text, size_t limit)
{
	struct memory line = {0};
	if (text_line_in(&line, text, limit))
		json->sink.status = -1;
	json_put_text(json, key, *memory_text(&line) ? line.text : "?");
	memory_finish(&line);
}

/* In a message "{0}" would be a placeholder and "[text](target)" a link: an invisible joiner keeps them what they are. */
static void put_message(struct json *json, const char *key, const char *text, size_t limit)
{
	struct memory line = {0}, joined = {0};
	struct report_output output = {memory_write, &joined};
	struct sink sink;
	bool failed = text_line_in(&line, text, limit - JOINERS) != 0;
	size_t joiners = 0;
	sink_start(&sink, &output);
	for (const char *at = memory_text(&line); *at; at++) {
		bool is_special = (*at == '{' && at[1] >= '0' && at[1] <= '9') || (*at == ']' && at[1] == '(');
		sink_put(&sink, at, 1);
		if (is_special && joiners++ < JOINERS)
			sink_string(&sink, "\xe2\x81\xa0");
		else if (is_special)
			at++; /* so many of them are no message: the rest loses its brackets */
	}
	failed |= sink_finish(&sink) != 0;
	json_put_object(json, key);
	json_put_text(json, "text", joined.length ? joined.text : "?");
	json_end(json);
	if (failed)
		json->sink.status = -1;
	memory_finish(&line);
	memory_finish(&joined);
}

struct help { struct sink sink; bool is_markdown; unsigned number; };

static void put_step(void *context, const char *line, size_t length, bool is_step)
{
	struct help *help = context;
	struct memory copy = {0};
	if (memory_write(&copy, line, length))
		help->sink.status = -1;
	if (is_step)
		sink_printf(&help->sink, "%u. ", ++help->number);
	if (help->is_markdown)
		markdown_text(&help->sink, memory_text(&copy), 4000);
	else
		text_line(&help->sink, memory_text(&copy), 4000);
	sink_string(&help->sink, is_step ? "\n" : "\n\n");
	memory_finish(&copy);
}

static void put_help(struct json *json, const char *key, const struct export_rule *rule, bool is_markdown)
{
	struct memory text = {0};
	struct report_output output = {memory_write, &text};
	struct help help = {.is_markdown = is_markdown};
	sink_start(&help.sink, &output);
	sink_string(&help.sink, is_markdown ? "**Why**: " : "Why: ");
	if (is_markdown)
		markdown_text(&help.sink, rule->why, 4000);
	else
		text_line(&help.sink, rule->why, 4000);
	sink_string(&help.sink, is_markdown ? "\n\n**What to do**\n\n" : "\n\nWhat to do:\n\n");
	text_steps(rule->fix, put_step, &help);
	if (sink_finish(&help.sink))
		json->sink.status = -1;
	json_put_text(json, key, memory_text(&text));
	memory_finish(&text);
}

static void put_rule(struct json *json, const struct export_rule *rule)
{
	static const char *const problems[] = {"recommendation", "recommendation", "warning", "error"};
	static const char *const securities[] = {"2.0", "4.0", "7.0", "9.0"};
	json_put_object(json, NULL);
	json_put_text(json, "id", rule->id);
	put_line(json, "name", rule->name, 255);
	put_message(json, "shortDescription", rule->title, TEXT);
	put_message(json, "fullDescription", rule->why, TEXT);
	json_put_object(json, "help");
	put_help(json, "text", rule, false);
	put_help(json, "markdown", rule, true);
	json_end(json);
	json_put_object(json, "defaultConfiguration");
	json_put_text(json, "level", level_of(rule->severity));
	json_end(json);
	json_put_object(json, "properties");
	json_put_array(json, "tags");
	json_put_text(json, NULL, "architecture");
	json_put_text(json, NULL, rule->goal);
	json_end(json);
	/* Of built-in rules it is known how often they are wrong: at most 2 in 20. */
	if (rule->is_builtin)
		json_put_text(json, "precision", "high");
	json_put_text(json, "problem.severity", problems[rule->severity]);
	/* It makes a rule a security rule: not for debt. */
	if (!strcmp(rule->goal, "security"))
		json_put_text(json, "security-severity", securities[rule->severity]);
	json_end(json);
	json_end(json);
}

static void put_place(struct json *json, const char *file, uint32_t line)
{
	struct memory uri = {0};
	struct report_output output = {memory_write, &uri};
	struct sink sink;
	sink_start(&sink, &output);
	text_uri(&sink, file);
	if (sink_finish(&sink))
		json->sink.status = -1;
	json_put_object(json, "physicalLocation");
	json_put_object(json, "artifactLocation");
	json_put_text(json, "uri", memory_text(&uri));
	json_put_text(json, "uriBaseId", "%SRCROOT%");
	json_end(json);
	json_put_object(json, "region");
	json_put_integer(json, "startLine", line ? line : 1);
	json_end(json);
	json_end(json);
	memory_finish(&uri);
}

static void put_location(struct json *json, const struct export_finding *finding)
{
	json_put_object(json, NULL);
	put_place(json, finding->file, finding->line);
	if (*finding->subject) {
		json_put_array(json, "logicalLocations");
		json_put_object(json, NULL);
		put_line(json, "name", finding->subject, TEXT);
		json_end(json);
		json_end(json);
	}
	json_end(json);
}

static void put_related(struct json *json, const struct export_finding *finding)
{
	json_put_array(json, "relatedLocations");
	for (size_t i = 0; i < finding->related_count; i++) {
		json_put_object(json, NULL);
		json_put_integer(json, "id", (int64_t)i + 1);
		put_place(json, finding->related[i].file, finding->related[i].line);
		put_message(json, "message", finding->related[i].message, TEXT);
		json_end(json);
	}
	json_end(json);
}

static void put_flow(struct json *json, const struct export_finding *finding)
{
	json_put_array(json, "codeFlows");
	json_put_object(json, NULL);
	json_put_array(json, "threadFlows");
	json_put_object(json, NULL);
	json_put_array(json, "locations");
	for (size_t i = 0; i < finding->flow_count; i++) {
		json_put_object(json, NULL);
		json_put_object(json, "location");
		put_place(json, finding->flow[i].file, finding->flow[i].line);
		put_message(json, "message", finding->flow[i].message, TEXT);
		json_end(json);
		json_end(json);
	}
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
}

static void put_result(struct json *json, const struct export *export, const struct export_finding *finding)
{
	json_put_object(json, NULL);
	json_put_text(json, "ruleId", export->rules[finding->rule].id);
	json_put_integer(json, "ruleIndex", finding->rule);
	json_put_text(json, "level", level_of(finding->severity));
	put_message(json, "message", finding->message, TEXT);
	json_put_array(json, "locations");
	put_location(json, finding);
	json_end(json);
	if (finding->related_count)
		put_related(json, finding);
	if (finding->flow_count)
		put_flow(json, finding);
	json_put_object(json, "partialFingerprints");
	json_put_text(json, "primaryLocationLineHash", finding->fingerprint);
	json_put_text(json, "sightline/v1", finding->fingerprint);
	json_end(json);
	json_put_object(json, "properties");
	json_put_text(json, "severity", export_severity_names[finding->severity]);
	if (finding->domain)
		put_line(json, "domain", finding->domain, TEXT);
	json_put_integer(json, "effortMinutes", finding->effort_minutes);
	json_end(json);
	json_end(json);
}

static void put_invocation(struct json *json, const struct export *export)
{
	json_put_array(json, "invocations");
	json_put_object(json, NULL);
	json_put_bool(json, "executionSuccessful", true);
	if (export->left_out) {
		char text[120];
		snprintf(text, sizeof text, "%zu less severe findings are left out: --max-results sets how many there may be", export->left_out);
		json_put_array(json, "toolExecutionNotifications");
		json_put_object(json, NULL);
		json_put_text(json, "level", "warning");
		put_message(json, "message", text, TEXT);
		json_end(json);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

int export_sarif(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct json json;
	(void)content;
	json_start(&json, output, true);
	json_put_object(&json, NULL);
	json_put_text(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_put_text(&json, "version", "2.1.0");
	json_put_array(&json, "runs");
	json_put_object(&json, NULL);
	json_put_object(&json, "tool");
	json_put_object(&json, "driver");
	json_put_text(&json, "name", "sightline");
	json_put_text(&json, "version", export->version);
	json_put_text(&json, "semanticVersion", export->version);
	json_put_array(&json, "rules");
	for (size_t i = 0; i < export->rule_count; i++)
		put_rule(&json, &export->rules[i]);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	put_invocation(&json, export);
	json_put_object(&json, "automationDetails");
	json_put_text(&json, "id", export->category);
	json_end(&json);
	json_put_object(&json, "originalUriBaseIds");
	json_put_object(&json, "%SRCROOT%");
	put_message(&json, "description", "The root of the repository", TEXT);
	json_end(&json);
	json_end(&json);
	json_put_text(&json, "columnKind", "unicodeCodePoints");
	json_put_array(&json, "results");
	for (size_t i = 0; i < export->finding_count; i++)
		put_result(&json, export, &export->findings[i]);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}
