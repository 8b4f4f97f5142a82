/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the calls that were seen on one entry point's threads to a sequence of messages between domains. Reads no model. */
#ifndef SIGHTLINE_CMD_SEQUENCE_H
#define SIGHTLINE_CMD_SEQUENCE_H

#include <stdbool.h>

#include "base/mem.h"
#include "reports/report.h"

struct sequence_call { /* in order of first sight */
	int64_t caller, callee;   /* ids of functions */
	const char *name;         /* of the callee */
	const char *domain;       /* of the callee; NULL: outside the codebase */
	uint64_t count;
	bool is_counted;          /* false: count is samples or stacks */
};

/* Calls that cross domains become messages; those within a domain, and those through libraries, are gone through. A call that is made
 * several times for each call of its caller stands in a loop; neighbours that do so alike share it. Each function's calls are drawn
 * where it is first called. Bounded: what is too much is counted in a note. All memory is the arena's. */
void sequence_make(const struct sequence_call *calls, size_t count, int64_t entry, const char *entry_domain, struct arena *arena,
		   struct report_sequence *out);

#endif
