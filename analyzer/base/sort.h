/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting of many rows by numbers, in time that grows with their number and no faster: for tables of hundreds of thousands of
 * rows, where qsort's comparisons would be what a run waits for. */
#ifndef SIGHTLINE_BASE_SORT_H
#define SIGHTLINE_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Puts rows in ascending order of their keys; rows of equal keys stay in the order they had. key() tells one of a row's keys: part 0
 * counts most, part parts - 1 least; it is asked once per row and part. count is below 2^32. */
void sort_rows(void *rows, size_t count, size_t size, unsigned parts, uint64_t (*key)(const void *row, unsigned part));

#endif
