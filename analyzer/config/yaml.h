/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML text as a tree with positions. Knows nothing of sightline's keys. */
#ifndef SIGHTLINE_CONFIG_YAML_H
#define SIGHTLINE_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "config/complaint.h"

/* Ceilings on foreign input. A configuration needs three levels and some hundreds of nodes. */
#define YAML_MAX_BYTES ((size_t)1 << 20)
#define YAML_MAX_DEPTH 16          /* mappings and lists inside each other */
#define YAML_MAX_NODES ((size_t)1 << 16) /* with every alias counted as often as it repeats its anchor's nodes */

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	struct position at;       /* where it is written; of an aliased node, where the anchor is */
	const char *text;         /* scalar: valid UTF-8 without control bytes, NUL-terminated; "" otherwise */
	size_t length;            /* of text in bytes */
	bool plain;               /* scalar: written without quotes, so that null, true and 1 are no strings */
	struct yaml_node **keys;  /* mapping: as written, duplicates included; else NULL */
	struct yaml_node **items; /* list: its items; mapping: the value of each key */
	size_t count;             /* of items */
	size_t size;              /* nodes in this tree, aliases expanded; 0 while it is being read */
};

/* Reads one YAML document. *root (NULL: the text is empty) lives in arena, where an aliased node is shared, not copied.
 * Refused with ERR_INPUT and a position: bad YAML, bytes that are not UTF-8, control bytes, a second document, tags,
 * aliases without an anchor or inside it, and what passes the ceilings above. */
int yaml_parse(const char *text, size_t length, struct arena *arena, const struct complaint *complaint,
	       struct yaml_node **root);

#endif
