#include <sys/stat.h>
void open_up(void) { umask(0); }	/* @finding */
