/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One parsed translation unit -> facts. Between pool.c/prefix.c (which own processes, parsing and files) and visit*.c
 * (which own the meaning of the AST). */
#ifndef SIGHTLINE_EXTRACT_VISIT_H
#define SIGHTLINE_EXTRACT_VISIT_H

#include <clang-c/Index.h>

#include "extract/extract.h"

/* Maps files to the codebase. One per worker. */
struct source_tree {
	const char *root;       /* absolute real path of the codebase */
	const char *directory;  /* of the unit's command: relative names are relative to it */
};

/* What the visitor hands out: one call per chunk, in order of path. */
struct visit_sink {
	void (*chunk)(void *context, const char *path, const void *bytes, size_t length);
	void *context;
};

/* What a shared prefix has given already: files to leave out, and the includes among them, which the unit does not show
 * but which tell what is reached through an include. */
struct visit_known {
	bool (*is_known)(void *context, CXFile file);
	void *context;
	const char *const *paths; size_t path_count; /* absolute real paths of the prefix's files, outside ones too */
	const struct visit_known_include { uint32_t from, to; } *includes; size_t include_count; /* indices into paths */
};

/* What pool.c needs to make the unit's facts and inputs. Arrays and strings live in arena. */
struct visit_summary {
	struct arena *arena;
	struct unit_inputs inputs;
	struct visit_diagnostic { uint32_t kind, line; const char *file, *message; } *diagnostics; /* first 50 */
	size_t diagnostic_count;
	uint32_t errors, warnings, missing_headers;
};

/* Visits every file of the codebase in the unit (main file, headers, included .c files) that known does not leave
 * out, and gives one chunk per file. The unit must have been parsed with
 * DetailedPreprocessingRecord | KeepGoing. command gives the search paths for inputs. Never recursive on the depth
 * of the source. Errors: ERR_LIMIT where a chunk would exceed 64 MiB. */
int visit_unit(CXTranslationUnit unit, const struct source_tree *tree, const struct command *command,
	       const struct visit_known *known, const struct visit_sink *sink, struct visit_summary *summary,
	       struct err *err);

#endif
