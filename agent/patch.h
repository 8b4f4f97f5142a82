/* SPDX-License-Identifier: MIT */
/* Putting a jump to a hub at the entries of a loaded object's functions. */
#ifndef SIGHTLINE_AGENT_PATCH_H
#define SIGHTLINE_AGENT_PATCH_H

#include "agent.h"
#include "functions.h"

struct patch_result {
	uint32_t functions;   /* whole ones: parts are counted in skipped alone */
	uint32_t recorded;
	uint32_t skipped[8];  /* by enum trace_skip */
};

/* What entries lead to, hub_patch_x86_64.S: one for functions that may look at the flags that they are entered with. */
struct patch_hubs { void (*hub)(void), (*hub_with_flags)(void); };

/* Where the moved instructions are, for as long as the object is loaded. */
struct patch_area { void *start; size_t size; };

struct plan;
/* Patches what can be patched; nothing else may run meanwhile. plan: see plan.h; read if there is one, else written. false: nothing was
 * touched, since there is no unwind table, no memory within reach, or the system does not let code be changed;
 * *result then has functions as far as they are known. */
bool patch_image(const struct code_image *image, const struct patch_hubs *hubs, struct plan *plan,
		 struct patch_result *result, struct patch_area *area);
void edge_hub_patch(void);
void edge_hub_patch_flags(void);

#endif
