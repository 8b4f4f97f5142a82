#include <unistd.h>
long workers(void) { return sysconf(_SC_NPROCESSORS_ONLN); }	/* @finding */
