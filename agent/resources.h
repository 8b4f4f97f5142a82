/* SPDX-License-Identifier: MIT */
/* Resources, beside resource_number and resource_use (agent.h). */
#ifndef SIGHTLINE_AGENT_RESOURCES_H
#define SIGHTLINE_AGENT_RESOURCES_H

#include "agent.h"

/* What an event is told with; inside the agent from scene_enter to scene_leave. */
struct scene {
	struct thread *thread;
	uintptr_t from;    /* return address in the user */
	const void *frame; /* of the wrapper */
	int error;         /* errno as the host must find it */
};

/* false: as agent_enter. */
bool scene_enter(struct scene *scene, const void *from, const void *frame);
void scene_leave(const struct scene *scene);
/* In a wrapper, behind the real call: tells of it, with "scene" at hand. errno stays. */
#define TELL(statement)                                                                                                  \
	do {                                                                                                             \
		struct scene scene;                                                                                      \
		if (scene_enter(&scene, __builtin_return_address(0), __builtin_frame_address(0))) {                      \
			statement;                                                                                       \
			scene_leave(&scene);                                                                             \
		}                                                                                                        \
	} while (0)

/* false: numbers kept from before are those of the parent's file (in a forked child, until its first event). */
bool resources_are_current(void);
/* Makes them so, inside the agent, where an event does not come through scene_enter; false: another thread is at it. */
bool resources_renew(void);

/* resource_number for a text that ends with a NUL. */
uint32_t resource_named(enum trace_resource_kind kind, const char *name, const char *type);
/* Counts one use. is_error: it failed; bytes: moved. */
void scene_use(const struct scene *scene, uint32_t resource, enum trace_operation operation, uint64_t bytes, bool is_error);
/* The name of a resource: *length bytes, not ended with a NUL; NULL: none. */
const char *resource_name(uint32_t resource, size_t *length);

#endif
