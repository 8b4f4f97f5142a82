/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference architecture held against a release: what it allows, and what of it has no counterpart. */
#ifndef SIGHTLINE_CMD_REFERENCE_H
#define SIGHTLINE_CMD_REFERENCE_H

#include "base/buf.h"
#include "cmd/options.h"
#include "config/reference.h"

/* The one that --reference names, else the one of the configuration, becomes part of the configuration. */
int reference_use(const struct options *options, struct config *config, struct err *err);

struct reference_policy { const char *from, *to, *verdict; /* borrowed from the reference and the domains; "*": any */ };
struct reference_verdict {
	struct reference_policy *policies; size_t policy_count;
	struct buf notes;          /* lines: which elements are no domain, which domains no element */
};

/* Which element is which domain: by sightline.domain, by sightline.files, by name, by id; else what it is part of is. What no arrow
 * allows is forbidden between domains that are in the reference; of the others nothing is said. */
void reference_judge(const struct reference *reference, const char *const *domains, size_t domain_count,
		     struct reference_verdict *out);
void reference_verdict_finish(struct reference_verdict *verdict);

#endif
