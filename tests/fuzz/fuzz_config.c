/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as sightline.yaml: no crash, no leak, and what is accepted keeps the promises of config.h. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

static bool is_declared(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->domain_count; i++)
		if (strcmp(config->domains[i].name, name) == 0)
			return true;
	return false;
}

static void check_globs(const struct config_strings *globs)
{
	for (size_t i = 0; i < globs->count; i++) {
		expect(globs->items[i] && globs->items[i][0], "a glob is a text");
		glob_match(globs->items[i], "src/a.c");
	}
}

static void check_config(const struct config *config)
{
	expect(config->path && strcmp(config->path, "sightline.yaml") == 0, "path is the name given");
	expect(config->goal_count == 5, "every goal has a weight");
	for (size_t i = 0; i < config->goal_count; i++)
		expect(config->goals[i].name && config->goals[i].weight >= 0, "weights are not negative");
	for (size_t i = 0; i < config->domain_count; i++) {
		expect(config->domains[i].name[0] && config->domains[i].globs.count, "a domain has a name and a glob");
		check_globs(&config->domains[i].globs);
	}
	for (size_t i = 0; i < config->layers.count && i < 100; i++)
		expect(is_declared(config, config->layers.items[i]), "a layer is a declared domain");
	for (size_t i = 0; i < config->dependency_count && i < 100; i++) {
		const struct config_dependency *dependency = &config->dependencies[i];
		expect(!strcmp(dependency->from, "*") || is_declared(config, dependency->from), "from is declared");
		expect(!strcmp(dependency->to, "*") || is_declared(config, dependency->to), "to is declared");
		expect(dependency->line > 0, "a dependency has a line");
		expect(!dependency->allowed || config->allow_only, "allow was given");
	}
	check_globs(&config->generated);
	check_globs(&config->vendored);
	check_globs(&config->exclude);
	expect(!config->baseline || config->baseline[0], "a baseline is a path");
}

static void check_error(int result, const struct err *err)
{
	unsigned line = 0, column = 0;
	char colon = 0;
	expect(result == ERR_INPUT && err->code == ERR_INPUT, "what is refused is bad input");
	expect(sscanf(err->text, "sightline.yaml:%u:%u%c", &line, &column, &colon) == 3 && line && column && colon == ':',
	       "an error has a position");
	expect(text_is_utf8(err->text, strlen(err->text)) || strlen(err->text) > 900, "an error is UTF-8");
	expect(!strpbrk(err->text, "\n\r\x1b"), "an error is one line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = NULL;
	struct err err = {0};
	int result = config_parse((const char *)data, size, "sightline.yaml", &config, &err);
	if (result) {
		expect(!config, "nothing comes out of a failure");
		check_error(result, &err);
	} else {
		check_config(config);
	}
	config_destroy(config);
	return 0;
}
