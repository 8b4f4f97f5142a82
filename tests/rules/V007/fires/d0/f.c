int f0(void)
{
	return 0;
}
