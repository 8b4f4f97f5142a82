static int always(int n)
{
	n++;
	n *= 2;
	return n - 2;
}
int main(void)
{
	return always(0);
}
