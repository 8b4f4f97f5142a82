#include "include/lib.h"
#include <stdlib.h>
int lib_do(int n)
{
	if (n < 0)
		exit(1);	/* @finding: no main in this codebase, it is a library */
	return n;
}
