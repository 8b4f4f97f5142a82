int g(int), h(int);
int straight(int a) { return a; }
/* if +1, else if +1, else +1 */
int chain(int a)
{
	if (a == 1)
		return 1;
	else if (a == 2)
		return 2;
	else
		return 3;
}
/* "else { if" nests: if +1, else +1, if +2 */
int else_block(int a)
{
	if (a == 1) {
		return 1;
	} else {
		if (a == 2)
			return 2;
	}
	return 3;
}
/* for +1, while +2, do +3, if +4 */
int nested(int a)
{
	for (int i = 0; i < a; i++) {
		while (a) {
			do {
				if (a)
					a--;
			} while (a);
		}
	}
	return a;
}
/* while +1, if +2, else if +1, its body's if +3, else +1 */
int nested_else_if(int a)
{
	while (a) {
		if (a == 1) {
			a = 0;
		} else if (a == 2) {
			if (a)
				a = 1;
		} else {
			a--;
		}
	}
	return a;
}
/* switch +1; an if in a case +2; cyclomatic counts each case, default none */
int choice(int a)
{
	switch (a) {
	case 1:
	case 2:
		return 1;
	case 3 ... 5:
		if (a == 4)
			return 4;
		break;
	default:
		break;
	}
	return 0;
}
/* if +1, && +1, || +1, && +1 */
int logic(int a, int b, int c, int d)
{
	if (a && b && c || d || a && c)
		return 1;
	return 0;
}
/* if +1, && +1, && +1: a negation starts a new sequence */
int negated(int a, int b, int c)
{
	if (a && !(b && c))
		return 1;
	return 0;
}
/* ?: +1, nested ?: +2 */
int ternary(int a) { return a ? 1 : a > 2 ? 3 : 4; }
int elvis(int a, int b) { return a ?: b; }
/* if +1, the ?: of its condition +1 and not nested in it */
int in_condition(int a, int b)
{
	if (a ? b : 0)
		return 1;
	return 0;
}
/* goto +1 each; labels nothing */
int jumps(int a)
{
again:
	if (a > 3)
		goto out;
	a++;
	goto again;
out:
	return a;
}
/* if +1, being recursive +1, however often it calls itself */
int fibonacci(int n)
{
	if (n < 2)
		return n;
	return fibonacci(n - 1) + fibonacci(n - 2);
}
/* && outside a condition +1 */
int value(int a, int b) { return a && b; }
#define BOTH(x, y) ((x) && (y))
int by_macro(int a, int b) { return BOTH(a, b); }
/* a statement expression: if +1 */
int statement_expression(int a) { return ({ int r = 0; if (a) r = 1; r; }); }
/* break and continue cost nothing; for +1, if +2, if +2 */
int plain_jumps(int a)
{
	for (;;) {
		if (a > 3)
			break;
		if (a < 0)
			continue;
		a++;
	}
	return a;
}
/* goto *p +1 */
int computed(int a)
{
	static void *const targets[] = {&&one, &&two};
	goto *targets[a];
one:
	return 1;
two:
	return 2;
}
/* Campbell's example: for +1, for +2, if +3, goto +1 */
int sum_of_primes(int max)
{
	int total = 0;
	for (int i = 1; i <= max; ++i) {
		for (int j = 2; j < i; ++j) {
			if (i % j == 0)
				goto next;
		}
		total += i;
next:;
	}
	return total;
}
/* operands of sizeof and typeof decide nothing */
int looked_at(int a) { return (int)sizeof(a ? 1 : 2) + (__typeof__(a && 1))a; }
/* what the C library's macros hide is not of this function: if +1 */
#include <assert.h>
int asserted(int a)
{
	assert(a > 1);
	if (a)
		return 1;
	return 0;
}
/* ours is: if +1, ?: +1 */
#define LARGER(x, y) ((x) > (y) ? (x) : (y))
int larger(int a)
{
	if (LARGER(a, 2) == a)
		return 1;
	return 0;
}
