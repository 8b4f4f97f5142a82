/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of each table, for code that treats all tables alike. Internal to facts/. */
#ifndef SIGHTLINE_FACTS_SHAPE_H
#define SIGHTLINE_FACTS_SHAPE_H

#include <stdint.h>

#include "facts/facts.h"

struct facts_shape {
	const char *name;
	const char *kinds;  /* column types, as in FACTS_TABLES */
	const char *merge;  /* for each column behind the key: + sum, < smallest, > largest */
	uint32_t columns;
	uint32_t key;       /* leading columns by which rows are told apart; all of them in most tables */
};

struct facts_shape facts_shape(int table);

#endif
