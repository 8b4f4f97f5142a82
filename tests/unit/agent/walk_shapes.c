/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "walk_shapes.h"

#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__ /* clones nothing, and does not know the word */
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone))
#endif

#define KEEP() __asm__ volatile("" ::: "memory") /* what is behind a call keeps it from being a jump */

static __thread walk_visit *visit_now;
static volatile int never;

NOINLINE static void leaf(void) { visit_now(); KEEP(); }
NOINLINE static void plain_inner(int x) { leaf(); never += x; }
NOINLINE static void plain(walk_visit *visit) { visit_now = visit; plain_inner(3); plain_inner(4); KEEP(); }

NOINLINE static int recurse(int depth)
{
	if (depth == 0) {
		leaf();
		return 1;
	}
	return recurse(depth - 1) + never + depth;
}
NOINLINE static void recursion(walk_visit *visit) { visit_now = visit; never += recurse(30) * 0; never += recurse(100) * 0; }

NOINLINE static void with_alloca(size_t size)
{
	char *memory = alloca(size);
	memset(memory, (int)size, size);
	leaf();
	never += memory[size / 2] * 0;
}
NOINLINE static void alloca_(walk_visit *visit) { visit_now = visit; for (size_t s = 1; s < 3000; s = s * 3 + 5) with_alloca(s); KEEP(); }

NOINLINE static int with_array(int size)
{
	int array[size];
	for (int i = 0; i < size; i++)
		array[i] = i + never;
	plain_inner(array[size - 1]);
	return array[size / 2];
}
NOINLINE static void variable_array(walk_visit *visit)
{
	visit_now = visit;
	for (int size = 1; size < 700; size += 99)
		never += with_array(size) * 0;
}

NOINLINE static void big_frame(walk_visit *visit)
{
	char memory[40000];
	visit_now = visit;
	memset(memory, 1, sizeof(memory));
	leaf();
	never += memory[never & 1] * 0;
}

NOINLINE static void with_alignment(int x)
{
	_Alignas(64) char memory[256];
	memset(memory, x, sizeof(memory));
	leaf();
	never += memory[x] * 0;
}
NOINLINE static void with_both(size_t size)
{
	_Alignas(128) char memory[256];
	char *more = alloca(size);
	memset(memory, 1, sizeof(memory));
	memset(more, 1, size);
	leaf();
	never += (memory[size] + more[0]) * 0;
}
NOINLINE static void aligned(walk_visit *visit)
{
	visit_now = visit;
	with_alignment(3);
	with_both(17);
	with_both(100);
	KEEP();
}

static int compare(const void *left, const void *right)
{
	plain_inner(1);
	return *(const int *)left - *(const int *)right;
}
NOINLINE static void library_callback(walk_visit *visit)
{
	int numbers[] = {5, 3, 9, 1}, key = 3;
	visit_now = visit;
	qsort(numbers, 4, sizeof(numbers[0]), compare);
	if (!bsearch(&key, numbers, 4, sizeof(numbers[0]), compare))
		abort();
}

static void (*volatile pointer)(int) = plain_inner;
NOINLINE static void pointer_call(walk_visit *visit) { visit_now = visit; pointer(1); KEEP(); }

NOINLINE static int odd(int n);
NOINLINE static int even(int n) { if (n == 0) { leaf(); return 1; } return odd(n - 1) + never; }
NOINLINE static int odd(int n) { if (n == 0) { leaf(); return 1; } char b[24]; memset(b, n, 24); return even(n - 1) + (b[never & 3] & never); }
NOINLINE static void mutual(walk_visit *visit) { visit_now = visit; never += even(21) * 0; }

NOINLINE static long twelve(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k, long l)
{
	leaf();
	return a + b * c - d + e * f - g + h * i - j + k * l;
}
NOINLINE static long pushes(long x)
{
	long first = twelve(x, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 + never);
	return first + twelve(first, x, 3, first, 5, x, 7, 8, 9, 10, 11, 12);
}
NOINLINE static void many_arguments(walk_visit *visit) { visit_now = visit; never += (int)(pushes(never) * 0); }

