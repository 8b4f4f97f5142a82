/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of the input checker, what only the pool uses. */
#ifndef SIGHTLINE_EXTRACT_INPUTS_H
#define SIGHTLINE_EXTRACT_INPUTS_H

#include <time.h>

#include "extract/extract.h"

/* Files modified after since (wall clock), and before they are hashed, get keys that match no other: during a scan they
 * may have changed between being parsed and being hashed. */
void input_checker_distrust_after(struct input_checker *checker, struct timespec since);

#endif
