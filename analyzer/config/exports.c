/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sections "export", "jira" and "azure": what a team's trackers call things. All their values are texts, by table. */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/reader.h"

/* One key of a section whose value is a text, put at an offset of its struct. */
struct text_key {
	const char *name;
	size_t offset;
	const char *choices;  /* "cloud|dc"; NULL: any text */
};

#define EXPORT(member) offsetof(struct config_export, member)
#define JIRA(member) offsetof(struct config_jira, member)
#define AZURE(member) offsetof(struct config_azure, member)

static const struct text_key export_keys[] = {
	{"codebase", EXPORT(codebase), NULL}, {"epics", EXPORT(epics), "goal|domain|none"}, {"labels", 0, NULL}, {NULL, 0, NULL}};
static const struct text_key jira_keys[] = {
	{"url", JIRA(url), NULL}, {"project", JIRA(project), NULL}, {"flavor", JIRA(flavor), "cloud|dc"}, {"user", JIRA(user), NULL},
	{"epic_type", JIRA(epic_type), NULL}, {"task_type", JIRA(task_type), NULL},
	{"epic", JIRA(epic), NULL}, {"estimate", JIRA(estimate), "time|points|none"}, {"points_field", JIRA(points_field), NULL},
	{"epic_name_field", JIRA(epic_name_field), NULL}, {"epic_link_field", JIRA(epic_link_field), NULL}, {"priorities", 0, NULL},
	{NULL, 0, NULL}};
static const struct text_key azure_keys[] = {
	{"url", AZURE(url), NULL}, {"project", AZURE(project), NULL}, {"process", AZURE(process), "agile|scrum|basic|cmmi"},
	{"epic_type", AZURE(epic_type), NULL}, {"task_type", AZURE(task_type), NULL}, {"area", AZURE(area), NULL},
	{"iteration", AZURE(iteration), NULL}, {"estimate", AZURE(estimate), "points|none"}, {NULL, 0, NULL}};

static const struct text_key *find_key(const struct text_key *keys, const char *name)
{
	while (keys->name && strcmp(keys->name, name))
		keys++;
	return keys->name ? keys : NULL;
}

static bool is_choice(const char *choices, const char *text)
{
	size_t length = strlen(text);
	for (const char *at = choices; length && (at = strstr(at, text)); at++)
		if ((at == choices || at[-1] == '|') && (!at[length] || at[length] == '|'))
			return true;
	return false;
}

static int unknown_key(const struct reader *reader, const char *section, const struct text_key *keys, const struct yaml_node *name)
{
	struct complaint_guess guess = {.wanted = name->text};
	struct buf all;
	if (!strncmp(name->text, "token", 5) || !strcmp(name->text, "password"))
		return complaint_set(&reader->complaint, name->at, "%s: %s does not belong into a file that others read or write; give it "
				     "by environment or --token-file, see 'sightline export --help'", section, reader_quote(name).text);
	buf_init(&all, 400);
	for (; keys->name; keys++) {
		complaint_offer(&guess, keys->name);
		buf_printf(&all, "%s%s", !all.length ? "" : keys[1].name ? ", " : " and ", keys->name);
	}
	int result = guess.nearest ? complaint_set(&reader->complaint, name->at, "unknown key %s of %s, did you mean \"%s\"?",
						   reader_quote(name).text, section, guess.nearest)
				   : complaint_set(&reader->complaint, name->at, "unknown key %s of %s, the keys are %s",
						   reader_quote(name).text, section, all.data);
	buf_finish(&all);
	return result;
}

static int read_text(const struct reader *reader, const struct text_key *key, const struct yaml_node *value, void *out)
{
	int result = reader_check_text(reader, value, "a text");
	if (!result && key->choices && !is_choice(key->choices, value->text))
		result = complaint_set(&reader->complaint, value->at, "%s is none of %s", reader_quote(value).text, key->choices);
	for (const char *at = value->text; !result && *at; at++)
		if ((unsigned char)*at < 0x20)
			result = complaint_set(&reader->complaint, value->at, "%s has a control character in it, write it without",
					       reader_quote(value).text);
	if (!result)
		*(const char **)((char *)out + key->offset) = value->text;
	return result;
}

/* Trackers take labels without spaces only. */
static int read_labels(const struct reader *reader, const struct yaml_node *list, struct config_strings *out)
{
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of labels");
	if (result)
		return result;
	out->items = arena_zalloc(reader->arena, list->count, sizeof *out->items);
	for (size_t i = 0; i < list->count && !result; i++) {
		const struct yaml_node *label = list->items[i];
		result = reader_check_text(reader, label, "a label");
		if (!result && label->text[strcspn(label->text, " \t\r\n;,")])
			result = complaint_set(&reader->complaint, label->at, "label %s: it must hold no space, comma or semicolon",
					       reader_quote(label).text);
		if (!result)
			out->items[out->count++] = label->text;
	}
	return result;
}

/* off, or {critical: NAME, ...}. */
static int read_priorities(const struct reader *reader, const struct yaml_node *node, struct config_jira *jira)
{
	static const char *const severities[] = {"info", "minor", "major", "critical"};
	if (node->kind == YAML_SCALAR && node->plain && (!strcmp(node->text, "off") || !strcmp(node->text, "false"))) {
		jira->no_priorities = true;
		return 0;
	}
	int result = reader_check_kind(reader, node, YAML_MAPPING, "off, or a mapping of severities to names of priorities");
	if (!result)
		result = reader_check_keys(reader, node);
	for (size_t i = 0; i < node->count && !result; i++) {
		size_t severity = 0;
		while (severity < 4 && strcmp(severities[severity], node->keys[i]->text))
			severity++;
		result = severity == 4 ? complaint_set(&reader->complaint, node->keys[i]->at,
						       "unknown severity %s, there are info, minor, major and critical",
						       reader_quote(node->keys[i]).text)
				       : reader_check_text(reader, node->items[i], "the name of a priority");
		if (!result)
			jira->priorities[severity] = node->items[i]->text;
	}
	return result;
}

static int read_section(const struct reader *reader, const char *section, const struct text_key *keys, const struct yaml_node *node,
			void *out)
{
	int result = reader_check_kind(reader, node, YAML_MAPPING, "a mapping of keys");
	if (!result)
		result = reader_check_keys(reader, node);
	for (size_t i = 0; i < node->count && !result; i++) {
		const struct text_key *key = find_key(keys, node->keys[i]->text);
		if (!key)
			result = unknown_key(reader, section, keys, node->keys[i]);
		else if (!strcmp(key->name, "labels"))
			result = read_labels(reader, node->items[i], &reader->config->export.labels);
		else if (!strcmp(key->name, "priorities"))
			result = read_priorities(reader, node->items[i], out);
		else
			result = read_text(reader, key, node->items[i], out);
	}
	return result;
}

int reader_read_exports(const struct reader *reader, const struct yaml_node *export, const struct yaml_node *jira,
			const struct yaml_node *azure)
{
	int result = export ? read_section(reader, "export", export_keys, export, &reader->config->export) : 0;
	if (!result && jira)
		result = read_section(reader, "jira", jira_keys, jira, &reader->config->jira);
	if (!result && azure)
		result = read_section(reader, "azure", azure_keys, azure, &reader->config->azure);
	return result;
}
