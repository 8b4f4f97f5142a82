#include <unistd.h>
int page(void) { return execlp("less", "less", (char *)0); }	/* @finding */
