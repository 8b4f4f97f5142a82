/* SPDX-License-Identifier: MIT */
/* Plans of mode patch, kept from one start of a program to the next: which of its functions can be patched. */
#ifndef SIGHTLINE_AGENT_PLAN_H
#define SIGHTLINE_AGENT_PLAN_H

#include "agent.h"
#include "patch.h"

struct plan_function { uint32_t start, size; }; /* from the text's first byte */

/* A file of the user's cache; open: plan_find has said which. */
struct plan {
	char path[1200];      /* "": none is kept */
	uint64_t text_hash;
	uint8_t build_id[32], maker_id[32]; /* of the program and of the agent that made the plan; zero-filled */
	uint8_t *memory;      /* of what was read: the caller's functions lie in it */
	size_t memory_size;
};

/* Where the plan of a module is kept, and what it must say to be its own. */
void plan_find(struct plan *plan, const struct module *module, const struct code_image *image);
/* The functions that can be patched, ordered, without overlap, all within the text; NULL: no plan, or not of just this text,
 * made by just this agent, whole, and written by this user alone. *result: as patch_image tells it. */
const struct plan_function *plan_read(struct plan *plan, const struct code_image *image, size_t *count,
				      struct patch_result *result);
/* Keeps a plan; where that is not possible, there will be none. */
void plan_write(const struct plan *plan, const struct code_image *image, const struct code_function *functions, size_t count,
		const struct patch_result *result);
void plan_close(struct plan *plan);

#endif
