/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces that nobody writes to any more, or copies of such that somebody does, as small as they can be: an agent makes room
 * ahead, in tables that are to stay sparse. */
#ifndef SIGHTLINE_INGEST_PACK_H
#define SIGHTLINE_INGEST_PACK_H

#include "base/buf.h"
#include "ingest/reader.h"

/* Appends the trace, by the rules of trace_format.h, with nothing but what is in it: records that count, texts and stacks that
 * are referred to. flags: more of enum trace_flag for its header. Ingest makes the same of it as of the original. A trace that
 * has damaged parts is appended as it is. */
void trace_pack(const struct trace *trace, uint32_t flags, struct buf *out);

#endif
