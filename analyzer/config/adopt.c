/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference architecture becomes part of a configuration. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/reader.h"
#include "config/reference.h"

static bool is_declared(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->domain_count; i++)
		if (!strcmp(config->domains[i].name, name))
			return true;
	return false;
}

/* What the configuration declares under the same name wins: it is nearer to the code. */
static void add_domains(struct config *config, const struct config_domain *domains, size_t count)
{
	struct config_domain *all = arena_zalloc(config_arena(config), config->domain_count + count + 1, sizeof *all);
	if (config->domain_count)
		memcpy(all, config->domains, config->domain_count * sizeof *all);
	config->domains = all;
	for (size_t i = 0; i < count; i++)
		if (!is_declared(config, domains[i].name))
			all[config->domain_count++] = domains[i];
}

static void adopt_config(struct config *config, const struct config *other)
{
	size_t own = config->dependency_count, more = other->dependency_count;
	struct config_dependency *all = arena_zalloc(config_arena(config), own + more + 1, sizeof *all);
	add_domains(config, other->domains, other->domain_count);
	if (own)
		memcpy(all, config->dependencies, own * sizeof *all);
	if (more)
		memcpy(all + own, other->dependencies, more * sizeof *all);
	config->dependencies = all;
	config->dependency_count = own + more;
	config->allow_only |= other->allow_only;
	if (!config->layers.count)
		config->layers = other->layers;
}

/* Elements with globs are domains by declaration. */
static void adopt_diagram(struct config *config, const struct reference *reference)
{
	struct config_domain *domains = mem_zalloc(reference->element_count + 1, sizeof *domains);
	size_t count = 0;
	for (size_t i = 0; i < reference->element_count; i++) {
		const struct reference_element *element = &reference->elements[i];
		if (element->globs.count)
			domains[count++] = (struct config_domain){element->domain ? element->domain : element->name, element->globs, element->line};
	}
	add_domains(config, domains, count);
	free(domains);
}

static bool is_yaml(const char *path)
{
	const char *dot = strrchr(path_basename(path), '.');
	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

int reference_adopt(struct config *config, const char *path, struct err *err)
{
	char *text = NULL;
	size_t length = 0;
	struct err cause = {0};
	if (is_yaml(path)) {
		int result = config_load(path, true, &config->reference_config, err);
		if (result)
			return err_prefix(err, "reference");
		adopt_config(config, config->reference_config);
		return 0;
	}
	int result = file_read(path, REFERENCE_MAX_BYTES, &text, &length, &cause);
	if (result)
		return err_set(err, result == ERR_IO ? ERR_IO : ERR_INPUT, "reference: %s%s", cause.text,
			       result == ERR_NOT_FOUND ? "; name a file that exists" : "");
	result = reference_parse(text, length, path, &config->reference, err);
	free(text);
	if (result)
		return err_prefix(err, "reference");
	adopt_diagram(config, config->reference);
	return 0;
}

int reference_adopt_named(struct config *config, struct err *err)
{
	if (!config->reference_path)
		return 0;
	const char *slash = config->path ? strrchr(config->path, '/') : NULL;
	char *folder = slash ? mem_strndup(config->path, (size_t)(slash - config->path)) : mem_strdup(".");
	char *path = path_join(slash && !*folder ? "/" : folder, config->reference_path);
	int result = reference_adopt(config, path, err);
	free(folder);
	free(path);
	return result;
}
