#include "h.h"
int shared(int n) { return n + 1; }
static int hidden(void) { return 1; }
int main(void) { return hidden(); }
