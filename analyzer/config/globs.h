/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which globs are worth a complaint. Knows nothing of YAML or of keys. */
#ifndef SIGHTLINE_CONFIG_GLOBS_H
#define SIGHTLINE_CONFIG_GLOBS_H

/* What is wrong with a glob that is not empty, as the rest of a sentence that starts with "it" and ends with what to
 * write instead; NULL: nothing. Static storage. Refused is what glob_match accepts but never matches to a path of the
 * codebase (absolute, "." and "..", a closing slash, an open bracket), and what makes it slow: it tries every way to
 * share a path among the wildcards, of which there may be 16, in 4096 bytes. */
const char *glob_fault(const char *glob);

#endif
