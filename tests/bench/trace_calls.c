/* SPDX-License-Identifier: MIT */
/* Nothing but calls: "trace_calls fib N", "trace_calls mix THREADS ROUNDS" (pointers, recursion, small functions). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

struct state { unsigned long value, calls; char apart[112]; };
static void add(struct state *s, unsigned long n) { s->value += n; }
static void turn(struct state *s, unsigned long n) { s->value = s->value << (n & 7) | s->value >> (64 - (n & 7) - 1); }
static void mixed(struct state *s, unsigned long n) { s->value ^= n * 0x9E3779B97F4A7C15ul; }
static void (*const operations[])(struct state *, unsigned long) = {add, turn, mixed, add};
static void one_of(struct state *s, unsigned long n) { operations[n & 3](s, n); }
static void tree(struct state *s, int depth)
{
	one_of(s, (unsigned long)depth);
	if (depth == 0)
		return;
	tree(s, depth - 1);
	tree(s, depth - 1);
}
static long rounds;
static void *mix(void *argument)
{
	struct state *s = argument;
	for (long i = 0; i < rounds; i++) {
		tree(s, 8);
		for (unsigned long n = 0; n < 500; n++)
			one_of(s, n);
	}
	return NULL;
}

/* The most memory that it had, in KiB: what wait4 says includes the process that started it. */
static void tell_memory(void)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, "VmHWM:", 6) == 0)
			printf("resident %s", line + 6);
}

int main(int count, char **arguments)
{
	static struct state states[16];
	pthread_t threads[16];
	if (count == 3 && strcmp(arguments[1], "fib") == 0)
		printf("%d\n", fib(atoi(arguments[2])));
	if (count == 4 && strcmp(arguments[1], "mix") == 0) {
		int number = atoi(arguments[2]) & 15;
		rounds = atol(arguments[3]);
		for (int i = 0; i < number; i++)
			pthread_create(&threads[i], NULL, mix, &states[i]);
		for (int i = 0; i < number; i++)
			pthread_join(threads[i], NULL);
		printf("%lx\n", states[0].value);
	}
	tell_memory();
	return 0;
}
