/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "gate:": which changes of the architecture stop a build. Knows nothing of kinds and measures beyond their form. */
#include <string.h>

#include "config/reader.h"

static int read_verdict(const struct reader *reader, const struct yaml_node *node, enum config_verdict *out)
{
	static const char *const words[] = {[CONFIG_IGNORE] = "ignore", [CONFIG_WARN] = "warn", [CONFIG_FAIL] = "fail"};
	int result = reader_check_kind(reader, node, YAML_SCALAR, "fail, warn or ignore");
	for (unsigned i = 0; !result && i < 3; i++)
		if (!strcmp(node->text, words[i])) {
			*out = (enum config_verdict)i;
			return 0;
		}
	return result ? result : complaint_set(&reader->complaint, node->at, "unknown verdict %s, there are fail, warn and ignore",
					       reader_quote(node).text);
}

static int unknown(const struct reader *reader, const struct yaml_node *key, const char *const *known, const char *all)
{
	struct complaint_guess guess = {.wanted = key->text};
	for (; *known; known++)
		complaint_offer(&guess, *known);
	if (guess.nearest)
		return complaint_set(&reader->complaint, key->at, "unknown key %s, did you mean \"%s\"?", reader_quote(key).text, guess.nearest);
	return complaint_set(&reader->complaint, key->at, "unknown key %s, there are %s", reader_quote(key).text, all);
}

/* KIND: fail, or KIND: {verdict: fail, severity: major} */
static int read_event(const struct reader *reader, const struct yaml_node *node, struct config_gate_event *out)
{
	static const char *const keys[] = {"verdict", "severity", NULL};
	if (node->kind != YAML_MAPPING)
		return read_verdict(reader, node, &out->verdict);
	int result = reader_check_keys(reader, node);
	out->verdict = CONFIG_FAIL;
	for (size_t i = 0; !result && i < node->count; i++) {
		if (!strcmp(node->keys[i]->text, keys[0]))
			result = read_verdict(reader, node->items[i], &out->verdict);
		else if (!strcmp(node->keys[i]->text, keys[1]))
			result = reader_read_severity(reader, node->items[i], &out->severity);
		else
			result = unknown(reader, node->keys[i], keys, "verdict and severity");
	}
	return result;
}

static int read_events(const struct reader *reader, const struct yaml_node *node)
{
	struct config_gate *gate = &reader->config->gate;
	int result = reader_check_kind(reader, node, YAML_MAPPING, "a mapping of kinds of events to fail, warn or ignore");
	if (!result)
		result = reader_check_keys(reader, node);
	if (result)
		return result;
	gate->events = arena_zalloc(reader->arena, node->count, sizeof *gate->events);
	for (size_t i = 0; !result && i < node->count; i++) {
		struct config_gate_event *event = &gate->events[gate->event_count++];
		*event = (struct config_gate_event){.kind = node->keys[i]->text, .line = node->keys[i]->at.line, .column = node->keys[i]->at.column};
		result = read_event(reader, node->items[i], event);
	}
	return result;
}

static int read_limits(const struct reader *reader, const struct yaml_node *node)
{
	struct config_gate *gate = &reader->config->gate;
	int result = reader_check_kind(reader, node, YAML_MAPPING, "a mapping of measures to how much they may get worse");
	if (!result)
		result = reader_check_keys(reader, node);
	if (result)
		return result;
	gate->limits = arena_zalloc(reader->arena, node->count, sizeof *gate->limits);
	for (size_t i = 0; !result && i < node->count; i++) {
		struct config_gate_limit *limit = &gate->limits[gate->limit_count++];
		*limit = (struct config_gate_limit){.measure = node->keys[i]->text, .line = node->keys[i]->at.line,
						    .column = node->keys[i]->at.column};
		if (!reader_number(node->items[i], &limit->most) || limit->most < 0)
			result = complaint_set(&reader->complaint, node->items[i]->at,
					       "expected how much %s may get worse, a number from 0 up, got %s", reader_quote(node->keys[i]).text,
					       reader_describe(node->items[i]));
	}
	return result;
}

int reader_read_gate(const struct reader *reader, const struct yaml_node *node)
{
	static const char *const keys[] = {"severity", "events", "limits", NULL};
	int result = reader_check_kind(reader, node, YAML_MAPPING, "a mapping of severity, events and limits");
	if (!result)
		result = reader_check_keys(reader, node);
	for (size_t i = 0; !result && i < node->count; i++) {
		if (!strcmp(node->keys[i]->text, keys[0]))
			result = reader_read_severity(reader, node->items[i], &reader->config->gate.severity);
		else if (!strcmp(node->keys[i]->text, keys[1]))
			result = read_events(reader, node->items[i]);
		else if (!strcmp(node->keys[i]->text, keys[2]))
			result = read_limits(reader, node->items[i]);
		else
			result = unknown(reader, node->keys[i], keys, "severity, events and limits");
	}
	return result;
}
