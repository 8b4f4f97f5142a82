#include <unistd.h>
int child(void) { return fork(); }
