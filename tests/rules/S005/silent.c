#include <unistd.h>
int once(void) { return !fork(); }
