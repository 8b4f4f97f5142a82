/* ping and pong call each other, nobody else calls them */
static int one(void) { return 1; }
static int two(void) { return 2; }
static int ping(int n);
static int pong(int n)	/* @finding */
{
	return n ? ping(n - 1) : 0;
}
static int ping(int n)	/* @finding */
{
	return n ? pong(n - 1) : 0;
}
int main(void) { return one() + two(); }