static void handler(int number) { (void)number; plain_inner(2); }
NOINLINE static void raise_signal(int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags}, old;
	sigaction(SIGUSR1, &action, &old);
	raise(SIGUSR1);
	sigaction(SIGUSR1, &old, NULL);
}
NOINLINE static void signal_(walk_visit *visit) { visit_now = visit; raise_signal(0); KEEP(); }
NOINLINE static void signal_on_other_stack(walk_visit *visit)
{
	static char memory[1 << 16];
	stack_t other = {.ss_sp = memory, .ss_size = sizeof(memory)}, old;
	visit_now = visit;
	sigaltstack(&other, &old);
	raise_signal(SA_ONSTACK);
	sigaltstack(&old, NULL);
}
static void fault_handler(int number, siginfo_t *info, void *context)
{
	(void)number, (void)info;
	plain_inner(2);
#ifdef __x86_64__
	((uint64_t *)context)[5 + 16] += 2; /* rip: behind ud2 */
#else
	(void)context;
#endif
}
/* An instruction that traps, in a function that has not set up, or has torn down, its frame. */
NOINLINE static int trap(int x)
{
#ifdef __x86_64__
	__asm__ volatile("ud2");
#endif
	return x + 1;
}
NOINLINE static void signal_in_leaf(walk_visit *visit)
{
	struct sigaction action = {.sa_sigaction = fault_handler, .sa_flags = SA_SIGINFO}, old;
	visit_now = visit;
	sigaction(SIGILL, &action, &old);
	never += trap(never) * 0;
	sigaction(SIGILL, &old, NULL);
}

NOINLINE static int returns_early(int x)
{
	if (x == 1)
		return 1;
	if (x == 2) {
		leaf();
		return 2;
	}
	char memory[100];
	memset(memory, x, 100);
	leaf();
	return memory[never & 7];
}
NOINLINE static void early_return(walk_visit *visit)
{
	visit_now = visit;
	for (int i = 0; i < 5; i++)
		never += returns_early(i) * 0;
}

NOINLINE static long saves_all_inner(long *a)
{
	long x = a[0], y = a[1], z = a[2], u = a[3], v = a[4], w = a[5], q = a[6];
	leaf();
	long sum = x * y + z * u + v * w + q;
	leaf();
	return sum + x + y * 3 + z * 5 + u * 7 + v * 11 + w * 13 + q;
}
NOINLINE static void saves_all(walk_visit *visit) { long a[7] = {1, 2, 3, 4, 5, 6, never}; visit_now = visit; never += (int)saves_all_inner(a) * 0; }

static void outer_handler(int number) { (void)number; raise_signal(0); KEEP(); }
NOINLINE static void nested_signal(walk_visit *visit)
{
	struct sigaction action = {.sa_handler = outer_handler}, old;
	visit_now = visit;
	sigaction(SIGUSR2, &action, &old);
	raise(SIGUSR2);
	sigaction(SIGUSR2, &old, NULL);
}

static void *thread_main(void *visit) { visit_now = (walk_visit *)(uintptr_t)visit; plain_inner(1); KEEP(); return NULL; }
NOINLINE static void thread(walk_visit *visit)
{
	pthread_t id;
	if (pthread_create(&id, NULL, thread_main, (void *)(uintptr_t)visit))
		abort();
	pthread_join(id, NULL);
}

static void once_main(void) { plain_inner(1); KEEP(); }
NOINLINE static void once(walk_visit *visit)
{
	pthread_once_t control = PTHREAD_ONCE_INIT;
	visit_now = visit;
	pthread_once(&control, once_main);
}

#undef alloca
#define alloca alloca_
#define signal signal_
#define NAME(suffix) NAME_(suffix)
#define NAME_(suffix) walk_shapes_##suffix
#define ROW(name) {#name, name},
const struct walk_shape NAME(SHAPE_SUFFIX)[] = {WALK_SHAPES(ROW){0}};
