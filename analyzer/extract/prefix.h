/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shared prefix in a worker: building it, and parsing a unit with it, verified. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_PREFIX_H
#define SIGHTLINE_EXTRACT_PREFIX_H

#include "extract/prefix_plan.h"
#include "extract/unit_facts.h"
#include "extract/visit.h"
#include "extract/words.h"

/* A prefix that was built, by this worker or another: what its users need to know. */
struct prefix {
	struct arena *arena;
	char *path;                  /* of the precompiled header */
	CXFileUniqueID *known;       /* files of the codebase that it read: their chunks are its own */
	size_t known_count;
	CXFileUniqueID *leading;     /* the files of its #include lines, in order */
	size_t leading_count;
	struct chunk_ref *chunks;    /* one per known file */
	size_t chunk_count;
	const char **paths;          /* all files that it read, absolute; */
	size_t path_count;
	struct visit_known_include *includes; /* and which of them includes which */
	size_t include_count;
	const char **pending;        /* names that a unit's own declarations could tell more about */
	size_t pending_count;
	struct unit_inputs inputs;   /* but for the file that does not exist */
};

/* Parses the prefix and writes the precompiled header. NULL where it cannot be shared: errors, warnings (each user would
 * have had them), an unguarded header. The caller visits *unit, fills the chunks and inputs in, calls prefix_store, and
 * disposes. Known files, paths and includes are filled in. */
struct prefix *prefix_build(const struct prefix_plan *plan, const struct command_list *list, uint32_t number,
			    CXIndex index, CXTranslationUnit *unit);

/* Writes what prefix_load reads. False where that is impossible. */
bool prefix_store(const struct prefix_plan *plan, uint32_t number, const struct prefix *prefix);
struct prefix *prefix_load(const struct prefix_plan *plan, uint32_t number);
void prefix_destroy(struct prefix *prefix);

/* Did the unit, parsed with the prefix, begin with the prefix's includes and nothing else, read none of its files
 * again, find no fault, and declare nothing that tells more about the prefix's own declarations? */
bool prefix_agrees(const struct prefix *prefix, const char *root, CXTranslationUnit unit);

/* For struct visit_known; context: a struct prefix. */
bool prefix_is_known(void *context, CXFile file);

/* inputs of a user -> inputs as they would be without the prefix: its files follow the main file. Arrays in arena. */
void prefix_merge_inputs(const struct prefix *prefix, struct arena *arena, struct unit_inputs *inputs);

#endif
