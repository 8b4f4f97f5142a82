/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observations of every table, made from a seed, for tests of the builder and the codec. */
#ifndef SIGHTLINE_TESTS_OBSERVATION_SAMPLE_H
#define SIGHTLINE_TESTS_OBSERVATION_SAMPLE_H

#include <stdint.h>

#include "facts/observation_shape.h"

uint32_t observation_random(uint64_t *state, uint32_t below);

/* Canonical bytes of the sample of that seed. shuffle: the order in which its rows are given to the builder; the content
 * does not depend on it. */
void observation_sample(uint64_t seed, uint64_t shuffle, struct buf *out);

#endif
