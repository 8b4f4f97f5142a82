#include "q.h"
static int envious(int n)	/* @finding */
{
	return q0(n) + q1(n) + q2(n) + q3(n) + q4(n) + q5(n);
}
int main(void) { return envious(1); }
