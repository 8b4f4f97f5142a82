/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum key { KEY_ID, KEY_TITLE, KEY_GOAL, KEY_SEVERITY, KEY_EFFORT, KEY_SINCE, KEY_TASK, KEY_WHY, KEY_FIX, KEY_EXAMPLE, KEY_PARAMETER /* from here
	   on: not needed */, KEY_IDENTITY, KEY_COUNT };
static const char *const key_names[KEY_COUNT] = {"id", "title", "goal", "severity", "effort", "since", "task", "why", "fix",
						 "example", "parameter", "identity"};

struct reader {
	const char *path;
	struct arena *arena;
	struct rule *rule;
	unsigned line;
	const char *values[KEY_COUNT];
	unsigned lines[KEY_COUNT];
	size_t parameter_capacity;
	struct err *err;
};

static const char *const severities[] = {"info", "minor", "major", "critical"};
static const char *const goals[] = {"scalability", "resiliency", "velocity", "cloud-readiness", "security"};

int rule_severity_rank(const char *text)
{
	for (int i = 0; i < 4; i++)
		if (!strcmp(text, severities[i]))
			return i;
	return -1;
}

bool rule_is_severity(const char *text)
{
	return rule_severity_rank(text) >= 0;
}

bool rule_is_goal(const char *text)
{
	for (size_t i = 0; i < sizeof goals / sizeof *goals; i++)
		if (!strcmp(text, goals[i]))
			return true;
	return false;
}

static int complain(const struct reader *reader, unsigned line, const char *what, const char *about)
{
	return err_set(reader->err, ERR_INPUT, "%s:%u: %s%s", reader->path, line, what, about);
}

/* A number as rules write them: digits with at most one point, which no locale changes. */
static bool number_of(const char *text, double *out)
{
	double number = 0, scale = 0;
	const char *at = text + (*text == '-');
	if (!*at)
		return false;
	for (; *at; at++) {
		if (*at == '.' && !scale)
			scale = 1;
		else if (*at >= '0' && *at <= '9') {
			number = number * 10 + (*at - '0');
			scale *= 10;
		} else
			return false;
	}
	*out = (*text == '-' ? -number : number) / (scale ? scale : 1);
	return true;
}

/* "name = default: what it means" */
static int add_parameter(struct reader *reader, const char *text)
{
	const char *equals = strstr(text, " = "), *colon = equals ? strstr(equals + 3, ": ") : NULL;
	struct rule *rule = reader->rule;
	if (!equals || !colon || equals == text)
		return complain(reader, reader->line, "a parameter is written \"name = default: what it means\"", "");
	char *name = arena_alloc(reader->arena, (size_t)(equals - text) + 2);
	name[0] = ':';
	memcpy(name + 1, text, (size_t)(equals - text));
	name[equals - text + 1] = 0;
	mem_grow(&rule->parameters, &reader->parameter_capacity, rule->parameter_count + 1, sizeof *rule->parameters);
	struct rule_parameter *to = &rule->parameters[rule->parameter_count++];
	*to = (struct rule_parameter){.name = name, .value = arena_strndup(reader->arena, equals + 3, (size_t)(colon - equals - 3)),
				      .meaning = colon + 2};
	to->is_number = number_of(to->value, &to->number);
	return 0;
}

static int take_value(struct reader *reader, enum key key, struct buf *value, unsigned line)
{
	const char *text = arena_strndup(reader->arena, value->data ? value->data : "", value->length);
	reader->line = line;
	if (key == KEY_PARAMETER)
		return add_parameter(reader, text);
	if (reader->values[key])
		return complain(reader, line, "given twice: ", key_names[key]);
	if (!*text)
		return complain(reader, line, "nothing is said of ", key_names[key]);
	reader->values[key] = text;
	reader->lines[key] = line;
	return 0;
}

static int find_key(struct reader *reader, unsigned line, const char *name, size_t length, enum key *out)
{
	for (enum key key = 0; key < KEY_COUNT; key++)
		if (strlen(key_names[key]) == length && !memcmp(key_names[key], name, length)) {
			*out = key;
			return 0;
		}
	return complain(reader, line, "unknown key in the header: ", arena_strndup(reader->arena, name, length));
}

/* Reads "-- key: value" lines and those that go on behind "--   ". Steps, which start with a digit and a point, keep their
 * line; other lines are joined. */
