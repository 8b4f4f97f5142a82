#include <string.h>
void name(char *to) { strcpy(to, "unknown"); }
void bounded(char *to, const char *from, size_t n) { memcpy(to, from, n); }
