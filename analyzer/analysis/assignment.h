/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who goes with whom so that the sum of weights is greatest. Pure. */
#ifndef SIGHTLINE_ANALYSIS_ASSIGNMENT_H
#define SIGHTLINE_ANALYSIS_ASSIGNMENT_H

#include <stddef.h>
#include <stdint.h>

#define ASSIGNMENT_NONE UINT32_MAX

struct assignment_pair { uint32_t row, column; double weight; }; /* weight > 0; one per (row, column) */

/* column_of: rows entries, the column that each row goes with, or ASSIGNMENT_NONE. Exact (Kuhn 1955, by shortest augmenting
 * paths as Jonker and Volgenant 1987) within each connected component of the pairs, in time cubic in the component's smaller side
 * times its larger one. Equal sums are settled by the order of rows and columns. */
void assignment_best(uint32_t rows, uint32_t columns, const struct assignment_pair *pairs, size_t pair_count, uint32_t *column_of);

#endif
