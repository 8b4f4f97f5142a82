/* SPDX-License-Identifier: MIT */
/* Forks, execs and spawns. "processes SCENARIO"; "processes child N" is what they start: N calls of work. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *self;
static volatile long sink;
static void work(void) { sink++; }
static void hammer(long times) { for (long i = 0; i < times; i++) work(); }

static void wait_all(void)
{
	int status;
	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			printf("child ended with %x\n", status);
}

static void after(pid_t child, long in_child, long in_parent)
{
	if (child == 0) {
		hammer(in_child);
		_exit(0);
	}
	hammer(in_parent);
}

/* Parent and child call from the same places at the same time. */
static void run_fork(void)
{
	hammer(1000);
	for (int i = 0; i < 3; i++)
		after(fork(), 300000, 200000);
	wait_all();
}
static void run_raw_fork(void)
{
	hammer(1000);
	for (int i = 0; i < 3; i++)
		after((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0), 300000, 200000);
	wait_all();
}
static void run_underscore_fork(void)
{
	hammer(1000);
	for (int i = 0; i < 3; i++)
		after(_Fork(), 300000, 200000);
	wait_all();
}
static void run_fork_chain(void)
{
	for (int depth = 0; depth < 5; depth++) {
		hammer(1000);
		if (fork() != 0) {
			wait_all();
			fflush(stdout);
			_exit(0);
		}
	}
	hammer(5);
	_exit(0);
}
static void run_vfork(void)
{
	char *arguments[] = {(char *)self, "child", "10", NULL};
	for (int i = 0; i < 50; i++) {
		pid_t child = vfork();
		if (child == 0) {
			work();
			execv(self, arguments);
			_exit(9);
		}
		work();
		wait_all();
	}
	puts("vforked");
}
static void run_exec_null(void)
{
	char *arguments[] = {(char *)self, "child", "10", NULL};
	fflush(stdout);
	execve(self, arguments, NULL);
}
static void run_exec_env(void) { fflush(stdout); execlp("env", "env", "-i", self, "child", "10", (char *)0); }
static void run_exec_failed(void)
{
	char *arguments[] = {"no", NULL};
	printf("%d %d\n", execv("/no/such", arguments), execvp("no-such-program", arguments));
	hammer(10);
}
static void run_execs(void)
{
	char *arguments[] = {(char *)self, "child", "10", NULL}, *none[] = {NULL};
	for (int i = 0; i < 7; i++) {
		if (fork() != 0) {
			wait_all();
			continue;
		}
		int file = open(self, O_RDONLY | O_CLOEXEC);
		if (i == 0) execl(self, self, "child", "10", (char *)0);
		if (i == 1) execle(self, self, "child", "10", (char *)0, environ);
		if (i == 2) execvp(self, arguments);
		if (i == 3) execvpe(self, arguments, none);
		if (i == 4) fexecve(file, arguments, environ);
		if (i == 5) execveat(file, "", arguments, environ, 0x1000 /* AT_EMPTY_PATH */);
		if (i == 6) execlp(self, self, "child", "10", (char *)0);
		_exit(9);
	}
}
static void run_spawn(void)
{
	char *arguments[] = {(char *)self, "child", "10", NULL}, *none[] = {NULL};
	pid_t child;
	for (int i = 0; i < 10; i++) {
		printf("%d\n", posix_spawn(&child, self, NULL, NULL, arguments, i % 2 ? environ : none));
		wait_all();
		posix_spawnp(&child, self, NULL, NULL, arguments, environ);
		wait_all();
	}
	printf("%d\n", posix_spawn(&child, "/no/such", NULL, NULL, arguments, environ));
}
static void run_shell(void)
{
	char command[4096], line[256] = "";
	snprintf(command, sizeof command, "%s child 10", self);
	printf("system %d\n", system(command));
	printf("exit %d, signal %d, none %d\n", system("exit 3"), system("kill -9 $$"), system(NULL) != 0);
	FILE *stream = popen(command, "r");
	while (fgets(line, sizeof line, stream))
		fputs(line, stdout);
	printf("pclose %d\n", pclose(stream));
	printf("%s %s\n", getenv("LD_PRELOAD") ? "preload" : "no preload", getenv("SIGHTLINE_AGENT") ? "told" : "not told");
}
static void run_environment(void)
{
	for (char **entry = environ; *entry; entry++)
		puts(*entry);
	fflush(stdout);
	system("env | sort | grep -v '^_='");
	fflush(stdout);
	FILE *stream = popen("env | sort | grep -v '^_='", "r");
	char line[4096];
	while (fgets(line, sizeof line, stream))
		fputs(line, stdout);
	pclose(stream);
}
static void run_daemon(void)
{
	hammer(10);
	if (daemon(1, 1) != 0)
		perror("daemon");
	for (int descriptor = 3; descriptor < 200; descriptor++)
		close(descriptor);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	hammer(100000);
	/* The test waits for the end of our output. */
	puts("daemon");
}
static void run_descriptors(void)
{
	hammer(10);
	int first = open("/dev/null", O_RDONLY);
	printf("%d\n", first);
	close(first);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	hammer(1000);
	printf("%d\n", open("/dev/null", O_RDONLY));
	system("ls -l /proc/self/fd | wc -l");
}

static const struct { const char *name; void (*run)(void); } scenarios[] = {
	{"fork", run_fork}, {"raw_fork", run_raw_fork}, {"underscore_fork", run_underscore_fork}, {"fork_chain", run_fork_chain},
	{"vfork", run_vfork}, {"exec_null", run_exec_null}, {"exec_env", run_exec_env}, {"exec_failed", run_exec_failed},
	{"execs", run_execs}, {"spawn", run_spawn}, {"shell", run_shell}, {"environment", run_environment},
	{"daemon", run_daemon}, {"descriptors", run_descriptors}};

int main(int count, char **arguments)
{
	self = getenv("SELF") ? getenv("SELF") : arguments[0];
	if (count > 2 && strcmp(arguments[1], "child") == 0) {
		hammer(atol(arguments[2]));
		char **entry = environ;
		while (*entry && strncmp(*entry, "SELF=", 5) != 0)
			entry++;
		printf("child sees %s%s\n", getenv("LD_PRELOAD") ? "preload" : "-", getenv("SIGHTLINE_AGENT") ? "told" : "-");
		return 0;
	}
	for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		if (count > 1 && strcmp(arguments[1], scenarios[i].name) == 0)
			scenarios[i].run();
	return 0;
}
