/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What most commands need first: where the codebase is, its configuration, its model, the release asked for. */
#ifndef SIGHTLINE_CMD_SESSION_H
#define SIGHTLINE_CMD_SESSION_H

#include "cmd/options.h"
#include "cmd/output.h"
#include "config/config.h"
#include "model/model.h"

struct session {
	char *root;              /* codebase: absolute real path */
	char *database;
	struct config *config;
	struct model *model;     /* NULL until opened */
	char *release;           /* name; NULL until resolved */
	enum output_format format;
	bool quiet;
};

/* Finds root: directory where given, else the nearest folder from here upwards that holds .sightline/model.db, else here.
 * Reads the configuration and the common options. */
int session_start(const struct options *options, const char *directory, struct session *out, struct err *err);
/* The same, then opens the model for reading and resolves --release. */
int session_open(const struct options *options, struct session *out, struct err *err);
void session_finish(struct session *session);

/* The folder of the model, where it is there, keeps itself out of version control, as other tools' caches do. */
void session_hide(const struct session *session);

/* Runs a named query with the release as first parameter and prints it. */
int session_print(const struct session *session, const char *query, const char *none, struct err *err);

/* What the numbers rest on: one line that says how much was parsed, resolved and observed. Only for people: nothing where the
 * format is not a table, or with --quiet. */
int session_print_coverage(const struct session *session, FILE *stream, struct err *err);

#endif
