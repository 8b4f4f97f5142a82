int helper(int n)	/* @finding */
{
	return n + 1;
}
int main(void) { return helper(1); }
