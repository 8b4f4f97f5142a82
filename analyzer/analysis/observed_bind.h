/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binding the functions of an observation to the symbols of a release. Private to analysis/observed*.c. */
#ifndef SIGHTLINE_ANALYSIS_OBSERVED_BIND_H
#define SIGHTLINE_ANALYSIS_OBSERVED_BIND_H

#include "analysis/observed.h"

struct binder;
struct binder *binder_create(const struct graph *graph);
void binder_destroy(struct binder *binder);

enum bind_how {
	BIND_OUTSIDE,  /* no function of the codebase */
	BIND_EXACT,    /* same file, name and line; or, where #line names a file that the release does not have, same unit and name */
	BIND_MOVED,    /* same file and name, another line */
	BIND_RENAMED,  /* said to be in the codebase, but only its name, which is unique there, is found */
	BIND_NAME,     /* no debug information: its name, which is unique there */
	BIND_ELSEWHERE, /* in a file of the codebase that the release does not have */
	BIND_STRANGE,  /* said to be in a file of the release, and not found */
};
/* One entry per function of the observation: how it is bound and to which symbol; outside and strange ones GRAPH_NONE. Arrays are
 * of the arena. */
struct binding {
	enum bind_how *how;
	uint32_t *symbol;
	bool *is_elsewhere; /* its lines are those of another file than the release's */
};
void binder_bind(struct binder *binder, const struct observation *observation, struct arena *arena, struct binding *out);

/* A symbol outside the codebase that the graph has under this name; GRAPH_NONE. *is_taken: a function of the codebase has it. */
uint32_t binder_outside(const struct binder *binder, const char *name, size_t length, bool *is_taken);

/* As observed_identify, by a binder that is there already. */
void binder_identify(struct binder *binder, const struct observation *observation, struct observed_identity *out);

/* observed_cover.c: fills coverage. */
void observed_cover(struct binder *binder, const struct observation *observations, size_t count,
		    struct observed_result *result);

/* Length of a name without what compilers and linkers append: ".constprop.0", "@@GLIBC_2.34". */
size_t bind_name_length(const char *name);

#endif
