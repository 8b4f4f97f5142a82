/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two stored releases, compared. */
#ifndef SIGHTLINE_CMD_DRIFT_LOAD_H
#define SIGHTLINE_CMD_DRIFT_LOAD_H

#include "analysis/drift.h"
#include "config/config.h"
#include "model/model.h"

/* What the events of two releases rest on: lives until drift_loaded_finish. */
struct drift_loaded {
	struct arena *strings;
	struct drift_input input;
	struct drift *drift;
	int64_t numbers[2];
};

/* root: where git may know of renames between the two releases' commits; NULL: it is not asked. Only rows that differ, and the few
 * that are needed in full, are read. ERR_NOT_FOUND: no such release, with those there are. */
int drift_load(struct model *model, const char *old, const char *new, const struct config *config, const char *root,
	       struct drift_loaded *out, struct err *err);
void drift_loaded_finish(struct drift_loaded *loaded);

/* Puts what was found into the view events, unless it is there. Within the caller's transaction where there is one. */
int drift_store(struct model *model, const struct drift_loaded *loaded, struct err *err);

/* A release that is being stored, compared with the one before and the one after it, where there are such. What does not rest on
 * findings and debt is loaded first, from the model or a copy of it (model_copy), in whatever thread, until the release is judged;
 * then what differs is found and stored. An error of loading is told when storing. */
struct drift_neighbours;
struct drift_neighbours *drift_neighbours_create(const char *release);
void drift_neighbours_load(struct drift_neighbours *neighbours, struct model *model);
int drift_neighbours_store(struct drift_neighbours *neighbours, struct model *model, const struct config *config, struct err *err);
void drift_neighbours_destroy(struct drift_neighbours *neighbours);

#endif
