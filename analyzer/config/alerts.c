/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The section "alerts": what is told, to whom. Whether there are events of a kind is for others to say. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/reader.h"

static const char *const alert_keys[] = {"kinds", "severity", "command", "webhook", "webhook_env", "secret_env", "format", "seconds"};
#define ALERT_KEYS (sizeof alert_keys / sizeof *alert_keys)

static int read_kinds(const struct reader *reader, const struct yaml_node *list, struct config_alert *alert)
{
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of kinds of events");
	if (result)
		return result;
	alert->kinds = arena_zalloc(reader->arena, list->count, sizeof *alert->kinds);
	for (size_t i = 0; i < list->count && !result; i++) {
		const struct yaml_node *kind = list->items[i];
		result = reader_check_text(reader, kind, "the kind of an event");
		alert->kinds[alert->kind_count++] = (struct config_word){kind->text, kind->at.line, kind->at.column};
	}
	return result;
}

static int read_choice(const struct reader *reader, const struct yaml_node *node, const char *const *choices, const char *all, const char **out)
{
	int result = reader_check_kind(reader, node, YAML_SCALAR, all);
	for (; !result && *choices; choices++)
		if (!strcmp(node->text, *choices)) {
			*out = node->text;
			return 0;
		}
	return result ? result : complaint_set(&reader->complaint, node->at, "%s is none of %s", reader_quote(node).text, all);
}

/* A name of an environment variable, so that what is secret need not be in the file. */
static int read_variable(const struct reader *reader, const struct yaml_node *node, const char **out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	int result = reader_check_text(reader, node, "the name of an environment variable");
	if (!result && (strspn(node->text, letters) != node->length || (*node->text >= '0' && *node->text <= '9')))
		result = complaint_set(&reader->complaint, node->at, "%s is no name of an environment variable", reader_quote(node).text);
	*out = node->text;
	return result;
}

static int read_seconds(const struct reader *reader, const struct yaml_node *node, unsigned *out)
{
	int result = reader_check_kind(reader, node, YAML_SCALAR, "a number of seconds from 1 to 3600");
	char *end;
	unsigned long seconds = result ? 0 : strtoul(node->text, &end, 10);
	if (!result && (!node->plain || *node->text < '0' || *node->text > '9' || *end || seconds < 1 || seconds > 3600))
		result = complaint_set(&reader->complaint, node->at, "expected a number of seconds from 1 to 3600, got %s", reader_quote(node).text);
	*out = (unsigned)seconds;
	return result;
}

static int read_value(const struct reader *reader, size_t key, const struct yaml_node *node, struct config_alert *alert)
{
	static const char *const severities[] = {"info", "minor", "major", "critical", NULL}, *const formats[] = {"json", "slack", NULL};
	const char *format = NULL;
	int result = 0;
	switch (key) {
	case 0: return read_kinds(reader, node, alert);
	case 1: return read_choice(reader, node, severities, "info, minor, major and critical", &alert->severity);
	case 2: result = reader_check_text(reader, node, "a command"); alert->command = node->text; return result;
	case 3: result = reader_check_text(reader, node, "a URL"); alert->webhook = node->text; return result;
	case 4: return read_variable(reader, node, &alert->webhook_variable);
	case 5: return read_variable(reader, node, &alert->secret_variable);
	case 6:
		result = read_choice(reader, node, formats, "json and slack", &format);
		alert->is_slack = format && !strcmp(format, "slack");
		return result;
	default: return read_seconds(reader, node, &alert->seconds);
	}
}

static int read_alert(const struct reader *reader, const struct yaml_node *node, struct config_alert *alert)
{
	int result = reader_check_kind(reader, node, YAML_MAPPING, "an alert: a mapping with a command or a webhook");
	if (!result)
		result = reader_check_keys(reader, node);
	alert->line = node->at.line;
	for (size_t i = 0; i < node->count && !result; i++) {
		const struct yaml_node *name = node->keys[i];
		struct complaint_guess guess = {.wanted = name->text};
		size_t key = 0;
		while (key < ALERT_KEYS && strcmp(name->text, alert_keys[key]) != 0)
			complaint_offer(&guess, alert_keys[key++]);
		if (key < ALERT_KEYS)
			result = read_value(reader, key, node->items[i], alert);
		else if (guess.nearest)
			result = complaint_set(&reader->complaint, name->at, "unknown key %s of an alert, did you mean \"%s\"?",
					       reader_quote(name).text, guess.nearest);
		else
			result = complaint_set(&reader->complaint, name->at, "unknown key %s of an alert, there are kinds, severity, command, webhook, "
					       "webhook_env, secret_env, format and seconds", reader_quote(name).text);
	}
	int targets = (alert->command != NULL) + (alert->webhook != NULL) + (alert->webhook_variable != NULL);
	if (!result && targets != 1)
		result = complaint_set(&reader->complaint, node->at, "an alert needs one target: command, webhook or webhook_env");
	if (!result && alert->command && (alert->secret_variable || alert->is_slack))
		result = complaint_set(&reader->complaint, node->at, "secret_env and format are for webhooks, this alert runs a command");
	return result;
}

int reader_read_alerts(const struct reader *reader, const struct yaml_node *list)
{
	struct config *config = reader->config;
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of alerts");
	if (result)
		return result;
	config->alerts = arena_zalloc(reader->arena, list->count, sizeof *config->alerts);
	for (size_t i = 0; i < list->count && !result; i++)
		result = read_alert(reader, list->items[i], &config->alerts[config->alert_count++]);
	return result;
}
