#include "used.h"
#include "unused.h"	/* @finding */
int main(void) { used(); }
