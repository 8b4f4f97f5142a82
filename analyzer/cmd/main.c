/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: finds the subcommand, runs it, turns its error into one line and an exit code. */
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/help.h"
#include "cmd/launch.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "extract/extract.h"

const struct command_spec *const commands[] = {
	&command_scan, &command_replay, &command_trace, &command_ingest, &command_releases, &command_domains, &command_debt, &command_findings,
	&command_tasks, &command_rules, &command_flows, &command_resources, &command_drift, &command_gate, &command_alerts, &command_show,
	&command_query, &command_report, &command_serve,
	&command_export, &command_init,
	&command_completion, &command_manual, NULL,
};

static int exit_code_of(const struct err *err)
{
	switch (err->code) {
	case ERR_INPUT: case ERR_NOT_FOUND: case ERR_LIMIT:
		return EXIT_BAD_INPUT;
	default:
		return EXIT_BROKEN;
	}
}

static void print_error(const struct err *err)
{
	struct buf line;
	buf_init(&line, BUF_NO_CEILING);
	terminal_append(&line, err->text, strlen(err->text));
	fprintf(stderr, "%ssightline: error:%s %s\n", terminal_style(stderr, STYLE_RED), terminal_style(stderr, STYLE_PLAIN),
		line.data ? line.data : "unknown");
	buf_finish(&line);
}

/* Has whoever read our output gone ("| head")? They know: an error message would only be noise. */
static bool reader_has_gone(void)
{
	struct pollfd output = {STDOUT_FILENO, POLLOUT, 0};
	return poll(&output, 1, 0) == 1 && (output.revents & POLLERR);
}

/* What was printed must have arrived: a write that failed earlier shows in the stream only. */
static int finish_output(int code)
{
	bool failed = ferror(stdout);
	if (!fflush(stdout) && !failed)
		return code;
	if (!reader_has_gone())
		fprintf(stderr, "sightline: error: cannot write the output\n");
	return EXIT_BROKEN;
}

/* A stream that the caller closed must not become the number of a file of ours: printing would end in that. Opened
 * the wrong way round, so that using it fails as it would have. */
static void occupy_closed_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", (fd == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
}

static int run(const struct command_spec *command, int argc, char **argv)
{
	struct err err = {0};
	struct options options;
	int code = EXIT_DONE;
	if (options_parse(command, argc, argv, &options, &err)) {
		print_error(&err);
		return EXIT_BAD_INPUT;
	}
	if (options_has(&options, "help")) {
		help_command(stdout, command);
		options_finish(&options);
		return finish_output(EXIT_DONE);
	}
	int result = command->run(&options, &code, &err);
	options_finish(&options);
	if (result) {
		fflush(stdout);
		if (err.code != ERR_IO || !reader_has_gone())
			print_error(&err);
		return exit_code_of(&err);
	}
	return finish_output(code);
}

int main(int argc, char **argv)
{
	occupy_closed_streams();
	setlocale(LC_CTYPE, "C.UTF-8");
	launch_remember_pipe_signal(signal(SIGPIPE, SIG_IGN)); /* a closed pipe is a write error like others */
	if (argc < 2) {
		help_overview(stderr);
		return EXIT_BAD_INPUT;
	}
	const char *name = argv[1];
	if (!strcmp(name, "--version") || !strcmp(name, "version")) {
		printf("sightline %s (libclang %s)\n", SIGHTLINE_VERSION, extract_clang_version());
		return finish_output(EXIT_DONE);
	}
	bool help = !strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h");
	if (help && argc < 3) {
		help_overview(stdout);
		return finish_output(EXIT_DONE);
	}
	if (help)
		name = argv[2];
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name)) {
			if (!help)
				return run(commands[i], argc - 1, argv + 1);
			help_command(stdout, commands[i]);
			return finish_output(EXIT_DONE);
		}
	const struct command_spec *nearest = help_nearest(name);
	struct err err;
	err_set(&err, ERR_INPUT, nearest ? "unknown command \"%s\"; did you mean \"%s\"?"
				 : "unknown command \"%s\"; 'sightline help' lists them", name, nearest ? nearest->name : "");
	print_error(&err);
	return EXIT_BAD_INPUT;
}
