/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference architecture: a diagram that says which parts there are and which uses which, to hold the code against. Read from
 * Structurizr's DSL, a PlantUML component diagram (plain or with C4's macros) or another sightline.yaml. Which element is which domain
 * is for others to say. */
#ifndef SIGHTLINE_CONFIG_REFERENCE_H
#define SIGHTLINE_CONFIG_REFERENCE_H

#include <stdint.h>

#include "base/hash.h"
#include "config/config.h"

#define REFERENCE_NONE UINT32_MAX
/* Ceilings on foreign input. */
#define REFERENCE_MAX_BYTES ((size_t)8 << 20)
#define REFERENCE_MAX_ELEMENTS 50000u
#define REFERENCE_MAX_RELATIONS 500000u
#define REFERENCE_MAX_DEPTH 32u  /* elements and blocks inside each other */
#define REFERENCE_MAX_TOKENS 64u /* words of one line */

struct reference_element {
	const char *name;             /* as shown */
	const char *id;               /* as relations name it; NULL: they cannot */
	const char *domain;           /* of which it says that it is it (sightline.domain); NULL: by name or id */
	struct config_strings globs;  /* sightline.files: then it declares a domain; mostly empty */
	uint32_t parent;              /* the element around it; REFERENCE_NONE */
	bool is_outside;              /* people, other systems, databases: nothing that the codebase must have */
	bool is_group;                /* drawn around others (a system, a package): none itself where something within it is one */
	unsigned line;
};
struct reference_relation { uint32_t from, to; unsigned line; };

struct reference {
	const char *path;             /* as given */
	struct hash128 hash;          /* of its bytes */
	struct reference_element *elements; size_t element_count;
	struct reference_relation *relations; size_t relation_count;
	const char **notes; size_t note_count; /* what was read over: "FILE:LINE: ..." */
};

/* Reads bytes as a diagram; which language it is, the name's ending says, else the text. ERR_INPUT "name:line:column: what, what
 * instead". */
int reference_parse(const char *text, size_t length, const char *name, struct reference **out, struct err *err);
void reference_destroy(struct reference *reference);

/* Reads the file at path and makes it part of the configuration, which owns it from then on: elements with globs become declared
 * domains; of a sightline.yaml its domains, layers and dependencies are taken over. */
int reference_adopt(struct config *config, const char *path, struct err *err);
/* The same for the file that the configuration names, if it does: beside the configuration, wherever the command runs. */
int reference_adopt_named(struct config *config, struct err *err);

#endif
