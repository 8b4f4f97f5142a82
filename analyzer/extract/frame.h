/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What workers and the pool say to each other over their socket. Both are one program, forked: no byte order, no
 * version; but lengths are checked, since a dying worker may write anything. */
#ifndef SIGHTLINE_EXTRACT_FRAME_H
#define SIGHTLINE_EXTRACT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "extract/extract.h"

enum job_kind { JOB_UNIT = 1, JOB_PREFIX };

/* Pool to worker. */
struct job {
	uint32_t kind;
	uint32_t command; /* index into the command list; JOB_PREFIX: a unit whose flags it takes */
	uint32_t prefix;  /* to build, or to parse with if not PREFIX_NONE */
};

enum frame_type {
	FRAME_CHUNK = 1, /* struct hash128, bytes */
	FRAME_UNIT,      /* struct unit_report */
	FRAME_PREFIX,    /* one byte: was it built? The end of a JOB_PREFIX */
	FRAME_TYPE_END,
};

/* Worker to pool. */
struct frame_header {
	uint32_t type;
	uint32_t length; /* of the payload */
};

#define FRAME_CEILING ((uint32_t)96 << 20)     /* one frame: a chunk has at most 64 MiB */
#define FRAMES_CEILING ((size_t)512 << 20)     /* all that one job may say */

/* One finished unit as a frame. Decoded: borrowed from the frame's bytes, but for inputs' arrays (heap). */
struct unit_report {
	bool prefix_used;
	uint32_t status; /* enum unit_status */
	const void *facts;
	size_t facts_length;
	struct unit_inputs inputs;
};

void frame_append(struct buf *out, enum frame_type type, const void *first, size_t first_length, const void *second,
		  size_t second_length);
void frame_append_unit(struct buf *out, const struct unit_report *report);

/* False where the bytes are not a whole report; then nothing is to be released. */
bool frame_decode_unit(const void *bytes, size_t length, struct unit_report *report);
void unit_report_finish(struct unit_report *report);

#endif
