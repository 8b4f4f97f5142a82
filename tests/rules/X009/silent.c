#include <sys/stat.h>
int share(const char *path) { return chmod(path, 0644); }
int folder(const char *path) { return chmod(path, 01777); }
