#include <unistd.h>
long page(void) { return sysconf(_SC_PAGESIZE); }
