/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls: records of a trace become edges between source functions.
 *
 * What is counted. An edge record says: from this return address that entry was reached, so often. Its calling function is
 * the innermost one whose code lies at the call, also where it was inlined; the callee is the machine function reached.
 *
 * INLINED edges (outer function -> inlined function) are no calls of the machine, so nothing counts them: count is 1 for
 * each inlined place that was seen to run, in each image and entry: a lower bound ("at least").
 *
 * TAIL_CALL edges. The instruction before the return address names X, but another function c was reached: X, or what X
 * jumped to, ended in a jump to c. Told as X -> c (or as Y -> c where Y, reached from the same place, is the one that
 * jumps there), with c's count. Of several that could have jumped, those that never return and jump nowhere else did so
 * each time they were reached; the rest goes to the likeliest: who jumps there directly, X first, then by counts. X's own
 * edge is in the trace if X is recorded; if it is not, caller -> X is told, too, flagged, with the sum: a lower bound.
 * Through a pointer no X is known: c counts as called, unless nothing takes its address and another function reached from
 * there jumps to it. Cannot be told apart: a call of X and a jump back to X from what it jumped to; a call through a
 * pointer and a jump from what else that pointer called. The latter is told as a call, DOUBTFUL where something else that was
 * reached at least as often jumps there, or jumps through a pointer in memory.
 *
 * Callers outside the codebase are told by their exported name or not at all (NONE), and make an entry of the callee.
 * Calls within modules outside are left out. */
#ifndef SIGHTLINE_INGEST_EDGES_H
#define SIGHTLINE_INGEST_EDGES_H

#include "ingest/image.h"

/* All edge tables of an image. */
void edges_read(struct image *image);
/* A stack (return addresses, innermost first), as edges STACKED; once for each stack and entry. */
void edges_add_stack(struct image *image, const struct trace_stack *stack, uint32_t entry, uint64_t order);

#endif
