/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that dependencies imply. Pure. */
#ifndef SIGHTLINE_ANALYSIS_LAYERS_H
#define SIGHTLINE_ANALYSIS_LAYERS_H

#include <stddef.h>
#include <stdint.h>

struct layer_link { uint32_t from, to; double weight; }; /* from != to; sorted, distinct */

/* level[n]: 0 for what depends on nothing, else one above the highest level that it depends on. Where dependencies go round, some
 * have to point upward: those with the least weight in all that can be found (exact up to 14 nodes in one cycle, else a greedy
 * order improved by moving single nodes), and none of them could be taken back without closing a cycle. So a dependency points
 * upward exactly where level[from] < level[to]; the others have level[from] > level[to]. */
void layers_find(uint32_t count, const struct layer_link *links, size_t link_count, uint32_t *level);

#endif
