/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define DATABASE_NAME ".sightline/model.db"
#define CONFIG_NAME "sightline.yaml"

static bool has_file(const char *folder, const char *name)
{
	char *path = path_join(folder, name);
	bool found = !access(path, F_OK);
	free(path);
	return found;
}

/* The nearest folder upwards that was scanned, or that has a configuration, which what lies in another repository is none of. */
static char *find_root(void)
{
	char *here = realpath(".", NULL);
	if (!here)
		return NULL;
	char *folder = mem_strdup(here);
	for (bool is_inside = true;;) {
		if (has_file(folder, DATABASE_NAME) || (is_inside && has_file(folder, CONFIG_NAME))) {
			free(here);
			return folder;
		}
		is_inside &= !has_file(folder, ".git");
		char *slash = strrchr(folder, '/');
		if (!slash || !folder[1])
			break;
		slash[slash == folder] = 0;
	}
	free(folder);
	return here;
}

int session_start(const struct options *options, const char *directory, struct session *out, struct err *err)
{
	struct session session = {.quiet = options_has(options, "quiet")};
	struct stat status;
	int result = output_format_parse(options_value(options, "format"), &session.format, err);
	if (!result) {
		session.root = directory ? realpath(directory, NULL) : find_root();
		if (!session.root)
			result = err_errno(err, ERR_INPUT, errno, "%s: cannot be read", directory ? directory : ".");
		else if (stat(session.root, &status) || !S_ISDIR(status.st_mode))
			result = err_set(err, ERR_INPUT, "%s: is no folder; give the root of a codebase", directory);
	}
	if (!result) {
		const char *database = options_value(options, "db"), *config = options_value(options, "config");
		session.database = database ? mem_strdup(database) : path_join(session.root, DATABASE_NAME);
		char *path = config ? mem_strdup(config) : path_join(session.root, CONFIG_NAME);
		result = config_load(path, config != NULL, &session.config, err);
		free(path);
		if (!result)
			session.config->rules_folder = options_value(options, "rules");
	}
	if (result) {
		session_finish(&session);
		return result;
	}
	*out = session;
	return 0;
}

int session_open(const struct options *options, struct session *out, struct err *err)
{
	struct session session;
	int result = session_start(options, NULL, &session, err);
	if (result)
		return result;
	result = model_open(session.database, MODEL_READ, &session.model, err);
	if (!result)
		result = model_release_resolve(session.model, options_value(options, "release"), &session.release, err);
	if (result) {
		session_finish(&session);
		return result;
	}
	*out = session;
	return 0;
}

void session_finish(struct session *session)
{
	model_close(session->model);
	config_destroy(session->config);
	free(session->release);
	free(session->database);
	free(session->root);
	memset(session, 0, sizeof *session);
}

void session_hide(const struct session *session)
{
	char *folder = path_join(session->root, ".sightline"), *ignore = path_join(folder, ".gitignore");
	int file = access(folder, F_OK) ? -1 : open(ignore, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file >= 0) {
		/* A full disk leaves an empty file behind: nothing depends on it. */
		ssize_t written = write(file, "*\n", 2);
		(void)written;
		close(file);
	}
	free(folder);
	free(ignore);
}

int session_print(const struct session *session, const char *query, const char *none, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	int result = model_query_named(session->model, query, parameters, 1, &rows, err);
	if (!result)
		result = output_rows(stdout, rows, session->format, true, none, stderr, err);
	rows_close(rows);
	return result;
}

int session_print_coverage(const struct session *session, FILE *stream, struct err *err)
{
	const char *parameters[] = {session->release};
	struct rows *rows = NULL;
	bool has_row;
	if (session->format != OUTPUT_TABLE || session->quiet)
		return 0;
	int result = model_query_named(session->model, "coverage_statement", parameters, 1, &rows, err);
	if (!result && !(result = rows_next(rows, &has_row, err)) && has_row && rows_type(rows, 0) != VALUE_NULL)
		fprintf(stream, "%s%s\n", stream == stdout ? "\n" : "sightline: ", rows_text(rows, 0, NULL));
	rows_close(rows);
	return result;
}
