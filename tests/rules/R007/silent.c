#include <signal.h>
static volatile sig_atomic_t stop;
static void on_signal(int number)
{
	stop = number;
}
int main(void) { signal(SIGINT, on_signal); return stop; }

/* As tmux does it with libevent: its loop calls what it is given, after the signal. */
#include <stdio.h>
void event_set(void *event, int fd, short what, void (*call)(int, short, void *), void *argument);
static void (*chosen)(int);
static void dispatch(int fd, short what, void *argument) { (void)what; (void)argument; chosen(fd); }
static void watch(void (*call)(int))
{
	struct sigaction ignore = {.sa_flags = SA_RESTART};
	static char event[128];
	chosen = call;
	sigaction(SIGPIPE, &ignore, NULL);
	event_set(event, SIGTERM, 8, dispatch, NULL);
}
static void in_loop(int number) { printf("%d\n", number); }
void start(void) { watch(in_loop); }
