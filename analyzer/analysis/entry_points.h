/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where control enters the codebase. Pure. */
#ifndef SIGHTLINE_ANALYSIS_ENTRY_POINTS_H
#define SIGHTLINE_ANALYSIS_ENTRY_POINTS_H

#include "analysis/indirect.h"

struct entry_point { uint32_t symbol; const char *kind; };
struct entry_points { struct entry_point *items; size_t count, capacity; };

/* Fills items: sorted by symbol, kind; distinct. Kinds:
 *   main         main of a program
 *   thread       given to what starts a thread
 *   signal       given to what handles signals
 *   constructor  runs before main
 *   destructor   runs after main, or is given to atexit
 *   callback     given to another function outside the codebase, which may call it
 *   export       what a library gives to others: functions with external, default visibility that
 *                - a header below a folder "include" declares, or one that is installed, or
 *                - a header declares, where other functions of the same folder are hidden: who hides some gives the rest, or
 *                - the codebase has at all, where it has no main */
void entry_points_find(const struct graph *graph, const struct indirect_result *indirect, struct entry_points *out);
void entry_points_finish(struct entry_points *points);

/* Does it enter by itself? Callbacks and exports are called by code that we do not see, maybe never. */
bool entry_kind_is_program(const char *kind);

#endif
