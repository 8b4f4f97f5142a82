/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which units begin with the same includes under the same flags, and which of these beginnings are worth precompiling.
 * Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_PREFIX_PLAN_H
#define SIGHTLINE_EXTRACT_PREFIX_PLAN_H

#include "extract/extract.h"

#define PREFIX_NONE UINT32_MAX

/* One beginning to be precompiled. */
struct planned_prefix {
	uint32_t command;      /* a unit that begins with it: gives flags and folder */
	uint32_t users;        /* units that will be parsed with it */
	uint32_t includes;     /* how many #include lines it has */
	const char *text;      /* those lines, as the units spell them */
	const char *source;    /* absolute name of the file that does not exist and holds them: beside the units, so that
				* names resolve alike */
};

struct prefix_plan {
	struct arena *arena;
	const char *folder;     /* private temporary folder for the results */
	int lock;               /* held on folder while we live, so that a later run can tell a leftover */
	struct planned_prefix *prefixes;
	size_t count;
	uint32_t *of_command;   /* per command of the list: its prefix or PREFIX_NONE */
};

/* Reads the beginnings of the units' main files. NULL where nothing is worth sharing, or where no temporary folder can
 * be had: units are then parsed one by one, which is always right. */
struct prefix_plan *prefix_plan_create(const struct command_list *list, const size_t *indices, size_t count);

/* Removes the folder and all in it. */
void prefix_plan_destroy(struct prefix_plan *plan);

/* Names of a prefix's two results in folder. Heap. */
char *prefix_plan_path(const struct prefix_plan *plan, uint32_t prefix, const char *suffix);

#endif
