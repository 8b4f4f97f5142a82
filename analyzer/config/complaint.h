/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a configuration is refused: a position, foreign text made fit for one line, and the name that was meant.
 * Knows nothing of YAML or of keys. */
#ifndef SIGHTLINE_CONFIG_COMPLAINT_H
#define SIGHTLINE_CONFIG_COMPLAINT_H

#include <stddef.h>

#include "base/err.h"

struct complaint {
	const char *name; /* of the file, as the user gave it; borrowed */
	struct err *err;  /* what the caller of config_load gave; may be NULL */
};

/* Lines and columns count from 1; a column is a character, not a byte. */
struct position {
	unsigned line, column;
};

/* ERR_INPUT "name:line:column: message". Returns the code. */
int complaint_set(const struct complaint *complaint, struct position at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define COMPLAINT_QUOTE_BYTES 60 /* most bytes of foreign text that a message repeats */

struct complaint_quote {
	char text[COMPLAINT_QUOTE_BYTES + 8]; /* with the quotation marks, always terminated */
};

/* Foreign text in double quotes: control bytes and invalid UTF-8 as \xHH, cut with "..." between two characters. */
struct complaint_quote complaint_quote(const char *text, size_t length);

/* The nearest of several names, for "did you mean". */
struct complaint_guess {
	const char *wanted;  /* what the user wrote */
	const char *nearest; /* the best so far, borrowed from what was offered; NULL: none is near enough */
	size_t distance;     /* of nearest; the first offered of two equally near ones stays */
};

/* Near enough: at most a third of wanted's bytes (rounded up) differ, and not all. Names past
 * COMPLAINT_QUOTE_BYTES are neither guessed nor guessed for, which bounds the work on hostile input. */
void complaint_offer(struct complaint_guess *guess, const char *candidate);

#endif
