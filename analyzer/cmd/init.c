/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sightline init: a commented configuration from what the scan found. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/ci.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "config/insert.h"
#include "config/yaml.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A YAML double-quoted scalar. '?' stands in for each byte that the configuration takes nowhere: control bytes and byte
 * order marks. In a glob it matches any one byte. */
static void append_scalar(struct buf *out, const char *text)
{
	size_t marked = 0; /* bytes left of a byte order mark */
	buf_append_char(out, '"');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (!strncmp((const char *)c, BYTE_ORDER_MARK, 3))
			marked = 3;
		if (marked || *c < 0x20 || *c == 0x7f)
			buf_append_char(out, '?');
		else
			buf_printf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		marked -= marked > 0;
	}
	buf_append_char(out, '"');
}

/* A domain's name as the configuration takes it: no "->", no space at its ends, not "*", and not one of taken. */
static void append_name(struct buf *out, const char *domain, struct interner *taken)
{
	struct buf name, unique;
	buf_init(&name, BUF_NO_CEILING);
	buf_init(&unique, BUF_NO_CEILING);
	size_t length = strlen(domain);
	for (size_t i = 0; i < length; i++) {
		bool refused = (domain[i] == ' ' && (!i || i + 1 == length)) || (domain[i] == '>' && i && domain[i - 1] == '-');
		buf_append_char(&name, refused ? '?' : domain[i]);
	}
	append_scalar(&unique, !strcmp(domain, "*") || !length ? "?" : name.data);
	for (uint32_t number = 2; number <= interner_count(taken) + 2; number++) {
		uint32_t known = interner_count(taken);
		if (interner_add(taken, unique.data, unique.length) == known)
			break;
		buf_clear(&unique);
		buf_printf(&name, "~%u", number);
		append_scalar(&unique, name.data);
	}
	buf_append(out, unique.data, unique.length);
	buf_finish(&name);
	buf_finish(&unique);
}

