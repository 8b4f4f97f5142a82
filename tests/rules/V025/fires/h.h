static inline int big(int n)	/* @finding */
{
	n += 1;
	n += 2;
	n += 3;
	return n;
}
