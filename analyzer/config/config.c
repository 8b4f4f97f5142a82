/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sightline.yaml may say, and what each key means. Positions and types come from yaml.h's tree; this file knows
 * nothing of YAML's syntax, nor of what the rest of the analyzer does with a configuration. */
#include "config/config.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/complaint.h"
#include "config/globs.h"
#include "config/reader.h"
#include "config/reference.h"
#include "config/yaml.h"

enum key { KEY_DOMAINS, KEY_LAYERS, KEY_ALLOW, KEY_FORBID, KEY_GENERATED, KEY_VENDORED, KEY_EXCLUDE, KEY_GOALS,
	   KEY_BASELINE, KEY_RULES,
	   KEY_PIN, KEY_JOIN, KEY_APART, KEY_RENAME, KEY_INFRASTRUCTURE, KEY_REFERENCE, KEY_EXPORT, KEY_JIRA, KEY_AZURE,
	   KEY_API, KEY_GATE, KEY_ALERTS, KEY_COUNT };

static const char *const key_names[KEY_COUNT] = {"domains", "layers", "allow", "forbid", "generated", "vendored",
						 "exclude", "goals", "baseline", "rules", "pin", "join", "apart", "rename",
						 "infrastructure", "reference", "export", "jira", "azure", "api", "gate", "alerts"};
static const char all_keys[] = "domains, layers, allow, forbid, generated, vendored, exclude, goals, baseline, rules, pin, join, "
	"apart, rename, infrastructure, reference, export, jira, azure, api, gate and alerts";

static const char *const goal_names[] = {"scalability", "resiliency", "velocity", "cloud-readiness", "security"};
#define GOAL_COUNT (sizeof goal_names / sizeof goal_names[0])
static const char all_goals[] = "scalability, resiliency, velocity, cloud-readiness and security";

/* What the caller holds as a struct config. */
struct owned_config {
	struct config config;
	struct arena *arena; /* everything that config points to, and the tree it was read from */
};

/* --- scalars --- */

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static bool is_null(const struct yaml_node *node)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
	return node->kind == YAML_SCALAR && node->plain && is_one_of(node->text, words);
}

/* A number as YAML's core schema writes decimal ones. */
static bool is_decimal(const char *text)
{
	static const char digits[] = "0123456789";
	text += *text == '-' || *text == '+';
	size_t whole = strspn(text, digits), part = 0;
	text += whole;
	if (*text == '.') {
		part = strspn(++text, digits);
		text += part;
	}
	if (!whole && !part)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		size_t exponent = strspn(text, digits);
		if (!exponent)
			return false;
		text += exponent;
	}
	return !*text;
}

/* Not strtod: the comma of some locales is no business of a file. */
static double number_of(const char *text)
{
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	if (!c)
		mem_exhausted(0);
	double number = strtod_l(text, NULL, c);
	freelocale(c);
	return number;
}

bool reader_number(const struct yaml_node *node, double *out)
{
	if (node->kind != YAML_SCALAR || !node->plain || !is_decimal(node->text))
		return false;
	*out = number_of(node->text);
	return isfinite(*out);
}

