/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit's own facts: which chunks it consists of and how it parsed. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_UNIT_FACTS_H
#define SIGHTLINE_EXTRACT_UNIT_FACTS_H

#include "extract/extract.h"
#include "extract/visit.h"

/* One chunk of the unit. */
struct chunk_ref {
	const char *path;
	struct hash128 id;
};

/* Appends the canonical bytes of a unit that was parsed; returns its enum unit_status. */
uint32_t unit_facts_make(const struct command *command, const struct visit_summary *summary,
			 const struct chunk_ref *chunks, size_t chunk_count, struct buf *out);

/* Appends the canonical bytes of a unit that could not be parsed. */
void unit_facts_make_failed(const struct command *command, const char *reason, struct buf *out);

#endif
