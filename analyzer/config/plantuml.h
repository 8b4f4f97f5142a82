/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two files that read PlantUML share. Private to config/plantuml*.c. */
#ifndef SIGHTLINE_CONFIG_PLANTUML_H
#define SIGHTLINE_CONFIG_PLANTUML_H

#include "config/reference_internal.h"

struct plantuml {
	struct reference_reader *reader;
	const char *line, *at, *end;               /* the line, where reading is, its end */
	unsigned number;                           /* of the line, from 1 */
	uint32_t open[REFERENCE_MAX_DEPTH];        /* elements around, from outside inwards */
	unsigned open_line[REFERENCE_MAX_DEPTH], depth;
	const char *until;                         /* read over lines up to this one; NULL: none */
	bool *made; size_t made_capacity;          /* per element: an arrow named it, and nothing else did yet */
	const char *files, *domain;                /* of C4's AddProperty, for the next element; NULL */
	bool is_over;                              /* @enduml was read */
};

void plantuml_skip_blanks(struct plantuml *p);
struct position plantuml_position(const struct plantuml *p, const char *byte);
/* At p->at, with what stands there. */
int plantuml_complain(const struct plantuml *p, const char *text);
/* A piece of a line with its escapes undone, in the arena. */
const char *plantuml_text(struct plantuml *p, const char *from, const char *to);
int plantuml_open(struct plantuml *p, uint32_t element);
uint32_t plantuml_parent(const struct plantuml *p);
int plantuml_add(struct plantuml *p, const char *name, const char *id, bool is_outside, struct position at, uint32_t *out);

/* Word(argument, "argument", ...): elements and relations as the C4 library writes them; other macros are read over. */
int plantuml_read_macro(struct plantuml *p, bool *is_macro);

#endif