const char *reader_describe(const struct yaml_node *node)
{
	static const char *const truths[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
	if (node->kind != YAML_SCALAR)
		return node->kind == YAML_LIST ? "a list" : "a mapping";
	if (is_null(node))
		return "nothing";
	if (node->plain && is_one_of(node->text, truths))
		return "a truth value";
	return node->plain && is_decimal(node->text) ? "a number" : "a text";
}

struct complaint_quote reader_quote(const struct yaml_node *node)
{
	return complaint_quote(node->text, node->length);
}

int reader_check_kind(const struct reader *reader, const struct yaml_node *node, enum yaml_kind kind,
		      const char *expected)
{
	if (node->kind == kind && !is_null(node))
		return 0;
	return complaint_set(&reader->complaint, node->at, "expected %s, got %s", expected, reader_describe(node));
}

/* A text that is not empty. Plain true and 1 are none: who means a file of that name can quote it. */
int reader_check_text(const struct reader *reader, const struct yaml_node *node, const char *expected)
{
	int result = reader_check_kind(reader, node, YAML_SCALAR, expected);
	if (result)
		return result;
	const char *type = reader_describe(node);
	if (strcmp(type, "a text") != 0)
		return complaint_set(&reader->complaint, node->at, "expected %s, got %s, quote it if it is meant: %s",
				     expected, type, reader_quote(node).text);
	if (!node->length)
		return complaint_set(&reader->complaint, node->at, "expected %s, got an empty text", expected);
	return 0;
}

/* Every key of a mapping is a text, and none comes twice. */
int reader_check_keys(const struct reader *reader, const struct yaml_node *mapping)
{
	struct interner *seen = interner_create();
	int result = 0;
	for (size_t i = 0; i < mapping->count && !result; i++) {
		const struct yaml_node *key = mapping->keys[i];
		if (key->kind != YAML_SCALAR) {
			result = complaint_set(&reader->complaint, key->at, "expected a name before the colon, got %s",
					       reader_describe(key));
			break;
		}
		uint32_t id = interner_add(seen, key->text, key->length);
		if (id < i)
			result = complaint_set(&reader->complaint, key->at,
					       "duplicate key %s, put both into the one on line %u", reader_quote(key).text,
					       mapping->keys[id]->at.line);
	}
	interner_destroy(seen);
	return result;
}

/* --- globs --- */

int reader_read_glob(const struct reader *reader, const struct yaml_node *node, const char **out)
{
	int result = reader_check_text(reader, node, "a glob");
	if (result)
		return result;
	const char *fault = glob_fault(node->text);
	if (fault)
		return complaint_set(&reader->complaint, node->at, "bad glob %s: it %s", reader_quote(node).text, fault);
	*out = node->text;
	return 0;
}

int reader_read_globs(const struct reader *reader, const struct yaml_node *list, struct config_strings *out)
{
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of globs");
	if (result)
		return result;
	out->items = arena_zalloc(reader->arena, list->count, sizeof *out->items);
	for (size_t i = 0; i < list->count; i++) {
		result = reader_read_glob(reader, list->items[i], &out->items[i]);
		if (result)
			return result;
		out->count++;
	}
	return 0;
}

/* --- domains and what refers to them --- */

int reader_check_domain_name(const struct reader *reader, const struct yaml_node *name)
{
	const char *fault = NULL;
	if (!name->length)
		fault = "an empty name, give it one";
	else if (strcmp(name->text, "*") == 0)
		fault = "\"*\" stands for any domain, choose another name";
	else if (strstr(name->text, "->"))
		fault = "a name must not contain \"->\", choose another one";
	else if (name->text[0] == ' ' || name->text[name->length - 1] == ' ')
		fault = "a name must not start or end with a space, remove it";
	return fault ? complaint_set(&reader->complaint, name->at, "bad domain name: %s", fault) : 0;
}

static int read_domains(const struct reader *reader, const struct yaml_node *mapping)
{
	struct config *config = reader->config;
	int result = reader_check_kind(reader, mapping, YAML_MAPPING, "a mapping of domain names to lists of globs");
	if (!result)
		result = reader_check_keys(reader, mapping);
	if (result)
		return result;
	config->domains = arena_zalloc(reader->arena, mapping->count, sizeof *config->domains);
	for (size_t i = 0; i < mapping->count; i++) {
		const struct yaml_node *name = mapping->keys[i], *globs = mapping->items[i];
		struct config_domain *domain = &config->domains[config->domain_count];
		result = reader_check_domain_name(reader, name);
		if (result)
			return result;
		domain->name = name->text;
		domain->line = name->at.line;
		if (globs->kind == YAML_SCALAR) {
			domain->globs.items = arena_zalloc(reader->arena, 1, sizeof *domain->globs.items);
			domain->globs.count = 1;
			result = reader_read_glob(reader, globs, &domain->globs.items[0]);
		} else {
			result = reader_read_globs(reader, globs, &domain->globs);
		}
		if (result)
			return result;
		if (!domain->globs.count)
			return complaint_set(&reader->complaint, globs->at,
					     "domain %s has no glob, give it at least one", reader_quote(name).text);
		interner_add(reader->domains, name->text, name->length);
		config->domain_count++;
	}
	return 0;
}

/* The declared domain of that name. at: where it is written. */
static int find_domain(const struct reader *reader, struct position at, const char *name, uint32_t *id)
{
	if (interner_find(reader->domains, name, strlen(name), id))
		return 0;
	struct complaint_guess guess = {.wanted = name};
	for (size_t i = 0; i < reader->config->domain_count; i++)
		complaint_offer(&guess, reader->config->domains[i].name);
	struct complaint_quote wanted = complaint_quote(name, strlen(name));
	if (guess.nearest)
		return complaint_set(&reader->complaint, at, "unknown domain %s, did you mean \"%s\"?", wanted.text,
				     guess.nearest);
	return complaint_set(&reader->complaint, at, "unknown domain %s, declare it under \"domains\"", wanted.text);
}

static int read_layers(const struct reader *reader, const struct yaml_node *list)
{
	struct config_strings *layers = &reader->config->layers;
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of domain names, the top layer first");
	if (result)
		return result;
	layers->items = arena_zalloc(reader->arena, list->count, sizeof *layers->items);
	unsigned *lines = arena_zalloc(reader->arena, reader->config->domain_count, sizeof *lines);
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *name = list->items[i];
		uint32_t id = 0;
		result = reader_check_kind(reader, name, YAML_SCALAR, "a domain name");
		if (!result)
			result = find_domain(reader, name->at, name->text, &id);
		if (result)
			return result;
		if (lines[id])
			return complaint_set(&reader->complaint, name->at,
					     "domain %s is already a layer on line %u, keep one of both",
					     reader_quote(name).text, lines[id]);
		lines[id] = name->at.line;
		layers->items[layers->count++] = reader->config->domains[id].name;
	}
	return 0;
}

