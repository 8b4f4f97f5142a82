/* SPDX-License-Identifier: MIT */
/* Calls whose numbers are known by construction. "counts SCENARIO": see the table at the end. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static volatile long sink;

static int fib(int n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void one(void) { sink++; }
static void two(void) { sink += 2; }
static void apply(void (*function)(void)) { function(); }
static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }
static int compare(const void *a, const void *b) { sink++; return *(const int *)a - *(const int *)b; }

static void run_mix(void)
{
	for (int i = 0; i < 1000; i++)
		apply(i % 4 ? one : two);
	int numbers[64];
	for (int i = 0; i < 64; i++)
		numbers[i] = i * 37 % 64;
	qsort(numbers, 64, sizeof numbers[0], compare);
	printf("%d %d %ld %d\n", fib(15), is_even(100), sink, numbers[10]);
}

static jmp_buf place;
static void leap(int depth)
{
	char room[64];
	memset(room, depth, sizeof room);
	if (depth == 0)
		longjmp(place, 1);
	leap(depth - 1);
	sink += room[depth % 64];
}
static void after_leap(void) { one(); }

static void run_longjmp(void)
{
	for (volatile int i = 0; i < 1000; i++) {
		if (setjmp(place) == 0)
			leap(7);
		else
			after_leap();
	}
	printf("leapt %ld\n", sink);
}

static ucontext_t main_context, coroutines[3];
static char stacks[3][65536];
static void step(int which) { sink += which; }
static void coroutine(int which)
{
	for (int i = 0; i < 100; i++) {
		step(which);
		swapcontext(&coroutines[which], &main_context);
		one();
	}
}

static void run_coroutines(void)
{
	for (int i = 0; i < 3; i++) {
		getcontext(&coroutines[i]);
		coroutines[i].uc_stack.ss_sp = stacks[i];
		coroutines[i].uc_stack.ss_size = sizeof stacks[i];
		coroutines[i].uc_link = &main_context;
		makecontext(&coroutines[i], (void (*)(void))coroutine, 1, i);
	}
	for (int round = 0; round <= 100; round++)
		for (int i = 0; i < 3; i++)
			swapcontext(&main_context, &coroutines[i]);
	printf("coroutines %ld\n", sink);
}

static volatile sig_atomic_t handled;
static void in_handler(void) { handled++; }
static void handler(int number) { (void)number; in_handler(); }

/* Signals that come while tables are filled: thousands of edges from one function to itself's neighbours. */
#define CALL4(n) f##n##0(), f##n##1(), f##n##2(), f##n##3()
#define FOUR(n) static void f##n##0(void) { sink++; } static void f##n##1(void) { sink++; } \
	static void f##n##2(void) { sink++; } static void f##n##3(void) { sink++; }
#define SIXTEEN(n) FOUR(n##0) FOUR(n##1) FOUR(n##2) FOUR(n##3) \
	static void g##n(void) { CALL4(n##0); CALL4(n##1); CALL4(n##2); CALL4(n##3); }
#define SIXTYFOUR(n) SIXTEEN(n##0) SIXTEEN(n##1) SIXTEEN(n##2) SIXTEEN(n##3)
#define MANY(n) SIXTYFOUR(n##0) SIXTYFOUR(n##1) SIXTYFOUR(n##2) SIXTYFOUR(n##3) \
	SIXTYFOUR(n##4) SIXTYFOUR(n##5) SIXTYFOUR(n##6) SIXTYFOUR(n##7)
#define G4(n) g##n##0(); g##n##1(); g##n##2(); g##n##3();
#define ALL(n) G4(n##0) G4(n##1) G4(n##2) G4(n##3) G4(n##4) G4(n##5) G4(n##6) G4(n##7)
MANY(a) MANY(b) MANY(c) MANY(d)
static void call_all(void) { ALL(a) ALL(b) ALL(c) ALL(d) }

static void run_itimer(void)
{
	struct sigaction action = {.sa_handler = handler};
	struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	int rounds = 0;
	while (rounds < 50 || handled < 50) {
		call_all();
		rounds++;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	fprintf(stderr, "EXPECT in_handler %d\nEXPECT call_all %d\nEXPECT fa0000 %d\nEXPECT gd73 %d\n", (int)handled, rounds,
		rounds, rounds);
	puts("interrupted");
}

/* A handler leaves by longjmp, thousands of times, from anywhere in the hooks. */
static sigjmp_buf escape;
static volatile int escapes;
static void escaping(int number) { (void)number; escapes++; siglongjmp(escape, 1); }
static void run_escape(void)
{
	struct sigaction action = {.sa_handler = escaping, .sa_flags = SA_NODEFER};
	struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
	sigaction(SIGALRM, &action, NULL);
	sigsetjmp(escape, 1);
	setitimer(ITIMER_REAL, &often, NULL);
	while (escapes < 300)
		fib(15);
	setitimer(ITIMER_REAL, &never, NULL);
	one();
	puts("escaped");
}

/* The same while the agent's file grows, in a child whose file is small; then a thread needs more of it. */
static void *calls_all(void *argument) { call_all(); return argument; }
static void run_escape_growing(void)
{
	struct sigaction action = {.sa_handler = escaping, .sa_flags = SA_NODEFER};
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
	pthread_t thread;
	if (fork()) {
		wait(NULL);
		puts("escaped");
		return;
	}
	sigaction(SIGALRM, &action, NULL);
	sigsetjmp(escape, 1);
	setitimer(ITIMER_REAL, &often, NULL);
	while (escapes < 50)
		call_all();
	setitimer(ITIMER_REAL, &never, NULL);
	for (int i = 0; i < 3; i++) {
		pthread_create(&thread, NULL, calls_all, NULL);
		pthread_join(thread, NULL);
	}
}

static void run_recursion(void)
{
	printf("%d\n", is_even(20000));
}

static const struct { const char *name; void (*run)(void); } scenarios[] = {
	{"mix", run_mix}, {"longjmp", run_longjmp}, {"coroutines", run_coroutines}, {"itimer", run_itimer},
	{"escape", run_escape}, {"escape_growing", run_escape_growing}, {"recursion", run_recursion}};

int main(int count, char **arguments)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		if (count > 1 && strcmp(arguments[1], scenarios[i].name) == 0)
			scenarios[i].run();
	return 0;
}
