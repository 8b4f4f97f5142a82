#include "k.h"
int kernel(int n)
{
	n++;
	return n;
}
