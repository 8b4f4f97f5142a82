#include <arpa/inet.h>
unsigned peer(void) { return inet_addr("10.1.2.3"); }	/* @finding */
