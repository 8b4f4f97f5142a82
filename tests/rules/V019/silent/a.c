#include "b.h"
static int later(int n);
int main(void) { return of_b(1) + later(1); }
static int later(int n) { return n; }
