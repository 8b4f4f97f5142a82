#include <unistd.h>
int name(char *to, int n) { return gethostname(to, n); }	/* @finding */
