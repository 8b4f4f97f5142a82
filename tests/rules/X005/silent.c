#include <stdio.h>
int word(char to[64]) { return scanf("%63s", to); }
