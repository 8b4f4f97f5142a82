/* SPDX-License-Identifier: MIT */
/* What the host's descriptors stand for, and the names of files and addresses. */
#ifndef SIGHTLINE_AGENT_DESCRIPTORS_H
#define SIGHTLINE_AGENT_DESCRIPTORS_H

#include <sys/socket.h>

#include "resources.h"

/* The resource behind a descriptor. One that the agent did not see made (inherited, received) is asked for in /proc, once.
 * 0: it is not open, or cannot be told. */
uint32_t descriptor_resource(int descriptor);
uint32_t descriptor_known(int descriptor); /* the same without asking: 0 where it was not seen */
uint32_t descriptor_take(int descriptor);  /* the same, and it is forgotten */
void descriptor_set(int descriptor, uint32_t resource); /* 0: ask when it is needed */
void descriptors_forget(unsigned first, unsigned last); /* closed; last included */
void descriptors_reset(void);

/* The resource of a path, made absolute and without "." and ".." parts (by its letters: links are not followed).
 * directory: as for openat. */
uint32_t path_resource(enum trace_resource_kind kind, int directory, const char *path);
/* The resource of an address as connect and bind take it, for that descriptor. 0: not one that has a name. */
uint32_t address_resource(int descriptor, const struct sockaddr *address, socklen_t length);
/* The same for the socket's own (accept) or its partner's address. */
uint32_t own_address_resource(int descriptor);
uint32_t peer_address_resource(int descriptor);
/* "tcp", "udp", "unix", ... for what socket() was given. */
const char *socket_type_name(int domain, int type);

/* A use of what is behind a descriptor; result as system calls tell it: < 0 is an error, else a number of bytes. */
void descriptor_used(const struct scene *scene, int descriptor, enum trace_operation operation, long result);
/* What was behind it is closed; resource 0: not known, not told. */
void told_close(const struct scene *scene, uint32_t resource, int result);

#endif
