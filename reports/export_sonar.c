/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonarQube's generic issues, in the format with rules of their own (since 10.3). A range holds lines only: a column past a line's end
 * would make the whole import fail. */
#include <string.h>

#include "export_text.h"
#include "json.h"

struct kind { const char *goal, *attribute, *type, *quality; };

static const struct kind *kind_of(const char *goal)
{
	static const struct kind kinds[] = {
		{"security", "TRUSTWORTHY", "VULNERABILITY", "SECURITY"}, {"resiliency", "LOGICAL", "BUG", "RELIABILITY"},
		{"scalability", "EFFICIENT", "CODE_SMELL", "RELIABILITY"}, {"cloud-readiness", "COMPLETE", "CODE_SMELL", "RELIABILITY"},
		{"velocity", "MODULAR", "CODE_SMELL", "MAINTAINABILITY"},
	};
	size_t i = 0;
	while (i < sizeof kinds / sizeof *kinds - 1 && strcmp(kinds[i].goal, goal))
		i++;
	return &kinds[i];
}

static void put_line(struct json *json, const char *key, const char *text, size_t limit)
{
	struct memory line = {0};
	if (text_line_in(&line, text, limit))
		json->sink.status = -1;
	json_put_text(json, key, *memory_text(&line) ? line.text : "?");
	memory_finish(&line);
}

static void put_rule(struct json *json, const struct export_rule *rule)
{
	static const char *const severities[] = {"INFO", "MINOR", "MAJOR", "CRITICAL"}, *const impacts[] = {"LOW", "LOW", "MEDIUM", "HIGH"};
	const struct kind *kind = kind_of(rule->goal);
	json_put_object(json, NULL);
	json_put_text(json, "id", rule->id);
	put_line(json, "name", rule->title, 200);
	put_line(json, "description", rule->why, 4000);
	json_put_text(json, "engineId", "sightline");
	json_put_text(json, "cleanCodeAttribute", kind->attribute);
	json_put_text(json, "type", kind->type);
	json_put_text(json, "severity", severities[rule->severity]);
	json_put_array(json, "impacts");
	json_put_object(json, NULL);
	json_put_text(json, "softwareQuality", kind->quality);
	json_put_text(json, "severity", impacts[rule->severity]);
	json_end(json);
	json_end(json);
	json_end(json);
}

static void put_issue(struct json *json, const struct export *export, const struct export_finding *finding)
{
	json_put_object(json, NULL);
	json_put_text(json, "ruleId", export->rules[finding->rule].id);
	json_put_integer(json, "effortMinutes", finding->effort_minutes);
	json_put_object(json, "primaryLocation");
	put_line(json, "message", finding->message, 4000);
	json_put_text(json, "filePath", finding->file);
	if (finding->line) {
		json_put_object(json, "textRange");
		json_put_integer(json, "startLine", finding->line);
		json_put_integer(json, "endLine", finding->line);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

int export_sonar(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct json json;
	(void)content;
	json_start(&json, output, true);
	json_put_object(&json, NULL);
	json_put_array(&json, "rules");
	for (size_t i = 0; i < export->rule_count; i++)
		put_rule(&json, &export->rules[i]);
	json_end(&json);
	json_put_array(&json, "issues");
	for (size_t i = 0; i < export->finding_count; i++)
		put_issue(&json, export, &export->findings[i]);
	json_end(&json);
	json_end(&json);
	return json_finish(&json);
}
