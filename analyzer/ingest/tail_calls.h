/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the code says of a call: whom it names, and who jumps to whom. */
#ifndef SIGHTLINE_INGEST_TAIL_CALLS_H
#define SIGHTLINE_INGEST_TAIL_CALLS_H

#include "ingest/image.h"

/* Whom the call before a return address names. */
struct call_target {
	bool is_known;
	struct place place; /* the function; its module NULL where only the name is known */
	const char *name;   /* through the PLT or GOT: the symbol; else NULL */
	bool is_chosen;     /* not is_known: an indirect function, for which its library chose one of its own at start */
};
struct call_target call_target_of(const struct image *image, const struct place *site);

/* Is the function reached the one that is named? */
bool call_target_is(const struct call_target *target, const struct place *callee);

/* Does the function hold a jump to callee: JUMP_DIRECT, one through a register or memory (JUMP_SOMEWHERE), or none? */
enum jump_kind { JUMP_NONE, JUMP_SOMEWHERE, JUMP_DIRECT };
struct jump {
	enum jump_kind kind;
	bool is_only_way; /* the function never returns and jumps nowhere else: as often as it was entered it jumped there */
	bool may_be_pointer; /* also or only one through a pointer that is no table's: whatever may be pointed to */
	const char *name; /* by which callee is known to the function: JUMP_DIRECT through the PLT or GOT; else NULL */
	uint64_t at; /* where, if all such jumps stand in one function of the source (of those inlined); else 0 */
};
struct jump jump_between(const struct image *image, const struct place *function, const struct place *callee);

/* May the function be called through a pointer, as far as the loaded modules tell? dlsym is not seen. */
bool may_be_pointed_to(const struct image *image, const struct place *function);

#endif
