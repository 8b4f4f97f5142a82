#include "q.h"
static int own(int n) { return n; }
static int both(int n)
{
	return own(n) + q0(n) + q1(n);
}
int main(void) { return both(1); }
