/* SPDX-License-Identifier: MIT */
/* Programs that end badly, that replace what the agent could depend on, and that load and unload. "hosts SCENARIO". */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>

static volatile long sink;
static void work(void) { sink++; }
static void hammer(long times) { for (long i = 0; i < times; i++) work(); }

static void run_abort(void) { hammer(10); abort(); }
static void run_segv(void) { hammer(10); *(volatile int *)8 = 1; }
static int overflow(int depth) { char room[256]; room[depth % 256] = 1; return overflow(depth + 1) + room[0]; }
static void run_overflow(void)
{
	struct rlimit limit = {1 << 20, 1 << 20}, core = {0, 0};
	setrlimit(RLIMIT_STACK, &limit);
	setrlimit(RLIMIT_CORE, &core);
	hammer(10);
	printf("%d\n", overflow(0));
}
static void run_exit(void) { hammer(10); exit(42); }
static void run_quick(void) { hammer(10); _exit(43); }
static void run_out_of_memory(void)
{
	struct rlimit limit = {200u << 20, 200u << 20};
	setrlimit(RLIMIT_AS, &limit);
	int blocks = 0;
	while (malloc(16 << 20))
		blocks++;
	hammer(1000);
	printf("%s\n", blocks > 5 && blocks < 13 ? "full" : "odd");
}
static void at_end(void) { hammer(7); }
static void *ever(void *argument) { for (;;) work(); return argument; }
static void run_exit_with_threads(void)
{
	pthread_t thread;
	atexit(at_end);
	for (int i = 0; i < 4; i++)
		pthread_create(&thread, NULL, ever, NULL);
	usleep(2000);
	exit(5);
}

static void run_errno(void)
{
	pthread_t thread;
	int bad = 0;
	for (int i = 0; i < 1000; i++) {
		errno = 12345;
		work();
		bad += errno != 12345;
	}
	errno = 12345;
	hammer(1);
	printf("errno kept: %d\n", bad == 0 && errno == 12345);
	(void)thread;
}

/* Every register that a caller may have something in, across a call of a function whose own code changes none: with
 * -fipa-ra compilers rely on that. The first call takes the hook's slow path. */
#ifndef KEPT
#define KEPT 10
#endif
void does_nothing(void) { }
#if defined(__x86_64__)
extern void registers_probe(const unsigned long *, unsigned long *, const double *, double *);
__asm__(".text\n.globl registers_probe\nregisters_probe:\n"
	"pushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\npushq %rbp\nsubq $8, %rsp\n"
	"movq %rdi, %r12\nmovq %rsi, %r13\nmovq %rdx, %r14\nmovq %rcx, %r15\n"
	"movupd (%r14), %xmm7\nmovupd (%r14), %xmm0\n"
	"movq (%r12), %rax\nmovq 8(%r12), %rcx\nmovq 16(%r12), %rdx\nmovq 24(%r12), %rsi\nmovq 32(%r12), %rdi\n"
	"movq 40(%r12), %r8\nmovq 48(%r12), %r9\nmovq 56(%r12), %r10\nmovq 64(%r12), %rbp\nmovq 72(%r12), %rbx\n"
	"movq 80(%r12), %r11\n"
	"call does_nothing\n"
	"movq %rax, (%r13)\nmovq %rcx, 8(%r13)\nmovq %rdx, 16(%r13)\nmovq %rsi, 24(%r13)\nmovq %rdi, 32(%r13)\n"
	"movq %r8, 40(%r13)\nmovq %r9, 48(%r13)\nmovq %r10, 56(%r13)\nmovq %rbp, 64(%r13)\nmovq %rbx, 72(%r13)\n"
	"movq %r11, 80(%r13)\nmovupd %xmm7, (%r15)\nmovupd %xmm0, 16(%r15)\n"
	"addq $8, %rsp\npopq %rbp\npopq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\nret\n");
static void run_registers(void)
{
	unsigned long in[11], out[11];
	double vectors[2] = {1.5, 2.5}, kept[4] = {0, 0, 0, 0};
	for (int i = 0; i < 11; i++)
		in[i] = 0x1111111111111111ul * (unsigned)(i + 1);
	for (int round = 0; round < 3; round++) {
		registers_probe(in, out, vectors, kept);
		/* -pg turns -fipa-ra off: r11 is free then. */
		printf("registers %s\n", memcmp(in, out, KEPT * sizeof in[0]) == 0 && kept[0] == 1.5 && kept[1] == 2.5 &&
		       kept[2] == 1.5 && kept[3] == 2.5 ? "kept" : "lost");
	}
}
#else
static void run_registers(void) { }
#endif

/* A library that comes and goes, often at one place; two libraries in turns. */
static void run_libraries(void)
{
	const char *paths[] = {getenv("LIBRARY_A"), getenv("LIBRARY_B")};
	int sum = 0;
	for (int i = 0; i < 200; i++) {
		void *library = dlopen(paths[i % 2], RTLD_NOW);
		if (!library) {
			puts(dlerror());
			return;
		}
		int (*call)(int) = (int (*)(int))dlsym(library, "library_call");
		sum += call(i);
		dlclose(library);
	}
	printf("libraries %d\n", sum);
}

