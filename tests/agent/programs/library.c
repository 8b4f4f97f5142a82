/* SPDX-License-Identifier: MIT */
/* A library to load: LIBRARY_FUNCTION names its inner function, which is long enough to be patched. */
#include <stdlib.h>
#ifndef LIBRARY_FUNCTION
#define LIBRARY_FUNCTION inner
#endif
int LIBRARY_FUNCTION(int value) { return value * 2 + (value & 4); }
int library_call(int value) { return LIBRARY_FUNCTION(value) + 1; }
int library_asks(void) { return getenv("LIBRARY_VARIABLE") != NULL; }
