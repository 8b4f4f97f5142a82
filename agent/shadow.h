/* SPDX-License-Identifier: MIT */
/* Where the parts of a shadow stack lie: for instrument.c, and for the hooks' fast path in instrument_x86_64.S. */
#ifndef SIGHTLINE_AGENT_SHADOW_H
#define SIGHTLINE_AGENT_SHADOW_H

/* Near enough for displacements of one byte: the hooks are as fast as they are short. */
#define SHADOW_TOP 0           /* the frame of the current function; the lowest one is no function's */
#define SHADOW_MEMO 64         /* begins a page: a fork wipes its pages */
#define SHADOW_MEMOS 8192
#define SHADOW_FRAMES (SHADOW_MEMO + SHADOW_MEMOS * 32)
#define SHADOW_DEPTH 16384     /* frames kept */
#define SHADOW_FRAMES_SIZE (SHADOW_DEPTH * FRAME_SIZE) /* and the alignment of their address: its multiples are behind the last */

#define FRAME_FUNCTION 0
#define FRAME_CALL_SITE 8
#define FRAME_SITE 16
#define FRAME_SP 24
#define FRAME_SIZE 32

#define MEMO_SITE 0
#define MEMO_CALL_SITE 8
#define MEMO_TOP 16
#define MEMO_COUNT 24

#endif
