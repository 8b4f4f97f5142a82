/* SPDX-License-Identifier: MIT */
/* Moving a function's first instructions to another address, where they do what they did. */
#ifndef SIGHTLINE_AGENT_MOVE_H
#define SIGHTLINE_AGENT_MOVE_H

#include "branches.h"

/* A function's first instructions, as they will be moved. */
struct move {
	const uint8_t *code;    /* where the jump is put: the function's first byte or the one behind its endbr64 */
	uint8_t displaced;      /* bytes of whole instructions that are moved: at least PATCH_SIZE, or all up to the last */
	uint8_t size;           /* bytes of their new form */
	bool is_closed;         /* the last one never goes on to the next */
};

/* Looks at a function and says whether it can be patched: CODE_TAKEN and *move, or the enum trace_skip why not. next is
 * where the following function starts, from text (text_size: none): short functions use the padding up to there. */
uint8_t move_plan(const struct code_image *image, const struct branches *branches, const struct code_function *function,
		  uint64_t next, struct move *move);
/* The same for one of which move_plan said so before. */
uint8_t move_plan_again(const struct code_image *image, const struct code_function *function, struct move *move);
/* Writes the move->size bytes of the new form to the address at which they are to run. false: something is out of
 * reach; the bytes are then not to be used. */
bool move_write(const struct move *move, uint8_t *to);
/* A jump of 5 bytes at site (of which bytes are written to to) to target; false: out of reach. */
bool move_jump(uint8_t *to, const uint8_t *site, const uint8_t *target);

#endif