/* As libc loads what it needs of itself (NSS, iconv): by its own dlopen, that nobody stands before. */
static void run_unseen_library(void)
{
	void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
	void *(*load)(const char *, int) = libc ? (void *(*)(const char *, int))dlsym(libc, "dlopen") : NULL;
	void *library = load ? load(getenv("LIBRARY_A"), RTLD_NOW) : NULL;
	int (*asks)(void) = library ? (int (*)(void))dlsym(library, "library_asks") : NULL;
	printf("unseen %d\n", asks ? asks() + asks() : -1);
}

/* Found by the program's own RUNPATH alone: dlopen looks at who calls it. */
static void run_runpath(void)
{
	for (int i = 0; i < 2; i++) {
		void *library = dlopen(i ? "$ORIGIN/below/libbelow.so" : "libbelow.so", RTLD_NOW);
		puts(library ? "found" : dlerror());
		int (*call)(int) = library ? (int (*)(int))dlsym(library, "library_call") : NULL;
		printf("%d\n", call ? call(3) : -1);
	}
	printf("%s\n", dlopen("/no/such/library.so", RTLD_NOW) ? "odd" : dlerror());
}

/* The program's own allocator, traced as any of its functions: the agent must not allocate in its hooks. */
static char heap[64 << 20];
static size_t heap_used;
static void *own_take(size_t size)
{
	size_t at = __atomic_fetch_add(&heap_used, (size + 31) / 16 * 16, __ATOMIC_RELAXED);
	*(size_t *)(heap + at) = size;
	return heap + at + 16;
}
#ifdef OWN_MALLOC
void *malloc(size_t size) { return own_take(size); }
void free(void *memory) { (void)memory; }
void *calloc(size_t count, size_t size) { return own_take(count * size); }
void *realloc(void *old, size_t size)
{
	void *memory = own_take(size);
	if (old)
		memcpy(memory, old, *(size_t *)((char *)old - 16) < size ? *(size_t *)((char *)old - 16) : size);
	return memory;
}
#endif
static void *allocates(void *argument)
{
	for (int i = 0; i < 1000; i++) {
		char *volatile text = strdup("allocated");
		free(text);
	}
	return argument;
}
static void run_malloc(void)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, allocates, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	FILE *stream = popen("echo from the shell", "r");
	char line[64] = "";
	fgets(line, sizeof line, stream);
	printf("malloc %s", line);
	pclose(stream);
}

static void *shows_stack(void *argument)
{
	void *frames[64];
	*(int *)argument = backtrace(frames, 64);
	return NULL;
}
static void run_backtrace(void)
{
	int depth = 0;
	pthread_t thread;
	shows_stack(&depth);
	printf("main %d\n", depth);
	pthread_create(&thread, NULL, shows_stack, &depth);
	pthread_join(thread, NULL);
	printf("thread %d\n", depth);
}

/* Uses of resources in a handler on a stack of the usual size, with the program's own memory right below it. */
#define BELOW 16384
static void use_resources(int number)
{
	char byte;
	int file = open("/etc/../etc/passwd", O_RDONLY);
	if (read(file, &byte, 1) == 1 && getenv("PATH") && write(1, "handled\n", 8) == 8 && fcntl(2, F_GETFL) >= 0)
		work();
	close(file);
	(void)number;
}
static void run_small_stack(void)
{
	size_t size = 8192, overwritten = 0;
	unsigned char *memory = malloc(BELOW + size);
	stack_t stack = {.ss_sp = memory + BELOW, .ss_size = size};
	struct sigaction action = {.sa_handler = use_resources, .sa_flags = SA_ONSTACK};
	memset(memory, 0x5a, BELOW);
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	raise(SIGUSR1);
	while (overwritten < BELOW && memory[overwritten] == 0x5a)
		overwritten++;
	printf("%zu bytes overwritten\n", BELOW - overwritten);
}

static const struct { const char *name; void (*run)(void); } scenarios[] = {
	{"abort", run_abort}, {"segv", run_segv}, {"overflow", run_overflow}, {"exit", run_exit}, {"quick", run_quick},
	{"out_of_memory", run_out_of_memory}, {"exit_with_threads", run_exit_with_threads}, {"errno", run_errno},
	{"registers", run_registers}, {"libraries", run_libraries}, {"runpath", run_runpath}, {"unseen_library", run_unseen_library},
	{"malloc", run_malloc}, {"backtrace", run_backtrace},
	{"small_stack", run_small_stack}};

int main(int count, char **arguments)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		if (count > 1 && strcmp(arguments[1], scenarios[i].name) == 0)
			scenarios[i].run();
	return 0;
}
