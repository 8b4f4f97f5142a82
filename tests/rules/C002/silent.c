#include <arpa/inet.h>
unsigned self(void) { return inet_addr("127.0.0.1"); }
unsigned peer(const char *text) { return inet_addr(text); }
