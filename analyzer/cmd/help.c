/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/help.h"

#include <string.h>

#include "base/text.h"
#include "cmd/options.h"
#include "cmd/terminal.h"

static const char overview_head[] =
	"sightline reads C codebases and watches C programs: what the parts are, how they hang together, what runs, where the debt is.\n";

void help_overview(FILE *stream)
{
	const char *bold = terminal_style(stream, STYLE_BOLD), *plain = terminal_style(stream, STYLE_PLAIN);
	fprintf(stream, "%s\n%sUsage%s\n  sightline COMMAND [OPTIONS]\n\n%sCommands%s\n", overview_head, bold, plain, bold, plain);
	for (size_t i = 0; commands[i]; i++)
		fprintf(stream, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(stream,
		"\n%sFirst steps%s\n"
		"  sightline scan                       scan the codebase in this folder\n"
		"  sightline report --format svg -o architecture.svg\n"
		"                                       draw its domains\n"
		"  sightline debt                       what is rotten, worst first\n"
		"  sightline trace -- ./program         what of it really runs, and what it uses\n"
		"  sightline COMMAND --help             options and examples of a command\n\n"
		"%sExit codes%s\n  0 done   1 the gate failed, or --strict found something missing   2 unusable arguments or input\n"
		"  3 an internal failure (disk, database)   trace: that of the program\n", bold, plain, bold, plain);
}

static void print_option(FILE *stream, const struct option_spec *option)
{
	char left[160];
	char letter[8] = "    ";
	if (option->letter)
		snprintf(letter, sizeof letter, "-%c, ", option->letter);
	snprintf(left, sizeof left, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
		 option->argument ? option->argument : "");
	fprintf(stream, strlen(left) > 32 ? "  %s\n%36s%s\n" : "  %-33s %s%s\n", left, "", option->help);
}

void help_command(FILE *stream, const struct command_spec *command)
{
	const char *bold = terminal_style(stream, STYLE_BOLD), *plain = terminal_style(stream, STYLE_PLAIN);
	fprintf(stream, "sightline %s: %s\n\n%sUsage%s\n  sightline %s %s\n\n", command->name, command->summary, bold, plain,
		command->name, command->synopsis);
	if (command->description)
		fprintf(stream, "%s\n\n", command->description);
	fprintf(stream, "%sOptions%s\n", bold, plain);
	for (const struct option_spec *option = command->options; option && option->name; option++)
		print_option(stream, option);
	for (const struct option_spec *option = options_common; option->name; option++)
		print_option(stream, option);
	if (command->examples)
		fprintf(stream, "\n%sExamples%s\n%s\n", bold, plain, command->examples);
}

const struct command_spec *help_nearest(const char *name)
{
	const struct command_spec *nearest = NULL;
	size_t best = 3;
	for (size_t i = 0; commands[i]; i++) {
		size_t distance = text_distance(name, commands[i]->name);
		if (distance < best) {
			best = distance;
			nearest = commands[i];
		}
	}
	return nearest;
}
