#include <arpa/inet.h>
unsigned self(void) { return inet_addr("127.0.0.1"); }
unsigned peer(const char *text) { return inet_addr(text); }
int all_routers(struct in6_addr *at) { return inet_pton(AF_INET6, "FF02::2", at); } /* the protocol's */
