/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways of being deep in a stack, compiled for themselves at -O2 and -O3 without frame pointers and at -O0. */
#ifndef SIGHTLINE_TESTS_WALK_SHAPES_H
#define SIGHTLINE_TESTS_WALK_SHAPES_H

typedef void walk_visit(void); /* called at the innermost place */
#define WALK_SHAPES(X) \
	X(plain) X(recursion) X(alloca) X(variable_array) X(big_frame) X(aligned) X(library_callback) X(pointer_call) X(mutual) \
	X(many_arguments) X(signal) X(signal_on_other_stack) X(signal_in_leaf) X(early_return) X(saves_all) X(nested_signal) \
	X(thread) X(once)
#ifndef SHAPE_SUFFIX
#define SHAPE_SUFFIX O0
#endif
struct walk_shape { const char *name; void (*run)(walk_visit *visit); };
extern const struct walk_shape walk_shapes_O0[], walk_shapes_O2[], walk_shapes_O3[]; /* ends with a NULL name */

#endif
