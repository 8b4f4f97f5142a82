/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pin, join, apart and rename: what people say of discovered domains. Knows nothing of how discovery honours it. */
#include <string.h>

#include "config/reader.h"

static struct config_refinement *add(struct config_refinement **list, size_t *count, struct position at)
{
	struct config_refinement *row = &(*list)[(*count)++];
	row->line = at.line;
	return row;
}

static const char *shared_glob(const struct config_strings *a, const struct config_strings *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (!strcmp(a->items[i], b->items[k]))
				return a->items[i];
	return NULL;
}

/* pin: {name: [glob, ...]} */
static int read_pins(const struct reader *reader, const struct yaml_node *mapping)
{
	struct config *config = reader->config;
	int result = reader_check_kind(reader, mapping, YAML_MAPPING, "a mapping of domain names to lists of globs");
	if (!result)
		result = reader_check_keys(reader, mapping);
	config->pins = arena_zalloc(reader->arena, mapping->count + 1, sizeof *config->pins);
	for (size_t i = 0; i < mapping->count && !result; i++) {
		const struct yaml_node *name = mapping->keys[i];
		struct config_refinement *pin = add(&config->pins, &config->pin_count, name->at);
		pin->name = name->text;
		result = reader_check_domain_name(reader, name);
		if (!result)
			result = reader_read_globs(reader, mapping->items[i], &pin->globs);
		for (size_t k = 0; k < i && !result; k++) {
			const char *glob = shared_glob(&config->pins[k].globs, &pin->globs);
			if (glob)
				result = complaint_set(&reader->complaint, name->at,
						       "%s is pinned to %s here and to \"%s\" on line %u, keep one",
						       complaint_quote(glob, strlen(glob)).text, reader_quote(name).text,
						       config->pins[k].name, config->pins[k].line);
		}
		for (size_t k = 0; k < config->domain_count && !result; k++) {
			const char *glob = shared_glob(&config->domains[k].globs, &pin->globs);
			if (glob && strcmp(config->domains[k].name, pin->name))
				result = complaint_set(&reader->complaint, name->at,
						       "%s is pinned to %s here and declared for \"%s\" on line %u, keep one",
						       complaint_quote(glob, strlen(glob)).text, reader_quote(name).text,
						       config->domains[k].name, config->domains[k].line);
		}
	}
	return result;
}

/* join: [[glob, glob, ...], ...] */
static int read_joins(const struct reader *reader, const struct yaml_node *list)
{
	struct config *config = reader->config;
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of lists of globs");
	config->joins = arena_zalloc(reader->arena, list->count + 1, sizeof *config->joins);
	for (size_t i = 0; i < list->count && !result; i++) {
		struct config_refinement *join = add(&config->joins, &config->join_count, list->items[i]->at);
		result = reader_read_globs(reader, list->items[i], &join->globs);
		if (!result && join->globs.count < 2)
			result = complaint_set(&reader->complaint, list->items[i]->at, "joining takes two globs at least, add one");
	}
	return result;
}

static int contradicts(const struct reader *reader, struct position at, const struct config_strings *a,
		       const struct config_strings *b, const char *what, const struct config_strings *together, unsigned line)
{
	const char *one = shared_glob(a, together), *other = shared_glob(b, together);
	if (!one || !other)
		return 0;
	return complaint_set(&reader->complaint, at, "%s and %s are kept apart here and %s on line %u, keep one",
			     complaint_quote(one, strlen(one)).text, complaint_quote(other, strlen(other)).text, what, line);
}

/* apart: [[glob, glob], ...] */
static int read_apart(const struct reader *reader, const struct yaml_node *list)
{
	struct config *config = reader->config;
	int result = reader_check_kind(reader, list, YAML_LIST, "a list of pairs of globs");
	config->apart = arena_zalloc(reader->arena, list->count + 1, sizeof *config->apart);
	for (size_t i = 0; i < list->count && !result; i++) {
		struct config_strings pair = {0};
		struct position at = list->items[i]->at;
		result = reader_read_globs(reader, list->items[i], &pair);
		if (!result && pair.count != 2)
			result = complaint_set(&reader->complaint, at, "keeping apart takes two globs, got %zu", pair.count);
		if (!result && !strcmp(pair.items[0], pair.items[1]))
			result = complaint_set(&reader->complaint, at, "a glob cannot be kept apart from itself, write two");
		if (result)
			break;
		struct config_apart *row = &config->apart[config->apart_count++];
		*row = (struct config_apart){{pair.items, 1}, {pair.items + 1, 1}, at.line};
		for (size_t k = 0; k < config->join_count && !result; k++)
			result = contradicts(reader, at, &row->a, &row->b, "joined", &config->joins[k].globs, config->joins[k].line);
		for (size_t k = 0; k < config->pin_count && !result; k++)
			result = contradicts(reader, at, &row->a, &row->b, "pinned together", &config->pins[k].globs,
					     config->pins[k].line);
	}
	return result;
}

/* rename: {old: new} */
static int read_renames(const struct reader *reader, const struct yaml_node *mapping)
{
	struct config *config = reader->config;
	int result = reader_check_kind(reader, mapping, YAML_MAPPING, "a mapping of discovered names to new ones");
	if (!result)
		result = reader_check_keys(reader, mapping);
	config->renames = arena_zalloc(reader->arena, mapping->count + 1, sizeof *config->renames);
	for (size_t i = 0; i < mapping->count && !result; i++) {
		const struct yaml_node *old = mapping->keys[i], *name = mapping->items[i];
		uint32_t id;
		result = reader_check_domain_name(reader, old);
		if (!result)
			result = reader_check_text(reader, name, "a domain name");
		if (!result)
			result = reader_check_domain_name(reader, name);
		if (!result && interner_find(reader->domains, name->text, name->length, &id))
			result = complaint_set(&reader->complaint, name->at, "%s is declared on line %u, choose another name",
					       reader_quote(name).text, config->domains[id].line);
		for (size_t k = 0; k < i && !result; k++)
			if (!strcmp(config->renames[k].name, name->text))
				result = complaint_set(&reader->complaint, name->at,
						       "%s is the new name on line %u too, choose another or join the two",
						       reader_quote(name).text, config->renames[k].line);
		struct config_refinement *row = add(&config->renames, &config->rename_count, old->at);
		row->name = name->text;
		row->globs.items = arena_zalloc(reader->arena, 1, sizeof *row->globs.items);
		row->globs.items[0] = old->text;
		row->globs.count = 1;
	}
	return result;
}

int reader_read_refinement(const struct reader *reader, const struct yaml_node *pin, const struct yaml_node *join,
			   const struct yaml_node *apart, const struct yaml_node *rename)
{
	int result = pin ? read_pins(reader, pin) : 0;
	if (!result && join)
		result = read_joins(reader, join);
	if (!result && apart)
		result = read_apart(reader, apart);
	if (!result && rename)
		result = read_renames(reader, rename);
	return result;
}
