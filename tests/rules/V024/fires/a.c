#include "part.c"	/* @finding */
int main(void) { return part(); }