/* One side of an arrow: a declared domain or "*". */
static int read_side(const struct reader *reader, const struct yaml_node *node, const char *start, const char *end,
		     const char **out)
{
	while (start < end && *start == ' ')
		start++;
	while (start < end && end[-1] == ' ')
		end--;
	const char *name = arena_strndup(reader->arena, start, (size_t)(end - start));
	if (!*name)
		return complaint_set(&reader->complaint, node->at,
				     "%s lacks a domain beside the arrow, write \"a -> b\" or \"*\" for any",
				     reader_quote(node).text);
	if (strcmp(name, "*") != 0) {
		uint32_t id;
		int result = find_domain(reader, node->at, name, &id);
		if (result)
			return result;
		name = reader->config->domains[id].name;
	}
	*out = name;
	return 0;
}

/* Appends to config->dependencies, which has room. */
static int read_dependencies(const struct reader *reader, const struct yaml_node *list, bool allowed)
{
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of \"a -> b\"");
	for (size_t i = 0; i < list->count && !result; i++) {
		const struct yaml_node *node = list->items[i];
		struct config_dependency dependency = {.allowed = allowed, .line = node->at.line};
		result = reader_check_text(reader, node, "a text \"a -> b\"");
		if (result)
			break;
		const char *arrow = strstr(node->text, "->");
		if (!arrow || strstr(arrow + 2, "->")) {
			result = complaint_set(&reader->complaint, node->at,
					       "%s is not one dependency, write it as \"a -> b\"", reader_quote(node).text);
			break;
		}
		result = read_side(reader, node, node->text, arrow, &dependency.from);
		if (!result)
			result = read_side(reader, node, arrow + 2, node->text + node->length, &dependency.to);
		if (!result)
			reader->config->dependencies[reader->config->dependency_count++] = dependency;
	}
	return result;
}

/* --- goals and the baseline --- */

static int read_weight(const struct reader *reader, const struct yaml_node *node, double *out)
{
	int result = reader_check_kind(reader, node, YAML_SCALAR, "a weight, which is a number from 0 up");
	if (result)
		return result;
	if (!node->plain || !is_decimal(node->text))
		return complaint_set(&reader->complaint, node->at,
				     "expected a weight, which is a number from 0 up, got %s", reader_quote(node).text);
	double weight = number_of(node->text);
	if (!(weight >= 0) || !isfinite(weight))
		return complaint_set(&reader->complaint, node->at, "weight %.*s is %s, write a number from 0 up", 40,
				     node->text, weight < 0 ? "negative" : "too large");
	*out = fabs(weight); /* -0 is 0 */
	return 0;
}

static int read_goals(const struct reader *reader, const struct yaml_node *mapping)
{
	int result = reader_check_kind(reader, mapping, YAML_MAPPING, "a mapping of goals to weights");
	if (!result)
		result = reader_check_keys(reader, mapping);
	for (size_t i = 0; i < mapping->count && !result; i++) {
		const struct yaml_node *name = mapping->keys[i];
		struct complaint_guess guess = {.wanted = name->text};
		size_t goal = 0;
		while (goal < GOAL_COUNT && strcmp(name->text, goal_names[goal]) != 0)
			complaint_offer(&guess, goal_names[goal++]);
		if (goal < GOAL_COUNT)
			result = read_weight(reader, mapping->items[i], &reader->config->goals[goal].weight);
		else if (guess.nearest)
			result = complaint_set(&reader->complaint, name->at, "unknown goal %s, did you mean \"%s\"?",
					       reader_quote(name).text, guess.nearest);
		else
			result = complaint_set(&reader->complaint, name->at, "unknown goal %s, the goals are %s",
					       reader_quote(name).text, all_goals);
	}
	return result;
}

static int read_path(const struct reader *reader, const struct yaml_node *node, const char *expected, const char **out)
{
	int result = reader_check_text(reader, node, expected);
	if (!result)
		*out = node->text;
	return result;
}

