/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of one folder that are nearly all of it. People see the folder: it is one domain, as long as it is not much of the
 * codebase. */
#include <stdlib.h>
#include <string.h>

#include "analysis/domain_internal.h"

#define PURE 0.9    /* of a part's files lie in the folder */
#define COVERED 0.8 /* of the folder's files lie in such parts */
#define LARGEST 0.25 /* of all files lie in the folder */

void domain_folders_join(struct discovery *d)
{
	struct interner *names = interner_create();
	uint32_t *folder = mem_alloc(((size_t)d->node_count + 1) * sizeof *folder), all = 0;
	for (uint32_t i = 0; i < d->node_count; i++) {
		folder[i] = interner_add_string(names, domain_place(&d->nodes[i]));
		all += d->nodes[i].files;
	}
	uint32_t *home = mem_alloc(((size_t)d->group_count + 1) * sizeof *home); /* of a group; GRAPH_NONE: it has none */
	uint32_t *files = mem_zalloc((size_t)d->group_count + 1, sizeof *files);
	uint32_t *sizes = mem_zalloc((size_t)interner_count(names) + 1, sizeof *sizes); /* of folders, in files */
	uint32_t *held = mem_zalloc((size_t)interner_count(names) + 1, sizeof *held);   /* of those, in parts at home there */
	uint32_t *first = mem_alloc(((size_t)interner_count(names) + 1) * sizeof *first);
	struct map64 *cells = map64_create();
	for (uint32_t g = 0; g < d->group_count; g++)
		home[g] = GRAPH_NONE;
	for (uint32_t i = 0; i < d->node_count; i++) {
		const struct domain_node *node = &d->nodes[i];
		uint64_t key = (uint64_t)node->group << 32 | folder[i];
		uint32_t in = 0;
		map64_get(cells, key, &in);
		map64_put(cells, key, in + node->files);
		files[node->group] += node->files;
		sizes[folder[i]] += node->files;
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t group = d->nodes[i].group, in;
		if (home[group] != GRAPH_NONE || group == d->common_group || !*interner_text(names, folder[i]) ||
		    !map64_get(cells, (uint64_t)group << 32 | folder[i], &in) || in < PURE * files[group])
			continue;
		home[group] = folder[i];
		if (!held[folder[i]])
			first[folder[i]] = group;
		held[folder[i]] += in;
	}
	for (uint32_t i = 0; i < d->node_count; i++) {
		uint32_t at = home[d->nodes[i].group];
		if (at != GRAPH_NONE && sizes[at] <= LARGEST * all && held[at] >= COVERED * sizes[at])
			d->nodes[i].group = first[at];
	}
	map64_destroy(cells);
	free(folder);
	free(home);
	free(files);
	free(sizes);
	free(held);
	free(first);
	interner_destroy(names);
}
