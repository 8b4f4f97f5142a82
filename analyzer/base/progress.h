/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress of long work, told to whoever cares. cmd/ implements the callback; everyone else only calls it. */
#ifndef SIGHTLINE_BASE_PROGRESS_H
#define SIGHTLINE_BASE_PROGRESS_H

#include <stddef.h>

struct progress {
	/* Called whenever done or stage changes. stage: a short present-participle phrase ("reading units"),
	 * static storage; total 0 = unknown; detail: what is being worked on, may be NULL. NULL report = silent. */
	void (*report)(void *context, const char *stage, size_t done, size_t total, const char *detail);
	void *context;
};

static inline void progress_report(const struct progress *progress, const char *stage, size_t done, size_t total,
				   const char *detail)
{
	if (progress && progress->report)
		progress->report(progress->context, stage, done, total, detail);
}

#endif