/* --- rules --- */

int reader_read_severity(const struct reader *reader, const struct yaml_node *node, const char **out)
{
	static const char *const severities[] = {"info", "minor", "major", "critical", NULL};
	int result = reader_check_kind(reader, node, YAML_SCALAR, "a severity");
	if (!result && !is_one_of(node->text, severities))
		result = complaint_set(&reader->complaint, node->at, "unknown severity %s, there are info, minor, major and critical",
				       reader_quote(node).text);
	*out = node->text;
	return result;
}

static int read_rule(const struct reader *reader, const struct yaml_node *node, struct config_rule *rule)
{
	static const char *const offs[] = {"off", "false", NULL};
	if (node->kind == YAML_SCALAR && node->plain && is_one_of(node->text, offs)) {
		rule->off = true;
		return 0;
	}
	int result = reader_check_kind(reader, node, YAML_MAPPING, "off, or a mapping of severity and parameters");
	if (!result)
		result = reader_check_keys(reader, node);
	if (result)
		return result;
	rule->parameters = arena_zalloc(reader->arena, node->count, sizeof *rule->parameters);
	for (size_t i = 0; i < node->count && !result; i++) {
		const struct yaml_node *value = node->items[i];
		if (strcmp(node->keys[i]->text, "severity") == 0) {
			result = reader_read_severity(reader, value, &rule->severity);
			continue;
		}
		result = reader_check_kind(reader, value, YAML_SCALAR, "a value of the parameter");
		bool is_number = !result && value->plain && is_decimal(value->text);
		rule->parameters[rule->parameter_count++] = (struct config_parameter){
			node->keys[i]->text, value->text, is_number, is_number ? number_of(value->text) : 0};
	}
	return result;
}

static int read_rules(const struct reader *reader, const struct yaml_node *mapping)
{
	int result = reader_check_kind(reader, mapping, YAML_MAPPING, "a mapping of rules to off or their parameters");
	if (!result)
		result = reader_check_keys(reader, mapping);
	if (result)
		return result;
	reader->config->rules = arena_zalloc(reader->arena, mapping->count, sizeof *reader->config->rules);
	for (size_t i = 0; i < mapping->count && !result; i++) {
		struct config_rule *rule = &reader->config->rules[reader->config->rule_count++];
		rule->id = mapping->keys[i]->text;
		rule->line = mapping->keys[i]->at.line;
		rule->column = mapping->keys[i]->at.column;
		result = read_rule(reader, mapping->items[i], rule);
	}
	return result;
}

/* --- the whole --- */

/* Finds each key's value; one that is given as null counts as not given. */
static int find_values(const struct reader *reader, const struct yaml_node *root,
		       const struct yaml_node *values[KEY_COUNT])
{
	int result = reader_check_kind(reader, root, YAML_MAPPING, "a mapping of keys");
	if (!result)
		result = reader_check_keys(reader, root);
	for (size_t i = 0; i < root->count && !result; i++) {
		const struct yaml_node *name = root->keys[i];
		struct complaint_guess guess = {.wanted = name->text};
		size_t key = 0;
		while (key < KEY_COUNT && strcmp(name->text, key_names[key]) != 0)
			complaint_offer(&guess, key_names[key++]);
		if (key < KEY_COUNT)
			values[key] = is_null(root->items[i]) ? NULL : root->items[i];
		else if (guess.nearest)
			result = complaint_set(&reader->complaint, name->at, "unknown key %s, did you mean \"%s\"?",
					       reader_quote(name).text, guess.nearest);
		else
			result = complaint_set(&reader->complaint, name->at, "unknown key %s, the keys are %s",
					       reader_quote(name).text, all_keys);
	}
	return result;
}

