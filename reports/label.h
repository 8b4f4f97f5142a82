/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Foreign text made fit for Graphviz: what is written here can be neither markup, nor an escape, nor an entity.
 *
 * Control bytes become their visible pictures (U+2400...), bytes that are not UTF-8, characters that XML forbids and
 * marks that turn the direction of text become U+FFFD. Knows nothing of graphs. */
#ifndef SIGHTLINE_REPORTS_LABEL_H
#define SIGHTLINE_REPORTS_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum label_flag {
	LABEL_LINES = 1 << 0, /* a newline of the text stays a line break; else it becomes its picture */
	LABEL_HTML = 1 << 1,  /* for Graphviz's HTML-like labels; else for its quoted strings ("escString") */
};

/* Writes text to out, cut in its middle to at most limit characters (0: LABEL_LONGEST). NULL is "". */
#define LABEL_LONGEST 1200
void label_write(FILE *out, const char *text, size_t limit, unsigned flags);

/* How many characters label_write shows of text. */
size_t label_length(const char *text, size_t limit);

/* Numbers as a person reads them: 950, 12.3k, 4.5M. No locale. */
void label_write_count(FILE *out, double count);

#endif
