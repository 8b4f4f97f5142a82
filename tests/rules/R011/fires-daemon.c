#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
#include <stddef.h>
static int leave_terminal(void)
{
	if (fork() > 0)
		_exit(0);
	return setsid() < 0;
}
int main(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (leave_terminal())
		return 1;
	for (;;) {
		int client = accept(fd, NULL, NULL);	/* @finding */
		if (write(client, "x", 1) != 1)
			return 1;
		close(client);
	}
}
