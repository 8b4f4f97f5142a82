/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues, shared memory, timers, signals, variables, symbols, processes; and hosts that are hard to be a guest of. */
#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void messages(void)
{
	char name[64], text[8192];
	struct { long type; char text[10]; } message = {1, "hello"};
	struct sembuf up = {0, 1, 0};
	void *memory;

	snprintf(name, sizeof(name), "/sightline-test-%d", (int)getpid());
	int descriptor = shm_open(name, O_RDWR | O_CREAT, 0600);
	assert(descriptor >= 0 && ftruncate(descriptor, 4096) == 0);
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	assert(memory != MAP_FAILED && close(descriptor) == 0 && shm_unlink(name) == 0);
	mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
	if (queue >= 0) { /* not every container has them */
		assert(mq_send(queue, "abc", 3, 0) == 0 && mq_receive(queue, text, sizeof(text), NULL) == 3);
		assert(mq_close(queue) == 0 && mq_unlink(name) == 0);
	}
	int id = shmget(0x51617700, 4096, IPC_CREAT | 0600);
	assert(id >= 0 && (memory = shmat(id, NULL, 0)) != (void *)-1 && shmdt(memory) == 0 && shmctl(id, IPC_RMID, NULL) == 0);
	id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	assert(id >= 0 && msgsnd(id, &message, 6, 0) == 0 && msgrcv(id, &message, 10, 0, 0) == 6 && msgctl(id, IPC_RMID, NULL) == 0);
	id = semget(0x51617701, 1, IPC_CREAT | 0600);
	assert(id >= 0 && semop(id, &up, 1) == 0 && semctl(id, 0, IPC_RMID) == 0);
	descriptor = eventfd(0, 0);
	uint64_t number = 3;
	assert(write(descriptor, &number, 8) == 8 && read(descriptor, &number, 8) == 8 && number == 3 && close(descriptor) == 0);
}

static volatile sig_atomic_t signals;
static void on_signal(int number) { (void)number; signals++; }

static void handlers(void)
{
	struct sigaction action = {.sa_handler = on_signal}, old;
	struct itimerval soon = {.it_value.tv_usec = 1000};

	assert(sigaction(SIGUSR1, &action, NULL) == 0 && sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == on_signal);
	assert(signal(SIGALRM, on_signal) == SIG_DFL && signal(SIGPIPE, SIG_IGN) == SIG_DFL);
	assert(raise(SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0 && signals == 2);
	assert(setitimer(ITIMER_REAL, &soon, NULL) == 0);
	while (signals < 3)
		usleep(100);
	assert(kill(getpid(), 0) == 0);
}

static void variables(void)
{
	assert(setenv("SIGHTLINE_TEST_ONE", "1", 1) == 0 && strcmp(getenv("SIGHTLINE_TEST_ONE"), "1") == 0);
	assert(!getenv("SIGHTLINE_TEST_NONE") && unsetenv("SIGHTLINE_TEST_ONE") == 0);
	assert(!getenv("SIGHTLINE_AGENT"));
}

/* What dlsym finds depends on who asks. */
int atoi_like(void);
static void symbols(void)
{
	assert(dlsym(RTLD_DEFAULT, "main_is_here") && !dlsym(RTLD_DEFAULT, "sightline_no_such_symbol"));
	assert(dlerror() && !dlsym(RTLD_NEXT, "main_is_here"));
	dlerror();
	assert(dlsym(RTLD_NEXT, "qsort") == (void *)qsort);
}
__attribute__((visibility("default"))) int main_is_here(void) { return 1; }

static int pipe_ends[2];
static void *read_for_ever(void *unused)
{
	char byte;
	(void)!read(pipe_ends[0], &byte, 1);
	return unused;
}

static void cancellation(void)
{
	pthread_t thread;
	void *result;

	assert(pipe(pipe_ends) == 0 && pthread_create(&thread, NULL, read_for_ever, NULL) == 0);
	usleep(2000);
	assert(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

static void processes(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		int descriptor = open("/dev/null", O_WRONLY);
		_exit(descriptor >= 0 && write(descriptor, "x", 1) == 1 ? 5 : 6);
	}
	assert(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5);
	child = vfork();
	if (child == 0) {
		close(pipe_ends[0]);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	assert(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 0);
	assert(read(pipe_ends[0], &status, 0) == 0); /* closed in the child only */
	assert(system("exit 3") == 3 << 8);
}

/* As daemons do. */
static void close_all(void)
{
	int saved = dup(1), descriptor;

	for (int i = 3; i < 1024; i++)
		if (i != saved)
			close(i);
	descriptor = open("/dev/null", O_WRONLY);
	assert(descriptor == 3 && write(descriptor, "abc", 3) == 3);
	close_range(3, ~0u, 0);
	assert(write(descriptor, "abc", 3) == -1 && errno == EBADF);
}

int main(void)
{
	messages();
	handlers();
	variables();
	symbols();
	cancellation();
	processes();
	close_all();
	puts("done");
	return 0;
}
