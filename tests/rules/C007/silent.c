#include <sys/mman.h>
#include <stddef.h>
void *table(void) { return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
