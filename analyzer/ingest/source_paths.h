/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the source paths in debug information to paths relative to the codebase, also where it was compiled elsewhere. */
#ifndef SIGHTLINE_INGEST_SOURCE_PATHS_H
#define SIGHTLINE_INGEST_SOURCE_PATHS_H

struct source_paths;

/* For one module. root: the codebase. */
struct source_paths *source_paths_create(const char *root);
void source_paths_destroy(struct source_paths *paths);

/* First all main files of its units, then settle: finds the folders of another machine (or what a prefix map left of
 * them) that stand for the codebase: those below which most units have their file in the codebase, too. */
void source_paths_learn(struct source_paths *paths, const char *unit);
void source_paths_settle(struct source_paths *paths);

/* Relative to the codebase; NULL: outside. Borrowed. */
const char *source_paths_relative(struct source_paths *paths, const char *path);

#endif
