#include "all.h"
int main(void) { used(); }
