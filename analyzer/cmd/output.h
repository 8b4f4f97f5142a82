/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as a table for people, JSON or CSV for programs. */
#ifndef SIGHTLINE_CMD_OUTPUT_H
#define SIGHTLINE_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "model/model.h"

enum output_format { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV };
int output_format_parse(const char *name /* NULL: table */, enum output_format *out, struct err *err);

/* Prints all rows. JSON: an array of objects with the columns' names as keys. CSV: RFC 4180 with a header line, CRLF.
 * Table: numbers right-aligned; with hide_release without its column "release";
 * without rows only "none", which tells why, to none_stream: stderr where it is a message. Nothing is truncated unless a terminal is too narrow.
 * A write error (disk full, closed pipe) is ERR_IO. */
int output_rows(FILE *stream, struct rows *rows, enum output_format format, bool hide_release, const char *none,
		FILE *none_stream, struct err *err);

/* A JSON string with its quotes; control bytes and line separators escaped. */
void output_json_string(struct buf *out, const char *text, size_t length);

/* A CSV field, quoted where it must be. */
void output_csv_field(struct buf *out, const char *text, size_t length);

/* Objects of one array without its brackets, for nesting. Returns after the last row. */
int output_json_objects(struct buf *out, struct rows *rows, struct err *err);

#endif