/* A path as a glob that matches just it, or all that is in a folder ("lib/"); what cannot be written becomes "?". */
static void append_glob(struct buf *out, const char *path)
{
	struct buf glob;
	bool is_folder = *path && path[strlen(path) - 1] == '/';
	buf_init(&glob, BUF_NO_CEILING);
	for (; *path; path++)
		if (strchr("*?[", *path))
			buf_printf(&glob, "[%c]", *path);
		else
			buf_append_char(&glob, *path);
	if (is_folder)
		buf_append_string(&glob, "**");
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
	"\n# The same as a diagram, beside this file: Structurizr's DSL, PlantUML components or another sightline.yaml.\n"
	"# reference: docs/workspace.dsl\n"
	"\n# Paths made by tools, paths of others, and paths not to scan at all.\n"
	"# generated: [\"build/**\", \"**/*.tab.c\"]\n# vendored: [\"deps/**\"]\n# exclude: [\"examples/**\"]\n"
	"\n# Discovery is to honour this too, and re-runs around it: files in the domain of a name (others may join them there),\n"
	"# files in one domain, files never in one, discovered names to change, and files that everything may use.\n"
	"# pin:\n#   engine: [\"src/loop.c\"]\n# join:\n#   - [\"src/a.c\", \"src/b.c\"]\n"
	"# apart:\n#   - [\"src/client*\", \"src/server*\"]\n# rename: {lvm: interpreter}\n# infrastructure: [\"src/util/**\"]\n"
	"\n# What tasks are ranked by.\n# goals: {scalability: 1, resiliency: 1, velocity: 2, cloud-readiness: 0.5, security: 1}\n"
	"\n# What trackers call things ('sightline export --help'). A token never stands here.\n"
	"# export: {epics: goal, labels: [architecture]}\n"
	"# jira: {url: https://NAME.atlassian.net, project: KEY, user: you@example.org}\n"
	"# azure: {url: https://dev.azure.com/ORGANISATION, project: NAME, process: agile}\n"
	"\n# Findings that are accepted for now, one fingerprint per line.\n# baseline: sightline-baseline.txt\n";

static bool is_declared(const struct config *config, const char *domain)
{
	for (size_t i = 0; config && i < config->domain_count; i++)
		if (!strcmp(config->domains[i].name, domain))
			return true;
	return false;
}

/* The domains that declared, which may be NULL, does not declare. A folder that holds files of one domain only is said as one glob,
 * other files one by one. */
static int append_domains(struct buf *out, const struct session *session, const struct config *declared, size_t *count, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	struct buf last;
	buf_init(&last, BUF_NO_CEILING);
	struct interner *names = interner_create();
	*count = 0;
	for (size_t i = 0; declared && i < declared->domain_count; i++) {
		struct buf name;
		buf_init(&name, BUF_NO_CEILING);
		append_scalar(&name, declared->domains[i].name);
		interner_add(names, name.data, name.length);
		buf_finish(&name);
	}
	int result = model_query_named(session->model, "init_domains", parameters, 1, &rows, err);
	while (!result && !(result = rows_next(rows, &has_row, err)) && has_row) {
		const char *domain = rows_text(rows, 0, NULL);
		if (is_declared(declared, domain))
			continue;
		if (!last.data || strcmp(last.data, domain)) {
			buf_append_string(out, "  ");
			append_name(out, domain, names);
			buf_append_string(out, ":\n");
			buf_clear(&last);
			buf_append_string(&last, domain);
			++*count;
		}
		buf_append_string(out, "    - ");
		append_glob(out, rows_text(rows, 1, NULL));
		buf_append_char(out, '\n');
	}
	buf_finish(&last);
	interner_destroy(names);
	rows_close(rows);
	return result;
}

static int write_all(int file, const char *path, const struct buf *text, struct err *err)
{
	size_t done = 0;
	while (done < text->length) {
		ssize_t written = write(file, text->data + done, text->length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
		done += (size_t)written;
	}
	return 0;
}

static int write_new(const char *path, const struct buf *text, struct err *err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file < 0)
		return errno == EEXIST ? err_set(err, ERR_INPUT, "%s: is there already and is not overwritten; --merge adds what is new "
						 "to it, --config FILE writes another", path)
				       : err_errno(err, ERR_INPUT, errno, "%s: cannot be written", path);
	int result = write_all(file, path, text, err);
	if (close(file) && !result)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (result)
		unlink(path);
	return result;
}

/* In the place of a file that is there, at once or not at all. */
static int write_over(const char *path, const struct buf *text, struct err *err)
{
	struct stat old;
	char *real = realpath(path, NULL), *fresh = NULL;
	if (!real || stat(real, &old) || asprintf(&fresh, "%s.XXXXXX", real) < 0) {
		free(real);
		return err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	}
	int file = mkostemp(fresh, O_CLOEXEC);
	int result = file < 0 ? err_errno(err, ERR_IO, errno, "%s: cannot be written beside it", path) : 0;
	if (!result)
		result = write_all(file, path, text, err);
	if (!result && (fchmod(file, old.st_mode & 07777) || fsync(file)))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (file >= 0 && close(file) && !result)
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (!result && rename(fresh, real))
		result = err_errno(err, ERR_IO, errno, "%s: cannot be written", path);
	if (result && file >= 0)
		unlink(fresh);
	free(fresh);
	free(real);
	return result;
}

/* What no run of ours may spoil: the new text is a configuration, and declares what both say. */
static int check_merged(const struct buf *text, const char *path, size_t domains, struct err *err)
{
	struct config *config = NULL;
	int result = config_parse(text->data, text->length, path, &config, err);
	if (result)
		return err_prefix(err, "sightline init: the domains cannot be added: ");
	if (config->domain_count != domains)
		result = err_set(err, ERR_INPUT, "%s: the domains cannot be added behind those that are there; use 'sightline init "
				 "--config FILE' and take them from that", path);
	config_destroy(config);
	return result;
}

/* --merge: the domains that were discovered beside the declared ones. */
static int merge(const struct session *session, const char *path, struct err *err)
{
	char *old = NULL;
	size_t length = 0, count = 0;
	struct buf lines, text;
	buf_init(&lines, BUF_NO_CEILING);
	buf_init(&text, BUF_NO_CEILING);
	int result = file_read(path, YAML_MAX_BYTES, &old, &length, err);
	if (!result)
		result = append_domains(&lines, session, session->config, &count, err);
	if (!result && count)
		result = config_insert_domains(old, length, path, lines.data, &text, err);
	if (!result && count)
		result = check_merged(&text, path, session->config->domain_count + count, err);
	if (!result && count)
		result = write_over(path, &text, err);
	if (!result && !session->quiet) {
		char said[96];
		snprintf(said, sizeof said, count ? ": %zu domain%s added, no line changed; 'sightline scan' again\n"
						  : ": declares every domain that was found; nothing added\n", count, count == 1 ? "" : "s");
		terminal_print(stderr, "sightline: ", path, said);
	}
	buf_finish(&lines);
	buf_finish(&text);
	free(old);
	return result;
}

/* A whole new file. */
static int write_fresh(const struct session *session, const char *path, struct err *err)
{
	struct buf text;
	size_t count;
	buf_init(&text, BUF_NO_CEILING);
	buf_append_string(&text, HEAD);
	for (const char *c = session->release; *c; c++)
		buf_append_char(&text, (unsigned char)*c < 0x20 ? '?' : *c);
	buf_append_string(&text, ".\n\n# The parts and their files; the first glob that matches wins. Files that no glob matches are grouped by\n"
				 "# what they use. This is what was discovered: rename, merge, move.\ndomains:\n");
	int result = append_domains(&text, session, NULL, &count, err); /* also what another file declares */
	buf_append_string(&text, TAIL);
	if (!result)
		result = write_new(path, &text, err);
	if (!result && !session->quiet)
		terminal_print(stderr, "sightline: wrote ", path, "; edit it, then 'sightline scan' again\n");
	buf_finish(&text);
	return result;
}

static int run_init(const struct options *options, int *code, struct err *err)
{
	(void)code;
	struct session session;
	if (options->operand_count)
		return err_set(err, ERR_INPUT, "sightline init: \"%s\" is unexpected", options->operands[0]);
	const char *ci = options_value(options, "ci");
	if (ci) {
		int wrong = session_start(options, NULL, &session, err);
		if (wrong)
			return wrong;
		wrong = ci_write(session.root, ci, session.quiet, err);
		session_finish(&session);
		return wrong;
	}
	/* --config names the file to write here: it need not exist yet. */
	const char *config = options_value(options, "config");
	bool merges = options_has(options, "merge");
	if (config && !merges && !access(config, F_OK))
		return err_set(err, ERR_INPUT, "%s: is there already and is not overwritten; --merge adds what is new to it", config);
	struct option_value kept[8];
	struct options others = *options;
	others.values = kept;
	others.value_count = 0;
	for (size_t i = 0; i < options->value_count && others.value_count < 8; i++)
		if (merges || strcmp(options->values[i].option->name, "config"))
			kept[others.value_count++] = options->values[i];
	int result = session_open(&others, &session, err);
	if (result)
		return result;
	char *path = config ? mem_strdup(config) : path_join(session.root, "sightline.yaml");
	result = merges && session.config->path ? merge(&session, path, err) : write_fresh(&session, path, err);
	free(path);
	session_finish(&session);
	return result;
}

static const struct option_spec init_options[] = {
	OPTION_RELEASE,
	{0, "ci", "github|gitlab|hook", "write a workflow, a job or a pre-push hook that runs 'sightline gate' instead"},
	{0, "merge", NULL, "add the domains that a file which is there does not declare; no line of it changes"},
	{0, NULL, NULL, NULL}};
const struct command_spec command_init = {
	.name = "init", .synopsis = "[OPTIONS]", .summary = "write a commented sightline.yaml from what the scan found",
	.description = "The configuration declares domains, layers and what may depend on what. A file that is there is never overwritten.",
	.examples = "  sightline scan && sightline init\n      start from the domains that were discovered\n\n"
		    "  sightline init --merge\n      add the domains that were discovered since\n\n"
		    "  sightline init --ci github\n      .github/workflows/architecture.yml: the gate on every pull request\n\n"
		    "  sightline init --ci hook\n      the gate before every push",
	.options = init_options, .run = run_init,
};
