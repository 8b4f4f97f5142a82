/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in diagrams that are read back as reference architecture (analyzer/config/reference.h has the other side). */
#ifndef SIGHTLINE_REPORTS_C4_H
#define SIGHTLINE_REPORTS_C4_H

#include "sink.h"

/* Characters that a diagram's language gives a meaning to within quotes become others that look alike. The name is then told once
 * more by c4_exact. true: some did. */
bool c4_name(struct sink *sink, const char *name);
bool c4_is_plain(const char *name); /* c4_name would change nothing */

/* The name letter by letter: what is no letter, digit or one of "._/-" as %XX of each of its bytes. */
void c4_exact(struct sink *sink, const char *name);

/* "in 1,234 places" is what an arrow says. */
void c4_places(struct sink *sink, double weight);

#endif
