#include "unity/one.c"		/* @one */
#include "unity/two.c"		/* @two */
static int helper_in_main(void) { return 3; }
int main(void) { return one() + two() + helper_in_main(); }	/* @main */
