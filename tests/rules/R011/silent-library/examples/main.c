#include <sys/socket.h>
#include "../api.h"
int main(void) { return serve(socket(AF_INET, SOCK_STREAM, 0)); }
