/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which headers are the codebase's API: those that a build file installs; and those below a folder that is called include, unless the
 * build says which: where it installs any, those alone count, and of a folder include at the top of which it says nothing, all. */
#include <stdlib.h>
#include <string.h>

#include "buildfiles/installed.h"
#include "cmd/derive_internal.h"
#include "cmd/public_headers.h"

struct marking {
	struct derive *d;
	uint32_t *files;             /* header -> file */
	const char **paths;          /* sorted, as files are */
	size_t count;
	bool *is_public;
	struct interner *include_folders; /* of headers that are installed */
};

static void add(struct marking *marking, size_t header, const char *reason, const char *said_in, uint32_t line)
{
	marking->is_public[header] = true;
	*SNAPSHOT_ADD(&marking->d->snapshot, public_headers) = (struct snapshot_public_header){
		marking->files[header], reason, arena_strdup(marking->d->names, said_in), line};
}

static void take_installed(void *context, size_t header, const char *said_in, uint32_t line)
{
	struct marking *marking = context;
	const char *path = marking->paths[header];
	size_t below = public_headers_include_length(path);
	if (below)
		interner_add(marking->include_folders, path, below);
	marking->d->graph->files[marking->files[header]].is_installed = true;
	add(marking, header, "installed", said_in, line);
}

void derive_fill_headers(struct derive *d, const struct model_release *release)
{
	const struct graph *graph = d->graph;
	struct marking marking = {.d = d, .files = mem_zalloc((size_t)graph->file_count + 1, sizeof(uint32_t)),
				  .paths = mem_zalloc((size_t)graph->file_count + 1, sizeof(char *)),
				  .is_public = mem_zalloc((size_t)graph->file_count + 1, sizeof(bool)),
				  .include_folders = interner_create()};
	uint32_t ignored;
	for (uint32_t i = 0; i < graph->file_count; i++)
		if (graph->files[i].is_header) {
			marking.files[marking.count] = i;
			marking.paths[marking.count++] = graph->files[i].path;
		}
	if (release->installed)
		installed_match(release->installed, marking.paths, marking.count, take_installed, &marking);
	bool installs = d->snapshot.public_headers_count != 0;
	for (size_t i = 0; i < marking.count; i++) {
		const char *path = marking.paths[i];
		size_t below = public_headers_include_length(path);
		bool is_told = installs && (below != strlen("include/") || interner_find(marking.include_folders, path, below, &ignored));
		if (!marking.is_public[i] && !is_told && public_headers_below_include(path))
			add(&marking, i, "include", "", 0);
	}
	derive_cover(d, "headers taken as public", d->snapshot.public_headers_count, marking.count);
	interner_destroy(marking.include_folders);
	free(marking.is_public);
	free(marking.paths);
	free(marking.files);
}
