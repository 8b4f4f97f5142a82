/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The #include lines of a file's text, found without preprocessing. Internal to extract/. */
#ifndef SIGHTLINE_EXTRACT_INCLUDES_H
#define SIGHTLINE_EXTRACT_INCLUDES_H

#include <stdbool.h>
#include <stddef.h>

struct include_line {
	const char *name; /* as spelled, not terminated */
	size_t length;
	bool angle;
};

/* Calls each for every #include of a literal name, in order; comments are skipped, conditions ignored. leading: stops at
 * the first thing that is neither white space, comment nor such a line. A false return of each stops. */
void includes_scan(const char *text, size_t length, bool leading,
		   bool (*each)(void *context, const struct include_line *line), void *context);

#endif
