/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complexity of the function in visit->nodes. */
#ifndef SIGHTLINE_EXTRACT_VISIT_COMPLEXITY_H
#define SIGHTLINE_EXTRACT_VISIT_COMPLEXITY_H

#include "extract/visit_internal.h"

void visit_complexity(struct visit *visit, uint32_t *cyclomatic, uint32_t *cognitive);

#endif
