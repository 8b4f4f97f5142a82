#include <fcntl.h>
int careful(const char *path) { return open(path, O_RDONLY); }
