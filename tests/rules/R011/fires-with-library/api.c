#include <sys/socket.h>
#include <unistd.h>
#include <stddef.h>
#include "api.h"
int serve(int fd)
{
	int client = accept(fd, NULL, NULL);	/* @finding */
	return write(client, "x", 1) == 1;
}
