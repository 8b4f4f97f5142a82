/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads options by table. Not getopt: its messages do not name what was meant, and it reorders argv. */
#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

const struct option_spec options_common[] = {
	{0, "db", "FILE", "the model (default: .sightline/model.db under the codebase)"},
	{0, "config", "FILE", "the configuration (default: sightline.yaml under the codebase)"},
	{'q', "quiet", NULL, "no progress, no summary: warnings and errors only"},
	{'h', "help", NULL, "this text"},
	{0, NULL, NULL, NULL},
};

static const struct option_spec *find(const struct command_spec *command, const char *name, size_t length, char letter)
{
	const struct option_spec *tables[] = {command->options, options_common};
	for (size_t t = 0; t < 2; t++)
		for (const struct option_spec *option = tables[t]; option && option->name; option++)
			if (letter ? option->letter == letter : strlen(option->name) == length && !memcmp(option->name, name, length))
				return option;
	return NULL;
}

static int unknown(const struct command_spec *command, const char *argument, struct err *err)
{
	const struct option_spec *tables[] = {command->options, options_common};
	const char *nearest = NULL;
	char given[64];
	size_t length = strcspn(argument, "="), best = length / 3 + 1; /* farther away is no likely slip */
	if (length >= sizeof given)
		length = sizeof given - 1;
	memcpy(given, argument, length);
	given[length] = 0;
	for (size_t t = 0; t < 2 && argument[1] == '-'; t++)
		for (const struct option_spec *option = tables[t]; option && option->name; option++) {
			size_t distance = text_distance(given + 2, option->name);
			if (distance < best) {
				best = distance;
				nearest = option->name;
			}
		}
	if (nearest)
		return err_set(err, ERR_INPUT, "sightline %s: unknown option %s; did you mean --%s?", command->name, argument, nearest);
	return err_set(err, ERR_INPUT, "sightline %s: unknown option %s; see 'sightline %s --help'", command->name, argument,
		       command->name);
}

static int take_option(struct options *out, const struct option_spec *option, const char *value, int argc, char **argv, int *at,
		       struct err *err)
{
	if (!option->argument && value)
		return err_set(err, ERR_INPUT, "sightline %s: --%s takes no value", out->command->name, option->name);
	if (option->argument && !value) {
		if (*at + 1 >= argc)
			return err_set(err, ERR_INPUT, "sightline %s: --%s needs a value: --%s %s", out->command->name, option->name,
				       option->name, option->argument);
		value = argv[++*at];
	}
	out->values[out->value_count++] = (struct option_value){option, value};
	return 0;
}

int options_parse(const struct command_spec *command, int argc, char **argv, struct options *out, struct err *err)
{
	struct options parsed = {.command = command, .values = mem_zalloc((size_t)argc + 1, sizeof *parsed.values),
				 .operands = mem_zalloc((size_t)argc + 1, sizeof *parsed.operands)};
	int result = 0;
	bool only_operands = false;
	for (int i = 1; !result && i < argc; i++) {
		char *argument = argv[i];
		if (only_operands || argument[0] != '-' || !argument[1]) {
			parsed.operands[parsed.operand_count++] = argument;
		} else if (!strcmp(argument, "--")) {
			only_operands = true;
		} else if (argument[1] == '-') {
			char *equals = strchr(argument, '=');
			size_t length = equals ? (size_t)(equals - argument) - 2 : strlen(argument + 2);
			const struct option_spec *option = find(command, argument + 2, length, 0);
			result = option ? take_option(&parsed, option, equals ? equals + 1 : NULL, argc, argv, &i, err)
					: unknown(command, argument, err);
		} else {
			const struct option_spec *option = find(command, NULL, 0, argument[1]);
			if (option && !option->argument && argument[2])
				result = err_set(err, ERR_INPUT, "sightline %s: -%c takes no value", command->name, argument[1]);
			else
				result = option ? take_option(&parsed, option, argument[2] ? argument + 2 : NULL, argc, argv, &i, err)
						: unknown(command, argument, err);
		}
	}
	if (result) {
		options_finish(&parsed);
		return result;
	}
	*out = parsed;
	return 0;
}

void options_finish(struct options *options)
{
	free(options->values);
	free(options->operands);
	memset(options, 0, sizeof *options);
}

const char *options_value(const struct options *options, const char *name)
{
	for (size_t i = options->value_count; i-- > 0;)
		if (!strcmp(options->values[i].option->name, name))
			return options->values[i].value;
	return NULL;
}

bool options_has(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->value_count; i++)
		if (!strcmp(options->values[i].option->name, name))
			return true;
	return false;
}
