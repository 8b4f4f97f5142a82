/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host whose malloc uses what we wrap, from its first call on: locks, mmap, files, getenv. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *memory;
static size_t used;
static unsigned long calls;
enum { SIZE = 64 << 20 };

void *malloc(size_t size)
{
	size_t *result;

	pthread_mutex_lock(&lock);
	if (!memory) {
		int descriptor = open("/dev/zero", O_RDWR);
		memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
		close(descriptor);
		getenv("HOME");
	}
	result = (size_t *)(memory + used);
	used += (size + 31) & ~15ul;
	*result = size;
	calls++;
	pthread_mutex_unlock(&lock);
	return used < SIZE ? result + 2 : NULL;
}

void free(void *pointer) { (void)pointer; }
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *old, size_t size)
{
	void *new = malloc(size);
	if (old)
		memcpy(new, old, ((size_t *)old)[-2] < size ? ((size_t *)old)[-2] : size);
	return new;
}

static void *thread_main(void *unused)
{
	for (int i = 0; i < 1000; i++)
		free(malloc(10));
	return unused;
}

int main(void)
{
	pthread_t threads[4];
	char *text = strdup("text");

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, thread_main, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%s %d\n", text, calls >= 4001);
	return 0;
}
