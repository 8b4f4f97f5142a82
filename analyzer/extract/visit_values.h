/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that follow function pointers share: values (visit_values.c), initialisers (visit_initialisers.c), calls
 * (visit_flow.c). Private to the visitor. */
#ifndef SIGHTLINE_EXTRACT_VISIT_VALUES_H
#define SIGHTLINE_EXTRACT_VISIT_VALUES_H

#include "extract/visit_internal.h"

#define VALUES_MAX 256  /* sources of one expression (a ? b : c ? ...) */

struct values {
	struct facts_slot slots[VALUES_MAX];
	size_t count;
};

/* What is behind pointers, arrays and _Atomic, canonical. */
CXType flow_type(CXType type);
bool flow_is_function(CXType type);
/* A function, or a pointer to or array of such. */
bool flow_holds_function(CXType type);
/* Where a void pointer is put: void **. */
bool flow_is_void_place(CXType type);
/* Values of this type may be function pointers: by type, or as void pointers. */
bool flow_may_hold(CXType type);
/* va_list in any of its forms: what was given as "..." travels in it as in a variable. */
bool flow_is_argument_list(CXType type);
/* The slot of a variable, parameter, local, field or function; false where it has none. */
bool flow_slot(struct visit *visit, uint32_t id, struct facts_slot *slot);
/* Adds the slots whose content the expression node may be. depth: 0 at the outside. */
void flow_values(struct visit *visit, uint32_t node, struct values *values, int depth);
/* The slots that a call goes through, or the function it names. */
void flow_called(struct visit *visit, uint32_t call, int depth, struct values *called);
/* A C11 or __atomic operation. */
bool flow_is_atomic(const struct visit *visit, uint32_t node);
/* The line of a node, in the file at hand. */
uint32_t flow_line(struct visit *visit, uint32_t node);
/* As node_strip, but stops at an atomic operation. */
uint32_t flow_strip(const struct visit *visit, uint32_t node);
/* target may hold what source holds. */
void flow_add(struct visit *visit, const struct facts_slot *target, const struct facts_slot *source, uint32_t line);
/* Each target may hold what the expression node is, a value of that type. */
void flow_assign(struct visit *visit, const struct facts_slot *targets, size_t count, CXType type, uint32_t node);
/* An initialiser list for an object of that type. */
void flow_initialise(struct visit *visit, uint32_t list, CXType type, const struct facts_slot *slot);
/* The flows of a variable's declaration. */
void flow_of_variable(struct visit *visit, uint32_t node);

#endif
