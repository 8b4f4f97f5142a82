/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline completion, sightline manual: shell completions and the man page, from the same tables as the help. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/options.h"

static void each_option(const struct command_spec *command, void (*visit)(const struct option_spec *option))
{
	for (const struct option_spec *option = command->options; option && option->name; option++)
		visit(option);
	for (const struct option_spec *option = options_common; option->name; option++)
		visit(option);
}

static void bash_option(const struct option_spec *option)
{
	printf(" --%s", option->name);
}

static void print_bash(void)
{
	printf("# bash completion for sightline\n_sightline()\n{\n"
	       "\tlocal cur=\"${COMP_WORDS[COMP_CWORD]}\" options=\"\"\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W \"help");
	for (size_t i = 0; commands[i]; i++)
		printf(" %s", commands[i]->name);
	printf("\" -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase \"${COMP_WORDS[1]}\" in\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("\t%s) options=\"", commands[i]->name);
		each_option(commands[i], bash_option);
		printf("\" ;;\n");
	}
	printf("\tesac\n\tcase \"$cur\" in\n\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
	       "\t*) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n\tesac\n}\ncomplete -o filenames -F _sightline sightline\n");
}

/* Text within single quotes of a shell. */
static void print_quoted(const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
}

static void zsh_option(const struct option_spec *option)
{
	printf(" '--%s[", option->name);
	for (const char *c = option->help; *c; c++) /* [, ] and : have a meaning in _arguments */
		if (strchr("[]:", *c))
			printf("\\%c", *c);
		else if (*c == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*c);
	printf("]%s'", option->argument ? ":value:_files" : "");
}

static void print_zsh(void)
{
	printf("#compdef sightline\n_sightline() {\n\tif (( CURRENT == 2 )); then\n\t\tlocal -a names=(");
	for (size_t i = 0; commands[i]; i++) {
		printf(" '%s:", commands[i]->name);
		print_quoted(commands[i]->summary);
		printf("'");
	}
	printf(" )\n\t\t_describe command names\n\t\treturn\n\tfi\n\tcase $words[2] in\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("\t%s) _arguments", commands[i]->name);
		each_option(commands[i], zsh_option);
		printf(" '*:file:_files' ;;\n");
	}
	printf("\tesac\n}\n_sightline \"$@\"\n");
}

static void print_fish(void)
{
	printf("# fish completion for sightline\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("complete -c sightline -n __fish_use_subcommand -a %s -d '", commands[i]->name);
		print_quoted(commands[i]->summary);
		printf("'\n");
		const struct option_spec *tables[] = {commands[i]->options, options_common};
		for (size_t t = 0; t < 2; t++)
			for (const struct option_spec *option = tables[t]; option && option->name; option++) {
				printf("complete -c sightline -n '__fish_seen_subcommand_from %s' -l %s", commands[i]->name,
				       option->name);
				if (option->letter)
					printf(" -s %c", option->letter);
				printf("%s -d '", option->argument ? " -r" : "");
				print_quoted(option->help);
				printf("'\n");
			}
	}
}

static int run_completion(const struct options *options, int *code, struct err *err)
{
	(void)code;
	const char *shell = options->operand_count ? options->operands[0] : "";
	if (options->operand_count > 1)
		return err_set(err, ERR_INPUT, "sightline completion: \"%s\" is unexpected; name one shell", options->operands[1]);
	if (!strcmp(shell, "bash"))
		print_bash();
	else if (!strcmp(shell, "zsh"))
		print_zsh();
	else if (!strcmp(shell, "fish"))
		print_fish();
	else
		return err_set(err, ERR_INPUT, "sightline completion: name one shell: bash, zsh or fish");
	return 0;
}

/* ---- the man page ---- */

/* Backslashes, hyphens that are meant as typed, and leading dots or quotes. */
static void print_roff(const char *text)
{
	bool line_start = true;
	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		line_start = *text == '\n';
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
}

static void roff_option(const struct option_spec *option)
{
	printf(".TP\n");
	if (option->letter)
		printf("\\fB\\-%c\\fR, ", option->letter);
	printf("\\fB\\-\\-");
	print_roff(option->name);
	printf("\\fR");
	if (option->argument) {
		printf(" \\fI");
		print_roff(option->argument);
		printf("\\fR");
	}
	printf("\n");
	print_roff(option->help);
	printf("\n");
}

#define MANUAL_DATE "2026-11-24" /* of this version; never the clock: same inputs, same bytes */

static int run_manual(const struct options *options, int *code, struct err *err)
{
	(void)code;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline manual: \"%s\" is unexpected", options->operands[0]);
	printf(".TH SIGHTLINE 1 \"" MANUAL_DATE "\" \"sightline " SIGHTLINE_VERSION "\" \"User Commands\"\n.SH NAME\nsightline \\- architecture "
	       "observability for C codebases\n.SH SYNOPSIS\n.B sightline\n.I COMMAND\n[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n"
	       "Reads what C code can do with libclang, sees what it does with a preload library, keeps both in one SQLite file (the "
	       "model), and tells the parts of the codebase (domains), how they depend on each other, what runs, and where the "
	       "technical debt is.\n.SH COMMANDS\n");
	for (size_t i = 0; commands[i]; i++) {
		printf(".SS sightline %s ", commands[i]->name);
		print_roff(commands[i]->synopsis);
		printf("\n");
		print_roff(commands[i]->description ? commands[i]->description : commands[i]->summary);
		printf("\n");
		for (const struct option_spec *option = commands[i]->options; option && option->name; option++)
			roff_option(option);
		if (commands[i]->examples) {
			printf(".PP\nExamples:\n.PP\n.nf\n");
			print_roff(commands[i]->examples);
			printf("\n.fi\n");
		}
	}
	printf(".SH OPTIONS OF EVERY COMMAND\n");
	for (const struct option_spec *option = options_common; option->name; option++)
		roff_option(option);
	printf(".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nthe gate failed, or \\-\\-strict found something missing\n.TP\n2\nunusable "
	       "arguments or input\n.TP\n3\nan internal failure (disk, database)\n.PP\n\\fBsightline trace\\fR ends with the exit code of "
	       "the program that it ran, 128 + N where signal N ended it.\n.SH FILES\n.TP\n.I .sightline/model.db\nthe model, "
	       "under the codebase\n.TP\n.I .sightline/traces\nruns that go on, or that were not ingested\n.TP\n"
	       ".I sightline.yaml\nthe configuration; see \\fBsightline init\\fR\n.SH ENVIRONMENT\n.TP\n"
	       "NO_COLOR\nno colours where it is set\n.TP\nSIGHTLINE_AGENT_LIBRARY\nthe preload library that \\fBsightline trace\\fR "
	       "uses, where it is neither beside the program nor in its library folder\n");
	return 0;
}

const struct command_spec command_completion = {
	.name = "completion", .synopsis = "bash|zsh|fish", .summary = "print a shell completion script",
	.description = "Prints completions for a shell. 'meson install' puts them in place.",
	.examples = "  source <(sightline completion bash)\n      complete in this shell", .run = run_completion,
};

const struct command_spec command_manual = {
	.name = "manual", .synopsis = "", .summary = "print the man page (roff)",
	.description = "Prints the man page that 'meson install' puts in place.",
	.examples = "  sightline manual | man -l -\n      read it", .run = run_manual,
};
