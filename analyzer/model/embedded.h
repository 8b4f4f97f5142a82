/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL files of this folder as strings, made by embed.py at build time. Private to model/. */
#ifndef SIGHTLINE_MODEL_EMBEDDED_H
#define SIGHTLINE_MODEL_EMBEDDED_H

struct embedded_sql { const char *name /* file name without folder and ".sql" */, *text; };
extern const struct embedded_sql embedded_sql[]; /* name NULL ends */

const char *embedded_find(const char *name); /* NULL where there is none */

#endif
