#include <sys/socket.h>
#include <unistd.h>
#include <signal.h>
#include <stddef.h>
int serve(int fd)
{
	signal(SIGPIPE, SIG_IGN);
	int client = accept(fd, NULL, NULL);
	return write(client, "x", 1) == 1;
}
