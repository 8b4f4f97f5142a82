/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of rules/, as the build embeds them. Private to check/. */
#ifndef SIGHTLINE_CHECK_EMBEDDED_H
#define SIGHTLINE_CHECK_EMBEDDED_H

struct embedded_rule { const char *path /* rules/GOAL/ID-NAME.sql */, *text; };
extern const struct embedded_rule embedded_rules[]; /* sorted; path NULL ends */

#endif
