/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Called by got_calls.c through its GOT in every way that there is. */
#include <stdint.h>
#include <stdlib.h>

int library_data = 5; /* copied into programs that are not position independent */

int library_plain(int x) { return x + 1; }
double library_many(int a, double b, int c, double d, int e, int f, int g, int h, int i, double j)
{
	return a + b + c + d + e + f + g + h + i + j;
}
int library_shared(int x) { return x * 2; } /* its address is compared */
void *library_address(void) { return (void *)(uintptr_t)library_shared; }
int library_inner(int x) { return x * 2; }
int library_back(int (*callback)(int), int x) { return callback(library_inner(x)); } /* through its own PLT, then a pointer */

static int chosen(int x) { return x + 100; }
static int (*choose(void))(int) { return chosen; }
int library_chosen(int x) __attribute__((ifunc("choose")));

struct pair { uint64_t one, two; };
struct pair library_pair(struct pair p) { return (struct pair){p.two, p.one}; }
struct large { long words[9]; };
struct large library_large(struct large l) { l.words[0]++; return l; }
int library_weak(void) __attribute__((weak));
int library_weak(void) { return 9; }
