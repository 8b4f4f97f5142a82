#include <sys/socket.h>
#include <signal.h>
static volatile sig_atomic_t stop;
static void on_term(int number) { stop = number; }
int serve(int fd)
{
	signal(SIGTERM, on_term);
	return listen(fd, SOMAXCONN);
}
