#include <unistd.h>
int user(void) { return getuid(); }
