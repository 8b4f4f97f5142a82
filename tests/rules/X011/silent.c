#include <sys/random.h>
int token(void) { int n = 0; return getrandom(&n, sizeof n, 0) == sizeof n ? n : -1; }
