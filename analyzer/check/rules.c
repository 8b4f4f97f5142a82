/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "check/embedded.h"

#define RULE_BYTES ((size_t)1 << 18) /* ceiling of one rule's file */
#define FOLDER_DEPTH 8
#define FOLDER_RULES 10000

void rules_add_problem(struct rule_set *set, const char *text)
{
	mem_grow(&set->problems, &set->problem_capacity, set->problem_count + 1, sizeof *set->problems);
	set->problems[set->problem_count++] = arena_strdup(set->arena, text);
}

const struct rule *rules_find(const struct rule_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->rules[i].id, name) || !strcmp(set->rules[i].name, name))
			return &set->rules[i];
	return NULL;
}

/* Of two rules with one id the later one counts. */
static void add_rule(struct rule_set *set, const char *path, const char *text, size_t length)
{
	struct rule rule;
	struct err err = {0};
	if (rule_parse(path, text, length, set->arena, &rule, &err)) {
		rules_add_problem(set, err.text);
		return;
	}
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->rules[i].id, rule.id)) {
			set->rules[i] = rule;
			return;
		}
	mem_grow(&set->rules, &set->capacity, set->count + 1, sizeof *set->rules);
	set->rules[set->count++] = rule;
}

static void add_file(struct rule_set *set, const char *path)
{
	char *text = NULL;
	size_t length = 0;
	struct err err = {0};
	if (file_read(path, RULE_BYTES, &text, &length, &err))
		rules_add_problem(set, err.text);
	else
		add_rule(set, path, text, length);
	free(text);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int add_folder(struct rule_set *set, const char *folder, int depth, struct err *err)
{
	struct dirent **names;
	int count = scandir(folder, &names, not_hidden, alphasort);
	if (count < 0)
		return err_errno(err, ERR_INPUT, errno, "--rules: %s: cannot be read", folder);
	int result = 0;
	for (int i = 0; i < count; i++) {
		char *path = path_join(folder, names[i]->d_name);
		size_t length = strlen(path);
		struct stat status;
		bool known = !stat(path, &status);
		if (!result && known && S_ISDIR(status.st_mode) && depth < FOLDER_DEPTH)
			result = add_folder(set, path, depth + 1, err);
		else if (!result && known && S_ISREG(status.st_mode) && length > 4 && !strcmp(path + length - 4, ".sql") &&
			 set->count < FOLDER_RULES)
			add_file(set, path);
		free(path);
		free(names[i]);
	}
	free(names);
	return result;
}

static int override_parameter(struct rule_set *set, struct rule *rule, const struct rule_override *override,
			      const struct rule_parameter *value, struct err *err)
{
	for (size_t i = 0; i < rule->parameter_count; i++) {
		struct rule_parameter *to = &rule->parameters[i];
		if (strcmp(to->name + 1, value->name) != 0)
			continue;
		if (to->is_number && !value->is_number)
			return err_set(err, ERR_INPUT, "%s: parameter \"%s\" of rule %s is a number", override->place, value->name, rule->id);
		to->value = arena_strdup(set->arena, value->value);
		to->is_number = to->is_number && value->is_number;
		to->number = value->number;
		return 0;
	}
	return err_set(err, ERR_INPUT, "%s: rule %s has no parameter \"%s\"; 'sightline rules show %s' lists them", override->place, rule->id,
		       value->name, rule->id);
}

static int apply_override(struct rule_set *set, const struct rule_override *override, struct err *err)
{
	struct rule *rule = (struct rule *)rules_find(set, override->id);
	if (!rule)
		return err_set(err, ERR_INPUT, "%s: there is no rule \"%s\"; 'sightline rules' lists them", override->place, override->id);
	rule->is_off = override->off;
	if (override->severity)
		rule->severity = arena_strdup(set->arena, override->severity);
	int result = 0;
	for (size_t i = 0; !result && i < override->parameter_count; i++)
		result = override_parameter(set, rule, override, &override->parameters[i], err);
	return result;
}

static int compare_rules(const void *a, const void *b)
{
	return strcmp(((const struct rule *)a)->id, ((const struct rule *)b)->id);
}

int rules_load(const char *folder, const struct rule_override *overrides, size_t override_count, struct rule_set *out,
	       struct err *err)
{
	struct rule_set set = {.arena = arena_create()};
	for (const struct embedded_rule *rule = embedded_rules; rule->path; rule++)
		add_rule(&set, rule->path, rule->text, strlen(rule->text));
	for (size_t i = 0; i < set.count; i++)
		set.rules[i].is_builtin = true;
	int result = folder ? add_folder(&set, folder, 0, err) : 0;
	if (set.count)
		qsort(set.rules, set.count, sizeof *set.rules, compare_rules);
	for (size_t i = 0; !result && i < override_count; i++)
		result = apply_override(&set, &overrides[i], err);
	if (result) {
		rules_finish(&set);
		return result;
	}
	*out = set;
	return 0;
}

void rules_finish(struct rule_set *set)
{
	free(set->rules);
	free(set->problems);
	arena_destroy(set->arena);
	memset(set, 0, sizeof *set);
}

void rules_hash(const struct rule_set *set, struct hasher *hasher)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = &set->rules[i];
		hasher_add_string(hasher, rule->is_off ? "off" : rule->severity);
		hasher_add_string(hasher, rule->sql);
		for (size_t k = 0; k < rule->parameter_count; k++)
			hasher_add_string(hasher, rule->parameters[k].value);
	}
}
