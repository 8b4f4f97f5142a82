#include "config.h"
#include "all.h"
int main(void) { used(); }