static int read_header(struct reader *reader, const char *text)
{
	struct buf value;
	enum key key = KEY_COUNT;
	unsigned line = 0, started = 0;
	int result = 0;
	buf_init(&value, 1 << 16);
	for (const char *at = text, *end; !result && !strncmp(at, "--", 2); at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		line++;
		const char *colon = memchr(at, ':', (size_t)(end - at));
		if (end - at >= 5 && !strncmp(at, "--   ", 5)) {
			bool is_step = at[5] >= '1' && at[5] <= '9' && at[6] == '.';
			if (value.length)
				buf_append_char(&value, is_step ? '\n' : ' ');
			buf_append(&value, at + 5, (size_t)(end - at - 5));
			continue;
		}
		if (key != KEY_COUNT)
			result = take_value(reader, key, &value, started);
		buf_clear(&value);
		if (!result && (end - at < 4 || at[2] != ' ' || !colon))
			result = complain(reader, line, "a line of the header is \"-- key: value\", or goes on with \"--   \"", "");
		if (!result)
			result = find_key(reader, line, at + 3, (size_t)(colon - at - 3), &key);
		started = line;
		if (!result && colon + 2 <= end)
			buf_append(&value, colon + 2, (size_t)(end - colon - 2));
	}
	if (!result && key != KEY_COUNT)
		result = take_value(reader, key, &value, started);
	buf_finish(&value);
	return result;
}

static int read_task(struct reader *reader)
{
	static const char *const causes[] = {"subject", "file", "domain", "codebase"};
	const char *text = reader->values[KEY_TASK], *colon = strstr(text, ": ");
	for (int i = 0; colon && i < 4; i++)
		if (strlen(causes[i]) == (size_t)(colon - text) && !memcmp(causes[i], text, (size_t)(colon - text))) {
			reader->rule->cause = (enum rule_cause)i;
			reader->rule->task_title = colon + 2;
			return 0;
		}
	return complain(reader, reader->lines[KEY_TASK], "a task is written \"subject|file|domain|codebase: title\"", "");
}

static int read_identity(struct reader *reader)
{
	const char *text = reader->values[KEY_IDENTITY];
	reader->rule->is_one_everywhere = text && !strcmp(text, "subject");
	if (text && strcmp(text, "subject") && strcmp(text, "file"))
		return complain(reader, reader->lines[KEY_IDENTITY], "an identity is \"file\" or \"subject\", not ", text);
	return 0;
}

/* The file's name is ID-NAME.sql: then the rule is found by either. */
static int read_name(struct reader *reader)
{
	struct rule *rule = reader->rule;
	const char *base = path_basename(reader->path);
	size_t id_length = strlen(rule->id), length = strlen(base);
	if (strncmp(base, rule->id, id_length) != 0 || base[id_length] != '-' || length < id_length + 6)
		return complain(reader, reader->lines[KEY_ID], "the file must be named ID-NAME.sql, its id is ", rule->id);
	rule->name = arena_strndup(reader->arena, base + id_length + 1, length - id_length - 5);
	return 0;
}

static int read_values(struct reader *reader)
{
	struct rule *rule = reader->rule;
	double effort;
	for (enum key key = 0; key < KEY_PARAMETER; key++)
		if (!reader->values[key])
			return complain(reader, 1, "the header lacks ", key_names[key]);
	rule->id = reader->values[KEY_ID];
	rule->title = reader->values[KEY_TITLE];
	rule->goal = reader->values[KEY_GOAL];
	rule->severity = reader->values[KEY_SEVERITY];
	rule->since = reader->values[KEY_SINCE];
	rule->why = reader->values[KEY_WHY];
	rule->fix = reader->values[KEY_FIX];
	rule->example = reader->values[KEY_EXAMPLE];
	if (!rule_is_goal(rule->goal))
		return complain(reader, reader->lines[KEY_GOAL], "no goal: ", rule->goal);
	if (!rule_is_severity(rule->severity))
		return complain(reader, reader->lines[KEY_SEVERITY], "no severity: ", rule->severity);
	if (!number_of(reader->values[KEY_EFFORT], &effort) || effort < 0 || effort > 1e6)
		return complain(reader, reader->lines[KEY_EFFORT], "effort is a number of minutes, not ", reader->values[KEY_EFFORT]);
	rule->effort_minutes = (uint32_t)effort;
	int result = read_task(reader);
	if (!result)
		result = read_identity(reader);
	return result ? result : read_name(reader);
}

int rule_parse(const char *path, const char *text, size_t length, struct arena *arena, struct rule *out, struct err *err)
{
	struct rule rule = {.path = arena_strdup(arena, path), .sql = arena_strndup(arena, text, length)};
	struct reader reader = {.path = path, .arena = arena, .rule = &rule, .err = err};
	int result = read_header(&reader, rule.sql);
	if (!result)
		result = read_values(&reader);
	if (!result && !strstr(rule.sql, ":release"))
		result = complain(&reader, 1, "the SELECT must say \"release = :release\"", "");
	if (rule.parameter_count) { /* from the heap into the arena */
		struct rule_parameter *kept = arena_alloc(arena, rule.parameter_count * sizeof *kept);
		memcpy(kept, rule.parameters, rule.parameter_count * sizeof *kept);
		free(rule.parameters);
		rule.parameters = kept;
	}
	if (!result)
		*out = rule;
	return result;
}
