int add(a, b)			/* @add */
	int a;
	char b;
{
	return a + b;
}
int unspecified();		/* @unspecified */
int call_them()			/* @call_them */
{
	return add(1, 2) + unspecified(3) + undeclared(4) + undeclared(5) + undeclared_twice();
}
int again() { return undeclared_twice(); } /* @again */
implicit_int(x) { return x; }	/* @implicit_int */
