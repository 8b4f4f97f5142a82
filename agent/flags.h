/* SPDX-License-Identifier: MIT */
/* Whether a function may look at the arithmetic flags that it is entered with. */
#ifndef SIGHTLINE_AGENT_FLAGS_H
#define SIGHTLINE_AGENT_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* false only where its first instructions say so: they leave flags alone until one sets them all, calls or returns. */
bool flags_may_be_read(const uint8_t *code, size_t size);

#endif
