#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdlib.h>
int serve(int fd)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(8080)};	/* @finding */
	return bind(fd, (struct sockaddr *)&at, sizeof at);
}
