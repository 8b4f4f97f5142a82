/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stack at a resource event, beside libunwind's unw_backtrace, in one run: stack_record where the stack was seen
 * before (same words in it), where only its rows are known (another path each time), and unw_backtrace. Median of rounds;
 * nothing is asserted. */
#include "../unit/agent/fakes.h"
#include "agent/stack.h"

#define UNW_LOCAL_ONLY
#include <libunwind.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __clang__ /* clones nothing, and does not know the word */
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noinline, noclone))
#endif

enum { ROUNDS = 21, CALLS = 20000, DEPTHS = 3 };

static struct thread thread;
static double ours[ROUNDS], theirs[ROUNDS], walked[ROUNDS];
static volatile uint64_t sink;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

APART static void measure(int round)
{
	const void *frame = __builtin_frame_address(0);
	void *addresses[128];
	double start = now();

	for (int i = 0; i < CALLS; i++)
		sink += stack_record(frame, &thread);
	ours[round] = (now() - start) / CALLS;
	start = now();
	for (int i = 0; i < CALLS; i++)
		sink += (uint64_t)unw_backtrace(addresses, 128);
	theirs[round] = (now() - start) / CALLS;
	start = now();
	for (int i = 0; i < CALLS / 20; i++) {
		thread.stack_high = (char *)thread.stack_high - 8; /* another bound: what was known does not apply */
		sink += stack_record(frame, &thread);
	}
	walked[round] = (now() - start) / (CALLS / 20);
	thread.stack_high = (char *)thread.stack_high + 8 * (CALLS / 20);
}

APART static int deep(int depth, int round)
{
	if (!depth)
		measure(round);
	else
		deep(depth - 1, round);
	return depth + (int)(sink & 1);
}

int main(void)
{
	static const int depths[DEPTHS] = {8, 20, 55};

	fakes_start();
	fakes_thread(&thread);
	for (int i = 0; i < DEPTHS; i++) {
		for (int round = 0; round < ROUNDS; round++)
			deep(depths[i], round);
		qsort(ours, ROUNDS, sizeof(double), compare);
		qsort(theirs, ROUNDS, sizeof(double), compare);
		qsort(walked, ROUNDS, sizeof(double), compare);
		printf("%2d frames: seen before %.0f ns, walked anew %.0f ns, unw_backtrace %.0f ns (medians of %d)\n", depths[i] + 5,
		       ours[ROUNDS / 2], walked[ROUNDS / 2], theirs[ROUNDS / 2], ROUNDS);
	}
	return 0;
}
