#include <stdlib.h>
int scratch(char *name) { return mkstemp(name); }
