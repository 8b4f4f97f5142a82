/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a finding is known by from release to release. Pure. */
#ifndef SIGHTLINE_FACTS_FINGERPRINT_H
#define SIGHTLINE_FACTS_FINGERPRINT_H

#include "base/hash.h"

/* Of the rule's id, the file (NULL: none, or it is no part of what the finding is) and the subject, as hex: no line, count or
 * measure is in it. */
void fingerprint_of_finding(const char *rule, const char *file, const char *subject, char out[HASH_HEX_LENGTH + 1]);

#endif
