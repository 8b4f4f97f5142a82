#include <sys/socket.h>
#include "api.h"
int serve(int fd) { return listen(fd, SOMAXCONN); }	/* @finding */
