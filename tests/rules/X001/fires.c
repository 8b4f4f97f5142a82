/* an older C library still declares it */
#include <oldio.h>
void line(char *to) { gets(to); }	/* @finding */
