#include <stdio.h>
void count(char *to, int n) { sprintf(to, "%d", n); }
void greet(char *to, int room, const char *name) { snprintf(to, room, "Hello %s", name); }
