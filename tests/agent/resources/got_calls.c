/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of another module, whose numbers are known; and what a host would notice if a GOT entry told something else. */
#include <assert.h>
#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern int library_data;
int library_plain(int x);
double library_many(int a, double b, int c, double d, int e, int f, int g, int h, int i, double j);
int library_shared(int x);
void *library_address(void);
int library_back(int (*callback)(int), int x);
int library_chosen(int x);
struct pair { uint64_t one, two; };
struct pair library_pair(struct pair p);
struct large { long words[9]; };
struct large library_large(struct large l);
int library_missing(void) __attribute__((weak));

static int callback(int x) { return library_plain(x); }
static jmp_buf place;

static void jumps(void)
{
	volatile int count = 0;

	if (setjmp(place) < 5) {
		count++;
		longjmp(place, count);
	}
	assert(count == 5);
}

static void forks(void)
{
	pid_t child = vfork();
	int status;

	if (child == 0)
		_exit(library_plain(3));
	assert(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 4);
}

static void loaded(const char *path)
{
	for (int i = 0; i < 5; i++) {
		void *handle = dlopen(path, i % 2 ? RTLD_NOW : RTLD_LAZY);
		int (*entry)(int) = handle ? (int (*)(int))(uintptr_t)dlsym(handle, "plugin_entry") : NULL;
		assert(entry && entry(i) == i + 7 && dlclose(handle) == 0);
	}
}

int main(int count, char **arguments)
{
	int sum = 0;

	for (int i = 0; i < 1000; i++)
		sum += library_plain(i);
	assert(sum == 500500);
	for (int i = 0; i < 10; i++)
		assert(library_many(1, 2.5, 3, 4.5, 5, 6, 7, 8, 9, 10.5) == 56.5);
	assert(library_shared(4) == 8 && library_address() == (void *)(uintptr_t)library_shared);
	for (int i = 0; i < 7; i++)
		assert(library_back(callback, i) == 2 * i + 1);
	for (int i = 0; i < 3; i++)
		assert(library_chosen(i) == i + 100);
	struct pair pair = library_pair((struct pair){1, 2});
	assert(pair.one == 2 && pair.two == 1 && library_large((struct large){{4}}).words[0] == 5);
	assert(!library_missing && library_data == 5 && ++library_data == 6);
	jumps();
	forks();
	if (count > 1)
		loaded(arguments[1]);
	printf("%d %s %.3f\n", sum, "done", sqrt(sum));
	return 0;
}
