/* SPDX-License-Identifier: MIT */
/* Threads of all origins. "threads SCENARIO". */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>
#include <errno.h>
#include <grp.h>

static volatile long sinks[1024 * 8];
static void work(long which) { sinks[which * 8]++; }
static void hammer(long which, long times) { for (long i = 0; i < times; i++) work(which); }
static volatile int is_named;
static void *worker(void *which)
{
	hammer((long)which, 1000000);
	while (!is_named)
		sched_yield();
	return NULL;
}
static void *other_worker(void *which) { hammer((long)which, 500000); return NULL; }
static void *brief(void *which) { hammer((long)which, 100); return NULL; }

static void run_two(void)
{
	pthread_t a, b;
	pthread_create(&a, NULL, worker, (void *)1);
	pthread_create(&b, NULL, other_worker, (void *)2);
	pthread_setname_np(a, "first");
	is_named = 1;
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	puts("two");
}

static pthread_barrier_t barrier;
static void *waits(void *which)
{
	hammer((long)which % 1000, 50);
	pthread_barrier_wait(&barrier);
	hammer((long)which % 1000, 50);
	return NULL;
}
static void run_many(void)
{
	enum { MANY = 500 };
	static pthread_t threads[MANY];
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	pthread_barrier_init(&barrier, NULL, MANY + 1);
	for (long i = 0; i < MANY; i++)
		if (pthread_create(&threads[i], &attributes, waits, (void *)i) != 0)
			abort();
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < MANY; i++)
		pthread_join(threads[i], NULL);
	/* One after the other: their tables are handed on. */
	for (long i = 0; i < 2000; i++) {
		pthread_t thread;
		pthread_create(&thread, NULL, brief, (void *)1);
		pthread_join(thread, NULL);
	}
	puts("many");
}

/* Ends of all kinds, and destructors that call traced code. */
static pthread_key_t key;
static void destroyed(void *value) { hammer(3, (long)value); }
static void *exits(void *argument) { pthread_setspecific(key, (void *)100); hammer(1, 100); pthread_exit(argument); }
static void *cancelled(void *argument)
{
	pthread_setspecific(key, (void *)100);
	hammer(2, 100);
	for (;;)
		pause();
	return argument;
}
static int c11(void *argument) { hammer((long)argument, 100); return 7; }
static void run_ends(void)
{
	pthread_t a, b;
	thrd_t c;
	int result;
	pthread_key_create(&key, destroyed);
	for (int i = 0; i < 20; i++) {
		pthread_create(&a, NULL, exits, NULL);
		pthread_create(&b, NULL, cancelled, NULL);
		usleep(1000);
		pthread_cancel(b);
		pthread_join(a, NULL);
		pthread_join(b, NULL);
		thrd_create(&c, c11, (void *)4);
		thrd_join(c, &result);
	}
	printf("ends %d\n", result);
}

static volatile int raw_done;
static int raw(void *argument)
{
	hammer((long)argument, 1000);
	__atomic_add_fetch(&raw_done, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_exit, 0);
	return 0;
}
static void run_raw(void)
{
	/* Without SETTLS: shares our thread storage. With: storage that glibc never saw. */
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	for (int i = 0; i < 20; i++) {
		char *stack = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		char *storage = stack + (1 << 17);
		*(void **)storage = storage;
		int done = raw_done;
		if (clone(raw, stack + (1 << 16), flags | (i % 2 ? CLONE_SETTLS : 0), (void *)1L, NULL, storage) < 0)
			perror("clone");
		while (raw_done == done)
			sched_yield();
	}
	puts("raw");
}

