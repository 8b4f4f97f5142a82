#include "k.h"
int kernel(int n)	/* @finding: every domain calls it */
{
	n++;
	return n;
}
