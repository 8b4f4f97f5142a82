#include <sys/stat.h>
int share(const char *path) { return chmod(path, 0644); }
int folder(const char *path) { return chmod(path, 01777); }
/* A socket, to which everybody is to connect. */
#include <sys/socket.h>
int open_to_all(int fd, const struct sockaddr *address, socklen_t length, const char *path)
{
	return bind(fd, address, length) || chmod(path, 0666);
}
