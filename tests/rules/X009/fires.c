#include <sys/stat.h>
int share(const char *path) { return chmod(path, 0666); }	/* @finding */
