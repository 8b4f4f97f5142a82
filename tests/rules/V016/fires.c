#include <stdlib.h>
static int seldom(int n)	/* @finding: no run entered it */
{
	n++;
	n *= 2;
	return n;
}
int main(int count, char **arguments)
{
	return count > 1 ? seldom(atoi(arguments[1])) : 0;
}
