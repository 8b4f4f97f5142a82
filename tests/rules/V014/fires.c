static int forgotten(int n)	/* @finding */
{
	return n;
}
int main(void) { return 0; }
