#include <string.h>
void add(char *to) { strcat(to, ", "); }