static int read_values(const struct reader *reader, const struct yaml_node *const values[KEY_COUNT])
{
	struct config *config = reader->config;
	const struct yaml_node *allow = values[KEY_ALLOW], *forbid = values[KEY_FORBID];
	int result = 0;
	config->allow_only = allow != NULL;
	config->dependencies = arena_zalloc(reader->arena, (allow ? allow->count : 0) + (forbid ? forbid->count : 0),
					    sizeof *config->dependencies);
	/* Domains first: what follows refers to them, wherever in the file they are. */
	if (values[KEY_DOMAINS])
		result = read_domains(reader, values[KEY_DOMAINS]);
	if (!result && values[KEY_LAYERS])
		result = read_layers(reader, values[KEY_LAYERS]);
	if (!result && allow)
		result = read_dependencies(reader, allow, true);
	if (!result && forbid)
		result = read_dependencies(reader, forbid, false);
	if (!result && values[KEY_GENERATED])
		result = reader_read_globs(reader, values[KEY_GENERATED], &config->generated);
	if (!result && values[KEY_VENDORED])
		result = reader_read_globs(reader, values[KEY_VENDORED], &config->vendored);
	if (!result && values[KEY_EXCLUDE])
		result = reader_read_globs(reader, values[KEY_EXCLUDE], &config->exclude);
	if (!result)
		result = reader_read_refinement(reader, values[KEY_PIN], values[KEY_JOIN], values[KEY_APART], values[KEY_RENAME]);
	if (!result && values[KEY_INFRASTRUCTURE])
		result = reader_read_globs(reader, values[KEY_INFRASTRUCTURE], &config->infrastructure);
	if (!result && values[KEY_API])
		result = reader_read_globs(reader, values[KEY_API], &config->api);
	if (!result && values[KEY_GATE])
		result = reader_read_gate(reader, values[KEY_GATE]);
	if (!result && values[KEY_GOALS])
		result = read_goals(reader, values[KEY_GOALS]);
	if (!result && values[KEY_BASELINE])
		result = read_path(reader, values[KEY_BASELINE], "the path of a baseline file", &config->baseline);
	if (!result && values[KEY_REFERENCE])
		result = read_path(reader, values[KEY_REFERENCE], "the path of a diagram", &config->reference_path);
	if (!result && values[KEY_RULES])
		result = read_rules(reader, values[KEY_RULES]);
	if (!result && values[KEY_ALERTS])
		result = reader_read_alerts(reader, values[KEY_ALERTS]);
	if (!result)
		result = reader_read_exports(reader, values[KEY_EXPORT], values[KEY_JIRA], values[KEY_AZURE]);
	return result;
}

static struct owned_config *owned_create(const char *path)
{
	struct owned_config *owned = mem_zalloc(1, sizeof *owned);
	struct config *config = &owned->config;
	owned->arena = arena_create();
	config->path = path ? arena_strdup(owned->arena, path) : NULL;
	config->goals = arena_zalloc(owned->arena, GOAL_COUNT, sizeof *config->goals);
	config->goal_count = GOAL_COUNT;
	for (size_t i = 0; i < GOAL_COUNT; i++)
		config->goals[i] = (struct config_goal){goal_names[i], 1};
	return owned;
}

struct arena *config_arena(struct config *config)
{
	return ((struct owned_config *)config)->arena;
}

int config_parse(const char *text, size_t length, const char *name, struct config **out, struct err *err)
{
	assert(name && out);
	struct owned_config *owned = owned_create(name);
	struct reader reader = {.complaint = {name, err}, .arena = owned->arena, .config = &owned->config};
	reader.domains = interner_create();
	const struct yaml_node *values[KEY_COUNT] = {0};
	struct yaml_node *root = NULL;
	int result = yaml_parse(text, length, owned->arena, &reader.complaint, &root);
	if (!result && root && !is_null(root)) {
		result = find_values(&reader, root, values);
		if (!result)
			result = read_values(&reader, values);
	}
	interner_destroy(reader.domains);
	if (result) {
		config_destroy(&owned->config);
		return result;
	}
	*out = &owned->config;
	return 0;
}

int config_load(const char *path, bool explicit_path, struct config **out, struct err *err)
{
	char *text = NULL;
	size_t length = 0;
	struct err cause = {0};
	struct stat status;
	/* One that lies in the tree is not chosen by the user: a pipe or a device there would block us or never end. */
	if (!explicit_path && !stat(path, &status) && !S_ISREG(status.st_mode))
		return err_set(err, ERR_INPUT, "%s: is no regular file; move it away or name another with --config", path);
	int result = file_read(path, YAML_MAX_BYTES, &text, &length, &cause);
	if (result == ERR_NOT_FOUND && !explicit_path) {
		*out = &owned_create(NULL)->config;
		return 0;
	}
	if (result == ERR_NOT_FOUND)
		return err_set(err, ERR_INPUT, "%s, name a file that exists or leave it out for the defaults", cause.text);
	if (result == ERR_LIMIT)
		return err_set(err, ERR_INPUT, "%s, keep a configuration below that", cause.text);
	if (result)
		return err_set(err, cause.code, "%s", cause.text);
	result = config_parse(text, length, path, out, err);
	free(text);
	return result;
}

void config_destroy(struct config *config)
{
	if (!config)
		return;
	struct owned_config *owned = (struct owned_config *)config; /* config is its first member */
	reference_destroy(config->reference);
	config_destroy(config->reference_config);
	arena_destroy(owned->arena);
	free(owned);
}
