/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which lock the source takes while it holds which: in one function, or in what is called from it while the lock is held, up to
 * three direct calls away. Calls through pointers are not followed, nor functions that take or give the held lock themselves. Pure. */
#ifndef SIGHTLINE_ANALYSIS_LOCK_ORDERS_H
#define SIGHTLINE_ANALYSIS_LOCK_ORDERS_H

#include "graph/graph.h"

struct lock_order { uint32_t held, taken, function; }; /* symbols; function: the one that holds it */
struct lock_orders { struct lock_order *items; size_t count, capacity; }; /* sorted, distinct */

void lock_orders_find(const struct graph *graph, struct lock_orders *out);
void lock_orders_finish(struct lock_orders *orders);

#endif
