/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal can do, and progress on it. */
#ifndef SIGHTLINE_CMD_TERMINAL_H
#define SIGHTLINE_CMD_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/progress.h"

/* Colours only on a terminal that is not dumb, and never where NO_COLOR is set (no-color.org). */
bool terminal_has_colour(FILE *stream);
/* Escape sequence to start a style, "" where there is no colour. */
enum terminal_style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW, STYLE_GREEN };
const char *terminal_style(FILE *stream, enum terminal_style style);
unsigned terminal_width(FILE *stream); /* columns; 0: no terminal */

/* Foreign text for a terminal: control bytes, escape sequences and invalid UTF-8 become \xHH. */
void terminal_append(struct buf *out, const char *text, size_t length);
/* Prints three texts, of which the middle one is foreign. */
void terminal_print(FILE *stream, const char *before, const char *foreign, const char *behind);
size_t terminal_columns(const char *text, size_t length); /* of valid UTF-8 without control bytes: wide characters count 2 */

/* One line on stderr that is redrawn at most ten times a second: stage, bar, units done, rate, time left. Silent where
 * stderr is no terminal or quiet is set. */
struct terminal_progress {
	struct progress progress; /* give this away */
	bool active, drawn;
	const char *stage;
	struct timespec stage_start, last_draw;
};
void terminal_progress_init(struct terminal_progress *progress, bool quiet);
void terminal_progress_clear(struct terminal_progress *progress); /* before anything else is printed */

#endif
