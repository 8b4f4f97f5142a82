/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/assignment.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- components ---- */

static uint32_t root_of(uint32_t *parent, uint32_t node)
{
	while (parent[node] != node)
		node = parent[node] = parent[parent[node]];
	return node;
}

/* ---- one component: rows n <= columns m, weights dense, row after row ---- */

static void solve(uint32_t n, uint32_t m, const double *weights, uint32_t *column_of)
{
	double *row_price = mem_zalloc((size_t)n + 1, sizeof *row_price), *column_price = mem_zalloc((size_t)m + 1, sizeof *column_price);
	double *slack = mem_zalloc((size_t)m + 1, sizeof *slack);
	uint32_t *row_of = mem_zalloc((size_t)m + 1, sizeof *row_of), *way = mem_zalloc((size_t)m + 1, sizeof *way);
	bool *used = mem_zalloc((size_t)m + 1, sizeof *used);
	for (uint32_t row = 1; row <= n; row++) { /* rows and columns count from 1: column 0 stands for "the row at hand" */
		uint32_t at = 0;
		row_of[0] = row;
		memset(used, 0, ((size_t)m + 1) * sizeof *used);
		for (uint32_t c = 0; c <= m; c++)
			slack[c] = INFINITY;
		do {
			uint32_t here = row_of[at], next = 0;
			double step = INFINITY;
			used[at] = true;
			for (uint32_t c = 1; c <= m; c++) {
				if (used[c])
					continue;
				double reduced = -weights[(size_t)(here - 1) * m + c - 1] - row_price[here] - column_price[c];
				if (reduced < slack[c]) {
					slack[c] = reduced;
					way[c] = at;
				}
				if (slack[c] < step) {
					step = slack[c];
					next = c;
				}
			}
			for (uint32_t c = 0; c <= m; c++) {
				if (used[c]) {
					row_price[row_of[c]] += step;
					column_price[c] -= step;
				} else {
					slack[c] -= step;
				}
			}
			at = next;
		} while (row_of[at]);
		while (at) {
			row_of[at] = row_of[way[at]];
			at = way[at];
		}
	}
	for (uint32_t c = 1; c <= m; c++)
		if (row_of[c])
			column_of[row_of[c] - 1] = c - 1;
	free(row_price);
	free(column_price);
	free(slack);
	free(row_of);
	free(way);
	free(used);
}

struct component { const uint32_t *members; uint32_t row_count, column_count; }; /* rows first, then columns, ascending */

static void solve_component(uint32_t rows, const struct component *part, const struct assignment_pair *pairs, size_t pair_count,
			    const uint32_t *place, uint32_t *column_of)
{
	uint32_t n = part->row_count, m = part->column_count;
	bool turned = n > m;
	double *weights = mem_zalloc((size_t)n * m + 1, sizeof *weights);
	for (size_t i = 0; i < pair_count; i++) {
		uint32_t r = place[pairs[i].row], c = place[rows + pairs[i].column] - n;
		weights[turned ? (size_t)c * n + r : (size_t)r * m + c] = pairs[i].weight;
	}
	uint32_t *chosen = mem_alloc(((size_t)(turned ? m : n) + 1) * sizeof *chosen);
	solve(turned ? m : n, turned ? n : m, weights, chosen);
	for (uint32_t i = 0; i < (turned ? m : n); i++) {
		uint32_t r = turned ? chosen[i] : i, c = turned ? i : chosen[i];
		if (weights[turned ? (size_t)c * n + r : (size_t)r * m + c] > 0)
			column_of[part->members[r]] = part->members[n + c] - rows;
	}
	free(chosen);
	free(weights);
}

void assignment_best(uint32_t rows, uint32_t columns, const struct assignment_pair *pairs, size_t pair_count, uint32_t *column_of)
{
	uint32_t nodes = rows + columns;
	uint32_t *parent = mem_alloc(((size_t)nodes + 1) * sizeof *parent), *members = mem_alloc(((size_t)nodes + 1) * sizeof *members);
	uint32_t *place = mem_zalloc((size_t)nodes + 1, sizeof *place);
	struct assignment_pair *own = mem_zalloc(pair_count + 1, sizeof *own);
	for (uint32_t i = 0; i < nodes; i++)
		parent[i] = i;
	for (uint32_t i = 0; i < rows; i++)
		column_of[i] = ASSIGNMENT_NONE;
	for (size_t i = 0; i < pair_count; i++)
		parent[root_of(parent, rows + pairs[i].column)] = root_of(parent, pairs[i].row);
	for (uint32_t root = 0; root < nodes; root++) {
		struct component part = {members, 0, 0};
		if (root_of(parent, root) != root)
			continue;
		for (uint32_t i = 0; i < nodes; i++)
			if (root_of(parent, i) == root) {
				place[i] = part.row_count + part.column_count;
				members[place[i]] = i;
				part.row_count += i < rows;
				part.column_count += i >= rows;
			}
		size_t count = 0;
		for (size_t i = 0; i < pair_count; i++)
			if (root_of(parent, pairs[i].row) == root)
				own[count++] = pairs[i];
		if (part.row_count && part.column_count)
			solve_component(rows, &part, own, count, place, column_of);
	}
	free(parent);
	free(members);
	free(place);
	free(own);
}
