/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline init: a commented configuration from what the scan found. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/session.h"

/* A YAML double-quoted scalar. The configuration takes no control bytes: '?' stands in for them. */
static void append_scalar(struct buf *out, const char *text)
{
	buf_append_char(out, '"');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c == '"' || *c == '\\')
			buf_printf(out, "\\%c", *c);
		else
			buf_append_char(out, *c < 0x20 || *c == 0x7f ? '?' : (char)*c);
	buf_append_char(out, '"');
}

/* A path as a glob that matches just it; a control byte becomes "?", which matches any one character. */
static void append_glob(struct buf *out, const char *path)
{
	struct buf glob;
	buf_init(&glob, BUF_NO_CEILING);
	for (; *path; path++)
		if (strchr("*?[", *path))
			buf_printf(&glob, "[%c]", *path);
		else
			buf_append_char(&glob, *path);
	append_scalar(out, glob.data ? glob.data : "");
	buf_finish(&glob);
}

static const char HEAD[] =
	"# sightline.yaml: what this codebase's architecture is meant to be. Everything here is optional;\n"
	"# made by 'sightline init' from release ";
static const char TAIL[] =
	"\n# Layers, top first: a layer may use those below it. Each is a domain of above.\n"
	"# layers: [cli, engine, base]\n"
	"\n# Single dependencies between domains (\"*\" is any). Where something is allowed, all that is not is forbidden.\n"
	"# allow:\n#   - \"cli -> engine\"\n# forbid:\n#   - \"base -> *\"\n"
	"\n# Paths made by tools, paths of others, and paths not to scan at all.\n"
	"# generated: [\"build/**\", \"**/*.tab.c\"]\n# vendored: [\"deps/**\"]\n# exclude: [\"examples/**\"]\n"
	"\n# What tasks are ranked by.\n# goals: {scalability: 1, resiliency: 1, velocity: 2, cloud-readiness: 0.5, security: 1}\n"
	"\n# Findings that are accepted for now, one fingerprint per line.\n# baseline: sightline-baseline.txt\n";

/* Folders that hold files of one domain only are said as "folder/" "**", other files one by one. */
static int append_domains(struct buf *out, const struct session *session, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	struct buf last;
	buf_init(&last, BUF_NO_CEILING);
	int result = model_query_named(session->model, "init_domains", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *domain = rows_text(rows, 0, NULL);
		if (!last.data || strcmp(last.data, domain)) {
			buf_append_string(out, "  ");
			append_scalar(out, domain);
			buf_append_string(out, ":\n");
			buf_clear(&last);
			buf_append_string(&last, domain);
		}
		buf_append_string(out, "    - ");
		append_glob(out, rows_text(rows, 1, NULL));
		buf_append_char(out, '\n');
	}
	buf_finish(&last);
	rows_close(rows);
	return result;
}

static int write_new(const char *path, const struct buf *text, struct err *err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file < 0)
		return errno == EEXIST ? err_set(err, ERR_INPUT, "%s: is there already and is not overwritten; move it away first, or "
						 "write another with --config", path)
				       : err_errno(err, ERR_INPUT, errno, "%s: cannot be written", path);
	size_t done = 0;
	while (done < text->length) {
		ssize_t written = write(file, text->data + done, text->length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			int result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
			close(file);
			unlink(path);
			return result;
		}
		done += (size_t)written;
	}
	return close(file) ? err_errno(err, ERR_IO, errno, "%s: cannot be written", path) : 0;
}

static int run_init(const struct options *options, int *gate, struct err *err)
{
	(void)gate;
	struct session session;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline init: \"%s\" is unexpected", options->operands[0]);
	/* --config names the file to write here: it need not exist yet. */
	const char *config = options_value(options, "config");
	if (config && !access(config, F_OK))
		return err_set(err, ERR_INPUT, "%s: is there already and is not overwritten; move it away first", config);
	struct option_value kept[8];
	struct options others = *options;
	others.values = kept;
	others.value_count = 0;
	for (size_t i = 0; i < options->value_count && others.value_count < 8; i++)
		if (strcmp(options->values[i].option->name, "config"))
			kept[others.value_count++] = options->values[i];
	int result = session_open(&others, &session, err);
	if (result)
		return result;
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_append_string(&text, HEAD);
	for (const char *c = session.release; *c; c++)
		buf_append_char(&text, (unsigned char)*c < 0x20 ? '?' : *c);
	buf_append_string(&text, ".\n\n# The parts and their files; the first glob that matches wins. Files that no glob matches are grouped by\n"
				 "# what they use. This is what was discovered: rename, merge, move.\ndomains:\n");
	result = append_domains(&text, &session, err);
	buf_append_string(&text, TAIL);
	char *path = config ? mem_strdup(config) : path_join(session.root, "sightline.yaml");
	if (!result)
		result = write_new(path, &text, err);
	if (!result && !session.quiet)
		fprintf(stderr, "sightline: wrote %s; edit it, then 'sightline scan' again\n", path);
	free(path);
	buf_finish(&text);
	session_finish(&session);
	return result;
}

static const struct option_spec init_options[] = {OPTION_RELEASE, {0, NULL, NULL, NULL}};
const struct command_spec command_init = {
	.name = "init", .synopsis = "[OPTIONS]", .summary = "write a commented sightline.yaml from what the scan found",
	.description = "The configuration declares domains, layers and what may depend on what. A file that is there is never overwritten.",
	.examples = "  sightline scan && sightline init\n      start from the domains that were discovered",
	.options = init_options, .run = run_init,
};
