#include <sys/socket.h>
int serve(int fd) { return listen(fd, 5); }	/* @finding */
