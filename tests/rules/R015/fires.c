#include <poll.h>
int wait_for(struct pollfd *p) { return poll(p, 1, -1); }	/* @finding */