/* The first call of a thread is a signal handler on the smallest stack that the kernel takes. */
static volatile int handled;
static void deep(int depth) { if (depth) deep(depth - 1); else handled++; }
static void on_small_stack(int number) { (void)number; deep(2); }
static void *signalled(void *argument)
{
	size_t size = (size_t)sysconf(_SC_MINSIGSTKSZ);
	char *memory = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(memory, 4096, PROT_NONE);
	stack_t stack = {.ss_sp = memory + 4096, .ss_size = (size + 512 + 63) / 64 * 64};
	sigaltstack(&stack, NULL);
	raise(SIGUSR1);
	hammer(5, 10);
	return argument;
}
static void run_altstack(void)
{
	struct sigaction action = {.sa_handler = on_small_stack, .sa_flags = SA_ONSTACK};
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 10; i++) {
		pthread_t thread;
		pthread_create(&thread, NULL, signalled, NULL);
		pthread_join(thread, NULL);
	}
	printf("handled %d\n", handled);
}

static void run_fork_threads(void)
{
	pthread_t a, b;
	is_named = 1;
	pthread_create(&a, NULL, worker, (void *)1);
	for (int i = 0; i < 5; i++) {
		fflush(stdout);
		if (fork() == 0) {
			pthread_create(&b, NULL, brief, (void *)2);
			pthread_join(b, NULL);
			_exit(0);
		}
		wait(NULL);
	}
	pthread_join(a, NULL);
	puts("forked");
}

/* Only what a small sandbox allows: anything else kills. */
#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	ALLOW(read), ALLOW(write), ALLOW(exit), ALLOW(exit_group), ALLOW(clone), ALLOW(clone3), ALLOW(futex), ALLOW(mmap),
	ALLOW(munmap), ALLOW(mprotect), ALLOW(madvise), ALLOW(rt_sigaction),
	ALLOW(set_robust_list), ALLOW(rseq), ALLOW(rt_sigprocmask),
	ALLOW(rt_sigreturn), ALLOW(newfstatat), ALLOW(brk), ALLOW(wait4), ALLOW(getrandom),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
static void sandbox(int by_syscall)
{
	struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (by_syscall ? syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)
		       : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		perror("seccomp");
}
static void after_sandbox(int by_syscall)
{
	pthread_t threads[40];
	puts("before");
	fflush(stdout);
	sandbox(by_syscall);
	for (long i = 0; i < 40; i++)
		if (pthread_create(&threads[i], NULL, brief, (void *)i) != 0)
			puts("no thread");
	for (int i = 0; i < 40; i++)
		pthread_join(threads[i], NULL);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		hammer(7, 1000);
		_exit(0);
	}
	int status = -1;
	waitpid(child, &status, 0);
	printf("sandboxed %d\n", status);
}
static void run_seccomp(void) { after_sandbox(0); }
static void run_seccomp_syscall(void) { after_sandbox(1); }

/* Root only: another root folder, another user, no way back to the trace folder. */
static void run_chroot(void)
{
	if (mkdir("/tmp/sightline-empty-root", 0755) != 0 && errno != EEXIST)
		perror("mkdir");
	if (chroot("/tmp/sightline-empty-root") || chdir("/") || setgroups(0, NULL) || setgid(65534) || setuid(65534))
		perror("chroot");
	pthread_t threads[100];
	for (long i = 0; i < 100; i++)
		pthread_create(&threads[i], NULL, brief, (void *)i);
	for (int i = 0; i < 100; i++)
		pthread_join(threads[i], NULL);
	puts("jailed");
}

/* Until it is killed, at the latest by the alarm: the test may be ended before it does so. */
static void run_endless(void)
{
	pthread_t thread;
	alarm(120);
	puts("started");
	fflush(stdout);
	for (;;) {
		pthread_create(&thread, NULL, brief, (void *)1);
		hammer(0, 1000);
		pthread_join(thread, NULL);
	}
}

static const struct { const char *name; void (*run)(void); } scenarios[] = {
	{"two", run_two}, {"many", run_many}, {"ends", run_ends}, {"raw", run_raw}, {"altstack", run_altstack},
	{"fork_threads", run_fork_threads}, {"seccomp", run_seccomp}, {"seccomp_syscall", run_seccomp_syscall},
	{"chroot", run_chroot}, {"endless", run_endless}};

int main(int count, char **arguments)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		if (count > 1 && strcmp(arguments[1], scenarios[i].name) == 0)
			scenarios[i].run();
	return 0;
}
