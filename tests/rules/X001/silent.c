#include <stdio.h>
char *line(char *to, int n) { return fgets(to, n, stdin); }
